"""Faults on a switch: Discord is down, Discord answers slowly; and when a rehearsal's bot could not do its work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.rehearsal.loopback.faults import Faults

SLOW_SECONDS = 2.0
"""Real seconds that every answer takes; an interaction must be acknowledged within three."""
AFTERMATH = timedelta(seconds=30)
"""Real time after which the bot has surely tried again, however often it tried in vain."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A virtual time in which the bot could not do its work, through no fault of its own."""

    begins_at: datetime
    ends_at: datetime

    def overlap(self, begins_at: datetime, ends_at: datetime) -> timedelta:
        """How much of another time it takes."""
        return max(timedelta(0), min(self.ends_at, ends_at) - max(self.begins_at, begins_at))


class Troubles:
    """Discord's faults, and the times that they and restarts took, each with its aftermath.

    Attributes:
        is_slow, had_any: whether it answers slowly now, and whether it was ever slow or down.
    """

    def __init__(self, faults: Faults, clock: Clock) -> None:
        self._faults = faults
        self._clock = clock
        self._since: datetime | None = None
        self._absences: list[Absence] = []
        self.is_slow = self.had_any = False

    @property
    def is_down(self) -> bool:
        return self._faults.is_down

    @property
    def any(self) -> bool:
        """Whether Discord is not as it should be."""
        return self.is_down or self.is_slow

    def set_down(self, *, down: bool) -> None:
        if down and not self.is_down:
            self._faults.down()
            self.had_any = True
        elif not down:
            self._faults.up()

    def set_slow(self, *, slow: bool) -> None:
        if slow and not self.is_slow:
            self._faults.delay(SLOW_SECONDS)
            self.had_any = True
        elif not slow:
            self._faults.end_delays()
        self.is_slow = slow

    def note(self, speed: float, *, is_amiss: bool) -> None:
        """Tell whether the bot can do its work just now, and how fast the clock runs."""
        now = self._clock.now()
        if is_amiss:
            self._since = self._since or now
        elif self._since is not None:
            self._absences.append(Absence(self._since, now + AFTERMATH * speed))
            self._since = None

    def absences(self) -> tuple[Absence, ...]:
        """All so far, with the one that lasts."""
        lasting = [Absence(self._since, self._clock.now())] if self._since else []
        return (*self._absences, *lasting)
