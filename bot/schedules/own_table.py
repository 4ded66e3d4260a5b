"""The table that an export is as CSV: its columns, and how several people and guarded texts stand in a cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from bot.rules.export_table import harmless, restored

COLUMNS = (
    "Start",
    "End",
    "Title",
    "People",
    "Kind",
    "Room",
    "Session",
    "Session room",
    "Moderator",
    "Cancelled",
    "URL",
    "ID",
    "Conference",
    "Source",
    "Time zone",
    "Page time zone",
    "Chairside session",
    "Abstract",
)
"""What the header says. `MARK` numbers the sessions, and tells a table of ours from all others."""
MARK = "Chairside session"
YES = "yes"
_QUOTE = '"'


def guarded(text: str | None) -> str:
    """A cell that no spreadsheet takes for a formula; `unguarded` gives the text back."""
    return harmless(text or "")


def unguarded(cell: str) -> str | None:
    return restored(cell) or None


def people_cell(names: Sequence[str]) -> str:
    """`Ada One; Bo Two`; a name that holds a semicolon or a quotation mark stands in quotation marks."""
    return "; ".join(f'"{name.replace(_QUOTE, 2 * _QUOTE)}"' if {";", _QUOTE} & set(name) else name for name in names)


def people_in(cell: str) -> tuple[str, ...]:
    """The names of a cell that `people_cell` wrote, or that somebody typed the same way."""
    rows = csv.reader(io.StringIO(cell, newline=""), delimiter=";", skipinitialspace=True)
    return tuple(name for row in rows for name in (part.strip() for part in row) if name)
