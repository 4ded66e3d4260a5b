"""The audit log: what moderators and managers did, appended as they do it, and told in a channel where wanted."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.rules.audit import Act
from bot.rules.reminders import EVENT_STILL_NEWS, Kind, Owed
from bot.services.planning import owe
from bot.services.servers import server_row
from db.beside import taken_beside
from db.database import Database
from db.people_tables import AuditEntry
from db.question_tables import Question
from db.tables import Conference, Server, Session, Talk

_KEY = re.compile(r"(talk|session|question)#(\d{1,18})")
DELETED_QUESTION = "a question that was deleted"
_TOLD = "what the act came to"
_IN_SESSION: Mapping[str, Any] = {"talk": Talk, "question": Question}


class Entry:
    """What somebody is about to do on a server: its entry is written with it, in one transaction, or after it.

    `act` gives it as known by then; None where it is nothing that is recorded.
    """

    def __init__(self, clock: Clock, server_id: int, act: Callable[[], Act | None]) -> None:
        self.is_written = False
        self._clock = clock
        self._server_id = server_id
        self._act = act

    async def write(self, session: AsyncSession) -> bool:
        """Append it in an open transaction; whether it is recorded at all."""
        act = self._act()
        if act is not None:
            await _append(session, self._server_id, act, self._clock.now())
        return act is not None

    async def write_late(self, db: Database) -> None:
        """Append it if the act wrote nothing, so that no transaction took it along."""
        if not self.is_written and self._act() is not None:
            taken_beside()
            async with db.transaction(self._server_id) as session:
                self.is_written = await self.write(session)


def tell_act(session: AsyncSession, **details: str) -> None:
    """Say in the open transaction what its act came to; the entry that it writes besides tells it."""
    session.info.setdefault(_TOLD, {}).update(details)


async def record_act(db: Database, clock: Clock, *, server_id: int, act: Act) -> None:
    """Append to a server's log; keys that autocompletion gave are written as the titles they stand for.

    A question's stays a key: its text is its asker's, and goes when the question does.
    """
    async with db.transaction(server_id) as session:
        await _append(session, server_id, act, clock.now())


async def _append(session: AsyncSession, server_id: int, act: Act, now: datetime) -> None:
    server = await server_row(session, server_id)
    titles = {name: await _title(session, server_id, value) for name, value in act.details.items()}
    details = {**act.details, **{name: title for name, title in titles.items() if title is not None}}
    details |= session.info.get(_TOLD, {})
    row = AuditEntry(server_id=server_id, at=act.at, by=act.by, action=act.action, details=details, about=act.about)
    session.add(row)
    await session.flush()
    if server.audit_channel_id is not None:
        await owe(session, _told(server, server.audit_channel_id, row, now))


async def _title(session: AsyncSession, server_id: int, value: str) -> str | None:
    """The title of the talk or session of this server that a key stands for; None for anything else."""
    found = _KEY.fullmatch(value)
    return await _named(session, server_id, found[1], int(found[2])) if found and found[1] != "question" else None


async def _named(session: AsyncSession, server_id: int, what: str, key: int) -> str | None:
    """A server's talk or session by its title, or question by its text; another server's is none."""
    table = _IN_SESSION.get(what)
    column = col(Question.text) if table is Question else col((table or Session).title)
    query = select(column)
    if table is not None:
        query = query.join(Session, col(Session.id) == table.session_id)
    query = query.join(Conference, col(Conference.id) == Session.conference_id)
    query = query.where(col((table or Session).id) == key, Conference.server_id == server_id)
    return (await session.exec(query)).first()


def _told(server: Server, channel_id: int, row: AuditEntry, now: datetime) -> Owed:
    return Owed(
        server_id=server.id,
        channel_id=channel_id,
        kind=Kind.AUDIT,
        subject=f"audit-{row.id}",
        session_id=None,
        due_at=now,
        expires_at=now + EVENT_STILL_NEWS,
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
        return [await _act_of(session, row) for row in rows]


async def _act_of(session: AsyncSession, row: AuditEntry) -> Act:
    """A stored entry as a plain value, with the questions' texts as they are now."""
    details = dict(row.details)
    for name, value in row.details.items():
        found = _KEY.fullmatch(value)
        if found and found[1] == "question":
            text = await _named(session, row.server_id, "question", int(found[2]))
            details[name] = text or DELETED_QUESTION
    return Act(row.by, row.action, details, row.about, row.at, row.id or 0)


async def acts_told(session: AsyncSession, entries: Collection[int]) -> dict[int, Act]:
    """The entries of these numbers that are still there, as they are now."""
    rows = await session.exec(select(AuditEntry).where(col(AuditEntry.id).in_(entries)))
    return {row.id or 0: await _act_of(session, row) for row in rows}


async def set_audit_channel(db: Database, *, server_id: int, channel_id: int | None) -> None:
    """Tell a channel what is done from now on; None tells none."""
    async with db.transaction(server_id) as session:
        (await server_row(session, server_id)).audit_channel_id = channel_id
