"""`chairside export schedule`: a stored conference as a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.chosen_conference import chosen_conference
from bot.export_cli import write
from bot.messages.text import plural
from bot.services.schedule_export import (
    ScheduleFormat,
    schedule_file,
    stored_schedule,
)
from bot.settings import read_settings
from bot.store_check import check_store
from db.database import Database

_BY_ENDING: dict[str, ScheduleFormat] = {".json": "json", ".csv": "csv"}


@dataclass(frozen=True, slots=True)
class ScheduleOrder:
    """What the command line asks for.

    Attributes:
        conference: its name; None is the only one.
        server: its id; None is any.
        form: None goes by how `out` ends, and is iCalendar where that says nothing.
        out: None is standard output.
        force: whether a file that is there already is replaced.
    """

    conference: str | None
    server: int | None
    form: ScheduleFormat | None
    out: Path | None
    force: bool


async def export(order: ScheduleOrder) -> int:
    """Write a conference, or list those that may be meant. Returns the exit code.

    Raises:
        ChairsideError: there is no such store or conference, several are meant, or the file cannot be written.
    """
    db = Database(read_settings().database_url)
    try:
        await check_store(db)
        chosen = await chosen_conference(db, order.conference, order.server)
        stored = await stored_schedule(db, chosen.id)
    finally:
        await db.close()
    made = schedule_file(stored, _form(order))
    told = f"{plural(made.talks, 'talk')} in {plural(made.sessions, 'session')} of “{made.conference}”"
    write(made.content, told, order.out, force=order.force)
    return 0


def _form(order: ScheduleOrder) -> ScheduleFormat:
    ending = order.out.suffix.casefold() if order.out else ""
    return order.form or _BY_ENDING.get(ending, "ics")
