"""A store in PostgreSQL: several processes, and writers that wait for each other only where they share a server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from fractions import Fraction
from typing import Any
from weakref import WeakValueDictionary

import asyncpg
from sqlalchemy import URL, TextClause, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession
from typing_extensions import override

from bot.clock import pause
from bot.errors import DatabaseError
from db.store import Store

log = logging.getLogger(__name__)

DRIVER = "postgresql+asyncpg"
MIGRATIONS_TURN = 0
"""The advisory lock that migrations are made under; no server has this id."""
_CONNECT_SECONDS = 10
_SETTINGS = {
    "lock_timeout": "10s",
    # a process that stopped in the middle, such as on a laptop asleep, holds nobody up for longer
    "idle_in_transaction_session_timeout": "60s",
    # whoever lost power says no goodbye: after 30 s its connections, and what they hold, are gone as well
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "jit": "off",  # queries here take a millisecond; compiling them takes ten
}
_TAKE_TURNS = text(
    "SELECT pg_advisory_xact_lock(turn) FROM (SELECT unnest(CAST(:turns AS bigint[])) AS turn ORDER BY turn) AS sorted"
)
_CHANNEL = "chairside"
_TELL = text("SELECT pg_notify(:channel, :process)")
_LISTEN_AGAIN_SECONDS = 1
_NAME = "chairside "
_CONNECTED = text(
    "SELECT DISTINCT substr(application_name, 11) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name LIKE 'chairside %'"
)
_TRY = text("SELECT pg_try_advisory_lock(:key)")
_LET_GO = text("SELECT pg_advisory_unlock(:key)")


class PostgreSQL(Store):
    """How Database uses a PostgreSQL database."""

    def __init__(self, url: URL, process: str, share: Fraction, **engine: Any) -> None:  # noqa: ANN401 - create_async_engine's options
        if "sslmode" in url.query:  # hosts of databases hand out such addresses
            remedy = "Write ssl= in place of sslmode="
            raise DatabaseError("DATABASE_URL has sslmode, which asyncpg calls ssl", do=remedy)
        self.place = f"{url.host or url.query.get('host', 'localhost')}/{url.database or url.username}"
        self.engine = create_async_engine(
            url,
            pool_size=10,
            max_overflow=10,
            pool_pre_ping=True,
            connect_args={
                "timeout": _CONNECT_SECONDS,
                "server_settings": _SETTINGS | {"application_name": f"{_NAME}{process} {share}"},
            },
            **engine,
        )
        self.reading_engine = self.engine.execution_options(isolation_level="REPEATABLE READ")
        self.writing_engine = self.engine
        self._process = process
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._guard: AsyncConnection | None = None
        self._guarding = asyncio.Lock()

    @override
    @asynccontextmanager
    async def turns(self, turns: Sequence[int]) -> AsyncIterator[None]:
        """Taken here first, so that a crowd of one server's writers holds one connection."""
        async with AsyncExitStack() as held:
            for turn in turns:
                await held.enter_async_context(self._turns.setdefault(turn, asyncio.Lock()))
            yield

    @override
    async def begin(self, session: AsyncSession) -> None:
        """What the driver raises where PostgreSQL does not answer is no error of SQLAlchemy's by itself."""
        try:
            await session.connection()
        except (asyncpg.PostgresError, OSError, TimeoutError) as error:
            raise OperationalError("connect", None, error) from error

    @override
    async def hold(self, session: AsyncSession, turns: Sequence[int]) -> None:
        await self.begin(session)
        if turns:
            connection = await session.connection()
            await connection.execute(_TAKE_TURNS, {"turns": list(turns)})

    @override
    async def tell(self, session: AsyncSession) -> None:
        connection = await session.connection()
        await connection.execute(_TELL, {"channel": _CHANNEL, "process": self._process})

    @override
    async def close(self) -> None:
        await self._drop_guard()
        await super().close()

    @override
    async def listen(self, heard: Callable[[], None]) -> None:
        """Heard is also each gap: what was told meanwhile is lost."""
        while True:
            try:
                await self._listen(heard)
            except (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
                log.warning("other processes' changes are not heard: %s", type(error).__name__)
            await pause(_LISTEN_AGAIN_SECONDS)

    async def _listen(self, heard: Callable[[], None]) -> None:
        lost = asyncio.Event()

        def hear(_connection: object, _pid: int, _channel: str, process: object) -> None:
            if process != self._process:
                heard()

        async with self.engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None  # noqa: S101 - it was just connected
            driver.add_termination_listener(lambda _connection: lost.set())
            await driver.add_listener(_CHANNEL, hear)
            heard()
            try:
                await lost.wait()
            finally:
                await connection.invalidate()

    @override
    async def living(self, session: AsyncSession) -> list[str]:
        return [name.partition(" ")[0] for name in await _connected(session)]

    @override
    async def shares(self, session: AsyncSession) -> Fraction:
        return sum((Fraction(name.partition(" ")[2] or 0) for name in await _connected(session)), Fraction(0))

    @override
    @asynccontextmanager
    async def alone(self, what: int) -> AsyncIterator[bool]:
        """A session's advisory lock, all of a process's on one connection: they are held while Discord is asked."""
        key = -what - 1  # no turn is below 0
        is_alone = await self._on_guard(_TRY, key)
        try:
            yield is_alone
        finally:
            if is_alone:
                with contextlib.suppress(SQLAlchemyError):  # with the connection, the lock is gone
                    await self._on_guard(_LET_GO, key)

    async def _on_guard(self, statement: TextClause, key: int) -> bool:
        async with self._guarding:
            try:
                if self._guard is None:
                    self._guard = await self.engine.connect()
                    await self._guard.execution_options(isolation_level="AUTOCOMMIT")
                return bool((await self._guard.execute(statement, {"key": key})).scalar_one())
            except (DBAPIError, asyncpg.PostgresError, OSError, TimeoutError) as error:
                await self._drop_guard()
                raise error if isinstance(error, DBAPIError) else OperationalError("connect", None, error) from error

    async def _drop_guard(self) -> None:
        guard, self._guard = self._guard, None
        if guard is not None:
            await guard.invalidate()
            await guard.close()

    @override
    async def in_use(self, session: AsyncSession) -> bool:
        return any(name != self._process for name in await self.living(session))

    @override
    def is_there(self) -> bool:
        return True

    @override
    @asynccontextmanager
    async def reachable(self) -> AsyncIterator[None]:
        """What PostgreSQL says, without the address's password."""
        try:
            yield
        except (DBAPIError, asyncpg.PostgresError, OSError, TimeoutError) as error:
            cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
            reason = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
            raise DatabaseError(
                f"the database cannot be opened ({reason})",
                where=self.place,
                do="Check that PostgreSQL runs there, and that DATABASE_URL names a user and a database it knows",
            ) from error

    @override
    @contextlib.contextmanager
    def only_bot(self) -> Iterator[None]:
        """Nothing to hold: what is claimed by one process is passed over by the others."""
        yield


async def _connected(session: AsyncSession) -> list[str]:
    """Name and share of each process that is connected now."""
    connection = await session.connection()
    return list((await connection.execute(_CONNECTED)).scalars())
