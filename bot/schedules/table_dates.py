"""Which day each date of a table is: the order of day and month is settled once for the whole table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.errors import ScheduleError, ScheduleQuestion
from bot.schedules.dates import StatedYear, resolve_dates
from bot.schedules.printed_times import PrintedDate, PrintedTimes
from bot.schedules.schedule import ReadingOptions
from bot.schedules.table_sides import CellDate

_MONTHS = 12
_PUT_RIGHT = "Write all dates alike, best as 2022-07-21"
_Place = str


def resolve(
    dates: Iterable[tuple[CellDate, _Place]], options: ReadingOptions, stated: StatedYear | None
) -> tuple[Mapping[CellDate, date], tuple[str, ...]]:
    """The day of each date of a table, and warnings of what was inferred.

    Raises:
        ScheduleError: there is no such day, or the dates contradict each other, their weekdays or the options.
        ScheduleQuestion: the year, or the order of day and month, would have to be guessed.
    """
    places: dict[CellDate, _Place] = {}
    for stated_date, place in dates:
        places.setdefault(stated_date, place)
    printed = _in_order(places, options)
    times = [PrintedTimes(str(whole), places[stated_date], whole, 0) for stated_date, whole in printed.items()]
    calendar = resolve_dates(times, options, stated) if times else None
    days = {stated_date: calendar.days[whole] for stated_date, whole in printed.items()} if calendar else {}
    return days, calendar.warnings if calendar else ()


def _in_order(places: Mapping[CellDate, _Place], options: ReadingOptions) -> dict[CellDate, PrintedDate]:
    """The dates with their days and months told apart; those with dots apart from those with strokes."""
    found: dict[CellDate, PrintedDate] = {}
    for dotted in (True, False):
        numeric = {each: place for each, place in places.items() if each.numbers and (each.mark == ".") is dotted}
        day_first = _is_day_first(numeric, options, dotted=dotted) if numeric else True
        found |= {each: _printed(each, day_first=day_first) for each in numeric}
    return {each: found.get(each) or _printed(each, day_first=True) for each in places}


def _printed(stated: CellDate, *, day_first: bool) -> PrintedDate:
    if stated.numbers is None:
        return PrintedDate(stated.weekday, stated.day, stated.month, stated.year)
    day, month = stated.numbers if day_first else reversed(stated.numbers)
    return PrintedDate(stated.weekday, day, month, stated.year)


def _is_day_first(numeric: Mapping[CellDate, _Place], options: ReadingOptions, *, dotted: bool) -> bool:
    """The order that every date of numbers allows.

    Raises:
        ScheduleError: no order suits them all, or not the one that is given.
        ScheduleQuestion: both orders suit them all.
    """
    telling: dict[bool, tuple[CellDate, _Place]] = {}
    for each, place in numeric.items():
        orders = [day_first for day_first in (True, False) if _exists(each, options.year, day_first=day_first)]
        if not orders:
            raise ScheduleError(f"there is no day {_text(each)}", where=place, do="Put the date or its weekday right")
        if len(orders) == 1:
            telling.setdefault(orders[0], (each, place))
    if len(telling) > 1:
        (one, here), (other, there) = telling[True], telling[False]
        raise ScheduleError(
            f"{_text(one)} has its day first, but {_text(other)} ({there}) its month", where=here, do=_PUT_RIGHT
        )
    if telling:
        (day_first,) = telling
        return _as_given(options.day_first, day_first, *telling[day_first])
    return _chosen(list(numeric.items()), options, dotted=dotted)


def _as_given(given: bool | None, found: bool, telling: CellDate, place: _Place) -> bool:  # noqa: FBT001 - two answers to one question
    if given is not None and given is not found:
        right, wrong = ("day", "month") if found else ("month", "day")
        raise ScheduleError(
            f"{_text(telling)} has its {right} first, but --{wrong}-first says otherwise",
            where=place,
            do=f"Leave out --{wrong}-first",
        )
    return found


def _chosen(numeric: Sequence[tuple[CellDate, _Place]], options: ReadingOptions, *, dotted: bool) -> bool:
    """What is asked for; else dates with dots have their day first, as they have everywhere."""
    if options.day_first is not None:
        return options.day_first
    open_ones = [(each, place) for each, place in numeric if each.numbers and each.numbers[0] != each.numbers[1]]
    if dotted or not open_ones:
        return True
    each, place = open_ones[0]
    day, month = _named(each, day_first=True), _named(each, day_first=False)
    raise ScheduleQuestion(
        f"{_text(each)} may be {day} or {month}",
        option="day-first",
        where=place,
        do="Say --day-first or --month-first",
    )


def _exists(stated: CellDate, year: int | None, *, day_first: bool) -> bool:
    """Whether there is such a day in that order, and it is the weekday that stands beside it."""
    printed = _printed(stated, day_first=day_first)
    if (printed.month or 0) > _MONTHS:
        return False
    known_year = printed.year or year
    try:
        # A leap year has every day that there can be.
        day = date(known_year or 2024, printed.month or 0, printed.day or 0)
    except ValueError:
        return False
    return known_year is None or printed.weekday in {None, day.weekday()}


def _text(stated: CellDate) -> str:
    first, second = stated.numbers or (0, 0)
    year = f"{stated.mark}{stated.year}" if stated.year else ""
    return f"{first:02d}{stated.mark}{second:02d}{year}"


def _named(stated: CellDate, *, day_first: bool) -> str:
    return str(replace(_printed(stated, day_first=day_first), weekday=None, year=None))
