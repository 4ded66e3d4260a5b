"""What an export of ours states, and how that becomes the Schedule it was written from: nothing in it is mended."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.errors import ScheduleError
from bot.schedules.entries import Entry
from bot.schedules.entry_moments import FIRST_YEAR, LAST_YEAR, Moments
from bot.schedules.finishing import LONGEST_TITLE, MOST_TALKS, Finishing, link
from bot.schedules.lengths import LONGEST
from bot.schedules.schedule import ReadingOptions, Schedule, Talk
from bot.schedules.sessions import Found, FoundSession, at_most, conference_day, finished_sessions, room_day_title


@dataclass(frozen=True, slots=True)
class Stated:
    """One talk as an export states it.

    Attributes:
        entry: its `session` and `moderator` are the session's, its `room` the talk's own.
        number: which session of the file it is in; None for a talk that somebody added by hand.
        session_room: the session's own.
        source: where the session was imported from first.
    """

    entry: Entry
    number: str | None = None
    session_room: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """What an export says of itself; zones are IANA's, None where it states none."""

    format: str
    conference: str | None
    timezone: str | None
    page_timezone: str | None
    warnings: tuple[str, ...] = ()


def schedule_of_export(export: Export, stated: Sequence[Stated], options: ReadingOptions) -> Schedule:
    """The Schedule that an export was written from, with what was changed in it since.

    Raises:
        ScheduleError: nothing is left, there is more than any programme has, or a time cannot be.
        ScheduleQuestion: a time that was added has no zone, and none is known for the venue.
    """
    if len(stated) > MOST_TALKS:
        raise ScheduleError(f"more than {MOST_TALKS:,} talks", do="Import the programme in parts")
    venue = options.venue or export.timezone
    moments = Moments(export.timezone or venue, venue)
    finishing = Finishing(verbatim=True)
    groups: dict[Hashable, list[tuple[Stated, Found]]] = {}
    for each in stated:
        if found := _found(each, moments, finishing):
            groups.setdefault(_group(each, found.talk, venue), []).append((each, found))
    if not groups:
        odd = [*export.warnings, *finishing.warnings]
        reason = f" ({odd[0]})" if odd else ""
        raise ScheduleError(f"no talk is left that could be announced{reason}", do="Export the schedule again")
    sessions = [_session(group, venue, finishing) for group in groups.values()]
    finished, oddities = finished_sessions(sessions, may_repeat=True)
    return Schedule(
        format=export.format,
        conference=finishing.line(export.conference, "conference title", "the file"),
        timezone=venue,
        page_timezone=export.page_timezone,
        sessions=finished,
        warnings=(*at_most([*export.warnings, *moments.warnings, *finishing.warnings]), *oddities),
    )


def _found(stated: Stated, moments: Moments, finishing: Finishing) -> Found | None:
    """A talk with its place; None, and a warning, where it cannot be one."""
    entry, place = stated.entry, stated.entry.place
    title = finishing.line(entry.title, "title", place, longest=LONGEST_TITLE)
    if title is None:
        finishing.warnings.append(f"{place}: this has no title: left out")
        return None
    starts_at, ends_at = (moments.of(_exact(each), entry) for each in (entry.starts, entry.ends))
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        wrong = "takes no time" if ends_at == starts_at else f"lasts from {entry.starts} to {entry.ends}"
        finishing.warnings.append(f"{place}: “{title[:80]}” {wrong}: left out")
        return None
    talk = Talk(
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        kind=finishing.line(entry.kind, "kind", place),
        speakers=finishing.people(entry.speakers, place),
        room=finishing.line(entry.room, "room", place),
        abstract=finishing.abstract(entry.abstract, place),
        url=link(entry.url),
        file_id=finishing.file_id(entry.file_id),
        cancelled=entry.cancelled,
    )
    return Found(talk, place)


def _exact(stated: datetime) -> datetime:
    """A moment is meant as it stands: the hour that comes twice has an offset because both are meant."""
    return stated.astimezone(UTC) if stated.tzinfo and FIRST_YEAR <= stated.year <= LAST_YEAR else stated


def _group(stated: Stated, talk: Talk, venue: str | None) -> Hashable:
    """What is one session: what bears its number, else what is added to one of a name, else a room's day."""
    if stated.number is not None:
        return stated.source, stated.number
    if stated.entry.session:
        return stated.source, stated.entry.session, stated.session_room
    return stated.source, conference_day(talk.starts_at, venue or "UTC"), talk.room


def _session(group: Sequence[tuple[Stated, Found]], venue: str | None, finishing: Finishing) -> FoundSession:
    """The session that the first of its talks states; the others are to say the same."""
    (first, found), *others = group
    place = first.entry.place
    title = finishing.line(first.entry.session, "session title", place, longest=LONGEST_TITLE)
    odd = next((other for other, _ in others if _named(other) != _named(first)), None)
    if odd and first.number is not None:
        finishing.warnings.append(f"{odd.entry.place}: its session is another one at {place}: read as there")
    room = finishing.line(first.session_room, "room", place)
    day = conference_day(found.talk.starts_at, venue or "UTC")
    return FoundSession(
        title=title or room_day_title(found.talk.room, day),
        talks=tuple(each for _, each in group),
        room=room if title else room or found.talk.room,
        moderator=finishing.line(first.entry.moderator, "list of moderators", place),
        source=finishing.line(first.source, "source", place, longest=LONGEST_TITLE),
    )


def _named(stated: Stated) -> tuple[str | None, ...]:
    return stated.entry.session, stated.session_room, stated.entry.moderator, stated.source
