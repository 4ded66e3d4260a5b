"""Dates and times as the cells of a table state them, in several languages and clocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from bot.schedules.table_sides import NO_DATE, NOON, NOTHING, CellDate, Side, read_sides

LONGEST_CELL = 120
DAY = 24 * 3600

_MINUS_OFFSET = re.compile(
    r"(T\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)\s?[-−](\d\d:?(?:\d\d)?)(?![\d:])"
)
_DIGITS = len("0930")
_SERIAL = re.compile(r"(\d{5})(?:[.,](\d{1,15}))?|0[.,](\d{1,15})")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_EARLIEST_SERIAL, _LATEST_SERIAL = 32_874, 73_415  # 1990 to 2100
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's wall clock
_NUMBERED_DAY = re.compile(
    r"^\W*(?:day|tag|jour|d[ií]a|giorno)\s*\d{1,2}\b(?:\s*[:,–—-]|(?=\s|$|\W))\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: when something starts, and when it ends where that stands there too."""

    start: Side
    end: Side = NOTHING


@lru_cache(maxsize=4_096)
def read_cell(text: str, *, only_clock: bool = False) -> Cell | None:
    """What a whole cell states about when; None if it holds anything else, or a time that no clock shows.

    Args:
        text: the cell.
        only_clock: the column holds times of day, so that `0930` and `9` of `9-10 am` are such.
    """
    text = text.strip()
    if len(text) > LONGEST_CELL:
        return None
    if (serial := _serial(text)) is not None:
        return Cell(serial)
    if only_clock and text.isdigit():
        text = text.zfill(_DIGITS) if len(text) == _DIGITS - 1 else text
        only_clock = len(text) >= _DIGITS
    return _joined(read_sides(_MINUS_OFFSET.sub(r"\1 UTC-\2", _NUMBERED_DAY.sub("", text)), only_clock=only_clock))


def _joined(sides: list[Side] | None) -> Cell | None:
    """What stands before and after a dash as one; None where that makes no sense."""
    if not sides or sides[0] == NOTHING or not all(_is_complete(side.date) for side in sides):
        return None
    start, end = sides[0], sides[-1]
    if len(sides) == 1:
        return Cell(start)
    if start.clock is None or end.clock is None:
        return None
    return Cell(start._replace(clock=_shared_half(start, end), zone=start.zone or end.zone), end)


def _is_complete(stated: CellDate) -> bool:
    """Whether nothing is missing of a date, if there is one: a day without its month is none."""
    return stated.is_whole or stated in {NO_DATE, CellDate(weekday=stated.weekday)}


def read_weekday(text: str) -> int | None:
    """The weekday that a cell names, 0 for Monday; None for anything else."""
    cell = read_cell(text)
    return cell.start.date.weekday if cell and cell.start.clock is None else None


def _serial(text: str) -> Side | None:
    """A spreadsheet's number of days since 1899, a fraction of a day, or seconds since 1970."""
    if _EPOCH.fullmatch(text):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(text[:10]))
        return _side_of(moment, zone="Z")
    found = _SERIAL.fullmatch(text)
    if not found:
        return None
    number = float(text.replace(",", "."))
    seconds = round(number % 1 * DAY)
    if number < 1:
        return Side(clock=seconds)
    if not _EARLIEST_SERIAL <= number <= _LATEST_SERIAL:
        return None
    moment = _SERIAL_ZERO + timedelta(days=int(number), seconds=seconds)
    return _side_of(moment) if found[2] else _side_of(moment)._replace(clock=None)


def _side_of(moment: datetime, zone: str | None = None) -> Side:
    clock = moment.hour * 3600 + moment.minute * 60 + moment.second
    return Side(CellDate(day=moment.day, month=moment.month, year=moment.year), clock, zone=zone)


def _shared_half(start: Side, end: Side) -> int | None:
    """The start's seconds: in `8:00 - 9:30 PM` it shares the end's half, in `11:30 - 12:30 PM` it does not."""
    if start.clock is None or end.clock is None or start.half or not end.half or not 0 < start.clock < NOON + 3600:
        return start.clock
    morning, finish = start.clock % NOON, end.clock
    return min((morning, morning + NOON), key=lambda clock: (finish - clock) % DAY)


def whole_date(text: str) -> CellDate | None:
    """The date that a cell or a line states alone; None for anything else."""
    cell = read_cell(text)
    return cell.start.date if cell and cell.start.clock is None and cell.start.date.is_whole else None
