"""Which stored conference a command line means; those that may be meant are listed where it does not say."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from bot.errors import CommandError
from bot.messages.times import day_name
from bot.services.schedule_export import ListedConference, called, exportable_conferences
from bot.store_check import IMPORT_ONE, NO_PROGRAMME
from db.database import Database


async def chosen_conference(
    db: Database, name: str | None, server: int | None, *, archived: bool = False
) -> ListedConference:
    """The conference that is meant; where several may be, they are listed.

    Args:
        db: the store.
        name: its name; None is the only one.
        server: its id; None is any.
        archived: those that are archived are meant as well; they have numbers, as one server may have two of a name.

    Raises:
        CommandError: there is none of that name, on that server, or at all, or there are several.
    """
    stored = await exportable_conferences(db, archived=archived)
    if not stored:
        raise CommandError(NO_PROGRAMME, do=IMPORT_ONE)
    there = [listed for listed in stored if server in (None, listed.server_id)]
    kind = "conference" if archived else "open conference"
    if not there:
        servers = {listed.server_id: listed.server or "not joined yet" for listed in stored}
        known = ", ".join(f"{server_id} ({name[:80]})" for server_id, name in list(servers.items())[:10])
        raise CommandError(f"server {server} has no {kind}", do=f"There is one on {known}")
    numbered = [listed for listed in there if archived and name == str(listed.id)]
    chosen = numbered or called(there, name, kind)
    if len(chosen) > 1:
        _list(chosen, with_numbers=archived)
        by = "--conference NAME or NUMBER" if archived else "--conference NAME"
        raise CommandError(f"{len(chosen)} conferences may be meant", do=f"Say which with {by}, or with --server ID")
    return chosen[0]


def _list(chosen: list[ListedConference], *, with_numbers: bool) -> None:
    heads = ("Conference", "Starts", "Talks", "Server", Column("Server's id", no_wrap=True))
    table = Table(*(["Number"] if with_numbers else []), *heads, box=box.SIMPLE_HEAD)
    for listed in chosen:
        start = day_name(listed.starts_at, listed.timezone)
        cells = (listed.name, start, f"{listed.talks:,}", listed.server or "not joined yet", str(listed.server_id))
        table.add_row(*map(Text, (*([str(listed.id)] if with_numbers else []), *cells)))
    Console().print(table)
