"""A table with a header: CSV, tabs, or a spreadsheet's sheets, in several languages and however dates are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.errors import ScheduleError
from bot.schedules.dates import StatedYear
from bot.schedules.entries import File, schedule_of_entries
from bot.schedules.reader import Reader
from bot.schedules.schedule import ReadingOptions, Schedule
from bot.schedules.table_dates import resolve
from bot.schedules.table_drafts import Draft, Drafting
from bot.schedules.table_entries import entries_of
from bot.schedules.table_rows import Table, is_table, read_table
from bot.schedules.table_sides import NOON
from bot.schedules.table_timed import Zones, timed_of
from bot.schedules.table_times import whole_date

FORMAT = "table"

_ONE, _EIGHT, _MORNING = 3600, 8 * 3600, 9 * 3600
_YEAR = re.compile(r"(?<![\d./-])(?:19[89]\d|20\d\d)(?![\d./-])")
_NO_NAME = re.compile(r"\b(?:version|updated?|stand|export|generated|printed|as of|draft)\b", re.IGNORECASE)
_LONGEST_HEADING = 120
_LATEX = re.compile(
    r"\$(?=[^$\s])(?:[^$\n]{0,200}[\\^_{}][^$\n]{0,200}|[A-Za-z])\$|\\[a-zA-Z]{2,20}\{|\\(?:emph|mathbb|alpha|beta|pi|infty)\b"
)


def read(text: str, options: ReadingOptions) -> Schedule:
    """The schedule in a table.

    Raises:
        ScheduleError: it has no rows that could be announced, or what they say contradicts itself.
        ScheduleQuestion: the zone, the year, or the order of day and month (`day-first`) is not in it.
    """
    table = read_table(text)
    drafting = Drafting(table)
    drafts = drafting.drafts()
    _check_readable(drafting, drafts)
    _check_halves(drafts)
    conference, year = _above(table)
    dates = [(side.date, draft.row.place) for draft in drafts for side in (draft.start, draft.end) if side]
    days, warnings = resolve([(each, place) for each, place in dates if each.is_whole], options, year)
    zones = Zones(table.columns, options.timezone)
    timed = [timed_of(draft, days, zones, drafting.notes) for draft in drafts]
    entries = entries_of([each for each in timed if each], table.columns, drafting.notes)
    file = File(
        FORMAT,
        conference=conference,
        timezone=zones.of_all(),
        has_latex=any(_LATEX.search(text) for entry in entries for text in (entry.title, entry.abstract or "")),
        warnings=(*warnings, *drafting.notes.sentences()),
    )
    if not entries:
        reason = f" ({file.warnings[0]})" if file.warnings else ""
        raise ScheduleError(f"no row is left that could be announced{reason}", do="Give each a title, a date and times")
    return schedule_of_entries(file, entries, options)


def _check_readable(drafting: Drafting, drafts: Sequence[Draft]) -> None:
    """Refuse a table whose times are mostly not understood: what is left of it would be no programme."""
    if drafting.unreadable > len(drafts):
        raise ScheduleError(
            f"most times in this table cannot be read ({drafting.notes.sentences()[0]})",
            do="Write dates like 2022-07-21 and times like 12:30",
        )


def _check_halves(drafts: Sequence[Draft]) -> None:
    """Refuse a twelve-hour clock without am and pm: nothing from 13:00 on, and after the morning comes one o'clock."""
    clocks = [(draft, draft.start.clock or 0) for draft in drafts]
    sides = [side for draft in drafts for side in (draft.start, draft.end) if side]
    if any(side.half or (side.clock or 0) >= NOON + 3600 for side in sides):
        return
    for (one, morning), (other, clock) in pairwise(clocks):
        if one.start.date == other.start.date and morning >= _MORNING and _ONE <= clock < _EIGHT:
            raise ScheduleError(
                "these times seem to be of a twelve-hour clock, without am and pm",
                where=other.row.place,
                do="Write 1:30 pm or 13:30",
            )


def _above(table: Table) -> tuple[str | None, StatedYear | None]:
    """The conference and the year in the lines above the header."""
    found = [(row.filled[0], row.place) for row in table.above if len(row.filled) == 1]
    short = [(text, place) for text, place in found if len(text) <= _LONGEST_HEADING and not whole_date(text)]
    named = next((text for text, _ in short if _YEAR.search(text) and not _NO_NAME.search(text)), None)
    years = {year: place for text, place in short for year in _YEAR.findall(text)}
    (year, place), *more = years.items() or [("", "")]
    return named, StatedYear(int(year), place) if year and not more else None


READER = Reader(FORMAT, "a table (CSV or a spreadsheet) with a header such as Title, Start, End", is_table, read)
