"""The grammar of a virtual-site session page, whether copied as text or taken from HTML.

    Session / title / room / Moderator: … / Abstract: …
    time line / kind / title / people / abstract / time line / …

Only a whole line is a time line. What stands between two of them is the earlier talk, and behind that, where several
pages were pasted one after the other, the next session's head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.errors import ScheduleError
from bot.schedules.drafts import DraftSession, DraftTalk
from bot.schedules.finishing import MOST_TALKS
from bot.schedules.page_lines import (
    Line,
    chair,
    is_kind,
    is_navigation,
    is_room,
    is_session_heading,
    is_sites_own,
    session_abstract,
    without_footer,
    without_tags,
)
from bot.schedules.people import are_several_people, split_people
from bot.schedules.printed_times import PrintedDate, PrintedTimes, read_date, read_times
from bot.schedules.talk_block import EXAMPLE, read_talk, without_times

_LONGEST_HEADING = 200


@dataclass(frozen=True, slots=True)
class _Block:
    """A time line and the lines under it."""

    times: PrintedTimes
    lines: tuple[Line, ...]


@dataclass(slots=True)
class _Session:
    """A session being read: the lines of its head, then its talks."""

    head: list[Line]
    talks: list[DraftTalk] = field(default_factory=list)


def read_sessions(lines: Sequence[Line]) -> list[DraftSession]:
    """The sessions of a page, at least one, each with at least one talk.

    Args:
        lines: those of the page that are not blank.

    Raises:
        ScheduleError: there are no talks, a talk has no times, or a time line has no talk.
    """
    head, blocks = _blocks(lines)
    if not blocks:
        raise _without_talks(head)
    sessions = [_Session(head)]
    for block in blocks:
        _take(block, sessions)
    _check_head(sessions[0].head)
    found = [session for session in sessions if session.talks]
    if not found:
        raise _without_talks(head)
    return [_draft(session) for session in found]


def _blocks(lines: Sequence[Line]) -> tuple[list[Line], list[_Block]]:
    """The lines above the first time line, and each time line with those below it.

    A time line that names no day, or no zone, is in the one that was printed last.
    """
    above: list[Line] = []
    found: list[tuple[PrintedTimes, list[Line]]] = []
    day: PrintedDate | None = None
    zone: str | None = None
    for line in lines:
        times = read_times(line.text, line.place)
        if times:
            times = _with_day(times if times.zone or not zone else times._replace(zone=zone), day)
            day, zone = times.date, times.zone
            found.append((times, []))
        elif heading := read_date(line.text):
            day = heading
        else:
            (found[-1][1] if found else above).append(line)
        if len(found) > MOST_TALKS:
            raise ScheduleError(f"more than {MOST_TALKS:,} talks", do="Import the programme in parts")
    return above, [_Block(times, tuple(under)) for times, under in found]


def _with_day(times: PrintedTimes, day: PrintedDate | None) -> PrintedTimes:
    """The times on the day that was printed last, if they print none themselves."""
    if times.date.is_whole:
        return times
    if day is None or times.date.weekday not in {None, day.weekday} or times.date.day or times.date.month:
        raise ScheduleError(f"“{times.text}” names no day", where=times.place, do=f"Write it like {EXAMPLE}")
    return times._replace(date=day)


def _take(block: _Block, sessions: list[_Session]) -> None:
    """Add one block's talk to the session being read, and begin the next session where its head follows."""
    session, lines = sessions[-1], block.lines
    if not session.talks and _is_sessions_own(block.times, lines):
        session.head.extend(lines)
        return
    head_at = _next_head(lines)
    talk_lines = list(without_footer(lines[:head_at]))
    session.talks.append(read_talk(block.times, talk_lines))
    if head_at < len(lines):
        sessions.append(_Session(list(lines[head_at:])))


def _is_sessions_own(times: PrintedTimes, lines: Sequence[Line]) -> bool:
    """Whether a time line stands in a session's head and says when the session is, not a talk."""
    if not lines:
        return True
    first = lines[0].text
    return (
        (times.ends is None and not is_kind(first))
        or without_tags(first)[0] == ""
        or is_sites_own(first)
        or chair(first) is not None
        or session_abstract(first) is not None
    )


def _next_head(lines: Sequence[Line]) -> int:
    """Where the next session's head begins among a talk's lines; their number if it does not."""
    for index, line in enumerate(lines):
        if is_navigation(line.text):
            return index
        if index < 2:  # noqa: PLR2004 - a talk has a kind and a title before anything else
            continue
        if is_session_heading(line.text):
            return index
        if chair(line.text) is not None:
            return max(2, index - len(_heading_lines(lines[2:index])))
    return len(lines)


def _heading_lines(lines: Sequence[Line]) -> list[Line]:
    """The title, and the room if there is one, that end these lines; for a head without the word Session."""
    headings: list[Line] = []
    for line in reversed(lines):
        if len(line.text) > _LONGEST_HEADING or len(split_people(line.text)) > 1 or is_navigation(line.text):
            break
        headings.insert(0, line)
        if not is_room(line.text) or len(headings) > 1:
            break
    return headings


def _draft(session: _Session) -> DraftSession:
    lines = list(without_footer(session.head))
    titles, room = _titles(lines)
    chairs = [who for who in (chair(line.text) for line in lines) if who]
    return DraftSession(
        talks=tuple(session.talks),
        title=titles[0].text.lstrip("# ") if titles else None,
        room=room or (titles[1].text if len(titles) > 1 else None),
        moderator=" · ".join(split_people(" · ".join(chairs))) or None,
    )


def _titles(lines: Sequence[Line]) -> tuple[list[Line], str | None]:
    """The lines of a head that are its title and room, and a room that a tag names."""
    start = max((index + 1 for index, line in enumerate(lines) if is_session_heading(line.text)), default=None)
    end = next((i for i, line in enumerate(lines) if i >= (start or 0) and _ends_titles(line)), len(lines))
    tagged = [(line, *without_tags(line.text)) for line in lines[start or 0 : end]]
    room = next((room for _, _, room in tagged if room), None)
    bare = [line._replace(text=text) for line, text, _ in tagged if text]
    if start is None:
        bare = _heading_lines([line for line in bare if not is_navigation(line.text)])
    return bare[:2], room


def _ends_titles(line: Line) -> bool:
    return chair(line.text) is not None or session_abstract(line.text) is not None or is_sites_own(line.text)


def _without_talks(lines: Sequence[Line]) -> ScheduleError:
    _check_head(lines)
    return ScheduleError(
        f"there are no talks on this page: no line is a time such as “{EXAMPLE}”",
        do="Copy the whole page of one session, with its times, or save it as HTML",
    )


def _check_head(lines: Sequence[Line]) -> None:
    """A talk in what should be a head has lost its time line.

    Raises:
        ScheduleError: there is one.
    """
    for kind, title, people in zip(lines, lines[1:], lines[2:], strict=False):
        if is_kind(kind.text) and are_several_people(people.text):
            raise without_times(kind, title)
