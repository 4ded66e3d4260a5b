"""What there is to watch of a rehearsal, and where it stands at a moment: for the terminal and for the page."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.rehearsal.cast import Hall
from bot.rehearsal.control import Control
from bot.rehearsal.loopback import Loopback
from bot.rehearsal.outlook import Upcoming
from bot.rehearsal.reading import relative
from bot.rehearsal.timetable import stretches
from bot.schedules.schedule import Schedule


class Watched(Protocol):
    """A rehearsal, as far as those who show it look at it."""

    @property
    def loopback(self) -> Loopback:
        """The Discord that it takes place on."""

    @property
    def clock(self) -> Clock:
        """Its virtual clock."""

    @property
    def schedule(self) -> Schedule:
        """What is played."""

    @property
    def hall(self) -> Hall:
        """Its channels and people."""

    @property
    def ends_at(self) -> datetime:
        """The virtual moment at which all is over."""

    @property
    def control(self) -> Control:
        """What those who look on may change."""


class Directed(Watched, Protocol):
    """A rehearsal in which those who look on take part."""

    async def look_ahead(self) -> Upcoming | None:
        """What comes next, None if nothing more does."""

    async def jump(self) -> None:
        """Go to shortly before what comes next."""


@dataclass(frozen=True, slots=True)
class Course:
    """The planned starts of the talks that take place, in order, and the end of the last.

    Attributes:
        opens_at: where the clock stands until everything is set up.
    """

    starts: tuple[datetime, ...]
    ends_at: datetime
    opens_at: datetime

    @classmethod
    def of(cls, schedule: Schedule) -> Course:
        """The course of a schedule; of one whose talks are all cancelled, as if they were not."""
        talks = [talk for talk in schedule.talks if not talk.cancelled] or schedule.talks
        starts = tuple(sorted(talk.starts_at for talk in talks))
        return cls(starts, max(talk.ends_at for talk in talks), stretches(schedule)[0].starts_at)

    @property
    def starts_at(self) -> datetime:
        return self.starts[0]

    def begun(self, now: datetime) -> int:
        """How many talks have begun."""
        return bisect_right(self.starts, now)

    def share(self, now: datetime) -> float:
        """How much of the time from the first start to the last end is past, from 0 to 1."""
        whole = self.ends_at - self.starts_at
        return min(max((now - self.starts_at) / whole, 0.0), 1.0) if whole > timedelta(0) else 1.0

    def standing(self, now: datetime) -> str:
        """`talk 3 of 15`; before the first one when it begins, after the last one that it is over."""
        if now < self.starts_at:
            return f"begins {relative((self.starts_at - now).total_seconds())}"
        if now >= self.ends_at:
            return f"all {len(self.starts)} talks over" if len(self.starts) > 1 else "the talk is over"
        return f"talk {self.begun(now)} of {len(self.starts)}"

    def pace(self, now: datetime, speed: float) -> str:
        """`60x`, `paused`; `starting …` until the clock first runs."""
        if speed:
            return f"{speed:g}x"
        return "paused" if now > self.opens_at else "starting …"
