"""`chairside export schedule`: a stored conference as a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from bot.errors import CommandError
from bot.export_cli import IMPORT_ONE, NO_PROGRAMME, check_store, write
from bot.messages.text import plural
from bot.messages.times import day_name
from bot.services.schedule_export import (
    ListedConference,
    ScheduleFormat,
    called,
    exportable_conferences,
    schedule_file,
    stored_schedule,
)
from bot.settings import read_settings
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
        chosen = await _chosen(db, order)
        if len(chosen) > 1:
            _list(chosen)
            raise CommandError(
                f"{len(chosen)} conferences may be meant", do="Say which with --conference NAME, or with --server ID"
            )
        stored = await stored_schedule(db, chosen[0].id)
    finally:
        await db.close()
    made = schedule_file(stored, _form(order))
    told = f"{plural(made.talks, 'talk')} in {plural(made.sessions, 'session')} of “{made.conference}”"
    write(made.content, told, order.out, force=order.force)
    return 0


async def _chosen(db: Database, order: ScheduleOrder) -> list[ListedConference]:
    """The conferences that may be meant.

    Raises:
        CommandError: there is none of that name, on that server, or at all.
    """
    stored = await exportable_conferences(db)
    if not stored:
        raise CommandError(NO_PROGRAMME, do=IMPORT_ONE)
    there = [listed for listed in stored if order.server in (None, listed.server_id)]
    if not there:
        servers = {listed.server_id: listed.server or "not joined yet" for listed in stored}
        known = ", ".join(f"{server_id} ({name[:80]})" for server_id, name in list(servers.items())[:10])
        raise CommandError(f"server {order.server} has no open conference", do=f"There is one on {known}")
    return called(there, order.conference)


def _form(order: ScheduleOrder) -> ScheduleFormat:
    ending = order.out.suffix.casefold() if order.out else ""
    return order.form or _BY_ENDING.get(ending, "ics")


def _list(chosen: list[ListedConference]) -> None:
    table = Table("Conference", "Starts", "Talks", "Server", Column("Server's id", no_wrap=True), box=box.SIMPLE_HEAD)
    for listed in chosen:
        start = day_name(listed.starts_at, listed.timezone)
        cells = (listed.name, start, f"{listed.talks:,}", listed.server or "not joined yet", str(listed.server_id))
        table.add_row(*map(Text, cells))
    Console().print(table)
