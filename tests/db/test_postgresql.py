"""The store in PostgreSQL: whose turn it is, who hears of what, and what becomes of connections that are lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import give_way
from bot.errors import DatabaseError
from db.database import NOBODY, Database
from db.tables import Server

pytestmark = pytest.mark.store("postgresql")
PATIENCE = 30
"""Seconds that a wait may last on a busy machine; none is spent when all is well."""


@pytest.fixture
async def other(db: Database) -> AsyncIterator[Database]:
    """Another process on the same store."""
    database = Database(db.url)
    yield database
    await database.close()


async def add(db: Database, server: int) -> None:
    async with db.transaction(server) as session:
        session.add(Server(id=server))


@asynccontextmanager
async def listening(db: Database) -> AsyncIterator[asyncio.Queue[None]]:
    """What a process hears; the first is that it listens now."""
    heard: asyncio.Queue[None] = asyncio.Queue()
    task = asyncio.create_task(db.listen(lambda: heard.put_nowait(None)))
    await asyncio.wait_for(heard.get(), PATIENCE)
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def waits_for_a_turn(db: Database) -> bool:
    """Whether a connection of the store waits for a lock."""
    async with db.reading() as session:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool((await (await session.connection()).execute(waiting)).scalar_one())


async def test_other_process_waits_for_its_turn_with_the_same_server_and_for_no_other(
    db: Database, other: Database
) -> None:
    order = []

    async def write(server: int) -> None:
        async with other.transaction(server):
            order.append(server)

    async with db.transaction(7):
        await write(8)
        waiting = asyncio.create_task(write(7))
        async with asyncio.timeout(PATIENCE):
            while not await waits_for_a_turn(db):
                await give_way()
        order.append(0)
    await waiting
    assert order == [8, 0, 7]


async def test_turns_taken_together_are_taken_in_one_order_whoever_asks(db: Database, other: Database) -> None:
    async def write(database: Database, servers: tuple[int, ...]) -> None:
        async with database.transaction(servers):
            await give_way()

    async with asyncio.timeout(PATIENCE):
        both = (write(database, turns) for _ in range(20) for database, turns in ((db, (1, 2)), (other, (2, 1))))
        await asyncio.gather(*both)


async def test_writer_sees_what_was_written_while_it_waited_for_its_turn(db: Database, other: Database) -> None:
    async with db.transaction(1) as session:
        session.add(Server(id=1, name="first"))
        await session.flush()
        reading = asyncio.create_task(_name_of(other, 1))
        async with asyncio.timeout(PATIENCE):
            while not await waits_for_a_turn(db):
                await give_way()
    assert await reading == "first"


async def _name_of(db: Database, server: int) -> str | None:
    async with db.transaction(server) as session:
        return (await session.get_one(Server, server)).name


async def test_change_is_heard_by_the_other_process_and_not_by_its_own(db: Database, other: Database) -> None:
    async with listening(db) as mine, listening(other) as theirs:
        await add(db, 1)
        await asyncio.wait_for(theirs.get(), PATIENCE)
        await add(other, 2)
        await asyncio.wait_for(mine.get(), PATIENCE)
        assert (mine.empty(), theirs.empty()) == (True, True)


async def test_what_is_no_news_or_was_given_up_is_not_heard(db: Database, other: Database) -> None:
    async with listening(other) as theirs:
        async with db.transaction(1, is_news=False) as session:
            session.add(Server(id=1))
        with pytest.raises(RuntimeError):
            async with db.transaction(2):
                raise RuntimeError
        await add(db, 3)
        await asyncio.wait_for(theirs.get(), PATIENCE)
        assert theirs.empty()


async def test_process_whose_connections_are_cut_goes_on_and_listens_again(db: Database, other: Database) -> None:
    await add(db, 1)
    async with listening(db) as heard:
        async with other.reading() as session:
            cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE :name")
            await (await session.connection()).execute(cut, {"name": f"chairside {db.process} %"})
        await asyncio.wait_for(heard.get(), PATIENCE)  # whatever it missed meanwhile
        await add(db, 2)
        await add(other, 3)
        await asyncio.wait_for(heard.get(), PATIENCE)
    async with db.reading() as session:
        assert await session.get(Server, 2) is not None


async def test_processes_that_are_connected_are_known_by_name(db: Database, other: Database) -> None:
    async with db.reading() as session:
        await add(other, 1)
        assert {db.process, other.process} <= set(await db.living(session))
        await other.close()
        async with asyncio.timeout(PATIENCE):
            while other.process in await db.living(session):
                await give_way()
                await session.rollback()


async def test_shares_of_all_processes_that_are_connected_are_added_up(db: Database) -> None:
    others = [Database(db.url, Fraction(share)) for share in ("1", "1/3", "0")]
    for other in others:
        await add(other, others.index(other) + 1)
    assert await db.shares() == Fraction(4, 3)
    for other in others:
        await other.close()
    async with asyncio.timeout(PATIENCE):
        while await db.shares():
            await give_way()


async def test_process_is_alone_at_something_until_it_ends_or_loses_its_connection(
    db: Database, other: Database
) -> None:
    async with db.alone(7) as mine, other.alone(7) as theirs, other.alone(8) as another, db.transaction(7):
        assert (mine, theirs, another) == (True, False, True)
    async with other.alone(7) as theirs:
        assert theirs
        cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE :name")
        async with db.reading() as session:
            await (await session.connection()).execute(cut, {"name": f"chairside {other.process} %"})
        async with asyncio.timeout(PATIENCE):
            while not await _is_alone(db, 7):
                await give_way()
    with pytest.raises(SQLAlchemyError):
        await _is_alone(Database(db.engine.url.set(host="127.0.0.1", port=1, query={}).render_as_string()), 7)
    assert await _is_alone(other, 7)


async def _is_alone(db: Database, what: int) -> bool:
    async with db.alone(what) as is_alone:
        return is_alone


@pytest.mark.parametrize("change", [{"host": "127.0.0.1", "port": 1}, {"database": "nowhere"}])
async def test_database_that_cannot_be_reached_is_one_line_without_the_password(
    db: Database, change: dict[str, object]
) -> None:
    address = db.engine.url.set(password="a secret", **change)  # type: ignore[arg-type] # one of its fields
    if "host" in change:
        address = address.set(query={})
    lost = Database(address.render_as_string(hide_password=False))
    with pytest.raises(DatabaseError, match="the database cannot be opened") as refusal:
        await lost.open()
    await lost.close()
    assert "a secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


async def test_error_while_postgresql_is_gone_is_one_that_is_tried_again(db: Database) -> None:
    gone = Database(db.engine.url.set(host="127.0.0.1", port=1, query={}).render_as_string(hide_password=False))
    with pytest.raises(SQLAlchemyError):
        async with gone.transaction(NOBODY):
            pass
    with pytest.raises(SQLAlchemyError):
        async with gone.reading():
            pass
    await gone.close()
