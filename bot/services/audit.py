"""The audit log: what moderators and managers did, appended as they do it, and told in a channel where wanted."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.rules.audit import Act
from bot.rules.reminders import Kind, Owed
from bot.services.planning import owe
from bot.services.servers import server_row
from db.database import Database
from db.people_tables import AuditEntry
from db.question_tables import Question
from db.tables import Server, Session, Talk

STILL_NEWS = timedelta(hours=12)
_KEY = re.compile(r"(talk|session|question)#(\d{1,18})")
_NAMED: Mapping[str, Any] = {"talk": (Talk, "title"), "session": (Session, "title"), "question": (Question, "text")}


async def record_act(db: Database, clock: Clock, *, server_id: int, act: Act) -> None:
    """Append to a server's log; keys that autocompletion gave are written as the titles they stand for."""
    async with db.transaction() as session:
        server = await server_row(session, server_id)
        details = {name: await _in_words(session, value) for name, value in act.details.items()}
        row = AuditEntry(server_id=server_id, at=act.at, by=act.by, action=act.action, details=details, about=act.about)
        session.add(row)
        await session.flush()
        if server.audit_channel_id is not None:
            await owe(session, _told(server, server.audit_channel_id, row, clock.now()))


async def _in_words(session: AsyncSession, value: str) -> str:
    found = _KEY.fullmatch(value)
    if found is None:
        return value
    table, column = _NAMED[found[1]]
    row = await session.get(table, int(found[2]))
    return value if row is None else str(getattr(row, column))


def _told(server: Server, channel_id: int, row: AuditEntry, now: datetime) -> Owed:
    return Owed(
        server_id=server.id,
        channel_id=channel_id,
        kind=Kind.AUDIT,
        subject=f"audit-{row.id}",
        session_id=None,
        due_at=now,
        expires_at=now + STILL_NEWS,
        details={"entry": row.id},
    )


async def acts(
    db: Database, server_id: int, *, limit: int, by: int | None = None, before: int | None = None
) -> Sequence[Act]:
    """A server's newest entries, newest first; only one person's, only those before an entry, where asked for."""
    query = select(AuditEntry).where(AuditEntry.server_id == server_id)
    if by is not None:
        query = query.where(AuditEntry.by == by)
    if before is not None:
        query = query.where(col(AuditEntry.id) < before)
    async with db.reading() as session:
        rows = await session.exec(query.order_by(col(AuditEntry.id).desc()).limit(limit))
        return [act_of(row) for row in rows]


def act_of(row: AuditEntry) -> Act:
    """A stored entry as a plain value."""
    return Act(row.by, row.action, row.details, row.about, row.at, row.id or 0)


async def acts_told(session: AsyncSession, entries: Collection[int]) -> dict[int, Act]:
    """The entries of these numbers that are still there, as they are now."""
    rows = await session.exec(select(AuditEntry).where(col(AuditEntry.id).in_(entries)))
    return {row.id or 0: act_of(row) for row in rows}


async def set_audit_channel(db: Database, *, server_id: int, channel_id: int | None) -> None:
    """Tell a channel what is done from now on; None tells none."""
    async with db.transaction() as session:
        (await server_row(session, server_id)).audit_channel_id = channel_id
