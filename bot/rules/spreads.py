"""How values are spread: what half of them, nearly all and the worst come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.rules.stints import NOTHING


@dataclass(frozen=True, slots=True)
class Spread:
    """Spans of time, from the least to the most.

    Attributes:
        values: in ascending order; at least one.
    """

    values: tuple[timedelta, ...]

    @property
    def count(self) -> int:
        return len(self.values)

    @property
    def mean(self) -> timedelta:
        return sum(self.values, NOTHING) / self.count

    @property
    def median(self) -> timedelta:
        return self.percentile(50)

    @property
    def most(self) -> timedelta:
        return self.values[-1]

    def percentile(self, percent: float) -> timedelta:
        """What so many percent do not exceed; between two values in proportion, as spreadsheets and pandas have it."""
        place = (self.count - 1) * percent / 100
        below = int(place)
        above = min(below + 1, self.count - 1)
        return self.values[below] + (self.values[above] - self.values[below]) * (place - below)


def spread(values: Iterable[timedelta | None]) -> Spread | None:
    """The spread of those that are known; None of nothing."""
    known = tuple(sorted(value for value in values if value is not None))
    return Spread(known) if known else None
