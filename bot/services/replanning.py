"""Plans anew what passing time alone changes, such as a talk that is one more minute over its time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.services.planning import replan
from db.database import Database
from db.tables import Conference, Server, Session


async def catch_up(db: Database, now: datetime, owned: ColumnElement[bool] | None = None) -> datetime | None:
    """Re-plan every session whose instant has come; when the next one does, by virtual time, or None.

    Args:
        db: the store.
        now: virtual.
        owned: which servers' sessions, as a condition on a conference; None for all.
    """
    open_ones = [col(Conference.archived_at).is_(None), *([] if owned is None else [owned])]
    async with db.reading() as session:
        instant = await _next_instant(session, open_ones)
        if instant is None or instant > now:
            return instant
        due = await _due(session, now, open_ones)
    for server_id in due:
        async with db.transaction(server_id) as session:
            # another process may have been faster
            still_due = await _due(session, now, [*open_ones, col(Conference.server_id) == server_id])
            server = await session.get(Server, server_id)
            if server is not None and still_due:
                await replan(session, server=server, now=now, session_ids=still_due[server_id])
    async with db.reading() as session:
        return await _next_instant(session, open_ones)


async def _next_instant(session: AsyncSession, which: Sequence[ColumnElement[bool]]) -> datetime | None:
    earliest = select(func.min(Session.replan_at)).join(Conference, col(Session.conference_id) == Conference.id)
    return (await session.exec(earliest.where(*which))).one()


async def _due(session: AsyncSession, now: datetime, which: Sequence[ColumnElement[bool]]) -> dict[int, list[int]]:
    query = select(Session.id, Conference.server_id).where(Session.conference_id == Conference.id, *which)
    query = query.where(col(Session.replan_at) <= now).order_by(col(Session.id))
    due: dict[int, list[int]] = defaultdict(list)
    for session_id, server_id in await session.exec(
        query.where(col(Session.replan_at) <= now).order_by(col(Session.id))
    ):
        due[server_id].append(session_id or 0)
    return due
