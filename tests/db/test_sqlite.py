"""The store in a SQLite file: what is written there, who waits for whom, and what is said of a file that is none."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.errors import DatabaseError
from db.database import NOBODY, Database
from db.tables import Server

pytestmark = pytest.mark.store("sqlite")


def database_at(path: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{path}")


async def test_stored_instants_sort_as_text_across_seconds_and_microseconds(db: Database, tmp_path: Path) -> None:
    moments = [datetime(2022, 7, 21, 19, 30, 0, micro, tzinfo=UTC) for micro in (0, 1, 999_999)]
    async with db.transaction(NOBODY) as session:
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
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=1, cue_settings=chosen))
    stored = sqlite3.connect(db.place)
    assert stored.execute("SELECT cue_settings FROM servers").fetchall() == [(json.dumps(chosen),)]
    stored.close()
    async with db.reading() as session:
        assert (await session.get_one(Server, 1)).cue_settings == chosen


async def test_writer_that_reads_first_holds_the_lock_from_its_first_statement(db: Database) -> None:
    other = sqlite3.connect(db.place, timeout=0)
    async with db.transaction(NOBODY) as session:
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


async def test_journal_is_written_ahead_and_foreign_keys_hold(db: Database) -> None:
    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        return [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert await db.run_sync(pragmas) == ["wal", 1, 10_000, 1]


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


def test_second_bot_that_comes_by_a_link_is_kept_off_as_well(db: Database, tmp_path: Path) -> None:
    (folder := tmp_path / "elsewhere").mkdir()
    link = folder / "link.sqlite3"
    link.symlink_to(db.place)
    with db.only_bot(), pytest.raises(DatabaseError, match="another bot is running on this database"):
        database_at(link).only_bot().__enter__()
