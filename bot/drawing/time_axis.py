"""The common time axis: where a moment stands, and which moments bear a mark, in the venue's local time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.timezones import abbreviation, local

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHORTEST = 5 * MINUTE
"""What an axis shows at least."""
STEPS = [
    *(number * MINUTE for number in (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720)),
    *(number * DAY for number in (1, 2, 7, 14, 28, 91, 364)),
]
"""Between marks; multiples of each other's, as people count hours."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment with what stands under it.

    Attributes:
        above: what is new from here on where the axis spans more than one, a day or a zone's name; else empty.
    """

    at: datetime
    label: str
    above: str = ""


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """A span of time between two places, in pixels."""

    starts_at: datetime
    ends_at: datetime
    left: float
    right: float

    def x(self, moment: datetime) -> float:
        """Where a moment stands; one outside of the span at its end."""
        share = (moment - self.starts_at) / (self.ends_at - self.starts_at)
        return self.left + min(max(share, 0), 1) * (self.right - self.left)

    def marks(self, timezone: str, apart: float) -> list[Mark]:
        """Marks at round local times, at least so many pixels apart."""
        for step in STEPS:
            if step / (self.ends_at - self.starts_at) * (self.right - self.left) < apart:
                continue
            return _labelled(self, list(_round_moments(self, timezone, step)), timezone, dates=step >= DAY)
        return []


def axis_over(moments: Iterable[datetime], left: float, right: float) -> TimeAxis | None:
    """The axis that shows all of these moments; None where there are none."""
    every = sorted(moments)
    if not every:
        return None
    return TimeAxis(every[0], max(every[-1], every[0] + SHORTEST), left, right)


def _round_moments(axis: TimeAxis, timezone: str, step: timedelta) -> Iterator[datetime]:
    """Where the local clock shows a multiple of the step: a change of the clocks leaves out an hour, or repeats it."""
    apart = math.gcd(step // MINUTE, 15) * MINUTE
    into = _since_midnight(axis.starts_at, timezone) % apart
    at = axis.starts_at + (apart - into if into else timedelta(0))
    while at <= axis.ends_at:
        there = local(at, timezone)
        days = there.toordinal() * DAY if step > DAY else timedelta(0)
        clock = _since_midnight(at, timezone)
        if not (days + clock) % step:
            yield at
        # From one midnight on to shortly before the next, whatever the clocks do in between.
        at += apart if clock or step < DAY else DAY - 2 * HOUR


def _since_midnight(at: datetime, timezone: str) -> timedelta:
    there = local(at, timezone)
    return timedelta(hours=there.hour, minutes=there.minute, seconds=there.second, microseconds=there.microsecond)


def _labelled(axis: TimeAxis, moments: list[datetime], timezone: str, *, dates: bool) -> list[Mark]:
    every = [axis.starts_at, *moments, axis.ends_at]
    has_days = len({local(at, timezone).date() for at in every}) > 1 and not dates
    has_zones = len({abbreviation(at, timezone) for at in every}) > 1
    said, marks = "", []
    for at in moments:
        there = local(at, timezone)
        day = f"{there:%a} {there.day}" if has_days else ""
        above = " ".join(part for part in (day, abbreviation(at, timezone) if has_zones else "") if part)
        label = f"{there.day} {there:%b}" if dates else f"{there:%H:%M}"
        marks.append(Mark(at, label, above if above != said else ""))
        said = above
    return marks
