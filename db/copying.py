"""Makes one store hold exactly what another does, of whatever kind each is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, Table, and_, delete, select, text, tuple_, update
from sqlmodel.ext.asyncio.session import AsyncSession

from db.bulk import in_parts, insert_rows
from db.columns import METADATA

ROWS_AT_ONCE = 500
"""Compared, and held in memory, at a time."""
_KEYS_AT_ONCE = 100
Row = Mapping[str, Any]
Key = tuple[Any, ...]


async def copy_rows(source: AsyncSession, target: AsyncSession) -> int:
    """Write whatever differs into the open transaction of the target; how many rows that were.

    Copied again to where everything was copied, it compares row by row and writes nothing.

    Args:
        source: the open transaction of the store that is copied; both have this version's tables.
        target: that of the store that is to hold the same; what only it holds is deleted.
    """
    written = 0
    for table in METADATA.sorted_tables:  # those that others refer to come first
        written += await _copy_table(source, target, table)
    await _go_on_counting(source, target)
    return written


async def _copy_table(source: AsyncSession, target: AsyncSession, table: Table) -> int:
    written = 0
    after: Key | None = None
    while True:
        wanted = await _rows(source, table, after=after, at_most=ROWS_AT_ONCE)
        is_last = len(wanted) < ROWS_AT_ONCE
        until = None if is_last else next(reversed(wanted))
        there = await _rows(target, table, after=after, until=until)
        written += await _write(target, table, wanted, there)
        if until is None:
            return written
        after = until


async def _write(target: AsyncSession, table: Table, wanted: Mapping[Key, Row], there: Mapping[Key, Row]) -> int:
    gone = [key for key in there if key not in wanted]
    new = [row for key, row in wanted.items() if key not in there]
    changed = {key: row for key, row in wanted.items() if key in there and there[key] != row}
    for part in in_parts(gone, _KEYS_AT_ONCE):
        await target.exec(delete(table).where(tuple_(*table.primary_key).in_(part)))
    for key, row in changed.items():
        await target.exec(update(table).where(_is(table, key)).values(**row))
    await insert_rows(target, table, new)
    return len(gone) + len(changed) + len(new)


async def _rows(
    session: AsyncSession,
    table: Table,
    *,
    after: Key | None = None,
    until: Key | None = None,
    at_most: int | None = ROWS_AT_ONCE,
) -> dict[Key, Row]:
    """Rows by primary key, in its order."""
    keys = [_in_bytes_order(column, session) for column in table.primary_key]
    query = select(table).order_by(*keys)
    query = query if after is None else query.where(tuple_(*keys) > tuple_(*after))
    query = query if until is None else query.where(tuple_(*keys) <= tuple_(*until))
    connection = await session.connection()
    rows = (await connection.execute(query if at_most is None else query.limit(at_most))).mappings()
    return {tuple(row[column.name] for column in table.primary_key): dict(row) for row in rows}


def _in_bytes_order(column: Column[Any], session: AsyncSession) -> ColumnElement[Any]:
    """SQLite sorts text by its bytes; PostgreSQL does as its database's language has it, unless it is told."""
    is_text = issubclass(column.type.python_type, str)
    return column.collate("C") if is_text and _dialect(session) == "postgresql" else column


def _is(table: Table, key: Key) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))


def _dialect(session: AsyncSession) -> str:
    return session.get_bind().dialect.name


async def _go_on_counting(source: AsyncSession, target: AsyncSession) -> None:
    """Let no key of a row that was deleted be given again: others may have written it down."""
    for table in METADATA.sorted_tables:
        column = table.autoincrement_column
        if column is None or type(column.type) is not Integer:
            continue
        newest = await _newest_key(source, table)
        if newest is None:
            continue
        connection = await target.connection()
        if _dialect(target) == "postgresql":
            count = text("SELECT setval(pg_get_serial_sequence(:table, :column), :newest)")
            await connection.execute(count, {"table": table.name, "column": column.name, "newest": newest})
        elif table.dialect_options["sqlite"].get("autoincrement"):
            name = {"table": table.name}
            await connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), name)
            count = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :newest)")
            await connection.execute(count, name | {"newest": newest})


async def _newest_key(session: AsyncSession, table: Table) -> int | None:
    """The last key that was given in a table; None where none was."""
    connection = await session.connection()
    if _dialect(session) == "postgresql":
        given = text(f'SELECT last_value FROM "{table.name}_id_seq" WHERE is_called')  # noqa: S608 - our own names
    elif table.dialect_options["sqlite"].get("autoincrement"):
        given = text("SELECT seq FROM sqlite_sequence WHERE name = :table").bindparams(table=table.name)
    else:
        given = text(f'SELECT max(id) FROM "{table.name}"')  # noqa: S608 - our own names
    found: int | None = (await connection.execute(given)).scalar()
    return found
