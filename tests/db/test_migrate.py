"""Migrations: they make what the models say, once, also when two processes start together."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text

from bot.errors import DatabaseError
from db.columns import METADATA
from db.database import Database
from db.migrate import alembic_config, current_revision, head_revision
from tests.conftest import database_at


async def test_head_equals_the_models(db: Database) -> None:
    def differences(connection: Connection) -> object:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, METADATA)

    assert await db.run_sync(differences) == []


async def test_empty_store_is_brought_to_the_head_and_left_there(tmp_path: Path) -> None:
    db = database_at(tmp_path / "new.sqlite3")
    assert await db.run_sync(current_revision) is None
    await db.open()
    assert await db.run_sync(current_revision) == head_revision()
    await db.open()
    assert await db.run_sync(current_revision) == head_revision()
    await db.close()


async def test_two_processes_that_open_a_new_store_together_both_succeed(tmp_path: Path) -> None:
    stores = [database_at(tmp_path / "new.sqlite3") for _ in range(4)]
    await asyncio.gather(*(store.open() for store in stores))
    assert [await store.run_sync(current_revision) for store in stores] == [head_revision()] * 4
    for store in stores:
        await store.close()


async def test_store_of_a_newer_version_is_refused_and_left_as_it_is(db: Database) -> None:
    with sqlite3.connect(db.place) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(DatabaseError) as refusal:
        await db.open()
    assert str(refusal.value) == (
        "the database was written by a newer version of Chairside (revision 9999). "
        "Install that version, or restore the backup made before the upgrade."
    )
    assert await db.run_sync(current_revision) == "9999"


async def test_migration_that_fails_in_the_middle_leaves_an_empty_store(tmp_path: Path) -> None:
    db = database_at(tmp_path / "new.sqlite3")

    @event.listens_for(db._engine.sync_engine, "before_cursor_execute")
    def fail_at_the_talks(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if "CREATE TABLE talks" in statement:
            raise RuntimeError("the machine stops here")

    with pytest.raises(RuntimeError, match="the machine stops here"):
        await db.open()
    await db.close()
    with sqlite3.connect(db.place) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == []
    connection.close()


async def test_migrations_go_down_to_nothing_and_up_again(db: Database) -> None:
    def down_and_up(connection: Connection) -> list[str]:
        config = alembic_config(connection)
        command.downgrade(config, "base")
        left = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        names = [name for name in left if not name.startswith("sqlite_")]
        command.upgrade(config, "head")
        return names

    assert await db.run_sync(down_and_up) == ["alembic_version"]


def test_revisions_are_one_line_without_branches() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    assert len(script.get_heads()) == 1
    assert len(list(_without_parent(script))) == 1


def _without_parent(script: ScriptDirectory) -> Iterator[str]:
    return (revision.revision for revision in script.walk_revisions() if revision.down_revision is None)
