"""Plans anew what passing time alone changes, such as a talk that is one more minute over its time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.outbox import State
from bot.services.planning import replan
from db.database import NOBODY, Database
from db.tables import Conference, Delivery, Server, Session

SET_BACK = timedelta(seconds=1)
"""A clock that is earlier than it was by so much was set back."""


class CatchUp:
    """`catch_up` time after time; where the clock was set back, what was too late by it may be in time after all."""

    def __init__(self, db: Database, owned: ColumnElement[bool] | None = None) -> None:
        self._db = db
        self._owned = owned
        self._latest: datetime | None = None

    async def until(self, now: datetime) -> datetime | None:
        """As `catch_up`."""
        if self._latest is not None and now < self._latest - SET_BACK:
            await set_back(self._db, now)
        found = await catch_up(self._db, now, self._owned)
        self._latest = now
        return found


async def set_back(db: Database, now: datetime) -> None:
    """Look again at what a clock that was ahead has decided, by virtual time.

    Each session is planned anew of which something was skipped that would still help, and all that was to be edited
    later is looked at now: a tap may have asked for it by a clock that nobody had looked at since.
    """
    skipped = select(Delivery.session_id).where(Delivery.state == State.SKIPPED, col(Delivery.expires_at) > now)
    waits = col(Delivery.state) == State.SENT, col(Delivery.edit_at) > now
    async with db.transaction(NOBODY) as session:
        await session.exec(update(Session).where(col(Session.id).in_(skipped)).values(replan_at=now))
        await session.exec(update(Delivery).where(*waits).values(edit_at=now))


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
