"""People act beside each other, each one thing after the other; the bot's restart waits until all have finished."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

Act = Callable[[], Awaitable[object]]


class Lanes:
    """What is being done, by lane: within one in order, so that a slow answer delays nobody else."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Task[None]] = {}

    def do(self, lane: str, act: Act) -> None:
        """Begin an act once the one before it in its lane is done."""
        self._last[lane] = asyncio.create_task(_after(self._last.get(lane), act), name=f"lane {lane}")

    def is_busy(self, lane: str) -> bool:
        """Whether something is still being done there."""
        return lane in self._last and not self._last[lane].done()

    async def idle(self, within: float | None = None) -> None:
        """Wait until everything that was begun is done, or so many real seconds; what went wrong is raised."""
        if not self._last:
            return
        done, _ = await asyncio.wait(self._last.values(), timeout=within)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Break off what is still being done."""
        for task in self._last.values():
            task.cancel()
        await asyncio.gather(*self._last.values(), return_exceptions=True)


async def _after(before: asyncio.Task[None] | None, act: Act) -> None:
    if before is not None:
        await before
    await act()
