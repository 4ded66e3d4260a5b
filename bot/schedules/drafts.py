"""What a page was found to hold, still as it prints it, and how that becomes a Schedule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.errors import ScheduleError
from bot.schedules.dates import StatedYear
from bot.schedules.latex import Latex
from bot.schedules.moments import Span, Timing, read_timing
from bot.schedules.people import LONGEST_NAME
from bot.schedules.printed_times import PrintedTimes
from bot.schedules.readable import readable, readable_line
from bot.schedules.schedule import ReadingOptions, Schedule, Talk
from bot.schedules.sessions import Found, FoundSession, by_room_and_day, finished_sessions

MOST_TALKS = 20_000
MOST_PEOPLE = 500
LONGEST_TITLE = 1_000
LONGEST_WORDS = 200
LONGEST_ABSTRACT = 10_000
LONGEST_LINK = 2_000


@dataclass(frozen=True, slots=True)
class DraftTalk:
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


@dataclass(slots=True)
class _Finishing:
    """What is shared while a page's talks are finished."""

    latex: Latex = field(default_factory=Latex)
    warnings: list[str] = field(default_factory=list)


def schedule_of_sessions(page: Page, drafts: Sequence[DraftSession], options: ReadingOptions) -> Schedule:
    """The Schedule of a page that names its sessions.

    Raises:
        ScheduleError: its times do not hold together, or it is of a size that no programme has.
    """
    timing = read_timing([talk.times for draft in drafts for talk in draft.talks], options, page.year)
    finishing, spans = _Finishing(), iter(timing.spans)
    sessions = [_session(draft, spans, finishing) for draft in drafts]
    return _schedule(page, timing, sessions, finishing)


def schedule_of_talks(page: Page, drafts: Sequence[DraftTalk], options: ReadingOptions) -> Schedule:
    """The Schedule of a page that names no sessions: a room on a conference day is one.

    Raises:
        ScheduleError: as above.
    """
    timing = read_timing([talk.times for talk in drafts], options, page.year)
    finishing = _Finishing()
    talks = [_found(draft, span, None, finishing) for draft, span in zip(drafts, timing.spans, strict=True)]
    days_in = timing.timezone or timing.page_timezone or "UTC"
    return _schedule(page, timing, by_room_and_day(talks, days_in), finishing)


def _schedule(page: Page, timing: Timing, sessions: Sequence[FoundSession], finishing: _Finishing) -> Schedule:
    finished, oddities = finished_sessions(sessions)
    return Schedule(
        format=page.format,
        conference=page.conference,
        timezone=timing.timezone,
        page_timezone=timing.page_timezone,
        sessions=finished,
        warnings=(*timing.warnings, *finishing.warnings, *oddities),
    )


def _session(draft: DraftSession, spans: Iterable[Span], finishing: _Finishing) -> FoundSession:
    place = draft.talks[0].times.place
    room = _line(draft.room, "room", place, finishing)
    # The talks come first: zip would otherwise take, and lose, the first span of the next session.
    talks = tuple(_found(talk, span, room, finishing) for talk, span in zip(draft.talks, spans, strict=False))
    title = _line(draft.title, "session title", place, finishing, longest=LONGEST_TITLE)
    if title is None:
        title = room or "Session"
        finishing.warnings.append(f"{place}: no session title stands above this: called “{title}”")
    return FoundSession(title, talks, room, _line(draft.moderator, "list of moderators", place, finishing))


def _found(draft: DraftTalk, span: Span, session_room: str | None, finishing: _Finishing) -> Found:
    place = draft.times.place
    finishing.warnings.extend(draft.doubts)
    title = _line(draft.title, "title", place, finishing, longest=LONGEST_TITLE)
    if title is None:
        raise ScheduleError("this talk has no title", where=place, do="Write its title under its kind")
    talk = Talk(
        title=title,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        kind=_line(draft.kind, "kind", place, finishing),
        speakers=_speakers(draft, finishing),
        room=_line(draft.room, "room", place, finishing) or session_room,
        abstract=_abstract(draft, finishing),
        url=_link(draft.url),
        file_id=draft.file_id,
    )
    return Found(talk, place)


def _speakers(draft: DraftTalk, finishing: _Finishing) -> tuple[str, ...]:
    place = draft.times.place
    if len(draft.speakers) > MOST_PEOPLE:
        raise ScheduleError(
            f"{len(draft.speakers):,} people give one talk", where=place, do=f"Name at most {MOST_PEOPLE}"
        )
    names = (_line(speaker, "name", place, finishing, longest=LONGEST_NAME) for speaker in draft.speakers)
    return tuple(name for name in names if name)


def _abstract(draft: DraftTalk, finishing: _Finishing) -> str | None:
    text = draft.abstract or ""
    if len(text) > LONGEST_ABSTRACT:
        finishing.warnings.append(f"{draft.times.place}: an abstract of {len(text):,} characters is cut short")
        text = text[:LONGEST_ABSTRACT] + " …"
    return readable(text, finishing.latex) or None


def _line(
    text: str | None, what: str, place: str, finishing: _Finishing, *, longest: int = LONGEST_WORDS
) -> str | None:
    """A text on one line, None if nothing is left of it.

    Raises:
        ScheduleError: it is longer than such a thing is.
    """
    # Markup may take half of a title's room, so the length that counts is that of what is read.
    line = readable_line(text[: 10 * longest], finishing.latex) if text else ""
    if len(line) > longest:
        raise ScheduleError(f"a {what} of {len(text or ''):,} characters", where=place, do=f"Keep it below {longest:,}")
    return line or None


def _link(url: str | None) -> str | None:
    if not url or len(url) > LONGEST_LINK or not url.startswith(("https://", "http://")):
        return None
    return url
