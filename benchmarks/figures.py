"""What a benchmark gives back: figures, some with a promise beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        name: what was measured, in a reader's words.
        value: in `unit`; NaN if nothing could be measured, which keeps no promise.
        limit: the most that was promised; None for a figure that only stands beside others.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def kept(self) -> bool | None:
        """Whether the promise was kept; None where there is none."""
        return None if self.limit is None else self.value <= self.limit

    @property
    def promised(self) -> str:
        return "" if self.limit is None else f"at most {_shown(self.limit)} {self.unit}".strip()

    @property
    def measured(self) -> str:
        return f"{_shown(self.value)} {self.unit}".strip()


def _shown(value: float) -> str:
    if math.isnan(value):
        return "nothing"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed; NaN of nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def middle(values: Sequence[float]) -> float:
    """The median; NaN of nothing."""
    return median(values) if values else math.nan


ENOUGH = 100
"""Of fewer values the 99th percentile is the greatest, or what one value more or less makes of it."""


def spread(
    name: str, values: Sequence[float], unit: str = "ms", *, p50: float | None = None, p99: float | None = None
) -> list[Figure]:
    """Half of the values, nearly all of them, and the worst, with what was promised of the first two.

    Where there are too few values for nearly all of them, what was promised of those is held of the worst.
    """
    half, worst = percentile(values, 50), percentile(values, 100)
    if len(values) < ENOUGH:
        return [Figure(f"{name}: p50", half, unit, p50), Figure(f"{name}: max", worst, unit, p99)]
    return [
        Figure(f"{name}: p50", half, unit, p50),
        Figure(f"{name}: p99", percentile(values, 99), unit, p99),
        Figure(f"{name}: max", worst, unit),
    ]
