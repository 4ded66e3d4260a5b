"""What Database asks of the kind of store that it uses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

EXAMPLE = "Write DATABASE_URL=sqlite+aiosqlite:///chairside.sqlite3 or postgresql+asyncpg://user:password@host/name"


class Store(ABC):
    """A kind of store.

    Attributes:
        place: where it is, without a password.
        engine: what statements run on; `reading_engine` and `writing_engine` are the same with other options.
    """

    place: str
    engine: AsyncEngine
    reading_engine: AsyncEngine
    writing_engine: AsyncEngine

    @abstractmethod
    def turns(self, turns: Sequence[int]) -> AbstractAsyncContextManager[None]:
        """Wait until no other writer of this process has these turns."""

    @abstractmethod
    async def begin(self, session: AsyncSession) -> None:
        """Begin a transaction.

        Raises:
            SQLAlchemyError: the store does not answer.
        """

    @abstractmethod
    async def hold(self, session: AsyncSession, turns: Sequence[int]) -> None:
        """Begin a transaction, and shut out other processes' writers with these turns until it ends.

        Raises:
            SQLAlchemyError: the store does not answer, or others hold them for too long.
        """

    async def close(self) -> None:
        """Close its connections."""
        await self.engine.dispose()

    @abstractmethod
    async def tell(self, session: AsyncSession) -> None:
        """Let other processes look again once this transaction is kept."""

    @abstractmethod
    async def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` whenever another process has told something, until cancelled."""

    @abstractmethod
    async def living(self, session: AsyncSession) -> list[str]:
        """The names of the processes that use the store now; none where only one can, which asks."""

    @abstractmethod
    async def shares(self, session: AsyncSession) -> Fraction:
        """What all processes that use the store now take of what Discord allows the token, together."""

    @abstractmethod
    def alone(self, what: int) -> AbstractAsyncContextManager[bool]:
        """Whether no other process is at something now, and none will be until this ends.

        Raises:
            SQLAlchemyError: the store does not answer.
        """

    @abstractmethod
    async def in_use(self, session: AsyncSession) -> bool:
        """Whether a bot runs on the store."""

    @abstractmethod
    def is_there(self) -> bool:
        """Whether there is such a store, as far as that can be seen without connecting to it."""

    @abstractmethod
    def reachable(self) -> AbstractAsyncContextManager[None]:
        """Say in one line what is in the way where the store cannot be used inside.

        Raises:
            DatabaseError: it cannot.
        """

    @abstractmethod
    def only_bot(self) -> AbstractContextManager[None]:
        """Hold what keeps a second bot off a store that only one can use.

        Raises:
            DatabaseError: another bot holds it, or its folder cannot be used.
        """
