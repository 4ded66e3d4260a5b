"""Spreadsheets (xlsx) as the CSV text that the table reader knows: values only, no formula is ever evaluated."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta

import python_calamine

from bot.errors import ScheduleError
from bot.schedules.decoding import MAX_BYTES
from bot.schedules.table_rows import header_index, sheet_row

MOST_ENTRIES = 2_000
MOST_UNPACKED = 60 * 1024 * 1024
MOST_CELLS = 2_000_000
MOST_SHEETS = 100

_ZIP = b"PK\x03\x04"
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    OSError,
)
_PLACE = re.compile(rb"\br\s{0,99}=\s{0,99}[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_ROW_PLACE = re.compile(rb"<(?:\w+:)?row\b[^<>]*?\br\s*=\s*[\"'](\d{1,10})[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SHARED = re.compile(rb"<(?:\w{1,20}:)?si\b")
_SHARED_USED = re.compile(rb"\bt\s*=\s*[\"']s[\"'][^<>]{0,200}>\s{0,99}<(?:\w{1,20}:)?v>\s{0,99}(\d{1,8})\s{0,99}<")
_HALF_SECOND = timedelta(milliseconds=500)
_FIRST_YEAR = 1901
_Cells = list[str]


def is_spreadsheet(content: bytes) -> bool:
    """Whether bytes are a spreadsheet that can be opened (xlsx, xlsm)."""
    if not content.startswith(_ZIP) or len(content) > MAX_BYTES or b"xl/" not in content:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            return "xl/workbook.xml" in names and archive.read("[Content_Types].xml").lstrip(
                b"\xef\xbb\xbf \r\n\t"
            ).startswith(b"<")
    except (*_ZIP_ERRORS, KeyError):
        return False


def spreadsheet_text(content: bytes) -> str:
    """The sheets that hold a programme, as CSV; each of several begins with a row that names it.

    Raises:
        ScheduleError: it unpacks to more than any programme, cannot be opened, or holds no programme.
    """
    sheets = [(name, rows) for name, rows in _sheets(_repacked(content)) if any(any(row) for row in rows)]
    known = [(name, rows, index) for name, rows in sheets if (index := header_index(rows)) is not None]
    if not known:
        named = ", ".join(f"“{name}”" for name, _ in sheets[:5]) or "there is none"
        raise ScheduleError(
            f"no sheet has the header of a programme ({named})",
            do="Name the columns in one row, such as Title, Date, Start, End, Room",
        )
    header = _folded(known[0][1][known[0][2]])
    alike = [(name, rows) for name, rows, index in known if _folded(rows[index]) == header]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for name, rows in alike:
        if len(alike) > 1:
            writer.writerow([sheet_row(name)])
        writer.writerows(rows)
    return written.getvalue()


def _folded(header: Sequence[str]) -> tuple[str, ...]:
    cells = [cell.strip().casefold() for cell in header]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _repacked(content: bytes) -> bytes:
    """The same archive with its entries unpacked: what their sizes claim is then what they are.

    Raises:
        ScheduleError: it holds too much, or is damaged.
    """
    written = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(written, "w") as plain:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_ENTRIES or size > MOST_UNPACKED:
                raise ScheduleError(
                    f"this spreadsheet unpacks to {len(entries):,} parts of {size / 1024 / 1024:,.0f} MB",
                    do="Save the sheet with the programme as CSV",
                )
            parts = {entry.filename: archive.read(entry) for entry in entries if _is_needed(entry.filename)}
            _check_cells(parts.values())
            for name, part in parts.items():
                plain.writestr(name, part)
    except _ZIP_ERRORS as error:
        raise _damaged() from error
    return written.getvalue()


def _is_needed(name: str) -> bool:
    return name.casefold().endswith((".xml", ".rels")) and not name.casefold().startswith(("xl/drawings", "xl/charts"))


def _check_cells(parts: Collection[bytes]) -> None:
    """Refuse a sheet that is small on disk but has cells at its far corner, or repeats a long text without end.

    Every part may be a sheet or the texts that sheets share, whatever its name.
    """
    lengths: list[int] = []
    cells = repeated = 0
    for part in parts:
        if b"\0" in part:
            raise _damaged()
        begins = [found.start() for found in _SHARED.finditer(part)]
        lengths += [end - begin for begin, end in zip(begins, [*begins[1:], len(part)], strict=False)]
    for part in parts:
        cells += max(_area(part), sum(1 for _ in _CELL.finditer(part)))
        used = (int(found[1]) for found in _SHARED_USED.finditer(part))
        repeated += sum(lengths[number] for number in used if number < len(lengths))
    _check_size(cells, repeated)


def _check_size(cells: int, letters: int) -> None:
    if cells > MOST_CELLS or letters > MOST_UNPACKED:
        raise ScheduleError(
            f"this spreadsheet has {cells:,} cells with {letters / 1024 / 1024:,.0f} MB of text",
            do="Save the sheet with the programme as CSV",
        )


def _area(sheet: bytes) -> int:
    """Rows times columns up to the last cell, as a sheet is laid out in memory."""
    columns = rows = 1
    for place in _PLACE.finditer(sheet):
        columns, rows = max(columns, _column(place[1])), max(rows, int(place[2]))
    return columns * max(rows, max((int(row[1]) for row in _ROW_PLACE.finditer(sheet)), default=1))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheets(content: bytes) -> Iterator[tuple[str, list[_Cells]]]:
    """The visible sheets, each as rows of texts.

    Raises:
        ScheduleError: they cannot be opened.
    """
    cells = letters = 0
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet in workbook.sheets_metadata[:MOST_SHEETS]:
            if (
                sheet.visible is python_calamine.SheetVisibleEnum.Visible
                and sheet.typ is python_calamine.SheetTypeEnum.WorkSheet
            ):
                rows = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                texts = [[_text(value) for value in row] for row in rows]
                cells += sum(len(row) for row in texts)
                letters += sum(len(text) for row in texts for text in row)
                # One part may be listed as many sheets.
                _check_size(cells, letters)
                yield sheet.name, texts
    except (python_calamine.CalamineError, *_ZIP_ERRORS) as error:
        raise _damaged() from error
    except BaseException as error:
        # What the library's Rust code panics with is no Exception.
        if type(error).__name__ == "PanicException":
            raise _damaged() from error
        raise


def _damaged() -> ScheduleError:
    return ScheduleError("this spreadsheet is damaged or locked", do="Save the sheet with the programme as CSV")


def _text(value: float | str | bool | date | time | timedelta | None) -> str:  # noqa: FBT001 - a cell may hold that
    """A cell as text: dates and times in ISO 8601, lengths as H:MM."""
    if isinstance(value, datetime):
        nearest = (value + _HALF_SECOND).replace(microsecond=0)
        return f"{nearest:%H:%M:%S}" if nearest.year < _FIRST_YEAR else nearest.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat() if isinstance(value, date) else f"{value:%H:%M:%S}"
    if isinstance(value, timedelta):
        minutes = round(value / timedelta(minutes=1))
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return "" if value is None else str(value)
