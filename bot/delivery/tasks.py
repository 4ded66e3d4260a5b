"""Requests under way, each in a task of its own, so that a slow channel holds up no other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable

from bot.delivery.logged import logged
from db.tables import Delivery

log = logging.getLogger(__name__)


class Tasks:
    """Starts pieces of work and keeps them until they end; an error in one ends no other."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Awaitable[None], row: Delivery | None = None) -> None:
        """Run beside everything else; the log says of which delivery it was, if it fails."""
        task = asyncio.ensure_future(_guarded(work, row))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    @property
    def any(self) -> bool:
        """Whether any piece is under way."""
        return bool(self._running)

    async def finish(self, seconds: float | None = None) -> None:
        """Wait for what is under way, at most so many real seconds; what takes longer is given up."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def _guarded(work: Awaitable[None], row: Delivery | None) -> None:
    try:
        await work
    except Exception:
        about = logged(row) if row else None
        log.exception("a delivery failed unexpectedly; its lease will run out and it is looked at again", extra=about)
