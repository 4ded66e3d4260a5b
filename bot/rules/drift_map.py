"""Rooms by time: how late talks ran, a panel a conference day, a cell a room and slot of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from bot.rules.conference_report import ConferenceReport, is_on, room_of
from bot.rules.programme import OFF
from bot.rules.session_report import ReportedTalk
from bot.timezones import local

STEPS = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120))
COLUMNS = 20
"""More slots a day are too narrow to read: longer ones are taken."""
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
EARLY, LATE = (-5, -1), (1, 5, 10)
"""Whole minutes at which the scale's steps lie."""


class CellState(StrEnum):
    """What is known of a room's slot.

    TIMED: at least one of its talks has times. UNTIMED: none has, though at least one is over. AHEAD: all that take
    place are to come. OFF: none takes place. EMPTY: there is none.
    """

    TIMED = "timed"
    UNTIMED = "untimed"
    AHEAD = "ahead"
    OFF = "off"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Cell:
    """The talks that were planned to begin in one room in one slot of time.

    Attributes:
        drift: of the latest talk with times; None where none has any.
        talks, timed: how many there are, and how many of them have times.
        goes_on: one of those with times is still on stage.
        span: how many slots they were planned to take, up to the next talk in the room.
    """

    state: CellState
    drift: timedelta | None = None
    talks: int = 0
    timed: int = 0
    goes_on: bool = False
    span: int = 1

    @property
    def level(self) -> int:
        """Its step on the scale: 0 is as planned, below is early, above late."""
        return 0 if self.drift is None else level(self.drift)


@dataclass(frozen=True, slots=True)
class DayMap:
    """One conference day.

    Attributes:
        slots: when each begins.
        rooms: by name, cells whose spans come to the number of slots; talks without a room stand last, under no name.
    """

    day: date
    slots: tuple[datetime, ...]
    rooms: tuple[tuple[str, tuple[Cell, ...]], ...]


_Placed = tuple[str, ReportedTalk]


def whole_minutes(drift: timedelta) -> int:
    """Rounded, halves away from zero."""
    minutes = int(abs(drift) / _MINUTE + 0.5)
    return -minutes if drift.days < 0 else minutes


def level(drift: timedelta) -> int:
    """-2 and -1 for early by 5 minutes and by one, 0 on time, 1, 2 and 3 for late by one, 5 and 10, all rounded."""
    minutes = whole_minutes(drift)
    return sum(minutes >= step for step in LATE) - sum(minutes <= step for step in EARLY)


def drift_maps(report: ConferenceReport) -> list[DayMap]:
    """The days of a conference in order; breaks are left out."""
    by_day: dict[date, list[_Placed]] = defaultdict(list)
    for each, talk in report.talks():
        if not talk.talk.is_break:
            room = " ".join(room_of(each, talk).split())
            by_day[report.day_of(talk.talk.starts_at)].append((room, talk))
    return [_day_map(day, by_day[day], report) for day in sorted(by_day)]


def _day_map(day: date, placed: Sequence[_Placed], report: ConferenceReport) -> DayMap:
    """The day in the shortest slots of which not too many are needed."""
    first = min(talk.talk.starts_at for _, talk in placed)
    for step in STEPS:
        begin = _full(first, step, report.timezone)
        by_room = _by_room(placed, begin, step)
        spans = {key: _spans(talks, begin, step) for key, talks in by_room.items()}
        taken = [range(start, start + span) for of_room in spans.values() for start, span in of_room.items()]
        used = sorted({slot for some in taken for slot in some})
        if len(used) <= COLUMNS:
            break
    names = {room.casefold(): room for room, _ in reversed(placed)}
    return DayMap(
        day=day,
        slots=tuple(begin + step * slot for slot in used),
        rooms=tuple(
            (names[key], tuple(_row(by_room[key], spans[key], used, report.at)))
            for key in sorted(by_room, key=lambda key: (not key, _natural(key)))
        ),
    )


def _full(moment: datetime, step: timedelta, timezone: str) -> datetime:
    """The last moment until then at which the venue's clocks show a multiple of the step."""
    there = local(moment, timezone)
    past = timedelta(hours=there.hour, minutes=there.minute, seconds=there.second, microseconds=there.microsecond)
    return moment - past % step


def _by_room(placed: Sequence[_Placed], begin: datetime, step: timedelta) -> dict[str, dict[int, list[ReportedTalk]]]:
    """By a room's case-folded name, the talks that begin in each slot."""
    by_room: dict[str, dict[int, list[ReportedTalk]]] = defaultdict(lambda: defaultdict(list))
    for room, talk in placed:
        by_room[room.casefold()][(talk.talk.starts_at - begin) // step].append(talk)
    return by_room


def _spans(talks: Mapping[int, Sequence[ReportedTalk]], begin: datetime, step: timedelta) -> dict[int, int]:
    """How many slots the talks of each take, up to the next that has talks, but no more than a day."""
    following = dict(pairwise(sorted(talks)))
    spans = {}
    for start, of_slot in talks.items():
        until = min(max(talk.talk.ends_at for talk in of_slot), begin + _DAY)
        end = -((begin - until) // step)
        spans[start] = max(1, min(end, following.get(start, end)) - start)
    return spans


def _row(
    taken: Mapping[int, Sequence[ReportedTalk]], spans: Mapping[int, int], used: Sequence[int], at: datetime
) -> Iterator[Cell]:
    free = 0
    for slot in used:
        if slot in taken:
            free = slot + spans[slot]
            yield replace(_cell(taken[slot], at), span=spans[slot])
        elif slot >= free:
            yield Cell(CellState.EMPTY)


def _natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """What puts `Room 9` before `Room 10`."""
    parts: list[str] = []
    for letter in name:
        if parts and letter.isdecimal() == parts[-1].isdecimal():
            parts[-1] += letter
        else:
            parts.append(letter)
    return tuple((part.isdecimal(), int(part), "") if part.isdecimal() else (False, 0, part) for part in parts)


def _cell(talks: Sequence[ReportedTalk], at: datetime) -> Cell:
    timed = [talk for talk in talks if talk.drift is not None and not talk.assumed]
    if timed:
        drift = max(talk.drift for talk in timed if talk.drift is not None)
        return Cell(CellState.TIMED, drift, len(talks), len(timed), any(map(is_on, timed)))
    held = [talk for talk in talks if talk.state not in OFF]
    if not held:
        return Cell(CellState.OFF, talks=len(talks))
    ahead = all(talk.starts_at is None and talk.talk.ends_at > at for talk in held)
    return Cell(CellState.AHEAD if ahead else CellState.UNTIMED, talks=len(talks))
