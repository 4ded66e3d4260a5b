"""`chairside db copy`, `backup` and `restore`: what they write, what they refuse, and a bot that runs meanwhile."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import give_way
from bot.database_cli import backup, copy, restore
from bot.errors import DatabaseError
from db import copying
from db.database import Database
from db.tables import Server, Talk
from tests.clocks import SteppedClock
from tests.misuse import refused_line
from tests.read_only import nothing_may_be_written
from tests.services.store import everything, import_page, use_channel
from tests.stores import Stores, open_database


@pytest.fixture
async def filled(db: Database, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A store that holds the ICML session, which the settings name."""
    monkeypatch.setenv("DATABASE_URL", db.url)
    monkeypatch.setenv("COLUMNS", "200")
    await use_channel(db, clock)
    await import_page(db, clock)
    return db


@pytest.fixture
async def other(stores: Stores, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty store of the same kind."""
    (folder := tmp_path / "other").mkdir()
    database = open_database(stores.new(folder))
    yield database
    await database.close()
    stores.forget(database.url)


async def talks_in(db: Database) -> int:
    async with db.reading() as session:
        return (await session.exec(select(func.count()).select_from(Talk))).one()


async def test_copy_says_that_both_hold_the_same_and_is_refused_a_second_time(
    filled: Database, other: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await filled.close()  # or it would be taken for a bot's
    assert await copy(filled.url, other.url, replace=False) == 0
    assert capsys.readouterr().out == f"{other.place} holds what {filled.place} does, row by row.\n"
    assert await talks_in(other) == 15
    await other.close()
    with pytest.raises(DatabaseError, match="it holds 1 server already"):
        await copy(filled.url, other.url, replace=False)
    assert await copy(filled.url, other.url, replace=True) == 0


@pytest.mark.slow
async def test_what_a_running_bot_writes_meanwhile_follows_once_it_has_ended(
    filled: Database, other: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ""
    with filled.only_bot():
        async with filled.reading():  # connected, as a bot is
            copying = asyncio.create_task(copy(filled.url, other.url, replace=False))
            async with asyncio.timeout(30):
                while "Stop it now" not in said:
                    await give_way()
                    said += capsys.readouterr().out
        async with filled.transaction(2) as session:
            session.add(Server(id=2))
        assert not copying.done()
        await filled.close()
    assert await copying == 0
    async with other.reading() as session:
        assert await session.get(Server, 2) is not None


async def test_backup_is_put_back_into_an_empty_store(
    filled: Database, other: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backup.sqlite3"
    assert await backup(file) == 0
    with pytest.raises(DatabaseError, match="there is such a file already"):
        await backup(file)
    monkeypatch.setenv("DATABASE_URL", other.url)
    await other.close()
    assert await restore(file, replace=False) == 0
    assert await talks_in(other) == 15


async def test_backup_is_put_back_from_where_nothing_may_be_written(
    filled: Database, other: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder := tmp_path / "disc 1% #2").mkdir()
    await backup(folder / "backup.sqlite3")
    monkeypatch.setenv("DATABASE_URL", other.url)
    await other.close()
    with nothing_may_be_written(folder):
        assert await restore(folder / "backup.sqlite3", replace=False) == 0
        assert await copy(str(folder / "backup.sqlite3"), other.url, replace=True) == 0
    assert await talks_in(other) == 15
    assert [path.name for path in folder.iterdir()] == ["backup.sqlite3"]


async def test_store_that_a_bot_uses_is_not_written_to(filled: Database, other: Database, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite3"
    await backup(file)
    before = everything(filled)
    with filled.only_bot():
        async with filled.reading():
            with pytest.raises(DatabaseError, match="a bot runs on it"):
                await restore(file, replace=True)
    assert everything(filled) == before


@pytest.mark.store("sqlite")
async def test_no_bot_can_start_on_a_store_while_it_is_written(
    filled: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def copy_rows(*stores: AsyncSession) -> int:
        with pytest.raises(DatabaseError, match="another bot is running on this database") as refusal:
            Database(other.url).only_bot().__enter__()
        asked.append(str(refusal.value))
        return await copying.copy_rows(*stores)

    monkeypatch.setattr("bot.database_cli.copy_rows", copy_rows)
    await filled.close()
    await copy(filled.url, other.url, replace=False)
    assert len(asked) == 2


@pytest.mark.store("sqlite")
async def test_store_of_an_older_version_is_not_overwritten_unasked(filled: Database, tmp_path: Path) -> None:
    path = tmp_path / "older.sqlite3"
    with closing(sqlite3.connect(path)) as older:
        older.executescript(
            "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('0001');"
            "CREATE TABLE servers (id INTEGER PRIMARY KEY); INSERT INTO servers VALUES (77);"
        )
    with pytest.raises(DatabaseError, match="it holds 1 server already"):
        await copy(filled.url, f"sqlite+aiosqlite:///{path}", replace=False)
    with closing(sqlite3.connect(path)) as older:
        assert older.execute("SELECT id FROM servers").fetchall() == [(77,)]


async def test_backup_that_breaks_off_leaves_no_file_and_one_line(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_stores: AsyncSession) -> int:
        raise OperationalError("INSERT", None, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr("bot.database_cli.copy_rows", full)
    (folder := tmp_path / "backups").mkdir()
    with pytest.raises(DatabaseError, match="copying stopped \\(database or disk is full\\)"):
        await backup(folder / "backup.sqlite3")
    assert list(folder.iterdir()) == []


async def test_backup_is_its_owners_alone_to_read(filled: Database, tmp_path: Path) -> None:
    (folder := tmp_path / "backups").mkdir()
    await backup(folder / "backup.sqlite3")
    assert [(path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()] == [("backup.sqlite3", 0o600)]
    with pytest.raises(DatabaseError, match="cannot be written there \\(No such file or directory\\)"):
        await backup(tmp_path / "missing" / "backup.sqlite3")


@pytest.mark.store("sqlite")
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["copy", "none.sqlite3", "to.sqlite3"], "none.sqlite3: there is no database."),
        (["copy", "a.sqlite3", "a.sqlite3"], "that is one and the same store"),
        (["copy", "a.sqlite3", "mysql://u:secret@h/d"], "DATABASE_URL names mysql, which is not supported"),
        (["backup", "b.sqlite3"], "there is no database"),
        (["restore", "none.sqlite3"], "none.sqlite3: there is no such file"),
        (["restore"], "Missing argument 'file'"),
    ],
)
def test_misuse_is_one_line_and_makes_no_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    line: str,
) -> None:
    said = refused_line(monkeypatch, capsys, tmp_path, "db", *arguments)
    assert line in said
    assert "secret" not in said
    assert [path.name for path in tmp_path.iterdir()] == []
