"""The command line: chairside run | rehearse | replay | import | export | report | doctor | db.

Each command imports what it needs when it runs: discord.py alone takes half a second, and not every command needs it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.exceptions import TyperException

from bot.errors import ChairsideError, ConfigurationError

REFUSED = 2
LARGEST_ID = 2**63 - 1
"""Discord's ids are this long at the most, and so are a database's whole numbers."""
app = typer.Typer(
    help="Chairside: a Discord bot that sits beside the chair of a conference session.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
database_commands = typer.Typer(help="Look at the store, or bring it up to this version.", no_args_is_help=True)
app.add_typer(database_commands, name="db")
export_commands = typer.Typer(help="Write what is stored to files.", no_args_is_help=True)
app.add_typer(export_commands, name="export")


def main() -> None:
    """Run the command line; each refusal, of a value as of a file, is a line on standard error, and the exit code 2."""
    try:
        code = typer.main.get_command(app).main(standalone_mode=False)
    except ChairsideError as refusal:
        also = refusal.also if isinstance(refusal, ConfigurationError) else ()
        sys.stderr.writelines(f"chairside: {each}\n" for each in (refusal, *also))
        code = REFUSED
    except TyperException as misuse:
        # without a message it has shown the help already
        if message := " ".join(misuse.format_message().split()):
            sys.stderr.write(f"chairside: {message.rstrip('.')}. See chairside --help.\n")
        code = misuse.exit_code
    sys.exit(code)


def _run(work: Callable[[], Coroutine[Any, Any, int]]) -> None:
    """Run a coroutine to its end and leave with the exit code that it returns."""
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            code = runner.run(work())
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster event loop, where there is one for this system."""
    try:
        import uvloop  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop


@app.command()
def run() -> None:
    """Run the bot on Discord. Needs DISCORD_TOKEN; see README, Going live."""
    from bot.application import build  # noqa: PLC0415 - see above
    from bot.application import run as run_application  # noqa: PLC0415 - see above
    from bot.logs import set_up_logging  # noqa: PLC0415 - see above
    from bot.sentry import set_up_sentry  # noqa: PLC0415 - see above
    from bot.settings import read_settings  # noqa: PLC0415 - see above

    settings = read_settings()
    set_up_logging(settings)
    set_up_sentry(settings)

    async def work() -> int:
        await run_application(build(settings))
        return 0

    _run(work)


@app.command(name="import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="frab or pretalx XML or JSON, iCalendar, CSV, xlsx, Mini-Conf, or a virtual site's page copied as "
            "text or saved as HTML; - for standard input"
        ),
    ],
    server: Annotated[
        int | None,
        typer.Option(help="The Discord server's id; not needed where only one is known", min=1, max=LARGEST_ID),
    ] = None,
    source: Annotated[str | None, typer.Option(help="A name for this file, if a programme comes from several")] = None,
    timezone: Annotated[str | None, typer.Option(help="The venue's zone, such as America/New_York")] = None,
    year: Annotated[int | None, typer.Option(help="The year, where the file does not say", min=1970, max=2100)] = None,
    day_first: Annotated[
        bool | None,
        typer.Option("--day-first/--month-first", help="What 03/04/2022 is, where the file leaves that open"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what the file holds; needs no token, no store")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Read a schedule and store it, also while the bot is running."""
    from bot.importing_cli import Order, import_file  # noqa: PLC0415 - see above

    order = Order(file, server, source, timezone, year, day_first, dry_run=dry_run, as_json=as_json)
    _run(lambda: import_file(order))


@app.command()
def rehearse(
    file: Annotated[Path | None, typer.Argument(help="Any schedule; the bundled ICML session if left out")] = None,
    speed: Annotated[float, typer.Option(help="Times real time; well above 60 only if punctual", min=1, max=3600)] = 60,
    cast: Annotated[
        str, typer.Option(help="punctual: by the plan; lively: late, over time, restarted; nobody")
    ] = "lively",
    page: Annotated[bool, typer.Option("--page/--no-page", help="Show it in the browser, to take part in")] = True,
    timezone: Annotated[str | None, typer.Option(help="The venue's zone, such as Asia/Seoul")] = None,
    year: Annotated[int | None, typer.Option(help="The year, where the file does not say", min=1970, max=2100)] = None,
    log: Annotated[Path | None, typer.Option(help="Keep the first session in this file, for chairside replay")] = None,
) -> None:
    """Watch the real bot run a real session on a Discord of this machine's own, or take part. Needs no token."""
    from bot.rehearsal.rehearse import Options  # noqa: PLC0415 - see above
    from bot.rehearsal.rehearse import rehearse as play  # noqa: PLC0415 - see above

    _run(lambda: play(Options(file, speed, cast, page, timezone, year, log)))


@app.command()
def replay(
    log: Annotated[Path, typer.Argument(help="What chairside export log wrote")],
    speed: Annotated[float, typer.Option(help="Times real time", min=1, max=3600)] = 60,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Show it in the browser, to take part in")] = True,
) -> None:
    """Let the real bot run a recorded session once more, and compare. Needs no token."""
    from bot.rehearsal.replaying.replay import Options  # noqa: PLC0415 - see above
    from bot.rehearsal.replaying.replay import replay as play  # noqa: PLC0415 - see above

    _run(lambda: play(Options(log, speed, page)))


@app.command()
def doctor() -> None:
    """Check token, database, clock, zones and channel permissions, and say what to do about each."""
    from bot.doctor import examine  # noqa: PLC0415 - see above

    _run(examine)


@export_commands.command("questions")
def export_questions(
    session: Annotated[
        int | None, typer.Option(help="The session's id; the sessions are listed if left out", min=1, max=LARGEST_ID)
    ] = None,
    form: Annotated[
        Literal["csv", "json"] | None, typer.Option("--format", help="csv unless --out ends in .json")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; standard output if left out")] = None,
    readers: Annotated[
        Literal["public", "moderators"],
        typer.Option("--for", help="public: safe to publish; moderators: all questions, with who asked"),
    ] = "public",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already")] = False,
) -> None:
    """Write a session's questions as CSV or JSON, also while the bot is running."""
    from bot.export_cli import ExportOrder, export  # noqa: PLC0415 - see above

    order = ExportOrder(session, form, out, for_public=readers == "public", force=force)
    _run(lambda: export(order))


@export_commands.command("schedule")
def export_schedule(
    conference: Annotated[
        str | None, typer.Option(help="Its name; not needed where only one is stored, else they are listed")
    ] = None,
    server: Annotated[
        int | None,
        typer.Option(help="The Discord server's id, where several have such a conference", min=1, max=LARGEST_ID),
    ] = None,
    form: Annotated[
        Literal["ics", "json", "csv"] | None, typer.Option("--format", help="ics unless --out ends in .json or .csv")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; standard output if left out")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already")] = False,
) -> None:
    """Write a conference's programme as iCalendar, JSON or CSV, also while the bot is running."""
    from bot.schedule_export_cli import ScheduleOrder, export  # noqa: PLC0415 - see above

    order = ScheduleOrder(conference, server, form, out, force=force)
    _run(lambda: export(order))


@app.command()
def report(
    conference: Annotated[
        str | None,
        typer.Option(
            help="Its name, or its number in the list; not needed where only one is stored, else they are listed"
        ),
    ] = None,
    server: Annotated[
        int | None,
        typer.Option(help="The Discord server's id, where several have such a conference", min=1, max=LARGEST_ID),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to write into, made if missing; named after the conference if left out"),
    ] = None,
    form: Annotated[
        Literal["csv", "json", "parquet"], typer.Option("--format", help="What the tables are written as")
    ] = "csv",
    force: Annotated[bool, typer.Option("--force", help="Replace files of that name that are there already")] = False,
) -> None:
    """Write what happened at a conference as a page and as tables, without anything about attendees."""
    from bot.report_cli import ReportOrder, write_report  # noqa: PLC0415 - see above

    order = ReportOrder(conference, server, out, form, force=force)
    _run(lambda: write_report(order))


@export_commands.command("log")
def export_log(
    session: Annotated[
        int | None, typer.Option(help="The session's id; the sessions are listed if left out", min=1, max=LARGEST_ID)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; standard output if left out")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already")] = False,
) -> None:
    """Write what happened in a session, without names, for chairside replay; also while the bot is running."""
    from bot.log_export_cli import LogOrder, export  # noqa: PLC0415 - see above

    _run(lambda: export(LogOrder(session, out, force)))


@database_commands.command("upgrade")
def db_upgrade() -> None:
    """Create the store, or bring its tables up to this version; the bot does this by itself at start."""
    from bot.database_cli import upgrade  # noqa: PLC0415 - see above

    _run(upgrade)


@database_commands.command("status")
def db_status() -> None:
    """Say where the store is, which revision it has and what it holds."""
    from bot.database_cli import status  # noqa: PLC0415 - see above

    _run(status)


_REPLACE = Annotated[bool, typer.Option("--replace", help="Lose what the store that is written to holds")]


@database_commands.command("copy")
def db_copy(
    origin: Annotated[str, typer.Argument(metavar="FROM", help="A database's address as in DATABASE_URL, or a file")],
    to: Annotated[str, typer.Argument(metavar="TO", help="Another, empty one")],
    *,
    replace: _REPLACE = False,
) -> None:
    """Copy a store to another, say from SQLite to PostgreSQL, also while its bot runs, and compare row by row."""
    from bot.database_cli import copy  # noqa: PLC0415 - see above

    _run(lambda: copy(origin, to, replace=replace))


@database_commands.command("backup")
def db_backup(file: Annotated[Path, typer.Argument(help="The file to make")]) -> None:
    """Copy the bot's store as it is at one moment to a SQLite file, also while it runs."""
    from bot.database_cli import backup  # noqa: PLC0415 - see above

    _run(lambda: backup(file))


@database_commands.command("restore")
def db_restore(
    file: Annotated[Path, typer.Argument(help="What chairside db backup made")], *, replace: _REPLACE = False
) -> None:
    """Put back into the bot's store what a backup holds; the bot must not run."""
    from bot.database_cli import restore  # noqa: PLC0415 - see above

    _run(lambda: restore(file, replace=replace))
