"""Stores a schedule that was read: one transaction, after which the outbox owes what the new programme says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.rules.changes import TalkIdentity, match_talks, matching_session
from bot.rules.programme_diff import TalkChange, TalkFacts, change_of, vanishes
from bot.schedules import schedule as read
from bot.services.planning import replan
from bot.services.programme import room_channels
from bot.services.servers import server_row
from bot.services.sources import ImportRequest, conference_of, source_of
from db.columns import METADATA
from db.database import Database
from db.tables import Session, Source, Talk


@dataclass(slots=True)
class ImportOutcome:
    """What an import changed, or would change.

    Attributes:
        changes: talk by talk.
        stored_before: the source's talks before it that had not been cancelled.
    """

    conference: str
    source: str
    timezone: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    session_ids: list[int] = field(default_factory=list)
    channel_is_set: bool = True
    changes: list[TalkChange] = field(default_factory=list, compare=False)
    stored_before: int = field(default=0, compare=False)

    @property
    def vanishes(self) -> bool:
        """Whether more than a third of what was stored would be gone."""
        return vanishes(self.changes, self.stored_before)

    @property
    def changes_nothing(self) -> bool:
        return not (self.added or self.changed or self.removed)


async def import_schedule(db: Database, clock: Clock, request: ImportRequest) -> ImportOutcome:
    """Store a schedule and re-plan what it touches; importing the same again changes nothing.

    Raises:
        ScheduleQuestion: the file states offsets but no zone, and none is known for the venue.
    """
    async with db.transaction() as session:
        return await _import(session, request, clock.now())


async def preview_import(db: Database, clock: Clock, request: ImportRequest) -> ImportOutcome:
    """What `import_schedule` would change, without storing anything; raises the same."""
    async with db.trying() as session:
        return await _import(session, request, clock.now())


async def _import(session: AsyncSession, request: ImportRequest, now: datetime) -> ImportOutcome:
    server = await server_row(session, request.server_id)
    conference = await conference_of(session, server, request)
    rezoned = session.is_modified(conference)
    source = await source_of(session, conference, request, now)
    outcome = ImportOutcome(conference.name, source.name, conference.timezone)
    await _store(session, source, request.schedule, outcome)
    await session.flush()
    rooms = {(part.room or "").casefold() for part in request.schedule.sessions}
    outcome.channel_is_set = server.channel_id is not None or rooms <= set(await room_channels(session, server.id))
    await replan(session, server=server, now=now, session_ids=None if rezoned else outcome.session_ids)
    return outcome


async def _store(session: AsyncSession, source: Source, schedule: read.Schedule, outcome: ImportOutcome) -> None:
    """Write the difference between the source's stored talks and the file's, session by session."""
    sessions = {s.id or 0: s for s in await session.exec(select(Session).where(Session.source_id == source.id))}
    query = select(Talk).join(Session).where(Session.source_id == source.id).order_by(col(Talk.id))
    stored = list(await session.exec(query))
    outcome.stored_before = sum(not talk.cancelled for talk in stored)
    talks = schedule.talks
    stored_of = match_talks([_identity_of_row(t) for t in stored], [_identity(t) for t in talks]).stored_of
    position = 0
    taken: set[int] = set()
    parts: list[tuple[read.Session, Session, list[Talk | None]]] = []
    for part in schedule.sessions:
        rows = [stored[i] if (i := stored_of.get(position + n)) is not None else None for n in range(len(part.talks))]
        position += len(part.talks)
        key = matching_session((row.session_id for row in rows if row), taken)
        taken.add(key or 0)
        parts.append((part, _store_session(session, source, part, sessions.get(key or 0)), rows))
    await session.flush()  # numbers all new sessions in one go
    outcome.session_ids.extend(row.id or 0 for _, row, _ in parts)
    added = [talk for part, row, rows in parts for talk in _store_talks(row, part.talks, rows, outcome)]
    if added:
        # all at once: as ORM rows, whose keys are asked for, SQLite takes them one by one
        await session.exec(insert(METADATA.tables["talks"]), params=added)
    kept = set(stored_of.values())
    _remove([talk for index, talk in enumerate(stored) if index not in kept], sessions, outcome)


def _store_session(session: AsyncSession, source: Source, part: read.Session, found: Session | None) -> Session:
    """Write a file's session into the row that was found for it, else into a new one."""
    values: dict[str, Any] = {
        "title": part.title,
        "room": part.room,
        "moderator": part.moderator,
        "starts_at": part.starts_at,
        "ends_at": part.ends_at,
    }
    if found is not None:
        set_changed(found, values)
        return found
    row = Session(conference_id=source.conference_id, source_id=source.id or 0, **values)
    session.add(row)
    return row


def _store_talks(
    row: Session,
    talks: Sequence[read.Talk],
    rows: Sequence[Talk | None],
    outcome: ImportOutcome,
) -> list[dict[str, Any]]:
    """Write a file's talks into the rows that were found for them; the new ones are given back, to be inserted."""
    added: list[dict[str, Any]] = []
    for talk, stored in zip(talks, rows, strict=True):
        values = {**_values(talk), "session_id": row.id}
        if stored is None:
            added.append(values)
            outcome.changes.append(change_of(None, _facts(talk)))
            continue
        before = _facts(stored)
        if stored.session_id not in outcome.session_ids:
            outcome.session_ids.append(stored.session_id)  # where it was until now has to be planned anew as well
        if set_changed(stored, values):
            outcome.changed += 1
            outcome.changes.append(change_of(before, _facts(talk)))
        else:
            outcome.unchanged += 1
    outcome.added += len(added)
    return added


def _remove(talks: Sequence[Talk], sessions: dict[int, Session], outcome: ImportOutcome) -> None:
    """A talk that the file no longer has keeps its row, as cancelled."""
    for talk in talks:
        if not talk.cancelled:
            outcome.changes.append(change_of(_facts(talk), None))
            talk.cancelled = True
            outcome.removed += 1
            if talk.session_id in sessions and talk.session_id not in outcome.session_ids:
                outcome.session_ids.append(talk.session_id)


def set_changed(row: Any, values: dict[str, Any]) -> bool:  # noqa: ANN401 - any table's row
    """Set only the columns that differ, so that an unchanged row is not written; whether any did."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def _values(talk: read.Talk) -> dict[str, Any]:
    return {
        "file_id": talk.file_id,
        "kind": talk.kind,
        "title": talk.title,
        "speakers": list(talk.speakers),
        "room": talk.room,
        "starts_at": talk.starts_at,
        "ends_at": talk.ends_at,
        "abstract": talk.abstract,
        "url": talk.url,
        "cancelled": talk.cancelled,
    }


def _facts(talk: read.Talk | Talk) -> TalkFacts:
    return TalkFacts(talk.title, talk.starts_at, talk.ends_at, talk.room, talk.cancelled)


def _identity(talk: read.Talk) -> TalkIdentity:
    return TalkIdentity(talk.title, talk.speakers, talk.starts_at, talk.file_id)


def _identity_of_row(talk: Talk) -> TalkIdentity:
    return TalkIdentity(talk.title, tuple(talk.speakers), talk.starts_at, talk.file_id)
