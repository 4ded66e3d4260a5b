"""RRULEs, looked at before anything expands them.

The library that expands them goes on to the year 9999 in search of a day that never comes, such as 30 February, so only
rules that are sure to come again soon are let through: those that programmes and clocks use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

_LONGEST_RULE = 1_000
_MOST_TIMES = 24
_MOST_COUNT = 100_000
_PART = re.compile(r"\s*([A-Z-]+)\s*=\s*([A-Z0-9,+: -]+?)\s*")
_WEEKDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")

# The length of each frequency's period in days, and the longest interval that is let through.
_PERIODS = {
    "HOURLY": (1 / 24, 24),
    "DAILY": (1.0, 366),
    "WEEKLY": (7.0, 52),
    "MONTHLY": (28.0, 12),
    "YEARLY": (365.0, 4),
}
_TIMES = {"BYHOUR": (0, 23), "BYMINUTE": (0, 59), "BYSECOND": (0, 59)}
_NUMBERS = {**_TIMES, "BYMONTH": (1, 12), "BYMONTHDAY": (-31, 31), "BYSETPOS": (-4, 4)}
_DAYS = {
    "HOURLY": (),
    "DAILY": ("BYDAY", "BYMONTH"),
    "WEEKLY": ("BYDAY",),
    "MONTHLY": ("BYDAY", "BYMONTHDAY", "BYSETPOS"),
    "YEARLY": ("BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH"),
}
_SURELY_IN_A_MONTH = 28


class UnreadRule(Exception):  # noqa: N818 - it becomes a warning, not a failure
    """A rule that is not expanded; its text says why, a clause."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that comes again soon, as often as it is asked.

    Attributes:
        parts: by their names, without UNTIL and COUNT.
        until: UNTIL as it is written.
        a_day: how often it comes at most, on an average day.
    """

    frequency: str
    parts: dict[str, list[str] | list[int]]
    until: str | None
    count: int | None
    a_day: float


def checked_rule(text: str, start: datetime) -> Rule:
    """The rule that an RRULE states.

    Args:
        text: its value.
        start: the wall time that it begins at.

    Raises:
        UnreadRule: it makes no sense, comes every minute, or is of a kind that may never come.
    """
    given = _parts(text.upper())
    frequency = given.pop("FREQ", [""])[0]
    if frequency in {"SECONDLY", "MINUTELY"}:
        raise UnreadRule(f"it repeats {frequency.lower()}")
    if frequency not in _PERIODS:
        raise UnreadRule(f"“{text[:60]}” is no rule")
    until = given.pop("UNTIL", [None])[0]
    count = _number(given.pop("COUNT", ["0"])[0], "COUNT", 0, _MOST_COUNT)
    interval = _number(given.get("INTERVAL", ["1"])[0], "INTERVAL", 1, _PERIODS[frequency][1])
    parts: dict[str, list[str] | list[int]] = {"FREQ": [frequency], "INTERVAL": [interval]}
    for name, values in given.items():
        if name in _NUMBERS:
            parts[name] = sorted({_number(value, name, *_NUMBERS[name]) for value in values})
        elif name in {"BYDAY", "WKST"}:
            parts[name] = list(dict.fromkeys(_weekday(value) for value in values))
        elif name != "INTERVAL":
            raise UnreadRule(f"its rule has {name[:20]}")
    _check_days(frequency, interval, parts, start)
    return Rule(frequency, parts, until, count or None, _often(frequency, interval, parts))


def _parts(text: str) -> dict[str, list[str]]:
    if len(text) > _LONGEST_RULE:
        raise UnreadRule(f"its rule has {len(text):,} characters")
    parts = {}
    for part in filter(str.strip, text.split(";")):
        seen = _PART.fullmatch(part)
        if seen is None:
            raise UnreadRule(f"“{part.strip()[:60]}” is no part of a rule")
        parts[seen[1]] = [value.strip() for value in seen[2].split(",") if value.strip()] or [""]
    return parts


def _number(text: str, name: str, least: int, most: int) -> int:
    if re.fullmatch(r"[+-]?\d{1,6}", text) and least <= int(text) <= most and (int(text) or least >= 0):
        return int(text)
    raise UnreadRule(f"its rule has {name}={text[:20]}")


def _weekday(text: str) -> str:
    if _WEEKDAY.fullmatch(text):
        return text
    raise UnreadRule(f"its rule has BYDAY={text[:20]}")


def _check_days(frequency: str, interval: int, parts: dict[str, list[str] | list[int]], start: datetime) -> None:
    """Refuse a rule whose days might not come for many years."""
    by_day = [name for name in parts if name.startswith("BY") and name not in _TIMES]
    strange = [name for name in by_day if name not in _DAYS[frequency]]
    if frequency == "HOURLY":
        strange = [name for name in parts if name.startswith("BY")]
    numbered = any(len(str(value)) > len("MO") for value in parts.get("BYDAY", []))
    month_days = [abs(int(day)) for day in parts.get("BYMONTHDAY", [] if "BYDAY" in parts else [start.day])]
    if strange:
        raise UnreadRule(f"its rule has {strange[0]}, {frequency.lower()}")
    rare = (
        (frequency == "DAILY" and by_day and interval > 1)
        or (frequency in {"DAILY", "WEEKLY"} and numbered)
        or (frequency == "YEARLY" and by_day and "BYMONTH" not in parts)
        or ("BYSETPOS" in parts and (numbered or "BYDAY" not in parts or "BYMONTHDAY" in parts))
    )
    if frequency in {"MONTHLY", "YEARLY"} and (interval > 1 or "BYMONTH" in parts):
        rare = rare or min(month_days, default=1) > _SURELY_IN_A_MONTH
    if rare:
        raise UnreadRule("its rule is of a kind that may never come")


def _often(frequency: str, interval: int, parts: dict[str, list[str] | list[int]]) -> float:
    times = 1
    for name in _TIMES:
        times *= len(parts.get(name, [0]))
    if times > _MOST_TIMES:
        raise UnreadRule(f"it repeats {times} times a day")
    weekdays = (
        1 if frequency == "DAILY" else len(parts.get("BYDAY", [0])) * (5 if frequency in {"MONTHLY", "YEARLY"} else 1)
    )
    days = (
        weekdays * len(parts.get("BYMONTHDAY", [0])) * (len(parts.get("BYMONTH", [0])) if frequency == "YEARLY" else 1)
    )
    return times * days / (_PERIODS[frequency][0] * interval)
