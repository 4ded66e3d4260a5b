"""Writes down what was sent, many at once where many were sent."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.delivery.outbox import Outbox, Sent
from db.tables import Delivery


class Recorder:
    """What comes in while one is being written is written by the next, all at once."""

    def __init__(self, clock: Clock, outbox: Outbox) -> None:
        self._clock = clock
        self._outbox = outbox
        self._writing = asyncio.Lock()
        self._unwritten: list[Sent] = []

    async def record(self, sent: Sent) -> bool:
        """Write down one message, which is in the store once this returns; whether more is owed because it arrived."""
        self._unwritten.append(sent)
        async with self._writing:
            batch, self._unwritten = self._unwritten, []
            try:
                return bool(batch) and await self._outbox.sent(batch, self._clock.now())
            except SQLAlchemyError:
                self._unwritten = batch + self._unwritten
                raise

    def lateness_ms(self, row: Delivery, real: datetime) -> float | None:
        """Real milliseconds from the moment it was due, or was planned if that came later."""
        moment = self._clock.real_at(max(row.due_at, row.planned_at))
        return max(0.0, (real - moment).total_seconds() * 1000) if moment else None
