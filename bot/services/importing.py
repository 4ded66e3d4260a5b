"""Stores a schedule that was read: one transaction, after which the outbox owes what the new programme says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.rules.programme_diff import TalkChange, vanishes
from bot.services.planning import replan
from bot.services.programme import room_channels
from bot.services.servers import server_row
from bot.services.sources import ImportRequest, conference_of, source_of
from bot.services.storing import Stored, store_talks
from bot.services.telling import owe_changes
from bot.services.versions import Author, keep_version
from db.database import Database


@dataclass(slots=True)
class ImportOutcome:
    """What an import changed, or would change.

    Attributes:
        source: its name; how many where the file holds several.
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
    stored, names = Stored(is_export=_states_sources(request)), []
    for part in _by_source(request):
        source = await source_of(session, conference, part, now)
        names.append(source.name)
        await store_talks(session, source, part.schedule.sessions, stored)
    name = names[0] if len(names) == 1 else f"{len(names)} sources"
    author = Author(request.origin, name, request.imported_by)
    await keep_version(session, conference, stored.before, author, now)
    told = await owe_changes(session, server, stored.told, stored.before, now)
    session_ids = None if rezoned else stored.session_ids
    await replan(session, server=server, now=now, session_ids=session_ids, told=told)
    rooms = await room_channels(session, server.id)
    return ImportOutcome(
        conference=conference.name,
        source=name,
        timezone=conference.timezone,
        added=stored.added,
        changed=stored.changed,
        removed=stored.removed,
        unchanged=stored.unchanged,
        session_ids=stored.session_ids,
        channel_is_set=server.channel_id is not None
        or {(part.room or "").casefold() for part in request.schedule.sessions} <= set(rooms),
        changes=stored.changes,
        stored_before=stored.talks_before,
    )


def _states_sources(request: ImportRequest) -> bool:
    states = any(part.source is not None for part in request.schedule.sessions)
    return states and request.source_name is None and request.link is None


def _by_source(request: ImportRequest) -> Iterator[ImportRequest]:
    """A file that states sources is an import of each; a name that was given goes before what the file states."""
    sessions = request.schedule.sessions
    if not _states_sources(request):
        yield request
        return
    for name in dict.fromkeys(part.source for part in sessions):
        theirs = tuple(part for part in sessions if part.source == name)
        yield replace(request, schedule=replace(request.schedule, sessions=theirs), source_name=name)
