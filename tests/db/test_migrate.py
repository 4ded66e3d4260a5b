"""Migrations: they make what the models say, once, also when two processes start together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, text

from bot.errors import DatabaseError
from db.columns import METADATA
from db.database import NOBODY, Database
from db.migrate import alembic_config, current_revision, head_revision
from tests.stores import Stores


async def test_head_equals_the_models(db: Database) -> None:
    def differences(connection: Connection) -> object:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, METADATA)

    assert await db.run_sync(differences) == []


def tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


async def test_empty_store_is_brought_to_the_head_and_left_there(stores: Stores, tmp_path: Path) -> None:
    db = Database(stores.empty(tmp_path))
    assert await db.run_sync(current_revision) is None
    await db.open()
    assert await db.run_sync(current_revision) == head_revision()
    await db.open()
    assert await db.run_sync(current_revision) == head_revision()
    await db.close()


async def test_two_processes_that_open_a_new_store_together_both_succeed(stores: Stores, tmp_path: Path) -> None:
    url = stores.empty(tmp_path)
    processes = [Database(url) for _ in range(4)]
    await asyncio.gather(*(process.open() for process in processes))
    assert [await process.run_sync(current_revision) for process in processes] == [head_revision()] * 4
    for process in processes:
        await process.close()


async def test_store_of_a_newer_version_is_refused_and_left_as_it_is(db: Database) -> None:
    async with db.transaction(NOBODY) as session:
        await (await session.connection()).execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError) as refusal:
        await db.open()
    assert str(refusal.value) == (
        "the database was written by a newer version of Chairside (revision 9999). "
        "Install that version, or restore the backup made before the upgrade."
    )
    assert await db.run_sync(current_revision) == "9999"


async def test_migration_that_fails_in_the_middle_leaves_an_empty_store(stores: Stores, tmp_path: Path) -> None:
    db = Database(stores.empty(tmp_path))

    @event.listens_for(db.engine.sync_engine, "before_cursor_execute")
    def fail_at_the_talks(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if "CREATE TABLE talks" in statement:
            raise RuntimeError("the machine stops here")

    with pytest.raises(RuntimeError, match="the machine stops here"):
        await db.open()
    event.remove(db.engine.sync_engine, "before_cursor_execute", fail_at_the_talks)
    assert await db.run_sync(tables) == []
    await db.close()


async def test_migrations_go_down_to_nothing_and_up_again(db: Database) -> None:
    def down_and_up(connection: Connection) -> list[str]:
        config = alembic_config(connection)
        command.downgrade(config, "base")
        names = tables(connection)
        command.upgrade(config, "head")
        return names

    assert await db.run_sync(down_and_up) == ["alembic_version"]


def test_revisions_are_one_line_without_branches() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    assert len(script.get_heads()) == 1
    assert len(list(_without_parent(script))) == 1


def _without_parent(script: ScriptDirectory) -> Iterator[str]:
    return (revision.revision for revision in script.walk_revisions() if revision.down_revision is None)
