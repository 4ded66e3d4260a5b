"""When each row of a table is: its day and clocks put together, in the zone that it or its header names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from bot.errors import ChairsideError, ScheduleError
from bot.schedules.lengths import LONGEST
from bot.schedules.table_columns import Columns
from bot.schedules.table_drafts import Draft, Notes
from bot.schedules.table_sides import CellDate
from bot.timezones import is_offset_zone, is_zone, read_abbreviation, zone

# A replay for the other side of the earth goes on till morning; longer, and the two times contradict each other.
LONGEST_NIGHT = timedelta(hours=12)
_DAY = timedelta(days=1)
_ZONE_INSIDE = re.compile(r"[A-Za-z]{2,20}/[A-Za-z_]{2,30}(?:/[A-Za-z_]{2,30})?")


class Timed(NamedTuple):
    """A row and the wall clocks, or moments with an offset, at which it starts and ends."""

    draft: Draft
    starts: datetime
    ends: datetime | None
    zone: str | None = None


class Zones:
    """The zones that a table names, and whether all its rows name the same."""

    def __init__(self, columns: Columns, venue: str | None) -> None:
        self._columns = columns
        self._venue = venue
        self._found: set[str | None] = set()

    def of(self, draft: Draft) -> tuple[str | None, str | None]:
        """The IANA zone of a row's wall clock, and a printed zone or offset of it; either is None."""
        printed = draft.start.zone
        if printed and "/" in printed:
            return zone(printed).zone, None
        stated = self._columns.text("timezone", draft.row.cells)
        if printed is None and stated:
            inside = _ZONE_INSIDE.search(stated)
            name = inside[0] if inside and is_zone(inside[0]) else stated
            if "/" in name and is_zone(name):
                self._found.add(zone(name).zone)
                return zone(name).zone, None
            printed = stated
        return None, printed or self._columns.zone

    def moment(self, wall: datetime, printed: str) -> datetime:
        """A wall clock of a printed zone, with its offset."""
        moment, named = read_abbreviation(wall, printed, self._venue)
        self._found.add(named)
        return wall.replace(tzinfo=timezone(wall - moment.replace(tzinfo=None)))

    def nowhere(self) -> None:
        """Note a row that names no zone."""
        self._found.add(None)

    def of_all(self) -> str | None:
        """The zone that every row is in; UTC and bare offsets are no venue's."""
        (name, *more) = self._found or {None}
        return None if more or name in {None, "UTC", "Etc/GMT", "Etc/UTC"} or is_offset_zone(name) else name


def timed_of(draft: Draft, days: Mapping[CellDate, date], zones: Zones, notes: Notes) -> Timed | None:
    """A row with its moments; None, and a note, where they contradict each other."""
    starts = _wall(days[draft.start.date], draft.start.clock)
    ends = _end(draft, starts, days)
    if ends is not None and (ends < starts or ends - starts > LONGEST):
        notes.add("ends before it starts, or lasts for weeks: left out", draft.row.place)
        return None
    if draft.end and draft.length and ends is not None and ends - starts != draft.length:
        notes.add("its end and its length disagree: read by its end", draft.row.place)
    name, printed = zones.of(draft)
    if printed is None:
        if name is None:
            zones.nowhere()
        return Timed(draft, starts, ends, name)
    end_printed = draft.end.zone if draft.end and draft.end.zone else printed
    try:
        return Timed(draft, zones.moment(starts, printed), ends and zones.moment(ends, end_printed))
    except ScheduleError as error:
        error.where = error.where or draft.row.place
        raise
    except ChairsideError as error:
        raise ScheduleError(error.what, where=draft.row.place, do=error.do) from error


@lru_cache(maxsize=4_096)
def _wall(day: date, seconds: int | None) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds or 0)  # noqa: DTZ001 - a wall clock; its zone comes later


def _end(draft: Draft, starts: datetime, days: Mapping[CellDate, date]) -> datetime | None:
    """When a row ends: as it states, past midnight where that is before its start, else by its length."""
    if draft.end is None:
        return starts + draft.length if draft.length else None
    if draft.end.date.is_whole:
        return _wall(days[draft.end.date], draft.end.clock)
    ends = _wall(days[draft.start.date], draft.end.clock)
    return ends + _DAY if ends < starts <= ends + _DAY <= starts + LONGEST_NIGHT else ends
