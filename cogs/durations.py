"""Durations as people type them: `5` is minutes; `1:30`, `90s` and `2m30s` work, with a minus as well."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from pytimeparse.timeparse import timeparse

from bot.errors import CommandError
from bot.rules.programme import conference_day
from bot.services.programme import PlacedSession
from bot.timezones import local, localize

DAY_BEGINS = time(4)
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


def time_of_day(text: str, placed: PlacedSession) -> datetime:
    """A time at the venue on the session's conference day; before 04:00 it belongs to the night after.

    Raises:
        CommandError: it is no time of day, or the clocks skip it that night.
    """
    try:
        at = time.fromisoformat(text.strip().rjust(5, "0"))
    except ValueError:
        raise CommandError(f"“{text}” is not a time of day", do="Write it as 15:45") from None
    day = conference_day(local(placed.session.starts_at, placed.timezone))
    return localize(datetime.combine(day + timedelta(days=at < DAY_BEGINS), at), placed.timezone)
