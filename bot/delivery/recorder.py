"""Writes down what was sent, many at once where many were sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.delivery.logged import logged
from bot.delivery.outbox import Outbox, Sent
from db.tables import Delivery

log = logging.getLogger(__name__)


class Recorder:
    """What comes in while one is being written is written by the next, all at once.

    `posted` takes each message's kind, and by how many real milliseconds it was late where that is known.
    """

    def __init__(self, clock: Clock, outbox: Outbox) -> None:
        self._clock = clock
        self._outbox = outbox
        self.posted: Callable[[str, float | None], None] = _unmeasured
        self._writing = asyncio.Lock()
        self._unwritten: list[Sent] = []

    async def record(self, sent: Sent) -> bool:
        """Write down one message, which is in the store once this returns; whether more is owed because it arrived."""
        row = sent.row
        self.posted(row.kind, sent.lateness_ms)
        self._unwritten.append(sent)
        async with self._writing:
            batch, self._unwritten = self._unwritten, []
            try:
                owes_more = bool(batch) and await self._outbox.sent(batch, self._clock.now())
            except SQLAlchemyError:
                self._unwritten = batch + self._unwritten
                raise
        words = ("sent %s delivery %s to channel %s, %.0f ms late", row.kind, row.id, row.channel_id)
        log.info(*words, sent.lateness_ms or 0, extra=logged(row))
        return owes_more

    def lateness_ms(self, row: Delivery, real: datetime) -> float | None:
        """Real milliseconds from the moment it was due, or was planned if that came later."""
        moment = self._clock.real_at(max(row.due_at, row.planned_at))
        return max(0.0, (real - moment).total_seconds() * 1000) if moment else None


def _unmeasured(_kind: str, _lateness_ms: float | None) -> None:
    """Stand in where nobody measures."""
