"""aiosqlite with one trip to the connection's thread a statement instead of four.

A statement as SQLAlchemy runs it makes a cursor, executes, fetches and closes: each is a trip to the thread and back,
and together they cost more than the statement.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import partial
from typing import Any

import aiosqlite


class WholeCursor(aiosqlite.Cursor):
    """Has fetched everything once it has executed; the sessions read whole results anyway."""

    _rows: list[Any]

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> WholeCursor:
        trip = partial(_rows_of, self._cursor, sql, parameters or ())
        self._rows = await self._execute(trip)  # type: ignore[no-untyped-call] # aiosqlite leaves it without types
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        # the statement came to its end in the thread; one whose task was cancelled is still at it and is let be
        self._rows = []


class WholeConnection(aiosqlite.Connection):
    def cursor(self) -> WholeCursor:  # type: ignore[override] # SQLAlchemy enters it; nobody awaits it
        return WholeCursor(self, self._conn.cursor())


def connect(database: str, **options: Any) -> WholeConnection:  # noqa: ANN401 - hands through what sqlite3 takes
    """A connection to await, as SQLAlchemy's `async_creator_fn` wants it."""
    # cursors are made here; that touches nothing of SQLite's
    options["check_same_thread"] = False
    connection = WholeConnection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does with the connections that it makes
    return connection


def _rows_of(cursor: sqlite3.Cursor, sql: str, parameters: Iterable[Any]) -> list[Any]:
    cursor.execute(sql, parameters)  # type: ignore[arg-type] # a sequence or a mapping
    return cursor.fetchall() if cursor.description else []
