"""The rows of a table as entries: what each column says, and until when a row goes on that states no end."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from bot.errors import ScheduleError
from bot.schedules.entries import Entry
from bot.schedules.people import LONGEST_NAME
from bot.schedules.table_columns import Columns
from bot.schedules.table_drafts import Notes
from bot.schedules.table_people import listed_people
from bot.schedules.table_rows import Row
from bot.schedules.table_timed import Timed

LONGEST_GAP = timedelta(hours=3)
LONGEST_ID = 200
_CALLED_OFF = re.compile(
    r"cancel|annul|abgesagt|entfällt|ausgefallen|withdrawn|zurückgezogen|zurueckgezogen|suspendid", re.IGNORECASE
)
_NOT_CALLED_OFF = re.compile(r"\b(?:not|nicht|non|no|un)[ -]?(?:cancel|annul|abgesagt)", re.IGNORECASE)
_YES = re.compile(r"y|yes|true|1|x|ja|j|oui|o|si|sí|sì|s|sim|wahr|vrai|verdadero|vero|✓|✔", re.IGNORECASE)
_REJECTED = re.compile(r"rejected|declined|abgelehnt|refusé|rechazado|rifiutato|rejeitado", re.IGNORECASE)
_LINK = re.compile(r"https?://", re.IGNORECASE)


def entries_of(timed: Sequence[Timed], columns: Columns, notes: Notes) -> list[Entry]:
    """What is announced: rows without an end go on till the next in their room.

    Raises:
        ScheduleError: most rows have no end.
    """
    later: dict[tuple[str, date], list[datetime]] = {}
    for each in timed:
        later.setdefault(_room_day(each, columns), []).append(each.starts.replace(tzinfo=None))
    ordered = {key: sorted(starts) for key, starts in later.items()}
    entries: list[Entry] = []
    endless: list[Row] = []
    for each in timed:
        row = each.draft.row
        ends = each.ends or _next_start(each, ordered[_room_day(each, columns)])
        if ends is None:
            endless.append(row)
            notes.add("no end, and nothing soon after it: left out", row.place)
            continue
        if each.ends is None:
            notes.add("no end: read as until the next in its room", row.place)
        entry = _entry(each, ends, columns, notes)
        entries += [entry] if entry else []
    if len(endless) > len(entries):
        raise ScheduleError("most rows say neither when they end nor how long they last", do="Add a column End")
    return entries


def _room_day(timed: Timed, columns: Columns) -> tuple[str, date]:
    return columns.text("room", timed.draft.row.cells).casefold(), timed.starts.date()


def _next_start(timed: Timed, starts: Sequence[datetime]) -> datetime | None:
    wall = timed.starts.replace(tzinfo=None)
    at = bisect_right(starts, wall)
    near = at < len(starts) and starts[at] - wall <= LONGEST_GAP
    return starts[at].replace(tzinfo=timed.starts.tzinfo) if near else None


def _entry(timed: Timed, ends: datetime, columns: Columns, notes: Notes) -> Entry | None:
    """A row as an entry; None, and a note, if it was turned down."""
    row = timed.draft.row
    status = columns.text("status", row.cells)
    if _REJECTED.fullmatch(status):
        notes.add(f"{status.casefold()}: left out", row.place)
        return None
    rooms = columns.texts("room", row.cells)
    room = next((room for room in rooms if not _LINK.match(room)), None)
    links = (*columns.texts("url", row.cells), *rooms)
    called_off = _CALLED_OFF.search(status) and not _NOT_CALLED_OFF.search(status)
    return Entry(
        row.place,
        columns.text("title", row.cells),
        timed.starts,
        ends,
        zone=timed.zone,
        kind=columns.text("kind", row.cells) or None,
        speakers=_speakers(row, columns, notes),
        room=room,
        abstract=columns.text("abstract", row.cells) or columns.text("description", row.cells) or None,
        url=next((link for link in links if _LINK.match(link)), None),
        file_id=columns.text("id", row.cells)[:LONGEST_ID] or None,
        cancelled=bool(called_off or _YES.fullmatch(columns.text("cancelled", row.cells))),
        session=_session(row, columns),
        moderator=", ".join(_moderators(row, columns)) or None,
    )


def _session(row: Row, columns: Columns) -> str | None:
    """The session that a row names; a table without rooms keeps what is on at the same time apart by its tracks."""
    if "session" in columns.of or "room" in columns.of:
        return columns.text("session", row.cells) or None
    return columns.text("track", row.cells) or None


def _moderators(row: Row, columns: Columns) -> Iterable[str]:
    return dict.fromkeys(name for cell in columns.texts("moderator", row.cells) for name in listed_people(cell))


def _speakers(row: Row, columns: Columns, notes: Notes) -> tuple[str, ...]:
    cells = columns.texts("speakers", row.cells) or [columns.text("authors", row.cells)]
    whole = " ".join(name for name in (columns.text("given", row.cells), columns.text("family", row.cells)) if name)
    cells = ([whole] if whole and not any(cells) else cells) + columns.texts("more_speakers", row.cells)
    names = [name for cell in cells for name in listed_people(cell)]
    short = tuple(name for name in names if len(name) <= LONGEST_NAME)
    if len(short) < len(names):
        notes.add("what is no name among its speakers is left out", row.place)
    return short
