"""The store: instants in and out, transactions that keep all or nothing, refusals that say what to do."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, StatementError

from bot.errors import DatabaseError
from db.database import Database, writable
from db.question_tables import Question
from db.tables import Conference, Server, Session, Source
from tests.conftest import database_at


async def test_instant_with_any_offset_comes_back_as_the_same_moment_in_utc(db: Database) -> None:
    async with db.transaction() as session:
        session.add(Server(id=1, joined_at=datetime.fromisoformat("2022-07-21T12:30:00.000001-07:00")))
    async with db.reading() as session:
        row = await session.get_one(Server, 1)
    assert row.joined_at == datetime(2022, 7, 21, 19, 30, 0, 1, tzinfo=UTC)
    assert row.joined_at.tzinfo is UTC


async def test_naive_time_is_refused_and_nothing_is_kept(db: Database) -> None:
    async def store() -> None:
        async with db.transaction() as session:
            session.add(Server(id=1))
            await session.flush()
            session.add(Server(id=2, joined_at=datetime(2022, 7, 21)))  # noqa: DTZ001 - naive on purpose

    with pytest.raises(StatementError, match="has no time zone; only aware times are stored"):
        await store()
    async with db.reading() as session:
        assert await session.get(Server, 1) is None


async def test_stored_instants_sort_as_text_across_seconds_and_microseconds(db: Database, tmp_path: Path) -> None:
    moments = [datetime(2022, 7, 21, 19, 30, 0, micro, tzinfo=UTC) for micro in (0, 1, 999_999)]
    async with db.transaction() as session:
        session.add_all(Server(id=number, joined_at=moment) for number, moment in enumerate(moments))
    stored = sqlite3.connect(db.place)
    rows = stored.execute("SELECT joined_at FROM servers ORDER BY joined_at").fetchall()
    stored.close()
    assert rows == [
        ("2022-07-21 19:30:00.000000",),
        ("2022-07-21 19:30:00.000001",),
        ("2022-07-21 19:30:00.999999",),
    ]


async def test_json_is_kept_as_it_always_was(db: Database) -> None:
    chosen = {"in_channel": True, "ladders": {"Größe": [60, 30.5]}, "of": None}
    async with db.transaction() as session:
        session.add(Server(id=1, cue_settings=chosen))
    stored = sqlite3.connect(db.place)
    assert stored.execute("SELECT cue_settings FROM servers").fetchall() == [(json.dumps(chosen),)]
    stored.close()
    async with db.reading() as session:
        assert (await session.get_one(Server, 1)).cue_settings == chosen


async def test_transaction_that_fails_keeps_nothing(db: Database) -> None:
    async def fail() -> None:
        async with db.transaction() as session:
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
    async with db.trying() as session:
        session.add(Server(id=1))
        await session.flush()
    async with db.reading() as session:
        assert await session.get(Server, 1) is None


async def test_two_hands_that_read_and_then_write_lose_neither(db: Database) -> None:
    async with db.transaction() as session:
        session.add(Server(id=1, name="0"))
    others = database_at(Path(db.place))

    async def count_up(database: Database) -> None:
        async with database.transaction() as session:
            row = await session.get_one(Server, 1)
            await asyncio.sleep(0)  # noqa: TID251 - lets the other hand go on between reading and writing
            row.name = str(int(row.name or 0) + 1)

    await asyncio.gather(*(count_up(database) for _ in range(10) for database in (db, others)))
    async with db.reading() as session:
        assert (await session.get_one(Server, 1)).name == "20"
    await others.close()


async def test_writer_that_reads_first_holds_the_lock_from_its_first_statement(db: Database) -> None:
    other = sqlite3.connect(db.place, timeout=0)
    async with db.transaction() as session:
        await session.get(Server, 1)
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            other.execute("INSERT INTO servers (id, lead_minutes) VALUES (1, '[5]')")
    other.close()


async def test_reader_holds_up_no_writer(db: Database) -> None:
    other = sqlite3.connect(db.place, timeout=0)
    async with db.reading() as session:
        assert await session.get(Server, 1) is None
        with other:
            other.execute("INSERT INTO servers (id, lead_minutes) VALUES (1, '[5]')")
        # what it sees stays as it was
        session.expunge_all()
        assert await session.get(Server, 1) is None
    other.close()


async def test_row_that_refers_to_nothing_is_refused(db: Database) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        async with db.transaction() as session:
            session.add(Conference(server_id=99, name="Nowhere", timezone="UTC"))


async def test_server_deleted_takes_its_programme_along(db: Database) -> None:
    now = datetime(2022, 7, 21, tzinfo=UTC)
    async with db.transaction() as session:
        session.add(Server(id=1))
        await session.flush()
        session.add(Conference(id=1, server_id=1, name="ICML", timezone="UTC"))
        await session.flush()
        session.add(Source(id=1, conference_id=1, name="page", format="icml-text", imported_at=now))
        await session.flush()
        session.add(Session(id=1, conference_id=1, source_id=1, title="A", starts_at=now, ends_at=now))
    async with db.transaction() as session:
        await session.delete(await session.get_one(Server, 1))
    async with db.reading() as session:
        assert await session.get(Session, 1) is None


async def test_journal_is_written_ahead_and_foreign_keys_hold(db: Database) -> None:
    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        return [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert await db.run_sync(pragmas) == ["wal", 1, 10_000, 1]


async def test_write_lock_can_be_taken_and_given_back(db: Database) -> None:
    await writable(db)
    await writable(db)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "chairside.sqlite3",
            "DATABASE_URL is not a database address. Write DATABASE_URL=sqlite+aiosqlite:///chairside.sqlite3.",
        ),
        (
            "mysql://root:secret@host/db",
            (
                "DATABASE_URL names mysql, which is not supported. "
                "Write DATABASE_URL=sqlite+aiosqlite:///chairside.sqlite3."
            ),
        ),
    ],
)
def test_database_url_that_cannot_be_used_is_refused_without_its_password(url: str, message: str) -> None:
    with pytest.raises(DatabaseError) as refusal:
        Database(url)
    assert str(refusal.value) == message


async def test_folder_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "chairside.sqlite3"
    db = database_at(path)
    with pytest.raises(DatabaseError) as refusal:
        await db.open()
    await db.close()
    assert str(refusal.value) == (
        f"{path}: the database cannot be opened (unable to open database file). "
        "Check that the folder exists and that this user may write to it."
    )


async def test_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "chairside.sqlite3"
    path.write_text("this is a note, not a database; it is long enough to be read as a header" * 20)
    db = database_at(path)
    with pytest.raises(DatabaseError, match="the database cannot be opened \\(file is not a database\\)"):
        await db.open()
    await db.close()


async def test_error_of_the_store_holds_no_value_that_was_being_stored(db: Database) -> None:
    with pytest.raises(IntegrityError) as failure:
        async with db.transaction() as session:
            session.add(Question(session_id=404, talk_id=404, text="a secret", asker_name="Ada", state="queued"))
    assert "a secret" not in str(failure.value)
    assert "Ada" not in str(failure.value)
