"""A store in one SQLite file: one process, one writer at a time."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random
from typing_extensions import override

from bot.errors import DatabaseError
from db.sqlite_file import is_kept, opened_as, remedy, stays_in_place
from db.store import EXAMPLE, Store
from db.trips import WholeConnection, connect

DRIVER = "sqlite+aiosqlite"
BUSY_TIMEOUT_SECONDS = 10.0
LONGEST_PATH = 1_000
"""Characters; systems take up to 1,024 or 4,096 bytes."""
_PRAGMAS = ("PRAGMA synchronous=NORMAL", "PRAGMA foreign_keys=ON")


class SQLite(Store):
    """How Database uses one SQLite file."""

    def __init__(self, url: URL, _process: str, share: Fraction, **engine: Any) -> None:  # noqa: ANN401 - create_async_engine's options
        self.place = url.database or ":memory:"
        if not _names_one_file(url, self.place):
            raise DatabaseError("DATABASE_URL does not name one file and nothing else", do=EXAMPLE)
        self.engine = create_async_engine(url, connect_args={"async_creator_fn": _connect}, **engine)
        self.reading_engine = self.engine
        self.writing_engine = self.engine.execution_options(chairside_writes=True)
        self._writer = asyncio.Lock()
        self._is_held = False
        self._share = share
        _begin_as_told(self.engine)

    @override
    @asynccontextmanager
    async def turns(self, turns: Sequence[int]) -> AsyncIterator[None]:
        """This process's writers take turns: those that wait for SQLite's own lock sleep, and go in any order.

        One that gets none in time waits no longer: where another program holds that lock, each before it waits as long.
        """
        try:
            async with asyncio.timeout(BUSY_TIMEOUT_SECONDS):
                await self._writer.acquire()
        except TimeoutError as error:
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked")) from error
        try:
            yield
        finally:
            self._writer.release()

    @override
    async def begin(self, session: AsyncSession) -> None:
        await session.connection()

    @override
    async def hold(self, session: AsyncSession, turns: Sequence[int]) -> None:
        """BEGIN IMMEDIATE shuts out every other writer."""
        await session.connection()

    @override
    async def tell(self, session: AsyncSession) -> None:
        """There is nobody else."""

    @override
    async def listen(self, heard: Callable[[], None]) -> None:
        """What the command line writes beside a running bot is noticed at its next heartbeat.

        Raises:
            DatabaseError: the file was deleted or replaced meanwhile; what it held is kept beside it.
        """
        if self.place != ":memory:":
            await stays_in_place(Path(self.place))
        await asyncio.Event().wait()

    @override
    async def living(self, session: AsyncSession) -> list[str]:
        """Nobody else: whoever starts holds the file's lock."""
        return []

    @override
    async def shares(self, session: AsyncSession) -> Fraction:
        return self._share

    @override
    @asynccontextmanager
    async def alone(self, what: int) -> AsyncIterator[bool]:
        yield True

    @override
    async def in_use(self, session: AsyncSession) -> bool:
        if self._is_held or is_kept(self.place):
            return False
        try:
            with self.only_bot():
                return False
        except DatabaseError:
            return True

    @override
    def is_there(self) -> bool:
        return Path(self.place).is_file()

    @override
    @asynccontextmanager
    async def reachable(self) -> AsyncIterator[None]:
        """Look at the file; it is what SQLite says about it."""
        try:
            # looked at without aiosqlite first: its thread outlives a connection that fails, and prints a traceback
            await asyncio.to_thread(self._look)
            yield
        except (DBAPIError, sqlite3.Error, OSError) as error:
            cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
            raise DatabaseError(
                f"the database cannot be opened ({str(cause).splitlines()[0]})",
                where=self.place,
                do=remedy(self.place),
            ) from error

    def _look(self) -> None:
        with contextlib.closing(sqlite3.connect(**opened_as(self.place), timeout=BUSY_TIMEOUT_SECONDS)) as connection:
            # stays with the file; while two processes ask for it at once SQLite refuses one without waiting
            for attempt in Retrying(
                retry=retry_if_exception(_is_busy),
                stop=stop_after_delay(BUSY_TIMEOUT_SECONDS),
                wait=wait_random(0.01, 0.1),
                reraise=True,
            ):
                with attempt:
                    connection.execute("PRAGMA journal_mode=WAL")

    @override
    @contextlib.contextmanager
    def only_bot(self) -> Iterator[None]:
        """Hold a lock beside the file: two bots on one file by mistake would post everything twice."""
        if self.place == ":memory:":
            yield
            return
        path = Path(self.place).resolve()  # beside the file itself, whatever links there are to it
        if not _is_folder(path.parent):
            do = "Make it, or set DATABASE_URL"
            raise DatabaseError("the database's folder does not exist", where=self.place, do=do)
        lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=1)
        try:
            lock.acquire()
        except Timeout as error:
            do = "Stop that one first, or set DATABASE_URL"
            raise DatabaseError("another bot is running on this database", where=self.place, do=do) from error
        except OSError as error:
            what = f"the database's folder cannot be written to ({error.strerror})"
            raise DatabaseError(what, where=self.place, do="Choose another folder") from error
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            lock.release()


def _connect(database: str, **options: Any) -> WholeConnection:  # noqa: ANN401 - hands through what sqlite3 takes
    return connect(**opened_as(database), **options)


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


def _names_one_file(url: URL, path: str) -> bool:
    """Whether the address holds what a file may be called, and nothing that the driver would choke on."""
    is_nameable = path.isprintable() and len(path) <= LONGEST_PATH and PurePath(path).name not in ("", "..")
    return is_nameable and not (url.host or url.username or url.password or url.port or url.query)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, say
        return False


def _begin_as_told(engine: AsyncEngine) -> None:
    """Make SQLite begin writers with BEGIN IMMEDIATE: plain BEGIN loses one of two read-then-write taps."""

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's adapter has no type
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*_PRAGMAS, f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000:.0f}"):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("chairside_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
