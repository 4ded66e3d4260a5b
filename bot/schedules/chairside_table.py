"""Chairside's own table: what written_csv writes, also after a spreadsheet wrote its dates in another way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.errors import ChairsideError, ScheduleError
from bot.schedules.entries import Entry
from bot.schedules.own_export import Export, Stated, schedule_of_export
from bot.schedules.own_table import COLUMNS, MARK, YES, people_in, unguarded
from bot.schedules.reader import Reader
from bot.schedules.schedule import ReadingOptions, Schedule
from bot.schedules.table import READER as ANY_TABLE
from bot.schedules.table_dates import resolve
from bot.schedules.table_drafts import Draft, Drafting
from bot.schedules.table_rows import Row, Table, read_table
from bot.schedules.table_sides import CellDate, Side
from bot.timezones import is_zone, read_abbreviation, zone

FORMAT = "chairside-table"

_HEADER_WITHIN = 2_000
_MARKED = re.compile(rf'(?:^|[,;\t|"]){MARK}(?:[,;\t|"]|$)', re.MULTILINE | re.IGNORECASE)
_DAY = timedelta(days=1)


def recognises(text: str) -> bool:
    """Whether a table's header has our column that numbers the sessions."""
    return _MARKED.search(text[:_HEADER_WITHIN]) is not None and ANY_TABLE.recognises(text)


def read(text: str, options: ReadingOptions) -> Schedule:
    """The schedule that was written, with what was changed in it since.

    Raises:
        ScheduleError: no row is left, or a time is none.
        ScheduleQuestion: a spreadsheet wrote the dates so that day and month cannot be told apart.
    """
    table = read_table(text)
    cells = _Cells(table)
    drafting = Drafting(table)
    drafts = [draft for draft in drafting.drafts() if _is_timed(draft, drafting)]
    if drafting.unreadable > len(drafts):
        raise ScheduleError(
            f"most times in this table cannot be read ({drafting.notes.sentences()[0]})",
            do="Write dates like 2022-07-21 12:30",
        )
    dates = [(side.date, draft.row.place) for draft in drafts for side in (draft.start, draft.end) if side]
    days, warnings = resolve([(each, place) for each, place in dates if each.is_whole], options, None)
    stated = [_stated(draft, cells, days) for draft in drafts]
    rows = [draft.row for draft in drafts]
    export = Export(
        FORMAT,
        cells.first("Conference", rows),
        _zone(cells.first("Time zone", rows)),
        _zone(cells.first("Page time zone", rows)),
        (*warnings, *drafting.notes.sentences()),
    )
    return schedule_of_export(export, stated, options)


@dataclass(slots=True)
class _Cells:
    """The cells of a row by our names of their columns."""

    _at: Mapping[str, int]

    def __init__(self, table: Table) -> None:
        found = {cell.casefold(): at for at, cell in reversed(list(enumerate(table.header)))}
        self._at = {name: found[name.casefold()] for name in COLUMNS if name.casefold() in found}

    def text(self, name: str, row: Row) -> str | None:
        at = self._at.get(name, len(row.cells))
        return unguarded(row.cells[at]) if at < len(row.cells) else None

    def first(self, name: str, rows: list[Row]) -> str | None:
        """What the first row says that says anything."""
        return next((text for row in rows if (text := self.text(name, row))), None)


def _is_timed(draft: Draft, drafting: Drafting) -> bool:
    if draft.end is None:
        drafting.notes.add("no end: left out", draft.row.place)
    return draft.end is not None


def _zone(name: str | None) -> str | None:
    return zone(name).zone if name else None


def _stated(draft: Draft, cells: _Cells, days: Mapping[CellDate, date]) -> Stated:
    row = draft.row
    named = cells.text("Time zone", row)
    starts = _wall(draft.start, days[draft.start.date])
    end = draft.end or Side()
    ends = _wall(end, days[end.date if end.date.is_whole else draft.start.date])
    if not end.date.is_whole and ends < starts:
        ends += _DAY
    entry = Entry(
        place=row.place,
        title=cells.text("Title", row) or "",
        starts=_with_offset(starts, draft.start, named, row),
        ends=_with_offset(ends, end, named, row),
        zone=zone(named).zone if named and is_zone(named) else None,
        kind=cells.text("Kind", row),
        speakers=people_in(cells.text("People", row) or ""),
        room=cells.text("Room", row),
        abstract=cells.text("Abstract", row),
        url=cells.text("URL", row),
        file_id=cells.text("ID", row),
        cancelled=(cells.text("Cancelled", row) or "").casefold() in {YES, "true", "1", "x"},
        session=cells.text("Session", row),
        moderator=cells.text("Moderator", row),
    )
    return Stated(entry, cells.text(MARK, row), cells.text("Session room", row), cells.text("Source", row))


def _wall(side: Side, day: date) -> datetime:
    return datetime.combine(day, time()) + timedelta(seconds=side.clock or 0)


def _with_offset(wall: datetime, side: Side, named: str | None, row: Row) -> datetime:
    """A wall clock; a moment where an offset stands behind it."""
    if side.zone is None:
        return wall
    try:
        return read_abbreviation(wall, side.zone, named if named and is_zone(named) else None)[0]
    except ChairsideError as error:
        raise ScheduleError(error.what, where=row.place, do=error.do) from error


READER = Reader(FORMAT, "an export of Chairside", recognises, read)
