"""Real time for the loopback: this machine's, or one that a test moves by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.clock import real_now


class Handle(Protocol):
    """Something due later that can be called off."""

    def cancel(self) -> None:
        """Call it off; harmless once it has happened."""


class Moments(Protocol):
    """What the loopback asks for the real time, and for calling back later."""

    def now(self) -> datetime:
        """The real time, aware, UTC."""

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Handle:
        """Call back once so many real seconds have passed."""


class RealMoments:
    """This machine's own time and the running event loop's timers."""

    def now(self) -> datetime:
        return real_now()

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Handle:
        return asyncio.get_running_loop().call_later(seconds, callback)


class ManualMoments:
    """Time that stands still until `advance`, so that a test of a time-out need not wait for it."""

    def __init__(self, start: datetime = datetime(2022, 7, 21, 19, 20, tzinfo=UTC)) -> None:
        self._now = start
        self._due: list[tuple[datetime, int, _Due]] = []
        self._count = itertools.count()

    def now(self) -> datetime:
        return self._now

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Handle:
        due = _Due(callback)
        heapq.heappush(self._due, (self._now + timedelta(seconds=seconds), next(self._count), due))
        return due

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass and run what falls due on the way, each at its own moment."""
        until = self._now + timedelta(seconds=seconds)
        while self._due and self._due[0][0] <= until:
            self._now, _, due = heapq.heappop(self._due)
            due.run()
        self._now = until


class _Due:
    def __init__(self, callback: Callable[[], object]) -> None:
        self._callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self._callback = None

    def run(self) -> None:
        if self._callback is not None:
            self._callback()


async def pause(moments: Moments, seconds: float) -> None:
    """Wait so many seconds by the given time."""
    over = asyncio.Event()
    handle = moments.call_later(seconds, over.set)
    try:
        await over.wait()
    finally:
        handle.cancel()
