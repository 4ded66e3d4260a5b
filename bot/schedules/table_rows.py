"""The rows of a table in text: how its cells are kept apart, where its header is, and what stands above it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from bot.errors import ScheduleError
from bot.schedules.table_columns import Columns, columns_of, is_header

MOST_ROWS = 100_000
MOST_COLUMNS = 1_000
_LOOKED_AT = 65_536
_HEADER_WITHIN = 40
_DELIMITERS = (",", ";", "\t", "|")
_STATED_DELIMITER = re.compile(r'\s{0,9}"?sep=(\\t|[^\r\n"\w])"?[,;\t|]*(?:\r\n?|\n)', re.IGNORECASE)
_OTHER_FORMAT = re.compile(r"\s*(?:[<{]|BEGIN:)", re.IGNORECASE)
_RULE = re.compile(r":?-{2,}:?|")
_SHEET = re.compile(r"sheet “(.{1,80})”")
_LAST = "\x1cthe last row\x1c"


class Row(NamedTuple):
    """One row: where it stands, and its cells without the spaces around them."""

    place: str
    cells: tuple[str, ...]

    @property
    def filled(self) -> tuple[str, ...]:
        return tuple(filter(None, self.cells))


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is a programme.

    Attributes:
        rows: those below the header; a row of the header's own words is none.
        above: what stands above it.
    """

    columns: Columns
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    above: tuple[Row, ...]


def sheet_row(name: str) -> str:
    """What stands in the only cell of the row that begins a sheet in a text of several."""
    return f"sheet “{name[:80]}”"


def sheet_name(row: Row) -> str | None:
    """The name of the sheet that a row begins; None for any other row."""
    begins = _SHEET.fullmatch(row.cells[0]) if row.cells else None
    return begins[1] if begins and len(row.filled) == 1 else None


def is_table(text: str) -> bool:
    """Whether a text has, near its beginning, the header of a programme."""
    return not _OTHER_FORMAT.match(text[:200]) and _delimiter(text) is not None


def header_index(rows: Sequence[Sequence[str]]) -> int | None:
    """Which row is the header of a programme; None if none of the first is."""
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        if 1 < len(row) <= MOST_COLUMNS and is_header([cell.strip() for cell in row]):
            return index
    return None


def read_table(text: str) -> Table:
    """The table of a text that `is_table`.

    Raises:
        ScheduleError: it has no header, it is too large, or a quotation mark is not closed.
    """
    delimiter = _delimiter(text)
    rows = list(_rows(text, delimiter)) if delimiter else []
    index = header_index([row.cells for row in rows])
    if index is None:
        raise ScheduleError("this table has no header", do="Name its columns, such as Title, Date, Start, End")
    header = rows[index].cells
    below = tuple(row for row in rows[index + 1 :] if row.cells != header and not _is_rule(row))
    return Table(columns_of(header), header, below, tuple(rows[:index]))


def _is_rule(row: Row) -> bool:
    """Whether a row is the line under a header: `---`."""
    return all(_RULE.fullmatch(cell) for cell in row.cells) and any(row.cells)


def _delimiter(text: str) -> str | None:
    """What keeps the cells apart: stated in a first line `sep=;`, else what makes most of a header's words columns."""
    stated = _STATED_DELIMITER.match(text)
    sample = text[stated.end() if stated else 0 :][:_LOOKED_AT]
    candidates = (stated[1].replace("\\t", "\t"),) if stated else _DELIMITERS
    found = [
        (len(columns.of), -rank, each) for rank, each in enumerate(candidates) if (columns := _known(sample, each))
    ]
    return max(found)[2] if found else None


def _known(sample: str, delimiter: str) -> Columns | None:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
    # The sample may cut a cell off; the rows before it are there.
    with suppress(csv.Error):
        rows.extend(islice(reader, _HEADER_WITHIN))
    index = header_index(rows)
    return columns_of([cell.strip() for cell in rows[index]]) if index is not None else None


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    """Every row, numbered as a spreadsheet numbers it, within its sheet where the text has several.

    Raises:
        ScheduleError: there are too many, or a quotation mark is not closed.
    """
    stated = _STATED_DELIMITER.match(text)
    lines = chain(_lines(text[stated.end() if stated else 0 :]), (f"{_LAST}\n",))
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    number, sheet, begins_at, next_at = 0, "", 1, 1
    try:
        for cells in reader:
            if cells == [_LAST]:
                return
            begins_at, next_at = next_at, reader.line_num + 1
            number += 1
            _check(number, cells)
            row = Row(f"{sheet}row {number}", tuple(cell.strip() for cell in cells))
            if name := sheet_name(row):
                number, sheet = 0, f"sheet “{name}”, "
            yield row
    except csv.Error:
        begins_at = next_at
    raise ScheduleError(
        "a quotation mark opens here that nothing closes", where=f"line {begins_at}", do="Close it, or take it away"
    )


def _lines(text: str) -> Iterable[str]:
    """The lines of a text, each with its end; the last is given one."""
    lines = f"{text}\n".splitlines(keepends=True)
    # Other characters part lines too, but not those of a table.
    is_parted_within = any(not line.endswith(("\n", "\r")) for line in lines)
    return io.StringIO(f"{text}\n", newline="") if is_parted_within else lines


def _check(number: int, cells: Sequence[str]) -> None:
    if number > MOST_ROWS:
        raise ScheduleError(f"more than {MOST_ROWS:,} rows", do="Import the programme in parts")
    if len(cells) > MOST_COLUMNS:
        raise ScheduleError(
            f"{len(cells):,} cells in one row", where=f"row {number}", do="Look whether this is a table"
        )
