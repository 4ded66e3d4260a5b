"""Stores a schedule that was read: one transaction, after which the outbox owes what the new programme says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import inspect
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.collector import without_collections
from bot.rules.programme_diff import TalkChange, vanishes
from bot.services.audit import tell_act
from bot.services.chosen import room_channels
from bot.services.housekeeping import is_long_over
from bot.services.personal_planning import plan_people
from bot.services.planning import replan
from bot.services.servers import server_row
from bot.services.sources import ImportRequest, conference_of, source_of
from bot.services.storing import Stored, store_talks
from bot.services.telling import owe_changes
from bot.services.versions import Author, keep_version
from db.database import Database
from db.tables import Source


@dataclass(slots=True)
class ImportOutcome:
    """What an import changed, or would change.

    Attributes:
        source: its name; how many where the file holds several.
        changes: talk by talk.
        stored_before: the source's talks before it that had not been cancelled.
        changes_nothing: also no session, zone or address.
        is_long_over: the conference is archived the next time that house is kept.
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
    sessions_changed: int = 0
    changes_nothing: bool = field(default=False, compare=False)
    is_long_over: bool = False

    @property
    def counted(self) -> str:
        """How many talks are what now: `15 new, 2 no longer in the file`."""
        counts = {"new": self.added, "changed": self.changed, "no longer in the file": self.removed}
        return ", ".join(f"{number} {what}" for what, number in counts.items() if number) or "none changed"

    @property
    def vanishes(self) -> bool:
        """Whether more than a third of what was stored would be gone."""
        return vanishes(self.changes, self.stored_before)


async def import_schedule(db: Database, clock: Clock, request: ImportRequest) -> ImportOutcome:
    """Store a schedule and re-plan what it touches; importing the same again changes nothing.

    Raises:
        ScheduleQuestion: the file states offsets but no zone, and none is known for the venue.
    """
    async with db.transaction(request.server_id) as session:
        with without_collections():
            outcome = await _import(session, request, clock.now(), plans=True)
        tell_act(session, conference=outcome.conference, source=outcome.source, talks=outcome.counted)
        return outcome


async def preview_import(db: Database, clock: Clock, request: ImportRequest) -> ImportOutcome:
    """What `import_schedule` would change, without storing anything; raises the same."""
    async with db.trying(request.server_id) as session:
        with without_collections():
            return await _import(session, request, clock.now(), plans=False)


async def _import(session: AsyncSession, request: ImportRequest, now: datetime, *, plans: bool) -> ImportOutcome:
    server = await server_row(session, request.server_id)
    stored, names, linked = Stored(is_export=_states_sources(request)), [], False
    conference = await conference_of(session, server, request, stored.before)
    rezoned = not stored.before.is_empty
    for part in _by_source(request):
        source = await source_of(session, conference, part, now)
        linked = linked or _is_new_address(source)
        names.append(source.name)
        await store_talks(session, source, part.schedule.sessions, stored)
    name = names[0] if len(names) == 1 else f"{len(names)} sources"
    author = Author(request.origin, name, request.imported_by)
    await keep_version(session, conference, stored.before, author, now)
    if plans:  # what is owed then is no part of what is shown before
        told = await owe_changes(session, server, stored.told, stored.before, now)
        session_ids = None if rezoned else list(stored.session_ids)
        await replan(session, server=server, now=now, session_ids=session_ids, told=told, plan_changed=True)
        await plan_people(session, server, now, session_ids=list(stored.session_ids))
    rooms = await room_channels(session, server.id)
    return ImportOutcome(
        conference=conference.name,
        source=name,
        timezone=conference.timezone,
        added=stored.added,
        changed=stored.changed,
        removed=stored.removed,
        unchanged=stored.unchanged,
        session_ids=list(stored.session_ids),
        channel_is_set=server.channel_id is not None
        or {(part.room or "").casefold() for part in request.schedule.sessions} <= set(rooms),
        changes=stored.changes,
        stored_before=stored.talks_before,
        sessions_changed=stored.sessions_changed,
        changes_nothing=stored.before.is_empty and not linked,
        is_long_over=await is_long_over(session, conference, now),
    )


def _is_new_address(source: Source) -> bool:
    """Whether an address was given to a source that had another one, or none."""
    changed = inspect(source).attrs.url.history
    return bool(changed.added) and changed.added[0] is not None


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
