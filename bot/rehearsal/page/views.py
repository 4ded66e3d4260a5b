"""Who watches, and what each of them may see: one view a person, however many windows show it."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.rehearsal.loopback import Message, Person
from bot.rehearsal.page import drawn

Json = dict[str, Any]

BEHIND = 500
"""Events that a window may lag behind before it is sent away to come again for the whole state."""


class Listener:
    """One window's queue of events; None ends it."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._lost = False

    def put(self, event: bytes | None) -> None:
        """Add an event, or the end; one who lags far behind is lost: what it missed it gets by coming again."""
        if self._lost:
            return
        self._lost = self._queue.qsize() >= BEHIND
        self._queue.put_nowait(None if self._lost else event)

    async def next(self, within: float) -> bytes | None:
        """The next event.

        Raises:
            TimeoutError: there was none within so many real seconds.
        """
        async with asyncio.timeout(within):
            return await self._queue.get()


class View:
    """What one person sees, or, without one, whoever watches and sees everything.

    Attributes:
        places: as its windows were told them last.
    """

    def __init__(self, person: Person | None) -> None:
        self.person = person
        self.listeners: set[Listener] = set()
        self.places: list[Json] = []

    def sees(self, message: Message) -> bool:
        """Whether a message is for their eyes."""
        if self.person is None:
            return True
        return message.only_for in (None, self.person.user) and drawn.may_see(self.person, message.channel)

    def tell(self, event: bytes | None) -> None:
        """Give all its windows the same event."""
        for listener in self.listeners:
            listener.put(event)
