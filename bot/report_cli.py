"""`chairside report`: what happened at a conference, as a page and as tables in a folder."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from bot.chosen_conference import chosen_conference
from bot.clock import clock_from_setting
from bot.conference_report.folder import check_free, write_together
from bot.conference_report.page import report_page
from bot.conference_report.prose import told_at
from bot.conference_report.tables import tables
from bot.conference_report.words import counted
from bot.conference_report.written import TableFormat, check_format, written
from bot.rules.conference_report import ConferenceReport
from bot.rules.export_table import file_name
from bot.services.conference_report import conference_report
from bot.settings import read_settings
from bot.store_check import check_store
from db.database import Database

PAGE = "report.html"
TABLES = {
    "sessions": "session",
    "talks": "talk",
    "timing_events": "timing event",
    "questions": "question",
    "deliveries": "delivery",
}
"""What each table has a row for."""
_MANY = {"delivery": "deliveries"}
_KILO = 1000


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """What the command line asks for.

    Attributes:
        conference: its name or number; None is the only one.
        server: its id; None is any.
        out: the folder; None is one named after the conference.
        force: whether files that are there already are replaced.
    """

    conference: str | None
    server: int | None
    out: Path | None
    form: TableFormat
    force: bool


async def write_report(order: ReportOrder) -> int:
    """Write a conference's report, and say what was written. Returns the exit code.

    Raises:
        ChairsideError: there is no such store or conference, several are meant, or the files cannot be written.
    """
    check_format(order.form)
    settings = read_settings()
    clock, db = clock_from_setting(settings.clock), Database(settings.database_url)
    try:
        await check_store(db)
        chosen = await chosen_conference(db, order.conference, order.server, archived=True)
        folder = order.out or Path(file_name(chosen.name) or f"conference-{chosen.id}")
        names = [PAGE, *(f"{name}.{order.form}" for name in TABLES)]
        check_free(folder, names, force=order.force)
        report = await conference_report(db, chosen.id, clock.now())
    finally:
        await db.close()
    files, rows = _files(report, order.form)
    write_together(folder, files)
    sys.stdout.write(_told(report, folder, files, rows))
    return 0


def _files(report: ConferenceReport, form: TableFormat) -> tuple[dict[str, bytes], dict[str, int]]:
    """Each file's content, and how many rows a table has."""
    made = {f"{table.name}.{form}": table for table in tables(report)}
    files = {PAGE: report_page(report)} | {name: written(table, form) for name, table in made.items()}
    return files, {name: len(table.rows) for name, table in made.items()}


def _told(report: ConferenceReport, folder: Path, files: dict[str, bytes], rows: dict[str, int]) -> str:
    so_far = ", so far" if any(each.is_running for each in report.sessions) else ""
    head = f"“{report.name}” as of {told_at(report)}{so_far}, written to {folder}:\n"
    width = max(map(len, files))
    lines = [f"  {name:<{width}}  {_holds(name, content, rows)}\n" for name, content in files.items()]
    return head + "".join(lines)


def _holds(name: str, content: bytes, rows: dict[str, int]) -> str:
    if name == PAGE:
        return f"the page, {max(1, round(len(content) / _KILO)):,} kB; open it in a browser, print it, send it on"
    noun = TABLES[name.partition(".")[0]]
    return counted(rows[name], noun, _MANY.get(noun))
