"""Which conference and which source of it a file is, so that a re-import touches what is its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import ScheduleQuestion
from bot.fetching.links import shown
from bot.rules.changes import plain
from bot.rules.following import Follows, next_look
from bot.rules.programme import conference_day
from bot.rules.programme_diff import Origin
from bot.schedules import schedule as read
from bot.services.versions import Before
from bot.timezones import local, zone
from db.tables import Conference, Server, Session, Source, Talk

SAME_CONFERENCE = timedelta(days=14)
"""A page that names no conference joins the open one whose days are this near."""

LONGEST_NAME = 400
"""Of a source, before the words that tell it from others of the same name."""


@dataclass(frozen=True, slots=True)
class SourceLink:
    """An address that a source is fetched from.

    Attributes:
        follows: what is done when what it holds has changed.
        options: how it is read: `timezone`, `year` and `day_first` of bot.schedules.schedule.ReadingOptions.
        etag, last_modified: what its server named with the version at hand.
        seen: digest of that version.
    """

    url: str
    follows: Follows = Follows.ASK
    options: dict[str, Any] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What somebody asked to store.

    Attributes:
        server_id: may be a server that the bot has not joined yet.
        schedule: the file, read.
        source_name: the source's name if one was given.
        timezone: the venue's zone if one was given; otherwise the conference's, the server's or the file's.
        imported_by: Discord user id, None from the command line.
        link: the address that it was fetched from, None for a file.
        origin: whether somebody imports it, or the refresh does.
    """

    server_id: int
    schedule: read.Schedule
    source_name: str | None = None
    timezone: str | None = None
    imported_by: int | None = None
    link: SourceLink | None = None
    origin: Origin = Origin.IMPORT


async def conference_of(session: AsyncSession, server: Server, request: ImportRequest, before: Before) -> Conference:
    """The conference that a file belongs to, made if there is none: that of its address, else of its name.

    Raises:
        ScheduleQuestion: the file states offsets but no zone, and none is known for the venue.
    """
    schedule = request.schedule
    open_ones = list(
        await session.exec(
            select(Conference).where(Conference.server_id == server.id, col(Conference.archived_at).is_(None))
        )
    )
    asked = zone(request.timezone).zone if request.timezone else None
    found = await _linked_conference(session, open_ones, request.link)
    found = found or await _same_conference(session, open_ones, schedule)
    if found is not None:
        before.change(found, {"timezone": asked or found.timezone})
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


async def _linked_conference(
    session: AsyncSession, open_ones: Sequence[Conference], link: SourceLink | None
) -> Conference | None:
    """The open conference that an address belongs to, whatever the conference is called in it by now."""
    if link is None:
        return None
    query = select(Source.conference_id).where(Source.url == link.url)
    theirs = set(await session.exec(query.where(col(Source.conference_id).in_([c.id for c in open_ones]))))
    return next((conference for conference in open_ones if conference.id in theirs), None)


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


async def source_of(session: AsyncSession, conference: Conference, request: ImportRequest, now: datetime) -> Source:
    """The source that a file is, made if there is none: its address, else the name given, else the file's own title."""
    source = await _linked_source(session, conference, request.link) if request.link else None
    source = source or await _named_source(session, conference, request, now)
    if request.link is not None:
        _follow(source, request.link, now, chooses=request.origin is not Origin.REFRESH)
    return source


async def _linked_source(session: AsyncSession, conference: Conference, link: SourceLink) -> Source | None:
    here = Source.conference_id == conference.id, Source.url == link.url
    return (await session.exec(select(Source).where(*here).order_by(col(Source.id)))).first()


def _follow(source: Source, link: SourceLink, now: datetime, *, chooses: bool) -> None:
    """Note an address and its version; what is done with it only where somebody chooses, not when it is refreshed."""
    if chooses:
        source.url, source.follows, source.options = link.url, link.follows.value, link.options
    source.etag, source.last_modified, source.seen = link.etag, link.last_modified, link.seen
    source.failures, source.problem = 0, None
    source.fetch_at = None if source.follows == Follows.NEVER else next_look(now)


async def _named_source(session: AsyncSession, conference: Conference, request: ImportRequest, now: datetime) -> Source:
    schedule = request.schedule
    # without what may be secret: a source's name is shown, and handed on in exports
    address = shown(request.link.url) if request.link else None
    name = (request.source_name or address or schedule.conference or schedule.sessions[0].title)[:LONGEST_NAME]
    namesakes = await _sources_called(session, conference, name)
    for found in namesakes:
        if request.source_name:
            if found.name == name:
                return found
        elif address is None and not await _shares_nothing(session, found, schedule):
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
    has_people = cast(Talk.speakers, Text) != "[]"
    query = select(Talk.title, has_people).join(Session).where(Session.source_id == source.id)
    stored = _telling(list(await session.exec(query)))
    in_file = _telling([(talk.title, bool(talk.speakers)) for talk in schedule.talks])
    # as they stand first: most often that settles it, and all of them need not be shortened
    return stored.isdisjoint(in_file) and {plain(title) for title in stored}.isdisjoint(map(plain, in_file))


def _telling(talks: Sequence[tuple[str, bool]]) -> set[str]:
    """The titles of the talks that have people; of all where none has."""
    return {title for title, has_people in talks if has_people} or {title for title, _ in talks}
