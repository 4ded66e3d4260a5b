"""What a test asks a store about, and how it counts what a service does there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, event, text
from sqlmodel import col, select

from bot.schedules.schedule import Schedule
from bot.services.importing import ImportOutcome, import_schedule
from bot.services.servers import set_channel
from bot.services.sources import ImportRequest
from db.columns import METADATA
from db.database import NOBODY, Database
from db.tables import Delivery, Session, Talk
from tests.builders import CHANNEL, SERVER, a_schedule, a_session
from tests.clocks import SteppedClock


async def import_page(
    db: Database,
    clock: SteppedClock,
    schedule: Schedule | None = None,
    *,
    server_id: int = SERVER,
    source_name: str | None = None,
    timezone: str | None = None,
) -> ImportOutcome:
    """Import a page; the ICML session's unless another is given."""
    request = ImportRequest(server_id, schedule or a_schedule(), source_name, timezone)
    return await import_schedule(db, clock, request)


async def use_channel(db: Database, clock: SteppedClock, channel_id: int = CHANNEL, room: str | None = None) -> None:
    await set_channel(db, clock, server_id=SERVER, channel_id=channel_id, room=room)


async def deliveries(db: Database, **columns: object) -> list[Delivery]:
    """The outbox's rows that have these values, in order of due time."""
    async with db.reading() as session:
        rows = await session.exec(select(Delivery).order_by(col(Delivery.due_at), col(Delivery.key)))
        return [row for row in rows if all(getattr(row, name) == value for name, value in columns.items())]


async def posted(db: Database, kind: str) -> None:
    """Have everything of a kind posted that is owed."""
    async with db.transaction(NOBODY) as session:
        owed = select(Delivery).where(Delivery.kind == kind, Delivery.state == "pending")
        for number, row in enumerate(await session.exec(owed)):
            row.state, row.message_id, row.shown_text = "sent", number + 1, "digest"


def a_day_later() -> Schedule:
    """The ICML session's page, once it was moved to the next day."""
    day = timedelta(days=1)
    talks = [replace(t, starts_at=t.starts_at + day, ends_at=t.ends_at + day) for t in a_session().talks]
    return a_schedule(a_session(*talks))


async def keys(db: Database, **columns: object) -> list[tuple[str, str]]:
    """Subject and kind of the outbox's rows, in order of due time."""
    return [(row.key.split(":")[1], row.kind) for row in await deliveries(db, **columns)]


async def talks(db: Database) -> list[Talk]:
    async with db.reading() as session:
        return list(await session.exec(select(Talk).order_by(col(Talk.id))))


async def programme_of(db: Database) -> list[tuple[str, str, datetime, bool]]:
    """Session, title, start and whether it is cancelled, of every stored talk in order of its key."""
    async with db.reading() as session:
        query = select(Session.title, Talk).join(Session).order_by(col(Talk.id))
        return [(title, talk.title, talk.starts_at, talk.cancelled) for title, talk in await session.exec(query)]


def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, to compare a store with itself; another view than the test's own transactions have."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, _read_everything(db.url)).result()


async def _read_everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    db = Database(url)
    try:
        return cast("dict[str, list[tuple[object, ...]]]", await db.run_sync(_rows_by_table))
    finally:
        await db.close()


def _rows_by_table(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    found = {}
    for name, table in METADATA.tables.items():
        # as they are stored, and in one order: PostgreSQL gives changed rows back last
        order = ", ".join(f'"{column.name}"' for column in table.primary_key)
        rows = connection.execute(text(f'SELECT * FROM "{name}" ORDER BY {order}'))  # noqa: S608 - our own names
        found[name] = [tuple(row) for row in rows]
    return found


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """The SQL that runs inside, transactions' own left out; `executemany` counts once."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)
