"""Makes one store hold exactly what another does, of whatever kind each is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    and_,
    delete,
    select,
    text,
    tuple_,
    update,
)
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
    """All that is to go goes first: what is new may have a name that nobody else may have until then."""
    gone = written = 0
    names = _names(table)
    async for wanted, there in _side_by_side(source, target, table):
        left = [key for key in there if key not in wanted]
        both = [key for key in there if key in wanted]
        renamed = [key for key in both if any(there[key][name] != wanted[key][name] for name in names)]
        for part in in_parts(left + renamed, _KEYS_AT_ONCE):
            await target.exec(delete(table).where(tuple_(*table.primary_key).in_(part)))
        gone += len(left)
    async for wanted, there in _side_by_side(source, target, table):
        changed = {key: row for key, row in wanted.items() if key in there and there[key] != row}
        for key, row in changed.items():
            await target.exec(update(table).where(_is(table, key)).values(**row))
        new = [row for key, row in wanted.items() if key not in there]
        await insert_rows(target, table, new)
        written += len(changed) + len(new)
    return gone + written


async def _side_by_side(
    source: AsyncSession, target: AsyncSession, table: Table
) -> AsyncIterator[tuple[dict[Key, Row], dict[Key, Row]]]:
    """The rows of both whose keys lie in the same range, range after range; neither is ever held whole."""
    after: Key | None = None
    while True:
        wanted, there = [await _rows(session, table, after=after) for session in (source, target)]
        until = min((list(rows)[-1] for rows in (wanted, there) if len(rows) == ROWS_AT_ONCE), default=None)
        if until is None:
            yield wanted, there
            return
        yield _until(wanted, until), _until(there, until)
        after = until


def _until(rows: Mapping[Key, Row], last: Key) -> dict[Key, Row]:
    return {key: row for key, row in rows.items() if key <= last}


def _names(table: Table) -> set[str]:
    """The columns in which no other row may hold the same, beside the key."""
    return {
        column.name
        for rule in (*table.constraints, *table.indexes)
        if isinstance(rule, UniqueConstraint) or (isinstance(rule, Index) and rule.unique)
        for column in rule.columns
    }


async def _rows(session: AsyncSession, table: Table, *, after: Key | None) -> dict[Key, Row]:
    """The next rows by primary key, in its order."""
    keys = [_in_bytes_order(column, session) for column in table.primary_key]
    query = select(table).order_by(*keys).limit(ROWS_AT_ONCE)
    query = query if after is None else query.where(tuple_(*keys) > tuple_(*after))
    rows = (await (await session.connection()).execute(query)).mappings()
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
        if not newest:  # no row so far; SQLite says 0 of a table that was made anew without any
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
