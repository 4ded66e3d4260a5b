"""`chairside export log`: one session as it was recorded, for `chairside replay`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.clock import clock_from_setting
from bot.errors import CommandError
from bot.export_cli import write
from bot.messages.text import plural
from bot.messages.times import day_name, printed
from bot.rules.session_log_json import as_json_file
from bot.services.question_export import ListedSession, exportable_sessions
from bot.services.session_logs import number_of_taps, session_log
from bot.settings import read_settings
from bot.store_check import IMPORT_ONE, NO_PROGRAMME, check_store
from db.database import Database


@dataclass(frozen=True, slots=True)
class LogOrder:
    """What the command line asks for.

    Attributes:
        session: its id; None lists the sessions.
        out: None is standard output.
        force: whether a file that is there already is replaced.
    """

    session: int | None
    out: Path | None
    force: bool


async def export(order: LogOrder) -> int:
    """Write a session's log, or list the sessions. Returns the exit code.

    Raises:
        ChairsideError: there is no such store or session, or the file cannot be written.
    """
    settings = read_settings()
    now = clock_from_setting(settings.clock).now()
    db = Database(settings.database_url)
    try:
        await check_store(db)
        sessions = await exportable_sessions(db)
        if not sessions:
            raise CommandError(NO_PROGRAMME, do=IMPORT_ONE)
        if order.session is None:
            _list(sessions, await number_of_taps(db))
            return 0
        found = next((listed for listed in sessions if listed.id == order.session), None)
        if found is None:
            raise CommandError(f"there is no session {order.session}", do="List them with: chairside export log")
        log = await session_log(db, server_id=found.server_id, session_id=found.id, now=now)
    finally:
        await db.close()
    held = [plural(len(log.events), "event"), plural(len(log.questions), "question")]
    told = f"{', '.join(held)} and {plural(len(log.deliveries), 'message')} of “{log.title}”"
    write(as_json_file(log), told, order.out, force=order.force)
    # beside what is written, which may be the log itself
    sys.stderr.writelines(f"not in the log: {each}\n" for each in log.left_out)
    return 0


def _list(sessions: list[ListedSession], taps: dict[int, int]) -> None:
    console = Console()
    table = Table("Session", "Starts", "Title", "Room", "Events", "Questions", "Server", box=box.SIMPLE_HEAD)
    for listed in sessions:
        start = f"{day_name(listed.starts_at, listed.timezone)} {printed(listed.starts_at, listed.timezone)}"
        counts = f"{taps.get(listed.id, 0):,}", f"{listed.questions:,}"
        cells = (str(listed.id), start, listed.title, listed.room or "", *counts)
        table.add_row(*map(Text, (*cells, listed.server or str(listed.server_id))))
    console.print(table)
    console.print("Export one with: chairside export log --session ID", markup=False)
