"""Many rows, or keys, at once: without what SQLAlchemy does for each beyond converting its values, and in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Dialect, Table, insert
from sqlmodel.ext.asyncio.session import AsyncSession

AT_ONCE = 250
"""Rows made and written in one go: thousands would hold up everybody's answer, and stay in memory together."""

SQL_VARIABLES = 900
"""SQLite takes a bounded number of variables in one statement; longer lists are asked for in parts."""

_Item = TypeVar("_Item")
Columns = Sequence[tuple[str, Callable[[Any], Any] | None]]


def in_parts(items: Sequence[_Item], at_once: int = SQL_VARIABLES) -> Iterator[Sequence[_Item]]:
    """A long list in parts: of keys, what one statement takes."""
    return (items[first : first + at_once] for first in range(0, len(items), at_once))


async def insert_rows(session: AsyncSession, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows in a store's open transaction.

    Args:
        session: the open writing transaction; what the rows refer to has been flushed.
        table: which.
        rows: all name the same columns, those with a default among them.

    Raises:
        KeyError: a row lacks a column that has a default, or that others name.
    """
    connection = await session.connection()
    left = iter(rows)
    while part := list(islice(left, AT_ONCE)):
        statement, columns = _insertion(table, tuple(part[0]), connection.dialect)
        await connection.exec_driver_sql(statement, [_converted(row, columns) for row in part])


def _converted(row: Mapping[str, Any], columns: Columns) -> tuple[Any, ...]:
    return tuple([convert(row[name]) if convert else row[name] for name, convert in columns])


@lru_cache
def _insertion(table: Table, names: tuple[str, ...], dialect: Dialect) -> tuple[str, Columns]:
    """The statement, and in its order the columns with what makes their values the store's own."""
    statement = insert(table).compile(dialect=dialect, column_keys=names)
    columns = [column for column in table.columns if column.name in names or column.default is not None]
    converters = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    return str(statement), [(column.name, convert) for column, convert in zip(columns, converters, strict=True)]
