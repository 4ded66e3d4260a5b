"""Plans anew what passing time alone changes, such as a talk that is one more minute over its time."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.services.planning import replan
from db.database import Database
from db.tables import Conference, Server, Session


async def catch_up(db: Database, now: datetime) -> datetime | None:
    """Re-plan every session whose instant has come; when the next one does, by virtual time, or None."""
    async with db.reading() as session:
        instant = await _next_instant(session)
    if instant is None or instant > now:
        return instant
    async with db.transaction() as session:
        for server_id, session_ids in (await _due(session, now)).items():
            server = await session.get(Server, server_id)
            if server is not None:
                await replan(session, server=server, now=now, session_ids=session_ids)
        return await _next_instant(session)


async def _next_instant(session: AsyncSession) -> datetime | None:
    earliest = select(func.min(Session.replan_at)).join(Conference, col(Session.conference_id) == Conference.id)
    return (await session.exec(earliest.where(col(Conference.archived_at).is_(None)))).one()


async def _due(session: AsyncSession, now: datetime) -> dict[int, list[int]]:
    query = select(Session.id, Conference.server_id).where(Session.conference_id == Conference.id)
    query = query.where(col(Conference.archived_at).is_(None))
    due: dict[int, list[int]] = defaultdict(list)
    for session_id, server_id in await session.exec(query.where(col(Session.replan_at) <= now)):
        due[server_id].append(session_id or 0)
    return due
