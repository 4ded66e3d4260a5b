"""What a page was found to hold, still as it prints it, and how that becomes a Schedule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.errors import ScheduleError
from bot.schedules.dates import StatedYear
from bot.schedules.finishing import LONGEST_KIND, LONGEST_SESSION_TITLE, LONGEST_TITLE, Finishing, link
from bot.schedules.moments import Span, Timing, read_timing
from bot.schedules.printed_times import PrintedTimes
from bot.schedules.schedule import ReadingOptions, Schedule, Talk
from bot.schedules.sessions import Found, FoundSession, by_room_and_day, finished_sessions


class DraftTalk(NamedTuple):
    """One talk as the page prints it; the fields are those of `Talk`, with their markup, and `doubts` about it."""

    title: str
    times: PrintedTimes
    kind: str | None = None
    speakers: tuple[str, ...] = ()
    room: str | None = None
    abstract: str | None = None
    url: str | None = None
    file_id: str | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftSession:
    """One session as the page prints it."""

    talks: tuple[DraftTalk, ...]
    title: str | None = None
    room: str | None = None
    moderator: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of itself: which format it is, whose it is, and its year where that stands outside its times."""

    format: str
    conference: str | None = None
    year: StatedYear | None = None


def schedule_of_sessions(page: Page, drafts: Sequence[DraftSession], options: ReadingOptions) -> Schedule:
    """The Schedule of a page that names its sessions.

    Raises:
        ScheduleError: its times do not hold together, or it is of a size that no programme has.
    """
    timing = read_timing([talk.times for draft in drafts for talk in draft.talks], options, page.year)
    finishing, spans = Finishing(), iter(timing.spans)
    sessions = [_session(draft, spans, finishing) for draft in drafts]
    return _schedule(page, timing, sessions, finishing)


def schedule_of_talks(page: Page, drafts: Sequence[DraftTalk], options: ReadingOptions) -> Schedule:
    """The Schedule of a page that names no sessions: a room on a conference day is one.

    Raises:
        ScheduleError: as above.
    """
    timing = read_timing([talk.times for talk in drafts], options, page.year)
    finishing = Finishing()
    talks = [_found(draft, span, None, finishing) for draft, span in zip(drafts, timing.spans, strict=True)]
    days_in = timing.timezone or timing.page_timezone or "UTC"
    return _schedule(page, timing, by_room_and_day(talks, days_in), finishing)


def _schedule(page: Page, timing: Timing, sessions: Sequence[FoundSession], finishing: Finishing) -> Schedule:
    finished, oddities = finished_sessions(sessions)
    return Schedule(
        format=page.format,
        conference=finishing.line(page.conference, "conference title", "the page"),
        timezone=timing.timezone,
        page_timezone=timing.page_timezone,
        sessions=finished,
        warnings=(*timing.warnings, *finishing.warnings, *oddities),
    )


def _session(draft: DraftSession, spans: Iterable[Span], finishing: Finishing) -> FoundSession:
    place = draft.talks[0].times.place
    room = finishing.line(draft.room, "room", place)
    # The talks come first: zip would otherwise take, and lose, the first span of the next session.
    talks = tuple(_found(talk, span, room, finishing) for talk, span in zip(draft.talks, spans, strict=False))
    title = finishing.line(draft.title, "session title", place, longest=LONGEST_SESSION_TITLE)
    if title is None:
        title = room or "Session"
        finishing.warnings.append(f"{place}: no session title stands above this: called “{title}”")
    return FoundSession(title, talks, room, finishing.line(draft.moderator, "list of moderators", place))


def _found(draft: DraftTalk, span: Span, session_room: str | None, finishing: Finishing) -> Found:
    place = draft.times.place
    finishing.warnings.extend(draft.doubts)
    title = finishing.line(draft.title, "title", place, longest=LONGEST_TITLE)
    if title is None:
        raise ScheduleError("this talk has no title", where=place, do="Write its title under its kind")
    talk = Talk(
        title=title,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        kind=finishing.line(draft.kind, "kind", place, longest=LONGEST_KIND),
        speakers=finishing.people(draft.speakers, place),
        room=finishing.line(draft.room, "room", place) or session_room,
        abstract=finishing.abstract(draft.abstract, place),
        url=link(draft.url),
        file_id=finishing.file_id(draft.file_id),
    )
    return Found(talk, place)
