"""A talk's times on stage, with their pauses and extensions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Extension:
    """Time given (or taken) at a moment."""

    at: datetime
    amount: timedelta


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause; it goes on while `ends_at` is None."""

    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stint:
    """One time that a talk was on stage; it still is while `ends_at` is None.

    Attributes:
        number: which of its talk's times on stage, from 1; one that was taken back is counted too.
        assumed: nobody tapped its end, or neither start nor end: they are the plan's, after a forgotten clock.
        by_plan: nobody tapped anything about it.
    """

    talk_id: int
    starts_at: datetime
    ends_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    number: int = 1
    assumed: bool = False
    by_plan: bool = False

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].ends_at is None

    @property
    def extended(self) -> timedelta:
        return sum((extension.amount for extension in self.extensions), NOTHING)

    def paused(self, now: datetime) -> timedelta:
        """How long it has been paused, up to `now` or its end."""
        until = self.ends_at or now
        return sum(((pause.ends_at or until) - pause.starts_at for pause in self.pauses), NOTHING)

    def runs_out_at(self, allotted: timedelta, now: datetime) -> datetime:
        """When its time is up: start, allotted length, extensions and pauses so far; may be past."""
        return self.starts_at + allotted + self.extended + self.paused(now)

    def ended(self, at: datetime) -> Stint:
        """The same, over at a moment; a pause ends with its talk."""
        pauses = self.pauses
        if self.is_paused:
            pauses = (*pauses[:-1], Pause(pauses[-1].starts_at, at))
        return replace(self, ends_at=at, pauses=pauses)


@dataclass(frozen=True, slots=True)
class Lift:
    """A tap that made the time left of a stint rise."""

    talk_id: int
    stint: int
    before: timedelta
    after: timedelta
