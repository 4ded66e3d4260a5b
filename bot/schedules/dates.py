"""Which day a printed date is: the year a page leaves out is found from its weekdays, or it is asked for."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.errors import ScheduleError, ScheduleQuestion
from bot.schedules.printed_times import PrintedDate, PrintedTimes
from bot.schedules.schedule import ReadingOptions

# A year further from the import than this is not inferred; a given one may be any the calendar of the site knows.
NEAR_YEARS = 6
FIRST_YEAR, LAST_YEAR = 1990, 2100

_FEBRUARY, _NOVEMBER = 2, 11
_PUT_RIGHT = "Put the weekday or the date right"


@dataclass(frozen=True, slots=True)
class StatedYear:
    """A year that stands on the page, though not in its times; `source` says where, for the warning."""

    year: int
    source: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The day of every printed date, and what had to be inferred for it."""

    days: Mapping[PrintedDate, date]
    warnings: tuple[str, ...] = ()


def resolve_dates(times: Sequence[PrintedTimes], options: ReadingOptions, stated: StatedYear | None) -> Calendar:
    """The day of each date that a page's times print; all of them agree with one year, or two around New Year.

    Raises:
        ScheduleError: a weekday contradicts its date, the year given, or the other dates.
        ScheduleQuestion: no year is printed and no weekday tells it.
    """
    places = _places(times)
    days = {printed: _checked(printed, printed.year, place) for printed, place in places.items() if printed.year}
    _check_given_year(days, places, options)
    yearless = {printed: place for printed, place in places.items() if not printed.year}
    if not yearless:
        return Calendar(days)
    known = _known_years(days, options, stated)
    if known:
        found = _in_year_given(yearless, known)
        warned = stated and not options.year and not days
        warning = f"no year in the times: read as {known[0]} from {stated.source}; --year overrules" if stated else ""
        return Calendar({**days, **found}, (warning,) if warned else ())
    found = _inferred(yearless, options)
    return Calendar(found, (_inference(found),))


def _places(times: Sequence[PrintedTimes]) -> dict[PrintedDate, str]:
    """Each date once, with the place that prints it first."""
    places: dict[PrintedDate, str] = {}
    for each in times:
        places.setdefault(each.date, each.place)
        if each.end_date.is_whole:
            places.setdefault(each.end_date, each.place)
    return places


def _check_given_year(
    days: Mapping[PrintedDate, date], places: Mapping[PrintedDate, str], options: ReadingOptions
) -> None:
    if options.year is None:
        return
    if not FIRST_YEAR <= options.year <= LAST_YEAR:
        raise ScheduleError(f"--year {options.year} is out of range", do=f"Give one from {FIRST_YEAR} to {LAST_YEAR}")
    if days and options.year not in {day.year for day in days.values()}:
        printed, day = next(iter(days.items()))
        raise ScheduleError(
            f"the page prints {day.year}, but --year says {options.year}",
            where=places[printed],
            do="Leave out --year, or put the page right",
        )


def _known_years(
    days: Mapping[PrintedDate, date], options: ReadingOptions, stated: StatedYear | None
) -> tuple[int, ...]:
    if options.year:
        return (options.year,)
    if days:
        return tuple(dict.fromkeys(day.year for day in days.values()))
    return (stated.year,) if stated else ()


def _in_year_given(yearless: Mapping[PrintedDate, str], years: Sequence[int]) -> dict[PrintedDate, date]:
    for placing in (placing for year in years for placing in _placings(yearless, year)):
        if all(_fits(printed, year) for printed, year in placing.items()):
            return _dated(placing)
    placing = next(_placings(yearless, years[0]))
    return {printed: _checked(printed, year, yearless[printed]) for printed, year in placing.items()}


def _inferred(yearless: Mapping[PrintedDate, str], options: ReadingOptions) -> dict[PrintedDate, date]:
    """The placing nearest to the day of import in which every weekday is right."""
    if all(printed.weekday is None for printed in yearless):
        printed, place = next(iter(yearless.items()))
        raise ScheduleQuestion(
            f"{printed} has neither a year nor a weekday to tell it from",
            option="year",
            where=place,
            do=f"Name the year with --year, for example --year {options.today.year}",
        )
    today = options.today.date()
    years = range(max(FIRST_YEAR, today.year - NEAR_YEARS), min(LAST_YEAR, today.year + NEAR_YEARS) + 1)
    placings = [placing for year in years for placing in _placings(yearless, year)]
    fitting = [placing for placing in placings if all(_fits(printed, year) for printed, year in placing.items())]
    if not fitting:
        raise _contradiction(yearless, placings, years)
    return min((_dated(placing) for placing in fitting), key=lambda days: abs(min(days.values()) - today))


def _placings(dates: Iterable[PrintedDate], year: int) -> Iterator[dict[PrintedDate, int]]:
    """The years that a page's dates can have if its first is in `year`: the same, or the next after New Year."""
    listed = list(dates)
    early = [printed for printed in listed if (printed.month or 0) <= _FEBRUARY]
    if early and any((printed.month or 0) >= _NOVEMBER for printed in listed):
        yield {**dict.fromkeys(listed, year), **dict.fromkeys(early, year + 1)}
    yield dict.fromkeys(listed, year)


def _fits(printed: PrintedDate, year: int) -> bool:
    day = _day(printed, year)
    return day is not None and printed.weekday in {None, day.weekday()}


def _day(printed: PrintedDate, year: int) -> date | None:
    try:
        return date(year, printed.month or 0, printed.day or 0)
    except ValueError:
        return None


def _dated(placing: Mapping[PrintedDate, int]) -> dict[PrintedDate, date]:
    days = ((printed, _day(printed, year)) for printed, year in placing.items())
    return {printed: day for printed, day in days if day}


def _checked(printed: PrintedDate, year: int | None, place: str) -> date:
    """The day of a date in a year that is printed or given.

    Raises:
        ScheduleError: there is no such day, or it is another weekday.
    """
    day = _day(printed, year) if year and FIRST_YEAR <= year <= LAST_YEAR else None
    name = f"{printed.day} {calendar.month_name[printed.month or 0]} {year}"
    if day is None:
        raise ScheduleError(f"there is no {name}", where=place, do="Put the date right")
    if printed.weekday not in {None, day.weekday()}:
        raise ScheduleError(
            f"{name} is a {day:%A}, but the page says {calendar.day_name[printed.weekday or 0]}",
            where=place,
            do=f"{_PUT_RIGHT}, or give the right year with --year",
        )
    return day


def _contradiction(
    dates: Mapping[PrintedDate, str], placings: Sequence[Mapping[PrintedDate, int]], years: range
) -> ScheduleError:
    """Why no year will do: the first date that fits none, alone or together with those before it."""
    left = list(placings)
    first, first_place = next(iter(dates.items()))
    for printed, place in dates.items():
        alone = [placing for placing in placings if _fits(printed, placing[printed])]
        if not alone:
            return ScheduleError(f"{printed} fits no year from {years[0]} to {years[-1]}", where=place, do=_PUT_RIGHT)
        left = [placing for placing in left if _fits(printed, placing[printed])]
        if not left:
            break
    return ScheduleError(
        f"{printed} and {first} ({first_place}) are not in one year from {years[0]} to {years[-1]}",
        where=place,
        do=_PUT_RIGHT,
    )


def _inference(days: Mapping[PrintedDate, date]) -> str:
    telling = next(day for printed, day in days.items() if printed.weekday is not None)
    years = " and ".join(str(year) for year in sorted({day.year for day in days.values()}))
    spoken = f"{telling.day} {telling:%B}"
    return f"no year on the page: read as {years} because {spoken} is a {telling:%A}; --year overrules"
