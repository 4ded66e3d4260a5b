"""`chairside import`: reads a file and stores it, also into the store of a bot that is running."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.clock import clock_from_setting
from bot.errors import ConfigurationError, ScheduleError
from bot.messages.organising import LONG_OVER
from bot.messages.text import dotted, plural
from bot.messages.times import day_name, length, printed
from bot.schedules.as_json import as_json
from bot.schedules.decoding import MAX_BYTES
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions, Schedule, Session
from bot.services.importing import ImportOutcome, import_schedule
from bot.services.servers import known_servers
from bot.services.sources import ImportRequest
from bot.settings import read_settings
from db.database import Database

PEOPLE_SHOWN = 2
"""So many keep a talk to two lines of 80 columns, unless its title is long."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asks for."""

    file: Path
    server: int | None
    source: str | None
    timezone: str | None
    year: int | None
    day_first: bool | None
    dry_run: bool
    as_json: bool


async def import_file(order: Order) -> int:
    """Read and, unless it is a dry run, store a schedule; prints what it found. Returns the exit code.

    Raises:
        ChairsideError: the file cannot be read, or it is not clear for which server.
    """
    clock = clock_from_setting(None if order.dry_run else read_settings().clock)
    schedule = read_schedule(_content(order.file), _options(order, clock.now()))
    outcome = None if order.dry_run else await _store(order, schedule)
    if order.as_json:
        sys.stdout.write(json.dumps(as_json(schedule), ensure_ascii=False, indent=2) + "\n")
    else:
        _print(schedule, outcome)
    return 0


def _options(order: Order, today: datetime) -> ReadingOptions:
    return ReadingOptions(
        today=today, timezone=order.timezone, year=order.year, day_first=order.day_first, name=order.file.name
    )


def _content(file: Path) -> bytes:
    """The file's bytes, one more than may be read at the most.

    Raises:
        ScheduleError: it is not there or cannot be opened.
    """
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScheduleError(f"the file cannot be opened ({error.strerror})", where=str(file)) from error


async def _store(order: Order, schedule: Schedule) -> ImportOutcome:
    settings = read_settings()
    db = Database(settings.database_url)
    await db.open()
    try:
        server_id = order.server if order.server is not None else await _only_server(db)
        request = ImportRequest(server_id, schedule, source_name=order.source, timezone=order.timezone)
        return await import_schedule(db, clock_from_setting(settings.clock), request)
    finally:
        await db.close()


async def _only_server(db: Database) -> int:
    servers = await known_servers(db)
    if len(servers) == 1:
        return servers[0][0]
    listed = ", ".join(f"{server_id} ({name or 'not joined yet'})" for server_id, name in servers[:10])
    raise ConfigurationError(
        f"it is not clear for which server this is; the store knows {listed or 'none'}",
        do="Name it with --server ID (Discord: Developer Mode on, right-click the server, Copy Server ID)",
    )


def _print(schedule: Schedule, outcome: ImportOutcome | None) -> None:
    """A table a session, the notes, and what was stored."""
    console = Console()
    for session in schedule.sessions:
        console.print(_table(schedule, session))
    for warning in schedule.warnings:
        console.print(f"Note: {warning}", markup=False)
    read = (
        f"{plural(len(schedule.talks), 'talk')} in {plural(len(schedule.sessions), 'session')} read ({schedule.format})"
    )
    if outcome is None:
        console.print(f"{read}; nothing was stored (--dry-run).", markup=False)
        return
    console.print(
        f"{read}; stored in “{outcome.conference}”, source “{outcome.source}”: {outcome.added} new, "
        f"{outcome.changed} changed, {outcome.removed} no longer in the file, {outcome.unchanged} unchanged.",
        markup=False,
    )
    if outcome.is_long_over:
        console.print(f"Note: {LONG_OVER.format(year='--year')}.", markup=False)


def _table(schedule: Schedule, session: Session) -> Table:
    zone = schedule.timezone or schedule.page_timezone or "UTC"
    room = None if session.is_named_after_room else session.room or "no room named"
    title = dotted(session.title, room, day_name(session.starts_at, zone))
    caption = f"{plural(len(session.talks), 'talk')}, moderator {session.moderator or 'not named'}"
    table = Table("Start", "Talk", title=Text(title), caption=Text(caption), box=box.SIMPLE_HEAD)
    for talk in session.talks:
        start = printed(talk.starts_at, zone, schedule.page_timezone).replace(" · ", "\n")
        mark = "CANCELLED: " if talk.cancelled else ""
        about = dotted(length(talk.length), talk.kind, _people(talk.speakers))
        table.add_row(Text(start), Text.assemble((mark + talk.title, "bold"), "\n", about))
    return table


def _people(speakers: Sequence[str]) -> str:
    more = len(speakers) - PEOPLE_SHOWN
    return ", ".join(speakers[:PEOPLE_SHOWN]) + (f" and {more} more" if more > 0 else "")
