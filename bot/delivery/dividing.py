"""Divides what Discord allows a token between the processes that use the store at this moment."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from fractions import Fraction

from sqlalchemy.exc import SQLAlchemyError

from db.database import Database

log = logging.getLogger(__name__)

LOOK_SECONDS = 30
"""Real: a process that begins is heard of at once; one that ended leaves its room unused for so long at most."""


class Division:
    """Looks who is there when it starts, when another process has told something, and now and then."""

    def __init__(self, db: Database, divide: Callable[[Fraction], None]) -> None:
        self._db = db
        self._divide = divide
        self._heard = asyncio.Event()
        self._taken = Fraction(1)

    def look(self) -> None:
        """Another process has told something: it may have just begun."""
        self._heard.set()

    async def keep(self) -> None:
        """Divide until cancelled."""
        while True:
            self._heard.clear()
            try:
                await self.once()
            except SQLAlchemyError:
                log.warning("the store did not answer; who else sends is asked again later")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._heard.wait()

    async def once(self) -> None:
        """Ask the store who is there, and take no more than what is left."""
        taken = max(Fraction(1), await self._db.shares())
        if taken != self._taken:
            log.info(
                "all processes' shares of Discord's limit come to %.2f: this one takes 1/%.2f of its own", taken, taken
            )
            self._taken = taken
        self._divide(taken)
