"""What happens on the loopback, for those who watch: the terminal, the page, and tests that wait for something."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from bot.rehearsal.loopback.errors import LoopbackTimeoutError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.rehearsal.loopback.world.interactions import Interaction
    from bot.rehearsal.loopback.world.messages import Message

Found = TypeVar("Found")

PATIENCE = 5.0
"""How many real seconds a wait lasts unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class MessageCreated:
    """A message appeared; if it is ephemeral, for one person."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A message says something else now."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A message is gone."""

    message: Message


@dataclass(frozen=True, slots=True)
class InteractionSent:
    """A person used a command, a component or a modal."""

    interaction: Interaction


@dataclass(frozen=True, slots=True)
class InteractionChanged:
    """The bot acknowledged or answered an interaction, or let it die."""

    interaction: Interaction


@dataclass(frozen=True, slots=True)
class GatewayChanged:
    """A shard of the bot connected, became ready or went away; `ready` counts the shards that are."""

    ready: int


@dataclass(frozen=True, slots=True)
class RequestServed:
    """A request of the bot was answered, refused, or dropped (status 0)."""

    method: str
    path: str
    status: int
    at: datetime
    seconds: float


Event = (
    MessageCreated
    | MessageEdited
    | MessageDeleted
    | InteractionSent
    | InteractionChanged
    | GatewayChanged
    | RequestServed
)


class Subscription:
    """An async iterator over what happens from now on; a reader who lags far behind loses the oldest."""

    def __init__(self, hub: Hub, *, limit: int = 10_000) -> None:
        self._hub = hub
        self._events: deque[Event] = deque(maxlen=limit)
        self._arrived = asyncio.Event()
        self._closed = False

    def put(self, event: Event) -> None:
        """Hand over one event."""
        self._events.append(event)
        self._arrived.set()

    def close(self) -> None:
        """End the iteration once what has arrived is read."""
        self._closed = True
        self._hub.drop(self)
        self._arrived.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._events:
            if self._closed:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._events.popleft()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class Hub:
    """Passes each event on to subscribers and wakes those who wait for a condition."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []
        self._waiting: list[asyncio.Future[None]] = []

    def subscribe(self) -> Subscription:
        subscription = Subscription(self)
        self._subscriptions.append(subscription)
        return subscription

    def drop(self, subscription: Subscription) -> None:
        """Stop passing events on to it."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def publish(self, event: Event) -> None:
        """Tell everybody, at once and in order."""
        for subscription in self._subscriptions:
            subscription.put(event)
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait_for(self, find: Callable[[], Found | None], *, within: float, otherwise: Callable[[], str]) -> Found:
        """What `find` finds, now or after one of the next events.

        Raises:
            LoopbackTimeoutError: nothing was found within so many real seconds; says what `otherwise` says.
        """
        try:
            async with asyncio.timeout(within):
                while (found := find()) is None:
                    future = asyncio.get_running_loop().create_future()
                    self._waiting.append(future)
                    await future
                return found
        except TimeoutError:
            raise LoopbackTimeoutError(f"not within {within:g} s: {otherwise()}") from None

    def close(self) -> None:
        """End all subscriptions."""
        for subscription in list(self._subscriptions):
            subscription.close()
