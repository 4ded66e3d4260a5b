"""The rows of a table with what each states about when it is; dates still as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from bot.schedules.lengths import read_length
from bot.schedules.table_rows import Row, Table, sheet_name
from bot.schedules.table_sides import NO_DATE, CellDate, Side
from bot.schedules.table_times import Cell, read_cell, read_weekday, whole_date

LONGEST_TALK = timedelta(hours=24)
_NAMED = 5
_PARTS = re.compile(r"\s+[-–—|·•]\s+|:\s+")
_MAY_BE_DATE = re.compile(
    r"\d[./]\d|\d{4}-\d|(?:[^\W\d_]{3,}\.?\s\d|\d\.?\s[^\W\d_]{3,})|\b\w*(?:day|tag)\b", re.IGNORECASE
)
_DAY_NUMBER = re.compile(r"(?:day|tag|jour|d[ií]a|giorno)?\s*#?\d{1,2}", re.IGNORECASE)
_HOURS_MINUTES = re.compile(r"(\d{1,2})\s?h\s?(\d{2})(?:\s?m(?:in)?)?", re.IGNORECASE)
_UNIT = re.compile(r"(\d+(?:[.,]\d+)?)\s?(min|std|stunden?|heures?|horas?|ore|h)[a-zé]*\.?", re.IGNORECASE)
_DECIMAL = re.compile(r"\d{1,4}(?:[.,]\d{1,15})?")


@dataclass(slots=True)
class Notes:
    """What is odd about rows: one sentence a kind, naming the first few rows."""

    _places: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, place: str) -> None:
        self._places.setdefault(what, []).append(place)

    def sentences(self) -> tuple[str, ...]:
        return tuple(f"{_listed(places)}: {what}" for what, places in self._places.items())


def _listed(places: list[str]) -> str:
    more = len(places) - _NAMED
    return ", ".join(places[:_NAMED]) + (f" and {more} more" if more > 0 else "")


class Draft(NamedTuple):
    """A row that says when it starts.

    Attributes:
        start: with a whole date and a clock.
        end: with a clock, and a date where the row states one.
        length: what the row states as its length.
    """

    row: Row
    start: Side
    end: Side | None = None
    length: timedelta | None = None


@dataclass(slots=True)
class Drafting:
    """Reads the rows of a table in their order, as the date of one may stand above it.

    Attributes:
        notes: what was left out or carried on.
        unreadable: how many rows state a time that cannot be understood.
    """

    table: Table
    notes: Notes = field(default_factory=Notes)
    unreadable: int = 0
    _above: CellDate = NO_DATE
    _carries: bool = False
    _shifts: bool = False

    def drafts(self) -> list[Draft]:
        """The rows that say when they start and what they are; the others are noted."""
        self._carries = _is_grouped(self.table)
        # Where most rows are longer, it is the header that lacks a word; where a few are, a stray mark shifts them.
        longer = sum(1 for row in self.table.rows if any(row.cells[len(self.table.header) :]))
        self._shifts = 2 * longer <= len(self.table.rows)
        for row in self.table.above:
            self._take_heading(row)
        return [draft for row in self.table.rows if (draft := self._draft(row))]

    def _draft(self, row: Row) -> Draft | None:
        if not row.cells or (len(set(row.filled)) == 1 and self._take_heading(row)):
            return None
        title, day, start = (self.table.columns.text(role, row.cells) for role in ("title", "date", "start"))
        begins = self._unlike_a_row(row) or _begin(day, start)
        dated = begins if isinstance(begins, str) else self._dated(begins.start, day, row) or "no date"
        if isinstance(begins, str) or isinstance(dated, str):
            self.unreadable += bool(title and (start or (day and read_cell(day) is None)))
            self.notes.add(f"{dated}: left out", row.place)
            return None
        if not title:
            self.notes.add("no title: left out", row.place)
            return None
        return Draft(row, dated, self._end(row, begins), read_duration(self.table, row))

    def _unlike_a_row(self, row: Row) -> str | None:
        """What is wrong with a row as such, whatever it says."""
        if not any(row.cells):
            return "nothing in this row"
        shifted = self._shifts and any(row.cells[len(self.table.header) :])
        return "more cells than the header" if shifted else None

    def _take_heading(self, row: Row) -> bool:
        """Whether a row is only the heading of those below it: a date, or a sheet's name."""
        if not row.filled:
            return False
        name = sheet_name(row)
        if name is not None:
            self._above = heading_date(name) or NO_DATE
            return True
        found = heading_date(row.filled[0]) if len(set(row.filled)) == 1 else None
        if found:
            self._above = found
        elif len(row.filled) == 1 and _MAY_BE_DATE.search(row.filled[0][:200]):
            self._above = NO_DATE
        return found is not None

    def _dated(self, start: Side, day: str, row: Row) -> Side | None:
        """The start with a whole date: its own, that of the column of dates, or that above."""
        in_column = _side(day).date
        own = next((each for each in (start.date, in_column) if each.is_whole), None)
        if own and self._carries:
            self._above = own
        if own is None:
            if not self._above.is_whole or (day and not in_column.weekday and not _DAY_NUMBER.fullmatch(day)):
                return None
            own = self._above
            if self._carries:
                self.notes.add("no date in this row: taken to be that of the row above", row.place)
        beside = (start.date.weekday, in_column.weekday, read_weekday(self.table.columns.text("weekday", row.cells)))
        weekday = own.weekday if own.weekday is not None else next((each for each in beside if each is not None), None)
        return start._replace(date=own if own.weekday == weekday else own._replace(weekday=weekday))

    def _end(self, row: Row, begins: Cell) -> Side | None:
        columns = self.table.columns
        stated = clock_cell(columns.text("end", row.cells))
        end = stated.start if stated and stated.start.clock is not None else begins.end
        if end.clock is None:
            return None
        day = end.date if end.date.is_whole else _side(columns.text("end_date", row.cells)).date
        return end._replace(date=day if day.is_whole else NO_DATE, zone=end.zone or begins.start.zone)


def _begin(day: str, start: str) -> Cell | str:
    """When a row begins, by its columns of dates and of starts; else why that cannot be told."""
    cell = clock_cell(start) if start else read_cell(day)
    if cell and cell.start.clock is not None:
        return cell
    if start and (cell is None or not cell.start.date.is_whole):
        return f"“{start[:40]}” is no time"
    by_day = read_cell(day) if day else None
    return by_day if by_day and by_day.start.clock is not None else "no time of day"


def _side(text: str) -> Side:
    cell = read_cell(text) if text else None
    return cell.start if cell else Side()


@lru_cache(maxsize=4096)
def clock_cell(text: str) -> Cell | None:
    """What a cell says that should hold a time of day, and may hold its date too."""
    cell = read_cell(text)
    if cell and cell.start.clock is not None:
        return cell
    as_clock = read_cell(text, only_clock=True)
    return as_clock if as_clock and as_clock.start.clock is not None else cell


def heading_date(text: str) -> CellDate | None:
    """The date in a heading such as `Thursday 21 July 2022 – Tutorials`; None where there is not one."""
    for part in (text, *_PARTS.split(text[:200])):
        if found := whole_date(part):
            return found
    return None


def _is_grouped(table: Table) -> bool:
    """Whether dates stand only in the first row of each day, as merged cells are exported."""
    texts = [table.columns.text("date", row.cells) for row in _telling(table)]
    filled = [text for text in texts if text]
    repeats = any(one == other for one, other in pairwise(filled))
    return bool(texts and texts[0]) and not repeats and 2 * (len(texts) - len(filled)) >= len(filled)


def _telling(table: Table) -> Iterator[Row]:
    columns = table.columns
    return (row for row in table.rows if columns.text("title", row.cells) and columns.text("start", row.cells))


def read_duration(table: Table, row: Row) -> timedelta | None:
    """The length that a row states, none longer than a day; a bare number is minutes, or what the header says."""
    text = table.columns.text("duration", row.cells).strip()
    if not text:
        return None
    found = _length(text, in_hours=table.columns.in_hours)
    return found if found and timedelta(0) < found <= LONGEST_TALK else None


def _length(text: str, *, in_hours: bool) -> timedelta | None:
    if _DECIMAL.fullmatch(text):
        return _bare_length(text.replace(",", "."), in_hours=in_hours)
    if both := _HOURS_MINUTES.fullmatch(text):
        return timedelta(hours=int(both[1]), minutes=int(both[2]))
    if one := _UNIT.fullmatch(text):
        number = float(one[1].replace(",", ".")[:12])
        return timedelta(minutes=number) if one[2].casefold() == "min" else timedelta(hours=number)
    return read_length(text)


def _bare_length(number: str, *, in_hours: bool) -> timedelta | None:
    """A bare number as a length; `0.5` may be half an hour or half a day, `0.0208333` is a spreadsheet's half hour."""
    value, decimals = float(number), number.partition(".")[2].rstrip("0")
    if in_hours:
        return timedelta(hours=value)
    if value < 1 and len(decimals) > len("25"):
        return timedelta(seconds=round(value * 24 * 60) * 60)
    return None if decimals else timedelta(minutes=value)
