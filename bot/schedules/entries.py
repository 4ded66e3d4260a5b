"""What a file of dated entries was found to hold, and how that becomes a Schedule. Pages print times: see drafts.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from bot.errors import ScheduleError
from bot.schedules.cancelled_titles import without_cancelled
from bot.schedules.entry_moments import Moments
from bot.schedules.finishing import LONGEST_KIND, LONGEST_SESSION_TITLE, LONGEST_TITLE, MOST_TALKS, Finishing, link
from bot.schedules.lengths import LONGEST
from bot.schedules.schedule import ReadingOptions, Schedule, Talk
from bot.schedules.sessions import DAY_BEGINS, Found, FoundSession, at_most, finished_sessions, room_day_title
from bot.timezones import local

_DAY = timedelta(days=1)


class Entry(NamedTuple):
    """One item as the file states it; texts may hold entities and HTML.

    Attributes:
        place: how messages name it, such as `row 7` or `event 332`.
        starts, ends: aware where the file states an offset, else the wall clock of `zone`.
        zone: the IANA zone that this entry names for its naive times; None is the file's, else the venue's.
        session: the session that the file puts it in.
        day: the conference day that the file puts it under; None goes by its start.
        cancelled: the file says so elsewhere than in the title.
    """

    place: str
    title: str
    starts: datetime
    ends: datetime
    zone: str | None = None
    kind: str | None = None
    speakers: tuple[str, ...] = ()
    room: str | None = None
    abstract: str | None = None
    url: str | None = None
    file_id: str | None = None
    cancelled: bool = False
    session: str | None = None
    moderator: str | None = None
    day: date | None = None


_Groups = dict[tuple[date, str | None, str | None], list[tuple[Entry, Found]]]


@dataclass(frozen=True, slots=True)
class File:
    """What a file says of itself.

    Attributes:
        timezone: the venue's IANA zone, None where it names none.
        day_begins: when its conference day begins, local time.
        has_latex: whether its texts are LaTeX and Markdown, as academic ones are.
        warnings: what was odd so far, with its place.
    """

    format: str
    conference: str | None = None
    timezone: str | None = None
    day_begins: time = DAY_BEGINS
    has_latex: bool = False
    warnings: tuple[str, ...] = ()


def schedule_of_entries(file: File, entries: Sequence[Entry], options: ReadingOptions) -> Schedule:
    """The Schedule of a file's entries: its sessions as it names them, else a room on a conference day is one.

    An entry that takes no time is left out with a warning.

    Raises:
        ScheduleError: nothing is left, there is more than any programme has, or a time cannot be.
        ScheduleQuestion: a time has no zone, and none is known for the venue.
    """
    if len(entries) > MOST_TALKS:
        raise ScheduleError(f"more than {MOST_TALKS:,} talks", do="Import the programme in parts")
    asked = options.venue
    moments = Moments(file.timezone or asked, asked or file.timezone)
    finishing = Finishing(has_latex=file.has_latex)
    groups = _groups(file, entries, moments, finishing)
    if not groups:
        reason = f" ({finishing.warnings[0]})" if finishing.warnings else ""
        raise ScheduleError(
            f"no entry is left that could be announced{reason}", do="Look whether this is the whole file"
        )
    finished, oddities = finished_sessions([_session(key, group, finishing) for key, group in groups.items()])
    warnings = at_most([*file.warnings, *moments.warnings, *finishing.warnings])
    return Schedule(
        format=file.format,
        conference=finishing.line(file.conference, "conference title", "the file"),
        timezone=moments.venue,
        page_timezone=file.timezone,
        sessions=finished,
        warnings=(*warnings, *oddities),
    )


def _groups(file: File, entries: Sequence[Entry], moments: Moments, finishing: Finishing) -> _Groups:
    """What belongs to one session: by conference day, room and the session that the file names."""
    groups: _Groups = defaultdict(list)
    for entry in entries:
        title = finishing.line(entry.title, "title", entry.place, longest=LONGEST_TITLE)
        if title is None:
            finishing.warnings.append(f"{entry.place}: this has no title: left out")
            continue
        starts_at, ends_at = moments.of(entry.starts, entry), moments.of(entry.ends, entry)
        if not timedelta(0) < ends_at - starts_at <= LONGEST:
            wrong = "takes no time" if ends_at == starts_at else f"lasts from {entry.starts} to {entry.ends}"
            finishing.warnings.append(f"{entry.place}: “{entry.title[:80]}” {wrong}: left out")
            continue
        found = Found(_talk(entry, title, (starts_at, ends_at), finishing), entry.place)
        day = entry.day or _day(entry.starts, starts_at, moments.venue, file.day_begins)
        session = finishing.line(entry.session, "session title", entry.place, longest=LONGEST_SESSION_TITLE)
        groups[day, found.talk.room, session].append((entry, found))
    return groups


def _talk(entry: Entry, line: str, span: tuple[datetime, datetime], finishing: Finishing) -> Talk:
    place = entry.place
    title, called_off = without_cancelled(line)
    return Talk(
        title=title,
        starts_at=span[0],
        ends_at=span[1],
        kind=finishing.line(entry.kind, "kind", place, longest=LONGEST_KIND),
        speakers=finishing.people(entry.speakers, place),
        room=finishing.line(entry.room, "room", place),
        abstract=finishing.abstract(entry.abstract, place),
        url=link(entry.url),
        file_id=finishing.file_id(entry.file_id),
        cancelled=entry.cancelled or called_off,
    )


def _day(stated: datetime, starts_at: datetime, venue: str | None, day_begins: time) -> date:
    """The conference day of a start; without the venue's zone by the clock that the file itself states."""
    wall = local(starts_at, venue) if venue else stated
    return wall.date() - _DAY * (wall.time() < day_begins)


def _session(
    key: tuple[date, str | None, str | None], group: Sequence[tuple[Entry, Found]], finishing: Finishing
) -> FoundSession:
    day, room, title = key
    moderators = (finishing.line(entry.moderator, "list of moderators", entry.place) for entry, _ in group)
    return FoundSession(
        title=title or room_day_title(room, day),
        talks=tuple(found for _, found in group),
        room=room,
        moderator=next((moderator for moderator in moderators if moderator), None),
    )
