"""The store: an async engine, and transactions that say whose they are."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from fractions import Fraction
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import DatabaseError
from db import postgresql, sqlite
from db.beside import taken_beside, write_beside
from db.migrate import current_revision, upgrade
from db.postgresql import MIGRATIONS_TURN, PostgreSQL
from db.sqlite import SQLite
from db.store import EXAMPLE

_STORES: dict[str, type[SQLite | PostgreSQL]] = {sqlite.DRIVER: SQLite, postgresql.DRIVER: PostgreSQL}
_MEANT = {"sqlite": sqlite.DRIVER, "postgresql": postgresql.DRIVER, "postgres": postgresql.DRIVER}
"""Which driver is used where an address names none, or another; hosts of databases hand out `postgres://…`."""
NOBODY = ()
"""Whose turn a transaction takes of which each statement is right by itself."""


class Database:
    """One store. `transaction()` writes and is kept only on a clean exit; `reading()` never writes."""

    def __init__(self, url: str, share: Fraction = Fraction(0)) -> None:
        """Prepare the engine; nothing is opened yet.

        Args:
            url: where it is.
            share: what this process takes of what Discord allows the token; nothing where it is no bot.

        Raises:
            DatabaseError: the URL is malformed or names a store that is not supported.
        """
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError) as error:
            raise DatabaseError("DATABASE_URL is not a database address", do=EXAMPLE) from error
        if parsed.drivername not in _STORES:
            meant = _MEANT.get(parsed.drivername.partition("+")[0])
            do = f"Write {meant}:// in place of {parsed.drivername}://" if meant else EXAMPLE
            raise DatabaseError(f"DATABASE_URL names {parsed.drivername}, which is not supported", do=do)
        self.url = url
        self.process = secrets.token_urlsafe(8)
        """A fresh name for this process, by which others see whether it is still connected."""
        # an error names its statement; what people typed and who they are stays out of the logs
        self._store = _STORES[parsed.drivername](
            parsed,
            self.process,
            share,
            hide_parameters=True,
            json_serializer=_JSON.encode,
            json_deserializer=_read_json,
        )

    @property
    def place(self) -> str:
        """Where the store is, without a password: a file, or host and database."""
        return self._store.place

    async def open(self) -> None:
        """Create or migrate the tables, under the store's own lock.

        Raises:
            DatabaseError: the store cannot be opened or written, or was made by a newer version.
        """
        async with self._store.reachable(), self.transaction(MIGRATIONS_TURN) as session:
            connection = await session.connection()
            await connection.run_sync(upgrade)

    async def revision(self) -> str | None:
        """The revision that the tables are at, None if there are none; makes and changes nothing but an empty file.

        Raises:
            DatabaseError: the store is no database, or cannot be opened.
        """
        async with self._store.reachable(), self.engine.connect() as connection:
            return await connection.run_sync(current_revision)

    async def in_use(self) -> bool:
        """Whether a bot runs on the store."""
        async with self.reading() as session:
            return await self._store.in_use(session)

    def is_there(self) -> bool:
        """Whether there is such a store, as far as that can be seen without connecting to it."""
        return self._store.is_there()

    def only_bot(self) -> contextlib.AbstractContextManager[None]:
        """Hold what keeps a second bot off a store that only one can use.

        Raises:
            DatabaseError: another bot holds it, or its folder cannot be used.
        """
        return self._store.only_bot()

    async def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` whenever another process has changed something, until cancelled."""
        await self._store.listen(heard)

    async def living(self, session: AsyncSession) -> list[str]:
        """The names of the processes that use the store now; none where only one can, which asks."""
        return await self._store.living(session)

    async def shares(self) -> Fraction:
        """What all processes that use the store now take of what Discord allows the token: more than 1 is too much."""
        async with self.reading() as session:
            return await self._store.shares(session)

    def alone(self, what: int) -> contextlib.AbstractAsyncContextManager[bool]:
        """Whether no other process is at something (an id) now, and none will be until this ends.

        Unlike a turn it is no transaction, and may take as long as Discord does.
        """
        return self._store.alone(what)

    @property
    def engine(self) -> AsyncEngine:
        """What its statements run on."""
        return self._store.engine

    async def close(self) -> None:
        await self._store.close()

    @asynccontextmanager
    async def transaction(self, turns: int | Collection[int], *, is_news: bool = True) -> AsyncIterator[AsyncSession]:
        """A writing transaction, begun already: committed on a clean exit, rolled back on any error.

        Args:
            turns: the ids of the servers and people whose rows are read and then written by what was read; nobody
                else has their turn meanwhile. NOBODY where each statement is right by itself.
            is_news: whether other processes on the store are to look again at what they owe.
        """
        beside, is_written = taken_beside(), False
        async with self._writing(turns) as session:
            yield session
            if beside is not None:
                is_written = await beside.write(session)
            if is_news:
                await self._store.tell(session)
            await session.commit()
        if beside is not None:
            beside.is_written = is_written
            if not is_written:
                write_beside(beside)

    @asynccontextmanager
    async def trying(self, turns: int | Collection[int]) -> AsyncIterator[AsyncSession]:
        """A writing transaction that is always rolled back: what would happen, without it happening."""
        async with self._writing(turns) as session:
            yield session
            await session.rollback()

    @asynccontextmanager
    async def _writing(self, turns: int | Collection[int]) -> AsyncIterator[AsyncSession]:
        in_order = [turns] if isinstance(turns, int) else sorted(turns)
        async with (
            self._store.turns(in_order),
            AsyncSession(self._store.writing_engine, expire_on_commit=False) as session,
        ):
            await self._store.hold(session, in_order)
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent view of the store; what is changed in it is dropped."""
        async with AsyncSession(self._store.reading_engine, expire_on_commit=False) as session:
            await self._store.begin(session)
            yield session

    async def run_sync(self, function: Any) -> Any:  # noqa: ANN401 - hands through what Alembic returns
        """Run a function on a plain connection, for migration checks."""
        async with self.engine.connect() as connection:
            return await connection.run_sync(function)


# an import writes and reads tens of thousands of short JSON values: json.dumps and json.loads take twice as long
_JSON = json.JSONEncoder(check_circular=False)
_JSON_READER = json.JSONDecoder()


def _read_json(stored: str) -> Any:  # noqa: ANN401 - any JSON value
    return _JSON_READER.raw_decode(stored)[0]


async def writable(database: Database) -> None:
    """Take and give back the write lock.

    Raises:
        DBAPIError: another process holds it, or the store is read-only.
    """
    async with database.transaction(NOBODY) as session:
        await session.exec(text("SELECT 1"))  # type: ignore[call-overload] # SQLModel types select() only
