"""A store copied to another, of whatever kind: everything is there, and only the difference is written again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from db.bulk import insert_rows
from db.columns import METADATA
from db.copying import ROWS_AT_ONCE, copy_rows
from db.database import NOBODY, Database
from db.tables import Conference, Delivery, RoomChannel, Server, Talk
from tests.builders import SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import import_page, use_channel
from tests.services.stored_questions import a_question, votes
from tests.stores import SQLiteStores, Stores, open_database


@pytest.fixture
async def other(stores: Stores, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty store of the same kind."""
    (folder := tmp_path / "other").mkdir()
    database = open_database(stores.new(folder))
    yield database
    await database.close()
    stores.forget(database.url)


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty store in a SQLite file."""
    (folder := tmp_path / "file").mkdir()
    database = open_database(SQLiteStores(folder).new(folder))
    yield database
    await database.close()


async def rows_of(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row as Python has it, which is the same for both kinds of store."""
    found = {}
    async with db.reading() as session:
        connection = await session.connection()
        for name, table in METADATA.tables.items():
            rows = [tuple(row) for row in await connection.execute(table.select())]
            found[name] = sorted(rows, key=lambda row: [str(value) for value in row])
    return found


async def copied(source: Database, target: Database) -> int:
    async with source.reading() as read, target.transaction(NOBODY) as written:
        return await copy_rows(read, written)


async def fill(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    await a_question(db, 1, text="Wird „é“ richtig gespeichert? 🎤 \u202e")
    await votes(db, (1, 7), (1, 8))
    async with db.transaction(SERVER) as session:
        # in the order of their bytes the first comes last
        session.add_all(RoomChannel(server_id=SERVER, room=room, channel_id=9) for room in ("änder", "B", "a", "Z"))


@pytest.mark.parametrize("way", ["to a file", "from a file", "to another"])
async def test_copy_holds_every_row_and_a_second_one_writes_nothing(
    db: Database, other: Database, file: Database, clock: SteppedClock, way: str
) -> None:
    source, target = {"to a file": (db, file), "from a file": (file, db), "to another": (db, other)}[way]
    await fill(source, clock)
    expected = await rows_of(source)
    assert await copied(source, target) == sum(map(len, expected.values())) > 40
    assert await rows_of(target) == expected
    assert await copied(source, target) == 0


async def test_only_what_differs_is_written_and_what_is_gone_is_deleted(
    db: Database, other: Database, clock: SteppedClock
) -> None:
    await fill(db, clock)
    await copied(db, other)
    async with db.transaction(SERVER) as session:
        talk = (await session.exec(select(Talk).order_by(col(Talk.id)).limit(1))).one()
        talk.title = "Another title"
        await session.exec(delete(RoomChannel).where(col(RoomChannel.room) == "B"))
        session.add(Server(id=2))
    async with other.transaction(NOBODY) as session:
        session.add(Server(id=3))
    assert await copied(db, other) == 4
    assert await rows_of(other) == await rows_of(db)


@pytest.mark.parametrize("number", [ROWS_AT_ONCE - 1, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE + 1])
async def test_all_rows_come_along_however_many(db: Database, file: Database, number: int) -> None:
    deliveries = METADATA.tables["deliveries"]
    row: dict[str, Any] = {name: None for name in deliveries.columns.keys()}  # noqa: C420, SIM118 - a collection of its own kind
    row |= {"server_id": 1, "channel_id": 2, "kind": "notice", "state": "sent", "lead_seconds": 0, "revision": 0}
    row |= {"due_at": at("12:00"), "planned_at": at("12:00"), "details": {}, "attempts": 0}
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=1))
        await session.flush()
        await insert_rows(session, deliveries, [row | {"id": f"{n:022}", "key": f"k{n}"} for n in range(number)])
    assert await copied(db, file) == number + 1
    async with file.reading() as session:
        assert len(list(await session.exec(select(Delivery.id)))) == number


async def test_key_of_a_row_that_was_deleted_is_not_given_again(
    db: Database, other: Database, clock: SteppedClock
) -> None:
    await import_page(db, clock, a_schedule(a_session(a_talk("A"), a_talk("B", starts_at=at("13:00")))))
    async with db.transaction(SERVER) as session:
        newest = max(key or 0 for key in await session.exec(select(Talk.id)))
        await session.exec(delete(Talk).where(col(Talk.id) == newest))
    await copied(db, other)
    later = a_schedule(a_session(a_talk("C", starts_at=at("15:00"))), conference="Later")
    await import_page(other, clock, later)
    async with other.reading() as session:
        assert max(key or 0 for key in await session.exec(select(Talk.id))) == newest + 1
        assert len(list(await session.exec(select(Conference.id)))) == 2


def delivery(number: int, *, key: str | None = None, id: str | None = None) -> dict[str, Any]:  # noqa: A002 - the column
    """A row of the outbox; its id and its key are told apart by its number."""
    row: dict[str, Any] = dict.fromkeys(METADATA.tables["deliveries"].columns.keys())
    row |= {"server_id": SERVER, "channel_id": 2, "kind": "notice", "state": "sent", "lead_seconds": 0, "revision": 0}
    row |= {"due_at": at("12:00"), "planned_at": at("12:00"), "details": {}, "attempts": 0}
    return row | {"id": id or f"{number:022}", "key": key or f"key {number}"}


async def put(db: Database, rows: list[dict[str, Any]]) -> None:
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=SERVER))
        await session.flush()
        await insert_rows(session, METADATA.tables["deliveries"], rows)


SWAPPED = [delivery(1, key="a"), delivery(2, key="b")], [delivery(1, key="b"), delivery(2, key="a")]
MANY = range(ROWS_AT_ONCE + 200)
LAST = MANY[-1]
POSTED_AGAIN = [delivery(n) for n in MANY[:-1]] + [delivery(0, key=f"key {LAST}", id="0" * 21 + "-")]


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        pytest.param([delivery(n) for n in range(3 * ROWS_AT_ONCE)], [delivery(0)], id="more at the end"),
        pytest.param(
            [delivery(n) for n in range(3 * ROWS_AT_ONCE)],
            [delivery(3 * n) for n in range(ROWS_AT_ONCE + 100)],
            id="more in between",
        ),
        pytest.param(*SWAPPED, id="two keys swapped"),
        pytest.param([delivery(n) for n in MANY], POSTED_AGAIN, id="a key under another id, far before the old one"),
    ],
)
async def test_store_that_holds_other_rows_holds_the_same_ones_afterwards(
    db: Database, other: Database, there: list[dict[str, Any]], wanted: list[dict[str, Any]]
) -> None:
    await put(other, there)
    await put(db, wanted)
    await copied(db, other)
    assert await rows_of(other) == await rows_of(db)
    assert await copied(db, other) == 0
