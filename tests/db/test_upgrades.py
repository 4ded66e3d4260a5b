"""A store of any released version, with rows in each table, is brought to this version and keeps them all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, select, types
from sqlmodel import SQLModel
from sqlmodel import select as select_rows

from bot.errors import DatabaseError
from db.database import Database
from db.migrate import _nothing_deleted_along, alembic_config, head_revision
from tests.stores import Stores

REVISIONS = sorted(script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions())
BARE, FULL, MORE = range(1, 4)
"""Three rows a table: one of what must be there alone, one with a value in every column, and one more."""
FORGOTTEN = {("talk_queues", "phase")}
"""What an empty value in a column says nothing more with: 0004 drops queues without a phase, which follow the clock."""
GONE: set[str] = set()
"""Tables that were dropped on purpose."""

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def empty(stores: Stores, tmp_path: Path) -> Iterator[str]:
    """The address of a store without tables."""
    url = stores.empty(tmp_path)
    yield url
    stores.forget(url)


def make(connection: Connection, revision: str) -> Rows:
    """The tables of a released version, filled without today's models; what is in each, read back."""
    command.upgrade(alembic_config(connection), revision)
    connection.commit()
    tables = reflected(connection)
    for table in tables:
        connection.execute(table.insert(), [row_of(table, number) for number in (BARE, FULL, MORE)])
    connection.commit()
    return stored(connection, tables)


def reflected(connection: Connection) -> list[Table]:
    """The store's own tables, each after those that it refers to."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def row_of(table: Table, number: int) -> dict[str, Any]:
    """A row whose every value tells the column and the row that it belongs to; it refers to rows of its own number."""
    return {column.name: value_of(column, number) for column in table.columns}


def value_of(column: Column[Any], number: int) -> Any:  # noqa: ANN401 - as the column is
    if number == BARE and column.nullable:
        return None
    if column.primary_key or column.foreign_keys:
        return str(number) if isinstance(column.type, types.String) else number
    said = f"{number} {column.name}"
    moment = datetime(2022, 7, 21, 19, 30, tzinfo=UTC) + timedelta(minutes=number)
    values: dict[type[types.TypeEngine[Any]], Any] = {
        types.JSON: [said],
        types.LargeBinary: said.encode(),
        types.Boolean: number == FULL,
        types.DateTime: moment if getattr(column.type, "timezone", False) else moment.replace(tzinfo=None),
        types.Integer: 1000 + number,
        types.Float: number / 4,
        types.String: said[: getattr(column.type, "length", None)],
    }
    return next(value for kind, value in values.items() if isinstance(column.type, kind))


def stored(connection: Connection, tables: list[Table]) -> Rows:
    """What is in each table, by its primary key."""
    return {
        table.name: [
            dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key.columns))
        ]
        for table in tables
    }


def kept(before: Rows, after: Rows) -> Rows:
    """What there was, of the tables and columns that are still there."""
    columns = {name: set(rows[0]) for name, rows in after.items() if rows}
    return {
        name: [
            {column: value for column, value in row.items() if column in columns.get(name, row)}
            for row in rows
            if not any(table == name and row.get(column) is None for table, column in FORGOTTEN)
        ]
        for name, rows in before.items()
        if name not in GONE
    }


def cut(after: Rows, before: Rows) -> Rows:
    """What there is, of the tables and columns that there were."""
    return {
        name: [{column: value for column, value in row.items() if column in rows[0]} for row in after[name]]
        for name, rows in before.items()
        if name not in GONE
    }


@pytest.mark.slow
@pytest.mark.parametrize("revision", REVISIONS)
async def test_store_of_every_version_is_brought_forward_with_its_rows(empty: str, revision: str) -> None:
    db = Database(empty)
    try:
        before: Rows = await db.run_sync(lambda connection: make(connection, revision))
        assert {len(rows) for rows in before.values()} == {3}
        await db.open()
        assert await db.revision() == head_revision()
        after: Rows = await db.run_sync(lambda connection: stored(connection, reflected(connection)))
        assert cut(after, before) == kept(before, after)
        await db.open()
        assert after == await db.run_sync(lambda connection: stored(connection, reflected(connection)))
        await read_by_todays_models(db)
    finally:
        await db.close()


async def read_by_todays_models(db: Database) -> None:
    """Every row can be read: what a migration filled new columns with is what the models hold there."""
    async with db.reading() as session:
        for mapper in SQLModel._sa_registry.mappers:
            rows = (await session.exec(select_rows(mapper.class_))).all()
            empty = [
                column.name
                for column in mapper.local_table.columns
                for row in rows
                if not column.nullable and getattr(row, mapper.get_property_by_column(column).key) is None
            ]
            assert (mapper.class_.__name__, empty) == (mapper.class_.__name__, [])


def follows_references(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql("PRAGMA foreign_keys").scalar())


@pytest.mark.store("sqlite")
async def test_references_are_followed_again_after_an_upgrade(empty: str) -> None:
    db = Database(empty)
    await db.open()
    assert await db.run_sync(follows_references)
    await db.close()


@pytest.mark.store("sqlite")
async def test_upgrade_that_leaves_rows_which_refer_to_nothing_is_taken_back(empty: str) -> None:
    db = Database(empty)
    before: Rows = await db.run_sync(lambda connection: make(connection, "0001"))

    def break_it(connection: Connection) -> None:
        with connection.begin(), _nothing_deleted_along(connection):
            connection.exec_driver_sql("DELETE FROM servers")

    with pytest.raises(DatabaseError, match="refer to nothing, and was taken back"):
        await db.run_sync(break_it)
    assert await db.run_sync(lambda connection: stored(connection, reflected(connection))) == before
    assert await db.run_sync(follows_references)
    await db.close()


def test_every_version_is_tried() -> None:
    """One file a migration, named after its revision."""
    folder = Path(__file__).parents[2] / "db" / "migrations" / "versions"
    assert sorted(path.name.partition("_")[0] for path in folder.glob("[0-9]*.py")) == REVISIONS


@pytest.mark.store("sqlite")
async def test_number_of_a_link_that_is_gone_is_given_to_no_other_after_an_upgrade(empty: str) -> None:
    """Buttons and screens know a link by it; SQLite counts anew where a table is made anew."""
    db = Database(empty)

    def before(connection: Connection) -> None:
        make(connection, "0008")
        connection.exec_driver_sql("DELETE FROM stage_links")
        connection.commit()

    def after(connection: Connection) -> int | None:
        made = "INSERT INTO stage_links (server_id, secret, digest) VALUES (1, 's', 'd') RETURNING id"
        return connection.exec_driver_sql(made).scalar()

    await db.run_sync(before)
    await db.open()
    assert await db.run_sync(after) == MORE + 1
    await db.close()
