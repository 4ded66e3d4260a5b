"""Times as pages print them: `Thu 21 July 12:30 - 12:35 PDT` and its many spellings, still without year and zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from bot.errors import ScheduleError
from bot.timezones import is_abbreviation, is_zone

# Longer lines are prose that happens to mention a time.
LONGEST_TIME_LINE = 120
_NOON = 12 * 60

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORTEST_NAME = 3
# Each name and whatever it may be cut to: thu, thur, thurs, thursday.
_WEEKDAY_BY_NAME = {
    name[:end]: number for number, name in enumerate(_WEEKDAYS) for end in range(_SHORTEST_NAME, len(name) + 1)
}
_MONTH_BY_NAME = {
    name[:end]: number for number, name in enumerate(_MONTHS, 1) for end in range(_SHORTEST_NAME, len(name) + 1)
}
_PARTS = r"""
      (?P<iso>\d{4}-\d{2}-\d{2})(?:T(?=\d))?
    | (?P<clock>\d{1,2}:\d{2})(?::00)?(?:\s?(?P<half>[ap])\.?m\b\.?)?
    | (?P<hour>\d{1,2})\s?(?P<hour_half>[ap])\.?m\b\.?
    | (?:12\s)?(?P<named>noon|midnight)\b
    | (?P<year>(?:19|20)\d{2})\b
    | (?P<offset>(?:UTC|GMT)\s?[+\-−]\d{1,2}(?::?\d{2})?\b|\+\d{2}:?\d{2}\b%s)
    | (?P<day>\d{1,2})(?:st|nd|rd|th)?\b
    | (?P<dash>-{1,3}|[‐-―−~]|\bto\b|\buntil\b)
    | (?P<word>[A-Za-z]+(?:[/_-][A-Za-z_]+)*)
    | (?P<filler>[\s,;:.()|@•·]+)
"""
_TOKEN = re.compile(_PARTS % "", re.VERBOSE | re.IGNORECASE)
# `12:30 -12:35` is a span; only after one dash can another begin an offset.
_TOKEN_AFTER_DASH = re.compile(_PARTS % r"|[-−]\d{2}:?\d{2}\b", re.VERBOSE | re.IGNORECASE)
_FILLER_WORDS = frozenset({"at", "from", "on", "of", "the"})
_LONGEST_DATE = 40
_MOST_COLONS = 8
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"\d(?::\d\d|\s?[ap]\.?m\b)", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:noon|midnight)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as far as it is printed; weekday 0 is Monday."""

    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None

    @property
    def is_whole(self) -> bool:
        return self.day is not None and self.month is not None

    def __str__(self) -> str:
        weekday = _WEEKDAYS[self.weekday][:3].title() if self.weekday is not None else ""
        month = _MONTHS[self.month - 1].title() if self.month else ""
        return " ".join(str(part) for part in (weekday, self.day, month, self.year) if part)


NO_DATE = PrintedDate()


class PrintedTimes(NamedTuple):
    """What one line says about when something is.

    Attributes:
        text: the line.
        place: where it stands, for messages.
        date: the day it begins.
        starts: minutes after midnight.
        ends: minutes after midnight, 1440 for an end at 24:00; None where the line gives a start only.
        end_date: the day it ends, where that is printed too.
        zone: what is printed as zone after the end, else after the start.
        start_zone: what is printed as zone after the start, where the end has another.
    """

    text: str
    place: str
    date: PrintedDate
    starts: int
    ends: int | None = None
    end_date: PrintedDate = NO_DATE
    zone: str | None = None
    start_zone: str | None = None


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day: as printed, its minutes, and whether am or pm stands beside it."""

    minutes: int
    half: str | None = None


@dataclass(slots=True)
class _Side:
    """What stands on one side of the dash."""

    date: PrintedDate = NO_DATE
    clock: _Clock | None = None
    zone: str | None = None
    impossible: str | None = None


def read_times(text: str, place: str) -> PrintedTimes | None:
    """The times that a whole line prints, or None if it holds anything else too.

    Raises:
        ScheduleError: it is such a line, but with a time or day that does not exist.
    """
    if len(text) > LONGEST_TIME_LINE or text.count(":") > _MOST_COLONS or not _looks_like_time(text):
        return None
    sides = _sides_of(text)
    times = _joined(text, place, sides) if sides else None
    if times and sides:
        _check(place, sides)
    return times


def _looks_like_time(text: str) -> bool:
    if _CLOCK.search(text):
        return True
    folded = text.casefold()
    return ("noon" in folded or "ght" in folded) and _NAMED.search(text) is not None


def _check(place: str, sides: Sequence[_Side]) -> None:
    """Refuse what no clock or calendar shows; only now, because other lines may say `80:20` and mean it."""
    impossible = next((side.impossible for side in sides if side.impossible), None)
    if impossible:
        raise ScheduleError(f"there is no {impossible}", where=place, do="Put it right")


def read_date(text: str) -> PrintedDate | None:
    """The date that a whole line prints, such as a day's heading; None if it holds anything else too."""
    sides = _sides_of(text) if len(text) <= _LONGEST_DATE and _DIGIT.search(text) else None
    if sides is None or len(sides) > 1 or sides[0].clock or sides[0].zone or not sides[0].date.is_whole:
        return None
    return sides[0].date


@lru_cache(maxsize=4_096)
def _sides_of(text: str) -> Sequence[_Side] | None:
    """What a whole line says, on both sides of its dash; in rooms side by side the same lines come again."""
    tokens = _tokens(text)
    return _sides(tokens) if tokens else None


def _tokens(text: str) -> list[re.Match[str]] | None:
    """The line cut into tokens, or None where something is no part of a time line."""
    found: list[re.Match[str]] = []
    pattern, position = _TOKEN, 0
    while position < len(text):
        token = pattern.match(text, position)
        if token is None:
            return None
        position = token.end()
        if token["dash"]:
            pattern = _TOKEN_AFTER_DASH
        if not token["filler"]:
            found.append(token)
    return found


def _sides(tokens: list[re.Match[str]]) -> Sequence[_Side] | None:
    """What stands before and after the dash, or None if it makes no sense as a time line."""
    sides = [_Side()]
    for token in tokens:
        if token["dash"]:
            if len(sides) > 1 or sides[0].clock is None:
                return None
            sides.append(_Side())
        elif not _take(sides[-1], token):
            return None
    return sides


def _take(side: _Side, token: re.Match[str]) -> bool:
    """Put one token where it belongs; False if there is no room for it."""
    if token["clock"] or token["hour"] or token["named"]:
        if side.clock is not None:
            return False
        side.clock = _clock(side, token)
        return True
    if token["offset"]:
        return _take_zone(side, token["offset"])
    if token["word"]:
        return _take_word(side, token["word"])
    return _take_date(side, token)


def _take_date(side: _Side, token: re.Match[str]) -> bool:
    if token["iso"]:
        year, month, day = (int(part) for part in token["iso"].split("-"))
        if not (1 <= month <= len(_MONTHS) and 1 <= day <= 31):  # noqa: PLR2004 - the longest month
            side.impossible = f"day {token['iso']}"
        side.date = replace(side.date, year=year, month=month, day=day)
        return True
    if token["year"]:
        vacant = side.date.year is None
        side.date = replace(side.date, year=int(token["year"]))
        return vacant
    vacant = side.date.day is None
    side.date = replace(side.date, day=int(token["day"]))
    return vacant


def _take_word(side: _Side, word: str) -> bool:
    folded = word.casefold()
    if folded in _FILLER_WORDS:
        return True
    weekday, month = _WEEKDAY_BY_NAME.get(folded), _MONTH_BY_NAME.get(folded)
    if weekday is not None and side.date.weekday is None:
        side.date = replace(side.date, weekday=weekday)
        return True
    if month is not None and side.date.month is None:
        side.date = replace(side.date, month=month)
        return True
    return _take_zone(side, word) if side.clock and _may_be_zone(word) else False


def _may_be_zone(word: str) -> bool:
    longest_abbreviation = 5
    if "/" in word:
        return is_zone(word)
    return (word.isupper() and len(word) <= longest_abbreviation) or word in {"AoE", "ChST"}


def _take_zone(side: _Side, zone: str) -> bool:
    vacant = side.zone is None
    side.zone = zone
    return vacant


def _clock(side: _Side, token: re.Match[str]) -> _Clock:
    if token["named"]:
        return _Clock(_NOON, "p") if token["named"].casefold() == "noon" else _Clock(0, "a")
    hours, minutes = (int(part) for part in (token["clock"] or f"{token['hour']}:00").split(":"))
    half = (token["half"] or token["hour_half"] or "").casefold() or None
    twelve, last_hour, sixty = 12, 24, 60
    exists = minutes < sixty and (hours < last_hour or (hours, minutes) == (last_hour, 0))
    if not exists or (half and hours == 0 and minutes == sixty):
        side.impossible = f"time of day {token[0].strip()}"
    if half and hours <= twelve:
        hours = hours % twelve + (twelve if half == "p" else 0)
    return _Clock(hours * sixty + minutes, half)


def _joined(text: str, place: str, sides: Sequence[_Side]) -> PrintedTimes | None:
    start, end = sides[0], sides[-1]
    if start.clock is None or end.clock is None or not _plausible_zone(start, end):
        return None
    if len(sides) == 1:
        alone = PrintedTimes(text, place, start.date, start.clock.minutes, zone=start.zone)
        return alone if start.date != NO_DATE else None
    return PrintedTimes(
        text,
        place,
        start.date,
        starts=_shared_half(start.clock, end.clock),
        ends=end.clock.minutes,
        end_date=end.date,
        zone=end.zone or start.zone,
        start_zone=start.zone if end.zone and start.zone != end.zone else None,
    )


def _plausible_zone(start: _Side, end: _Side) -> bool:
    """In `12:30 - 12:35 LUNCH` the word is no zone; beside a date an unknown one is worth an error."""
    dated = start.date != NO_DATE
    return dated or all(side.zone is None or _known_zone(side.zone) for side in (start, end))


def _known_zone(zone: str) -> bool:
    return not zone.isalpha() or is_abbreviation(zone)


def _shared_half(start: _Clock, end: _Clock) -> int:
    """The start's minutes: in `8:00 - 9:30 PM` it shares the end's half of the day, in `11:30 - 12:30 PM` it doesn't.

    Of the two halves that it can be in, the one is meant that makes the shorter talk.
    """
    if start.half or not end.half or not 0 < start.minutes < _NOON + 60:
        return start.minutes
    morning = start.minutes % _NOON
    return min((morning, morning + _NOON), key=lambda minutes: (end.minutes - minutes) % (2 * _NOON))
