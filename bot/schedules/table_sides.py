"""What a cell holds on each side of a dash, token by token: dates, times of day, zones."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.schedules.table_words import (
    DASHES,
    FILLERS,
    MIDNIGHT_WORDS,
    MONTH_BY_NAME,
    NOON_WORDS,
    SHORT_WEEKDAYS,
    WEEKDAY_BY_NAME,
    folded,
)
from bot.timezones import is_abbreviation, is_zone

NOON = 12 * 3600
_LATEST_HOUR = 30  # A programme that counts on past midnight has not got further than six in the morning.
_LAST_MONTH, _LAST_DAY, _SIXTY, _TWELVE = 12, 31, 60, 12
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_CENTURY, _OLD = 100, 70  # Two digits below 70 are of this century, as POSIX and spreadsheets read them.
_MARCH, _TUESDAY = 3, 1  # `mar` is either.
_TOKEN = re.compile(
    r"""
      (?P<iso>\d{4}([-/.])\d{1,2}\2\d{1,2}(?!\d))(?:T(?=\d))?
    | (?P<compact>(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]))(?:T(?=\d)|(?!\d))
    | (?P<numeric>\d{1,2}\s?([./-])\s?\d{1,2}\s?\5\s?(?:\d{4}|\d\d)(?![\d:]))
    | (?P<short>\d{1,2}\.\s?\d{1,2}\.(?!\d)|\d{1,2}/\d{1,2}(?![\d/]))
    | (?P<clock>\d{1,2}(?::|\.|\s?[hH]\s?)[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?!\d))(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?
    | (?P<hour>\d{1,2})\s?(?P<hour_half>[ap])\.?\s?m\b\.?
    | (?P<full>\d{1,2})\s?(?:uhr|hrs?|h|o['’]clock)\b\.?
    | (?P<six>\d{6})(?!\d)
    | (?P<four>\d{4})(?!\d)
    | (?P<offset>(?:UTC|GMT)\s?[+\-−]\s?\d{1,2}(?::?\d\d)?(?!\d)|\+\d\d(?::?\d\d)?(?!\d))
    | (?P<number>\d{1,2})(?:st|nd|rd|th|er|[.ºª°])?(?!\d)
    | (?P<dash>-{1,3}|[‐-―−~→>])
    | (?P<word>[^\W\d_]+(?:/[A-Za-z_]+){0,2})
    | (?P<filler>[\s,;:.()\[\]|@•·'’`]+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LAST_WORD = re.compile(r"([^\W\d_]{3,12})\W{0,2}$")


class CellDate(NamedTuple):
    """A date as far as a cell states it; weekday 0 is Monday.

    Attributes:
        numbers: day and month in the order of the cell, where that may be either; `day` and `month` are None then.
        mark: what stands between them.
    """

    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    numbers: tuple[int, int] | None = None
    mark: str = ""

    @property
    def is_whole(self) -> bool:
        return self.numbers is not None or (self.day is not None and self.month is not None)


NO_DATE = CellDate()


class Side(NamedTuple):
    """What stands on one side of a dash: a date, seconds after its midnight, and a zone or offset."""

    date: CellDate = NO_DATE
    clock: int | None = None
    half: str | None = None
    zone: str | None = None


NOTHING = Side()


def read_sides(text: str, *, only_clock: bool) -> list[Side] | None:
    """What stands before and after the dash; None where something is no part of a date or time."""
    sides = [Side()]
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            return None
        position = token.end()
        if token["filler"]:
            continue
        if token["dash"] or (token["word"] and folded(token["word"]) in DASHES):
            if sides[-1].clock is not None:
                if len(sides) > 1:
                    return None
                sides.append(Side())
            continue
        taken = _taken(sides[-1], token, only_clock=only_clock)
        if taken is None:
            return None
        sides[-1] = taken
    return sides


def _taken(side: Side, token: re.Match[str], *, only_clock: bool) -> Side | None:
    """The side with one token more; None if there is no room for it."""
    if token["word"]:
        return _with_word(side, token["word"])
    if token["offset"]:
        return None if side.zone or side.clock is None else side._replace(zone=token["offset"].replace(" ", ""))
    is_number = bool(token["four"] or token["number"])
    if token["clock"] and not only_clock and side.date == NO_DATE and _is_dotted_date(token):
        return _with_numbers(side, token["clock"], ".")
    dated = side.date.is_whole and (side.date.year is not None or bool(token["six"]))
    bare = only_clock and side.date == NO_DATE and token[0].isdigit()
    if token["clock"] or token["hour"] or token["full"] or token["six"] or (is_number and (dated or bare)):
        return _with_clock(side, token)
    return _with_date(side, token)


def _is_dotted_date(token: re.Match[str]) -> bool:
    """Whether `21.07` of a column of dates is one."""
    return (
        re.fullmatch(r"\d{1,2}\.\d\d", token["clock"]) is not None
        and not token["half"]
        and token.end() == len(token.string)
    )


def _with_clock(side: Side, token: re.Match[str]) -> Side | None:
    printed = next(token[name] for name in ("clock", "hour", "full", "six", "four", "number") if token[name])
    half = (token["half"] or token["hour_half"] or "").casefold() or None
    if token["six"] or token["four"]:
        hours, minutes, seconds = int(printed[:2]), int(printed[2:4]), int(printed[4:] or 0)
    else:
        numbers = [int(number) for number in re.findall(r"\d+", printed)[:3]]
        hours, minutes, seconds = (*numbers, 0, 0)[:3]
    if side.clock is not None or hours > _LATEST_HOUR or minutes >= _SIXTY or seconds >= _SIXTY:
        return None
    if half and hours <= _TWELVE:
        hours = hours % _TWELVE + (_TWELVE if half == "p" else 0)
    return side._replace(clock=hours * 3600 + minutes * 60 + seconds, half=half)


def _with_date(side: Side, token: re.Match[str]) -> Side | None:
    if token["iso"] or token["compact"]:
        return _with_whole_date(side, token["iso"] or token["compact"])
    if text := token["numeric"] or token["short"]:
        return _with_numbers(side, text, next(mark for mark in text if not mark.isdigit() and mark != " "))
    day = side.date
    number = int(re.sub(r"\D", "", token["four"] or token["number"]))
    if token["four"]:
        vacant = day.year is None and _FIRST_YEAR <= number <= _LAST_YEAR
        return side._replace(date=day._replace(year=number)) if vacant else None
    if day.day is None and not day.numbers and 1 <= number <= _LAST_DAY:
        return side._replace(date=day._replace(day=number))
    before = _LAST_WORD.search(token.string[: token.start()])
    vacant = day.is_whole and day.year is None and before is not None and folded(before[1]) in MONTH_BY_NAME
    return side._replace(date=day._replace(year=_century(number))) if vacant else None


def _with_whole_date(side: Side, text: str) -> Side | None:
    """A date that begins with its year: `2022-07-21`, `20220721`."""
    compact = (text[:4], text[4:6], text[6:8])
    year, month, day = (int(part) for part in (compact if text.isdigit() else re.findall(r"\d+", text)))
    vacant = not side.date.is_whole and side.date.year is None
    if not vacant or not (1 <= month <= _LAST_MONTH and 1 <= day <= _LAST_DAY):
        return None
    return side._replace(date=side.date._replace(year=year, month=month, day=day))


def _with_numbers(side: Side, text: str, mark: str) -> Side | None:
    """A date of numbers alone: which is the day is settled for the whole table, by its `resolve`."""
    first, second, *rest = (int(number) for number in re.findall(r"\d+", text))
    if side.date.is_whole or side.date.day or not (min(first, second) >= 1 and max(first, second) <= _LAST_DAY):
        return None
    year = side.date.year if not rest else _century(rest[0])
    return side._replace(date=side.date._replace(numbers=(first, second), year=year, mark=mark))


def _century(year: int) -> int:
    if year >= _CENTURY:
        return year
    return 2000 + year if year < _OLD else 1900 + year


def _with_word(side: Side, word: str) -> Side | None:
    name = folded(word)
    if name in NOON_WORDS or name in MIDNIGHT_WORDS:
        clock = NOON if name in NOON_WORDS else 0
        named = side.clock is None or side.clock == NOON
        return side._replace(clock=clock, half="p" if clock else "a") if named else None
    if word == "Z" or ("/" in word and is_zone(word)) or (word.isupper() and is_abbreviation(word) and len(word) > 1):
        return None if side.zone or side.clock is None else side._replace(zone=word)
    return _with_day_name(side, name)


def _with_day_name(side: Side, name: str) -> Side | None:
    weekday, month = WEEKDAY_BY_NAME.get(name), MONTH_BY_NAME.get(name)
    if side == NOTHING and name in SHORT_WEEKDAYS:
        return side._replace(date=CellDate(weekday=SHORT_WEEKDAYS[name]))
    if month is not None and side.date.month == _MARCH and side.date.weekday is None:
        return side._replace(date=side.date._replace(month=month + 1, weekday=_TUESDAY))
    if month is not None and side.date.month is None and not side.date.numbers:
        return side._replace(date=side.date._replace(month=month + 1))
    if weekday is not None and side.date.weekday is None:
        return side._replace(date=side.date._replace(weekday=weekday))
    return side if name in FILLERS else None
