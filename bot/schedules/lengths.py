"""Lengths as files state them: `0:45`, `1:30:00`, `2:10:00` of two days, minutes, ISO 8601."""

from __future__ import annotations

import contextlib
import re
from datetime import timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from pytimeparse.timeparse import timeparse

if TYPE_CHECKING:
    from pydantic import TypeAdapter

LONGEST = timedelta(days=14)

_MINUTES = re.compile(r"(\d{1,5})(?:[.,]0+)?")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)")
_THREE = re.compile(r"(\d{1,3}):([0-5]?\d):([0-5]\d)")


@lru_cache(maxsize=1_024)
def read_length(text: str, *, days_first: bool = False) -> timedelta | None:
    """A length; None for what states none, or none that is positive and shorter than `LONGEST`.

    Args:
        text: a bare number is minutes, `1:30` an hour and a half.
        days_first: of three numbers the first is days, as frab writes them, unless it has two digits (`00:45:00`) or
            the second is no hour; otherwise they are hours, minutes and seconds.
    """
    found = _read(text.strip().casefold(), days_first=days_first)
    return found if found and timedelta(0) < found < LONGEST else None


def _read(text: str, *, days_first: bool) -> timedelta | None:
    if minutes := _MINUTES.fullmatch(text):
        return timedelta(minutes=int(minutes[1]))
    if clock := _CLOCK.fullmatch(text):
        return timedelta(hours=int(clock[1]), minutes=int(clock[2]))
    if three := _THREE.fullmatch(text):
        return _of_three(three, days_first=days_first)
    if text.startswith("p"):
        with contextlib.suppress(ValueError):
            return _iso_8601().validate_python(text.upper())
    # Numbers of hundreds of digits are no length, nor a reason to fail.
    with contextlib.suppress(OverflowError, ValueError):
        seconds = timeparse(text)
        return timedelta(seconds=seconds) if seconds is not None else None
    return None


@cache
def _iso_8601() -> TypeAdapter[timedelta]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - a tenth of a second that a process reading one file seldom needs

    return TypeAdapter(timedelta)


def _of_three(numbers: re.Match[str], *, days_first: bool) -> timedelta:
    first, second, third = (int(number) for number in numbers.groups())
    if days_first and len(numbers[1]) == 1 and second < 24:  # noqa: PLR2004 - hours of a day
        return timedelta(days=first, hours=second, minutes=third)
    return timedelta(hours=first, minutes=second, seconds=third)
