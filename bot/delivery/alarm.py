"""APScheduler behind a small port: wake somebody at one real instant, and at regular intervals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

_NEXT = "next-due"


class Alarm(Protocol):
    """Wakes the sender; it keeps no record of what is owed, the database does."""

    def start(self, ring: Callable[[], None]) -> None:
        """Begin; `ring` is called at each armed instant and must return at once."""

    def arm(self, instant: datetime | None) -> None:
        """Ring at this real instant and no other; None disarms."""

    def every(self, seconds: float, name: str, task: Callable[[], Awaitable[None]]) -> None:
        """Run a task at regular real intervals."""

    def anew(self) -> None:
        """The machine's clock was set: count regular tasks from its present time, and look at the instant again."""

    def stop(self) -> None:
        """Ring no more."""


class SchedulerAlarm:
    """The alarm on APScheduler: one date job for the next instant, one interval job a regular task."""

    def __init__(self) -> None:
        # without a grace time of None, a job that is a second late never runs and is gone
        defaults = {"misfire_grace_time": None, "coalesce": True}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        self._ring: Callable[[], None] = lambda: None
        self._armed: datetime | None = None
        self._regular: dict[str, tuple[float, Callable[[], Awaitable[None]]]] = {}

    def start(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._scheduler.start()

    def arm(self, instant: datetime | None) -> None:
        if instant == self._armed:
            return
        self._armed = instant
        if instant is None:
            if self._scheduler.get_job(_NEXT):
                self._scheduler.remove_job(_NEXT)
            return
        self._scheduler.add_job(self._wake, DateTrigger(instant), id=_NEXT, replace_existing=True)

    async def _wake(self) -> None:
        # a job that re-arms its own id while it runs is dropped, so this one only rings
        self._armed = None
        self._ring()

    def every(self, seconds: float, name: str, task: Callable[[], Awaitable[None]]) -> None:
        self._regular[name] = seconds, task
        self._scheduler.add_job(task, IntervalTrigger(seconds=seconds, timezone=UTC), id=name, replace_existing=True)

    def anew(self) -> None:
        # a clock set back by an hour would leave each of them without a run for that hour
        for name, (seconds, task) in self._regular.items():
            self.every(seconds, name, task)

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
