"""A clock that stands until a test moves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

REAL_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class SteppedClock:
    """bot.clock.Clock for tests: virtual and real time move only by `advance`, `advance_to` and `jump`."""

    def __init__(self, virtual: datetime, *, speed: float = 1.0) -> None:
        self._virtual = virtual.astimezone(UTC)
        self._real = REAL_START
        self._speed = speed
        self._callbacks: list[Callable[[], None]] = []

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> datetime:
        return self._virtual

    def real(self) -> datetime:
        return self._real

    def real_at(self, virtual: datetime) -> datetime | None:
        ahead = virtual - self._virtual
        if self._speed == 0:
            return self._real if ahead <= timedelta(0) else None
        return self._real + ahead / self._speed

    def on_change(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    async def follow(self) -> None:
        """Nothing else moves this clock."""

    def advance(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Let real time pass, and virtual time with it at the clock's speed."""
        passed = timedelta(minutes=minutes, seconds=seconds)
        self._real += passed
        self._virtual += passed * self._speed

    def advance_to_real(self, real: datetime) -> None:
        self.advance(seconds=max(0.0, (real - self._real).total_seconds()))

    def jump(self, virtual: datetime) -> None:
        """Set virtual time, as somebody does who writes the clock file."""
        self._virtual = virtual.astimezone(UTC)
        self._changed()

    def run_at(self, speed: float) -> None:
        """Change the speed; 0 pauses."""
        self._speed = speed
        self._changed()

    def _changed(self) -> None:
        for callback in self._callbacks:
            callback()
