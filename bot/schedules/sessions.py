"""Sessions: a room on a conference day where the file names none; and what is odd about a session's talks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from bot.schedules.schedule import Session, Talk
from bot.timezones import local

# A conference's day goes on past midnight.
DAY_BEGINS = time(4)
MOST_WARNINGS = 20


class Found(NamedTuple):
    """A talk and the place in the file that it was found at (`line 27`, `row 3`)."""

    talk: Talk
    place: str


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A session whose talks still know their places."""

    title: str
    talks: tuple[Found, ...]
    room: str | None = None
    moderator: str | None = None
    source: str | None = None


def conference_day(moment: datetime, zone_name: str, day_begins: time = DAY_BEGINS) -> date:
    """The conference day of an aware moment: what is before `day_begins`, local time, belongs to the day before."""
    wall = local(moment, zone_name)
    return wall.date() - timedelta(days=wall.time() < day_begins)


def by_room_and_day(talks: Iterable[Found], zone_name: str, day_begins: time = DAY_BEGINS) -> tuple[FoundSession, ...]:
    """The sessions of a file that names none: each room on each conference day is one, `Hall F · Thu 21 July`.

    Talks without a room are one session a day, named after the day alone.
    """
    grouped: dict[tuple[date, str | None], list[Found]] = {}
    for found in talks:
        day = conference_day(found.talk.starts_at, zone_name, day_begins)
        grouped.setdefault((day, found.talk.room), []).append(found)
    return tuple(
        FoundSession(title=room_day_title(room, day), talks=tuple(group), room=room)
        for (day, room), group in grouped.items()
    )


def room_day_title(room: str | None, day: date) -> str:
    """What a session is called that its file does not name: `Hall F · Thu 21 July`."""
    named = f"{day:%a} {day.day} {day:%B}"
    return f"{room} · {named}" if room else named


def finished_sessions(
    sessions: Sequence[FoundSession], *, may_repeat: bool = False
) -> tuple[tuple[Session, ...], tuple[str, ...]]:
    """The sessions in order of start, with unique ids only and no talk twice, and warnings of what was odd.

    Args:
        sessions: as they were found; an id is to be unique within its source.
        may_repeat: two talks that are alike are two, and not one that was pasted twice.
    """
    unique = _with_unique_ids(sessions)
    once, warnings = (unique, []) if may_repeat else _without_repeats(unique)
    warnings += [warning for session in once for warning in _overlaps(session)]
    finished = [
        Session(session.title, _in_order(session.talks), session.room, session.moderator, session.source)
        for session in once
    ]
    return tuple(sorted(finished, key=lambda session: session.starts_at)), at_most(warnings)


def _in_order(talks: Iterable[Found]) -> tuple[Talk, ...]:
    return tuple(sorted((found.talk for found in talks), key=lambda talk: (talk.starts_at, talk.ends_at)))


def _with_unique_ids(sessions: Sequence[FoundSession]) -> list[FoundSession]:
    """An id that several talks share tells none of them apart: theirs become None."""
    ids = [(session.source, found.talk.file_id) for session in sessions for found in session.talks]
    stated = [each for each in ids if each[1] is not None]
    if len(set(stated)) == len(stated):
        return list(sessions)
    everywhere = {(session.source, found.talk) for session in sessions for found in session.talks}
    times_used = Counter((source, talk.file_id) for source, talk in everywhere)
    return [
        replace(session, talks=tuple(_with_unique_id(found, session.source, times_used) for found in session.talks))
        for session in sessions
    ]


def _with_unique_id(found: Found, source: str | None, times_used: Counter[tuple[str | None, str | None]]) -> Found:
    if found.talk.file_id is None or times_used[source, found.talk.file_id] == 1:
        return found
    return found._replace(talk=replace(found.talk, file_id=None))


def _without_repeats(sessions: Sequence[FoundSession]) -> tuple[list[FoundSession], list[str]]:
    """Each talk once, also if a whole session was pasted twice."""
    first_places: dict[tuple[str, Talk], str] = {}
    kept, warnings = [], []
    for session in sessions:
        talks = []
        for found in session.talks:
            first = first_places.setdefault((session.title, found.talk), found.place)
            if first == found.place:
                talks.append(found)
            else:
                warnings.append(f"{found.place}: “{found.talk.title}” stands at {first} already: read once")
        if talks:
            kept.append(replace(session, talks=tuple(talks)))
    return kept, warnings


def _overlaps(session: FoundSession) -> list[str]:
    """One sentence about the talks of a session that are on at the same time as the one before them."""
    in_order = sorted(session.talks, key=lambda found: (found.talk.starts_at, found.talk.ends_at))
    clashes: list[tuple[Found, Found]] = []
    longest = in_order[0]
    for found in in_order[1:]:
        if found.talk.starts_at < longest.talk.ends_at:
            clashes.append((longest, found))
        if found.talk.ends_at > longest.talk.ends_at:
            longest = found
    if not clashes:
        return []
    earlier, later = clashes[0]
    more = f", and {len(clashes) - 1} more overlap in “{session.title}”" if len(clashes) > 1 else ""
    return [f"{later.place}: “{later.talk.title}” begins before “{earlier.talk.title}” ({earlier.place}) ends{more}"]


def at_most(warnings: list[str]) -> tuple[str, ...]:
    """No more warnings than one reads."""
    if len(warnings) <= MOST_WARNINGS:
        return tuple(warnings)
    return (*warnings[:MOST_WARNINGS], f"and {len(warnings) - MOST_WARNINGS} more like these")
