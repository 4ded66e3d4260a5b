"""`chairside export questions`, and how every export is written to a file."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.clock import clock_from_setting
from bot.errors import CommandError, ConfigurationError
from bot.messages.text import plural
from bot.messages.times import day_name, printed
from bot.rules.export_table import Format, as_file
from bot.services.question_export import ListedSession, export_questions, exportable_sessions
from bot.settings import read_settings
from bot.store_check import IMPORT_ONE, NO_PROGRAMME, check_store
from db.database import Database


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What the command line asks for.

    Attributes:
        session: its id; None lists the sessions.
        form: None goes by how `out` ends, and is CSV where that says nothing.
        out: None is standard output.
        force: whether a file that is there already is replaced.
    """

    session: int | None
    form: Format | None
    out: Path | None
    for_public: bool
    force: bool


async def export(order: ExportOrder) -> int:
    """Write a session's questions, or list the sessions. Returns the exit code.

    Raises:
        ChairsideError: there is no such store or session, or the file cannot be written.
    """
    settings = read_settings()
    clock = clock_from_setting(settings.clock)
    db = Database(settings.database_url)
    try:
        await check_store(db)
        sessions = await exportable_sessions(db)
        if not sessions:
            raise CommandError(NO_PROGRAMME, do=IMPORT_ONE)
        if order.session is None:
            _list(sessions)
            return 0
        found = next((listed for listed in sessions if listed.id == order.session), None)
        if found is None:
            raise CommandError(f"there is no session {order.session}", do="List them with: chairside export questions")
        made = await export_questions(
            db, server_id=found.server_id, session_id=found.id, for_public=order.for_public, now=clock.now()
        )
    finally:
        await db.close()
    content = as_file(made, _form(order)).content
    write(content, plural(len(made.questions), "question"), order.out, force=order.force)
    return 0


def _form(order: ExportOrder) -> Format:
    ends_in_json = order.out is not None and order.out.suffix.casefold() == ".json"
    return order.form or ("json" if ends_in_json else "csv")


def write(content: bytes, told: str, out: Path | None, *, force: bool) -> None:
    """To the file, saying what is in it, or to standard output.

    Args:
        content: what is written.
        told: what it holds, such as `15 questions`.
        out: None is standard output.
        force: whether a file that is there already is replaced.

    Raises:
        ConfigurationError: the file is there already, or cannot be written.
    """
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        with out.open("wb" if force else "xb") as stream:
            stream.write(content)
    except FileExistsError:
        raise ConfigurationError(
            "there is such a file already", where=str(out), do="Name another one, or replace it with --force"
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"the file cannot be written ({error.strerror})", where=str(out), do="Name another place"
        ) from error
    sys.stdout.write(f"{told} written to {out}\n")


def _list(sessions: list[ListedSession]) -> None:
    console = Console()
    table = Table("Session", "Starts", "Title", "Room", "Questions", "Server", box=box.SIMPLE_HEAD)
    for listed in sessions:
        start = f"{day_name(listed.starts_at, listed.timezone)} {printed(listed.starts_at, listed.timezone)}"
        cells = (str(listed.id), start, listed.title, listed.room or "", f"{listed.questions:,}")
        table.add_row(*map(Text, (*cells, listed.server or str(listed.server_id))))
    console.print(table)
    console.print("Export one with: chairside export questions --session ID", markup=False)
