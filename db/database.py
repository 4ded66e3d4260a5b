"""The store: an async engine, and transactions that say whether they write."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePath
from typing import Any

from sqlalchemy import URL, Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import DatabaseError
from db.beside import taken_beside, write_beside
from db.migrate import current_revision, upgrade
from db.trips import connect

BUSY_TIMEOUT_SECONDS = 10
LONGEST_PATH = 1_000
"""Characters; systems take up to 1,024 or 4,096 bytes."""
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}",
)


class Database:
    """One store. `transaction()` writes and is kept only on a clean exit; `reading()` never writes."""

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is opened yet.

        Raises:
            DatabaseError: the URL is malformed or names a store that is not supported.
        """
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError) as error:
            raise DatabaseError("DATABASE_URL is not a database address", do=_EXAMPLE) from error
        if parsed.drivername != "sqlite+aiosqlite":
            raise DatabaseError(f"DATABASE_URL names {parsed.drivername}, which is not supported", do=_EXAMPLE)
        if not _names_one_file(parsed):
            raise DatabaseError("DATABASE_URL does not name one file and nothing else", do=_EXAMPLE)
        self.url = url
        self.place = parsed.database or ":memory:"
        # an error names its statement; what people typed and who they are stays out of the logs
        self._engine = create_async_engine(
            parsed,
            connect_args={"async_creator_fn": connect},
            hide_parameters=True,
            json_serializer=_JSON.encode,
            json_deserializer=_read_json,
        )
        self._writing_engine = self._engine.execution_options(chairside_writes=True)
        self._turns = asyncio.Lock()
        _begin_as_told(self._engine)

    async def open(self) -> None:
        """Create or migrate the tables, under the store's own lock.

        Raises:
            DatabaseError: the file cannot be opened or written, or was made by a newer version.
        """
        async with self._reachable(), self._writing_engine.begin() as connection:
            await connection.run_sync(upgrade)

    async def revision(self) -> str | None:
        """The revision that the tables are at, None if there are none; makes and changes nothing but an empty file.

        Raises:
            DatabaseError: the file is no database, or cannot be opened.
        """
        async with self._reachable(), self._engine.connect() as connection:
            return await connection.run_sync(current_revision)

    @asynccontextmanager
    async def _reachable(self) -> AsyncIterator[None]:
        """Look at the file; what SQLite says about it is said in one line."""
        try:
            # looked at without aiosqlite first: its thread outlives a connection that fails, and prints a traceback
            await asyncio.to_thread(_look_at, self.place)
            yield
        except (DBAPIError, sqlite3.Error, OSError) as error:
            raise DatabaseError(
                f"the database cannot be opened ({_reason(error)})",
                where=self.place,
                do="Check that the folder exists and that this user may write to it",
            ) from error

    async def close(self) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A writing transaction, begun already: committed on a clean exit, rolled back on any error."""
        beside, is_written = taken_beside(), False
        async with self._writing() as session, session.begin():
            await session.connection()
            yield session
            if beside is not None:
                is_written = await beside.write(session)
        if beside is not None:
            beside.is_written = is_written
            if not is_written:
                write_beside(beside)

    @asynccontextmanager
    async def trying(self) -> AsyncIterator[AsyncSession]:
        """A writing transaction that is always rolled back: what would happen, without it happening."""
        async with self._writing() as session:
            yield session
            await session.rollback()

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncSession]:
        """This process's writers take turns: those that wait for SQLite's own lock sleep, and go in any order."""
        async with self._turns, AsyncSession(self._writing_engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent view of the store; what is changed in it is dropped."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            yield session

    async def run_sync(self, function: Any) -> Any:  # noqa: ANN401 - hands through what Alembic returns
        """Run a function on a plain connection, for migration checks."""
        async with self._engine.connect() as connection:
            return await connection.run_sync(function)


# an import writes and reads tens of thousands of short JSON values: json.dumps and json.loads take twice as long
_JSON = json.JSONEncoder(check_circular=False)
_JSON_READER = json.JSONDecoder()


def _read_json(stored: str) -> Any:  # noqa: ANN401 - any JSON value
    return _JSON_READER.raw_decode(stored)[0]


_EXAMPLE = "Write DATABASE_URL=sqlite+aiosqlite:///chairside.sqlite3"


def _names_one_file(url: URL) -> bool:
    """Whether the address holds what a file may be called, and nothing that the driver would choke on."""
    path = url.database or ":memory:"
    is_nameable = path.isprintable() and len(path) <= LONGEST_PATH and PurePath(path).name not in ("", "..")
    return is_nameable and not (url.host or url.username or url.password or url.port or url.query)


def _begin_as_told(engine: AsyncEngine) -> None:
    """Make SQLite begin writers with BEGIN IMMEDIATE: plain BEGIN loses one of two read-then-write taps."""

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's adapter has no type
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("chairside_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _look_at(place: str) -> None:
    """Open the file and read its header; raises what SQLite says about it."""
    with contextlib.closing(sqlite3.connect(place, timeout=BUSY_TIMEOUT_SECONDS)) as connection:
        connection.execute("PRAGMA schema_version")


def _reason(error: SQLAlchemyError | sqlite3.Error | OSError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return str(cause).splitlines()[0]


async def writable(database: Database) -> None:
    """Take and give back the write lock.

    Raises:
        DBAPIError: another process holds it, or the file is read-only.
    """
    async with database.transaction() as session:
        await session.connection()
        await session.exec(text("SELECT 1"))  # type: ignore[call-overload] # SQLModel types select() only
