"""The store: instants in and out, transactions that keep all or nothing, refusals that say what to do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from bot.errors import DatabaseError
from db.database import NOBODY, Database, writable
from db.question_tables import Question
from db.tables import Conference, Server, Session, Source

EXAMPLE = "Write DATABASE_URL=sqlite+aiosqlite:///chairside.sqlite3 or postgresql+asyncpg://user:password@host/name."


async def test_instant_with_any_offset_comes_back_as_the_same_moment_in_utc(db: Database) -> None:
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=1, joined_at=datetime.fromisoformat("2022-07-21T12:30:00.000001-07:00")))
    async with db.reading() as session:
        row = await session.get_one(Server, 1)
    assert row.joined_at == datetime(2022, 7, 21, 19, 30, 0, 1, tzinfo=UTC)
    assert row.joined_at.tzinfo is UTC


async def test_naive_time_is_refused_and_nothing_is_kept(db: Database) -> None:
    async def store() -> None:
        async with db.transaction(NOBODY) as session:
            session.add(Server(id=1))
            await session.flush()
            session.add(Server(id=2, joined_at=datetime(2022, 7, 21)))  # noqa: DTZ001 - naive on purpose

    with pytest.raises(StatementError, match="has no time zone; only aware times are stored"):
        await store()
    async with db.reading() as session:
        assert await session.get(Server, 1) is None


async def test_transaction_that_fails_keeps_nothing(db: Database) -> None:
    async def fail() -> None:
        async with db.transaction(NOBODY) as session:
            session.add(Server(id=1))
            await session.flush()
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await fail()
    async with db.reading() as session:
        assert await session.get(Server, 1) is None


async def test_reading_drops_what_was_changed(db: Database) -> None:
    async with db.reading() as session:
        session.add(Server(id=1))
        await session.flush()
    async with db.reading() as session:
        assert await session.get(Server, 1) is None


async def test_trying_drops_what_was_changed(db: Database) -> None:
    async with db.trying(NOBODY) as session:
        session.add(Server(id=1))
        await session.flush()
    async with db.reading() as session:
        assert await session.get(Server, 1) is None


async def test_two_hands_that_read_and_then_write_lose_neither(db: Database) -> None:
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=1, name="0"))
    others = Database(db.url)

    async def count_up(database: Database) -> None:
        async with database.transaction(1) as session:
            row = await session.get_one(Server, 1)
            await asyncio.sleep(0)  # noqa: TID251 - lets the other hand go on between reading and writing
            row.name = str(int(row.name or 0) + 1)

    await asyncio.gather(*(count_up(database) for _ in range(10) for database in (db, others)))
    async with db.reading() as session:
        assert (await session.get_one(Server, 1)).name == "20"
    await others.close()


async def test_row_that_refers_to_nothing_is_refused(db: Database) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        async with db.transaction(NOBODY) as session:
            session.add(Conference(server_id=99, name="Nowhere", timezone="UTC"))


async def test_server_deleted_takes_its_programme_along(db: Database) -> None:
    now = datetime(2022, 7, 21, tzinfo=UTC)
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=1))
        await session.flush()
        session.add(Conference(id=1, server_id=1, name="ICML", timezone="UTC"))
        await session.flush()
        session.add(Source(id=1, conference_id=1, name="page", format="icml-text", imported_at=now))
        await session.flush()
        session.add(Session(id=1, conference_id=1, source_id=1, title="A", starts_at=now, ends_at=now))
    async with db.transaction(NOBODY) as session:
        await session.delete(await session.get_one(Server, 1))
    async with db.reading() as session:
        assert await session.get(Session, 1) is None


async def test_write_lock_can_be_taken_and_given_back(db: Database) -> None:
    await writable(db)
    await writable(db)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "chairside.sqlite3",
            f"DATABASE_URL is not a database address. {EXAMPLE}",
        ),
        (
            "mysql://root:secret@host/db",
            f"DATABASE_URL names mysql, which is not supported. {EXAMPLE}",
        ),
        *(
            (
                f"{driver}://root:secret@host/db",
                f"DATABASE_URL names {driver}, which is not supported. Write {meant}:// in place of {driver}://.",
            )
            for driver, meant in [
                ("postgres", "postgresql+asyncpg"),
                ("postgresql", "postgresql+asyncpg"),
                ("postgresql+psycopg2", "postgresql+asyncpg"),
                ("sqlite", "sqlite+aiosqlite"),
            ]
        ),
        (
            "postgresql+asyncpg://root:secret@host/db?sslmode=require",
            "DATABASE_URL has sslmode, which asyncpg calls ssl. Write ssl= in place of sslmode=.",
        ),
    ],
)
def test_database_url_that_cannot_be_used_is_refused_without_its_password(url: str, message: str) -> None:
    with pytest.raises(DatabaseError) as refusal:
        Database(url)
    assert str(refusal.value) == message


async def test_error_of_the_store_holds_no_value_that_was_being_stored(db: Database) -> None:
    with pytest.raises(IntegrityError) as failure:
        async with db.transaction(NOBODY) as session:
            session.add(Question(session_id=404, talk_id=404, text="a secret", asker_name="Ada", state="queued"))
    assert "a secret" not in str(failure.value)
    assert "Ada" not in str(failure.value)
