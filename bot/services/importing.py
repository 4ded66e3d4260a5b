"""Stores a schedule that was read: one transaction, after which the outbox owes what the new programme says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import ScheduleQuestion
from bot.rules.changes import TalkIdentity, match_talks, matching_session, plain
from bot.rules.programme import conference_day
from bot.schedules import schedule as read
from bot.services.planning import replan
from bot.services.programme import room_channels
from bot.services.servers import server_row
from bot.timezones import local, zone
from db.database import Database
from db.tables import Conference, Server, Session, Source, Talk

SAME_CONFERENCE = timedelta(days=14)
"""A page that names no conference joins the open one whose days are this near."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What somebody asked to store.

    Attributes:
        server_id: may be a server that the bot has not joined yet.
        schedule: the file, read.
        source_name: the source's name if one was given.
        timezone: the venue's zone if one was given; otherwise the conference's, the server's or the file's.
        imported_by: Discord user id, None from the command line.
    """

    server_id: int
    schedule: read.Schedule
    source_name: str | None = None
    timezone: str | None = None
    imported_by: int | None = None


@dataclass(slots=True)
class ImportOutcome:
    """What an import changed, or would change."""

    conference: str
    source: str
    timezone: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    session_ids: list[int] = field(default_factory=list)
    channel_is_set: bool = True

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
    conference = await _conference(session, server, request)
    rezoned = session.is_modified(conference)
    source = await _source(session, conference, request, now)
    outcome = ImportOutcome(conference.name, source.name, conference.timezone)
    await _store(session, source, request.schedule, outcome)
    await session.flush()
    rooms = {(part.room or "").casefold() for part in request.schedule.sessions}
    outcome.channel_is_set = server.channel_id is not None or rooms <= set(await room_channels(session, server.id))
    await replan(session, server=server, now=now, session_ids=None if rezoned else outcome.session_ids)
    return outcome


async def _conference(session: AsyncSession, server: Server, request: ImportRequest) -> Conference:
    schedule = request.schedule
    open_ones = list(
        await session.exec(
            select(Conference).where(Conference.server_id == server.id, col(Conference.archived_at).is_(None))
        )
    )
    asked = zone(request.timezone).zone if request.timezone else None
    found = await _same_conference(session, open_ones, schedule)
    if found is not None:
        found.timezone = asked or found.timezone
        return found
    timezone = asked or server.timezone or schedule.timezone
    if timezone is None:
        raise ScheduleQuestion(
            "the file states offsets but not which zone the venue is in",
            option="timezone",
            do="Name the venue's zone with --timezone, for example --timezone Europe/Berlin",
        )
    name = schedule.conference or f"Conference of {local(schedule.sessions[0].starts_at, timezone):%B %Y}"
    conference = Conference(server_id=server.id, name=name, timezone=timezone)
    session.add(conference)
    await session.flush()
    return conference


async def _same_conference(
    session: AsyncSession, open_ones: Sequence[Conference], schedule: read.Schedule
) -> Conference | None:
    """The open conference of the file's name; a file that names none joins the one nearest in time."""
    if schedule.conference is not None:
        return next((c for c in open_ones if plain(c.name) == plain(schedule.conference)), None)
    starts_at = schedule.sessions[0].starts_at
    nearest: tuple[timedelta, Conference] | None = None
    for conference in open_ones:
        starts = await session.exec(select(Session.starts_at).where(Session.conference_id == conference.id))
        distance = min((abs(start - starts_at) for start in starts), default=None)
        if distance is not None and distance <= SAME_CONFERENCE and (nearest is None or distance < nearest[0]):
            nearest = distance, conference
    return nearest[1] if nearest else None


async def _source(session: AsyncSession, conference: Conference, request: ImportRequest, now: datetime) -> Source:
    schedule = request.schedule
    name = request.source_name or schedule.conference or schedule.sessions[0].title
    namesakes = await _sources_called(session, conference, name)
    for found in namesakes:
        if request.source_name:
            if found.name == name:
                return found
        elif not await _shares_nothing(session, found, schedule):
            return found
    if not request.source_name:
        # two pages of one title, such as two "Deep Learning" sessions, are two sources
        name = _free_name(name, schedule.sessions[0], conference.timezone, {found.name for found in namesakes})
    source = Source(
        conference_id=conference.id or 0,
        name=name,
        format=schedule.format,
        page_timezone=schedule.page_timezone,
        imported_at=now,
        imported_by=request.imported_by,
    )
    session.add(source)
    await session.flush()
    return source


async def _sources_called(session: AsyncSession, conference: Conference, name: str) -> list[Source]:
    """The sources of that name, and those that share it with more words behind."""
    called = or_(col(Source.name) == name, col(Source.name).startswith(f"{name} · ", autoescape=True))
    return list(
        await session.exec(select(Source).where(Source.conference_id == conference.id, called).order_by(col(Source.id)))
    )


def _free_name(name: str, first: read.Session, timezone: str, taken: Collection[str]) -> str:
    """A source's name, with room and day, time and number behind it as far as it takes to be another's."""
    starts_at = local(first.starts_at, timezone)
    day = conference_day(starts_at).isoformat()
    more = iter((f"{first.room} · {day}" if first.room else day, f"{starts_at:%H:%M}"))
    while name in taken:
        name = f"{name} · {next(more, '') or len(taken) + 1}"
    return name


async def _shares_nothing(session: AsyncSession, source: Source, schedule: read.Schedule) -> bool:
    """Whether no talk with people is in both; every session has a break of the same name."""
    query = select(Talk.title, Talk.speakers).join(Session).where(Session.source_id == source.id)
    rows = [(title, bool(speakers)) for title, speakers in await session.exec(query)]
    talks = [(talk.title, bool(talk.speakers)) for talk in schedule.talks]
    return _telling(rows).isdisjoint(_telling(talks))


def _telling(talks: Sequence[tuple[str, bool]]) -> set[str]:
    """The titles of the talks that have people; of all where none has."""
    titles = {plain(title) for title, has_people in talks if has_people}
    return titles or {plain(title) for title, _ in talks}


async def _store(session: AsyncSession, source: Source, schedule: read.Schedule, outcome: ImportOutcome) -> None:
    """Write the difference between the source's stored talks and the file's, session by session."""
    sessions = {s.id or 0: s for s in await session.exec(select(Session).where(Session.source_id == source.id))}
    query = select(Talk).join(Session).where(Session.source_id == source.id).order_by(col(Talk.id))
    stored = list(await session.exec(query))
    talks = schedule.talks
    stored_of = match_talks([_identity_of_row(t) for t in stored], [_identity(t) for t in talks]).stored_of
    position = 0
    taken: set[int] = set()
    for part in schedule.sessions:
        rows = [stored[i] if (i := stored_of.get(position + n)) is not None else None for n in range(len(part.talks))]
        position += len(part.talks)
        key = matching_session((row.session_id for row in rows if row), taken)
        row = await _store_session(session, source, part, sessions.get(key or 0))
        taken.add(row.id or 0)
        outcome.session_ids.append(row.id or 0)
        await _store_talks(session, row, part.talks, rows, outcome)
    kept = set(stored_of.values())
    _remove([talk for index, talk in enumerate(stored) if index not in kept], sessions, outcome)


async def _store_session(session: AsyncSession, source: Source, part: read.Session, found: Session | None) -> Session:
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
    await session.flush()
    return row


async def _store_talks(
    session: AsyncSession,
    row: Session,
    talks: Sequence[read.Talk],
    rows: Sequence[Talk | None],
    outcome: ImportOutcome,
) -> None:
    added = []
    for talk, stored in zip(talks, rows, strict=True):
        values = {**_values(talk), "session_id": row.id}
        if stored is None:
            added.append(values)
            continue
        if stored.session_id not in outcome.session_ids:
            outcome.session_ids.append(stored.session_id)  # where it was until now has to be planned anew as well
        if set_changed(stored, values):
            outcome.changed += 1
        else:
            outcome.unchanged += 1
    if added:
        # all at once: as ORM rows, whose keys are asked for, SQLite takes them one by one
        await session.exec(insert(Talk), params=added)
        outcome.added += len(added)


def _remove(talks: Sequence[Talk], sessions: dict[int, Session], outcome: ImportOutcome) -> None:
    """A talk that the file no longer has keeps its row, as cancelled."""
    for talk in talks:
        if not talk.cancelled:
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


def _identity(talk: read.Talk) -> TalkIdentity:
    return TalkIdentity(talk.title, talk.speakers, talk.starts_at, talk.file_id)


def _identity_of_row(talk: Talk) -> TalkIdentity:
    return TalkIdentity(talk.title, tuple(talk.speakers), talk.starts_at, talk.file_id)
