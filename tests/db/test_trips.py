"""A statement is one trip to the thread that speaks with SQLite, and nothing of it is lost on the way."""

from __future__ import annotations

import asyncio

import aiosqlite
import pytest
from sqlalchemy import text

from bot.clock import give_way
from db.database import NOBODY, Database
from db.sqlite import SQLite

pytestmark = pytest.mark.store("sqlite")


async def test_statement_is_one_trip_however_much_it_reads(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    trips: list[object] = []
    execute = aiosqlite.Connection._execute

    async def counted(connection: aiosqlite.Connection, *trip: object, **options: object) -> object:
        trips.append(trip)
        return await execute(connection, *trip, **options)  # type: ignore[no-untyped-call] # aiosqlite leaves it without types

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    async with db.reading() as session:
        connection = await session.connection()
        before = len(trips)
        numbers = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n")
        rows = (await connection.execute(numbers)).scalars().all()
        assert (len(trips) - before, list(rows)) == (1, list(range(1, 1001)))


async def test_written_rows_come_back_and_are_counted(db: Database) -> None:
    async with db.transaction(NOBODY) as session:
        connection = await session.connection()
        await connection.execute(text("CREATE TEMP TABLE things (id INTEGER PRIMARY KEY, name TEXT)"))
        made = await connection.execute(text("INSERT INTO things (name) VALUES ('a'), ('b') RETURNING id, name"))
        assert [tuple(row) for row in made] == [(1, "a"), (2, "b")]
        changed = await connection.execute(text("UPDATE things SET name = :name"), {"name": "c"})
        assert changed.rowcount == 2


async def test_store_in_memory_is_used_the_same_way() -> None:
    db = Database("sqlite+aiosqlite://")
    await db.open()
    async with db.transaction(NOBODY) as session:
        connection = await session.connection()
        assert (await connection.execute(text("SELECT count(*) FROM servers"))).scalar_one() == 0
    await db.close()


async def test_task_cancelled_while_it_waits_for_the_store_leaves_it_in_order(db: Database) -> None:
    others = Database(db.url)
    assert isinstance(others._store, SQLite)
    async with db.transaction(NOBODY):
        waiting = asyncio.create_task(_write(others))
        while not others._store._writer.locked():
            await give_way()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(waiting, 60)
    await _write(others)
    await others.close()


async def _write(db: Database) -> None:
    async with db.transaction(NOBODY) as session:
        connection = await session.connection()
        await connection.execute(text("CREATE TABLE IF NOT EXISTS things (name TEXT)"))
