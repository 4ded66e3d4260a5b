"""Durations as people type them: `5` is minutes; `1:30`, `90s` and `2m30s` work, with a minus as well."""

from __future__ import annotations

import re
from datetime import timedelta

from pytimeparse.timeparse import timeparse

from bot.errors import CommandError

LONGEST = timedelta(hours=12)
_BARE = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?")


def duration(text: str) -> timedelta:
    """What somebody typed, as a duration; negative with a leading minus.

    Raises:
        CommandError: it is none, or longer than half a day.
    """
    typed = text.strip().replace("−", "-").casefold()
    sign = -1 if typed.startswith("-") else 1
    plain = typed.lstrip("+-").strip()
    seconds = float(plain.replace(",", ".")) * 60 if _BARE.fullmatch(plain) else timeparse(plain)
    if seconds is None or not 0 <= seconds <= LONGEST.total_seconds():
        raise CommandError(
            f"“{text}” is not a length of time",
            do="Write minutes, such as 5, or 1:30, 90s, 2m30s; with a minus to take away",
        )
    return sign * timedelta(seconds=float(seconds))
