"""How fast a rehearsal's clock runs: as somebody chose, slower while something is amiss, not at all while paused."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.rehearsal.timetable import RehearsalClock

TROUBLED_SPEED = 30.0
"""A bot needs some real seconds to come back; at 600x a whole talk would pass meanwhile."""


class Pace:
    """Sets the clock; until `begin` it stands still.

    Attributes:
        chosen: how many virtual seconds are to pass in a real one.
        paused: whether it stands still at somebody's wish.
        is_even: whether nobody chose another speed than it began with.
        fastest: the highest speed that it ran at.
        stood_at: the virtual moments at which it stood still: what fell due then was late by no fault of the bot's.
    """

    def __init__(self, clock: RehearsalClock) -> None:
        self._clock = clock
        self._runs = self._is_troubled = self._is_held = False
        self.chosen = 1.0
        self.paused = False
        self.is_even = True
        self.fastest = 0.0
        self.stood_at = {clock.now()}

    @property
    def running(self) -> float:
        """How fast the clock runs when it is not paused."""
        return min(self.chosen, TROUBLED_SPEED) if self._is_troubled else self.chosen

    def begin(self, speed: float) -> None:
        """Let the clock run at this speed."""
        self.chosen, self._runs = speed, True
        self._set(self._clock.now())

    def choose(self, speed: float) -> None:
        """Run at another speed, also where it was paused."""
        self.is_even = self.is_even and speed == self.chosen
        self.chosen, self.paused = speed, False
        self._set(self._clock.now())

    def pause(self, *, paused: bool) -> None:
        """Stand still, or go on at the speed that was chosen."""
        self.paused = paused
        self._set(self._clock.now())

    def trouble(self, *, is_there: bool) -> None:
        """Run no faster than one can watch the bot come back, or as was chosen again."""
        if is_there != self._is_troubled:
            self._is_troubled = is_there
            self._set(self._clock.now())

    def hold(self, moment: datetime) -> None:
        """Stand still at a moment until `release`, whoever pauses or goes on meanwhile."""
        self._is_held = True
        self._set(moment)

    def release(self) -> None:
        """Run on as chosen after `hold`."""
        self._is_held = False
        self._set(self._clock.now())

    def go_to(self, moment: datetime) -> None:
        """Jump ahead, and run on or stand still as before; a moment that is past changes nothing."""
        if moment > self._clock.now():
            self._set(moment)

    def a_second_before(self, moment: datetime) -> datetime:
        """One real second ahead of a moment."""
        return moment - timedelta(seconds=self.running)

    def stop(self) -> None:
        """Stand still for good."""
        self._runs = False
        self._set(self._clock.now())

    def _set(self, moment: datetime) -> None:
        speed = self.running if self._runs and not (self.paused or self._is_held) else 0.0
        self.fastest = max(self.fastest, speed)
        self._clock.run_from(moment, speed)
        if not speed:
            self.stood_at.add(moment)
