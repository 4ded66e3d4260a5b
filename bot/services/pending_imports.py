"""Files that somebody handed over and has yet to confirm: kept in the store, so that a restart forgets none."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import col

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.following import Follows
from bot.rules.zone_search import zone_meant
from bot.schedules.entry_moments import FIRST_YEAR, LAST_YEAR
from bot.schedules.schedule import ReadingOptions
from bot.services.servers import server_row
from bot.services.sources import SourceLink
from db.database import NOBODY, Database
from db.tables import PendingImport

KEPT_FOR = timedelta(hours=1)
"""Real time: after that nobody can press the buttons any more."""


@dataclass(frozen=True, slots=True)
class HeldImport:
    """A file, how it is to be read, and the address that it was fetched from; None where somebody handed it over."""

    content: bytes
    options: ReadingOptions
    source_name: str | None
    user_id: int
    link: SourceLink | None = None

    def settled(self, options: ReadingOptions) -> HeldImport:
        """The same file read otherwise; an address is read so from now on as well."""
        link = self.link and replace(self.link, options=kept_options(options))
        return replace(self, options=options, link=link)


def kept_options(options: ReadingOptions) -> dict[str, Any]:
    """What a manager stated about a file, as it is kept for its next versions."""
    return {"timezone": options.timezone, "year": options.year, "day_first": options.day_first}


async def hold_import(db: Database, clock: Clock, *, server_id: int, held: HeldImport) -> str:
    """Keep a file until it is confirmed or discarded; returns the id that its buttons carry."""
    key = secrets.token_urlsafe(16)
    options = {
        "today": held.options.today.isoformat(),
        "timezone": held.options.timezone,
        "year": held.options.year,
        "day_first": held.options.day_first,
        "name": held.options.name,
        "source_name": held.source_name,
        "link": asdict(held.link) if held.link else None,
    }
    async with db.transaction(server_id) as session:
        await server_row(session, server_id)
        await session.exec(delete(PendingImport).where(col(PendingImport.created_at) < clock.real() - KEPT_FOR))
        session.add(
            PendingImport(
                id=key,
                server_id=server_id,
                user_id=held.user_id,
                content=held.content,
                options=options,
                created_at=clock.real(),
            )
        )
    return key


async def held_import(db: Database, *, server_id: int, key: str) -> HeldImport:
    """The file that is waiting under an id.

    Raises:
        CommandError: it was imported or discarded already, or waited too long.
    """
    async with db.reading() as session:
        row = await session.get(PendingImport, key)
    if row is None or row.server_id != server_id or "today" not in row.options:
        raise CommandError("this import was already dealt with, or is too old", do="Use /schedule import again")
    options = ReadingOptions(
        today=datetime.fromisoformat(row.options["today"]),
        timezone=row.options["timezone"],
        year=row.options["year"],
        day_first=row.options.get("day_first"),
        name=row.options["name"],
    )
    link = row.options.get("link")
    link = SourceLink(**{**link, "follows": Follows(link["follows"])}) if link else None
    return HeldImport(row.content, options, row.options["source_name"], row.user_id, link)


async def settled_import(db: Database, *, server_id: int, key: str, option: str, answer: str) -> HeldImport:
    """The file that is waiting under an id, with an answer to what it left open.

    Args:
        db: the store.
        server_id: whose file.
        key: the id that its buttons carry.
        option: `timezone`, `year` or `day-first`.
        answer: as it was typed; `yes` or `no` for `day-first`.

    Raises:
        CommandError: the file is no longer waiting, or the year is none.
        ChairsideError: there is no such zone.
    """
    held = await held_import(db, server_id=server_id, key=key)
    if option == "timezone":
        options = replace(held.options, timezone=zone_meant(answer))
    elif option == "year":
        if not (answer.isascii() and answer.isdigit() and FIRST_YEAR <= int(answer[:9]) <= LAST_YEAR):
            raise CommandError(f"“{answer}” is no year of a programme", do="Write four digits, such as 2026")
        options = replace(held.options, year=int(answer))
    else:
        options = replace(held.options, day_first=answer == "yes")
    return held.settled(options)


async def forget_import(db: Database, key: str) -> None:
    """Drop a file that was imported or discarded."""
    async with db.transaction(NOBODY) as session:
        await session.exec(delete(PendingImport).where(col(PendingImport.id) == key))
