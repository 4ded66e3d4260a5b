"""From printed times to UTC: the day, the zone as printed or the venue's, and an end that lies past midnight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from bot.errors import ChairsideError, ScheduleError, ScheduleQuestion
from bot.schedules.dates import StatedYear, resolve_dates
from bot.schedules.printed_times import PrintedDate, PrintedTimes
from bot.schedules.schedule import ReadingOptions
from bot.timezones import is_ambiguous, is_offset_zone, localize, read_abbreviation

# An end before the start is meant as past midnight only if the talk is no longer than this.
LONGEST_PAST_MIDNIGHT = timedelta(hours=8)


class Span(NamedTuple):
    """When something is planned, aware, UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Timing:
    """A page's times, read: one span for each, in the same order.

    Attributes:
        spans: when each is.
        page_timezone: the zone that the times are printed in, None where none is printed.
        timezone: the venue's zone: the one given, else what the print means; None for a mere offset.
        warnings: what had to be inferred.
    """

    spans: tuple[Span, ...]
    page_timezone: str | None
    timezone: str | None
    warnings: tuple[str, ...]


def read_timing(times: Sequence[PrintedTimes], options: ReadingOptions, stated: StatedYear | None = None) -> Timing:
    """The moments of a page's times.

    Raises:
        ScheduleError: a time contradicts itself, its date or the others; `where` names the first that does.
        ScheduleQuestion: the year, the zone, or which zone an abbreviation means is not on the page.
    """
    calendar = resolve_dates(times, options, stated)
    zones = _Zones(options.venue, _only([each.zone for each in times if each.zone]))
    spans = tuple(_span(each, calendar.days[each.date], _end_day(each, calendar.days), zones) for each in times)
    page_timezone = zones.commonest
    meant = None if is_offset_zone(page_timezone) else page_timezone
    return Timing(spans, page_timezone, zones.venue or meant, (*calendar.warnings, *zones.warnings))


def _only(zones: list[str]) -> str | None:
    """The zone that lines without one share with the rest of the page, if the rest agrees."""
    return zones[0] if len(set(zones)) == 1 else None


def _end_day(times: PrintedTimes, days: Mapping[PrintedDate, date]) -> date | None:
    return days[times.end_date] if times.end_date.is_whole else None


class _Zones:
    """Turns wall times into moments and remembers which zones the page turned out to be in."""

    def __init__(self, venue: str | None, page: str | None) -> None:
        self.venue = venue
        self.warnings: list[str] = []
        self._page = page
        self._met: Counter[str] = Counter()
        # A talk mostly begins when the one before it ends.
        self._read: dict[tuple[datetime, str], tuple[datetime, str | None]] = {}

    @property
    def commonest(self) -> str | None:
        """The zone that most times were printed in, None if none was."""
        return self._met.most_common(1)[0][0] if self._met else None

    def moment(self, naive: datetime, printed: str | None, place: str) -> datetime:
        """A wall time in UTC: in its printed zone, else the page's, else the venue's; errors name the place."""
        name = printed or self._page
        try:
            if name:
                return self._printed(naive, name)
            return self._at_venue(naive, place)
        except ScheduleQuestion as question:
            raise ScheduleQuestion(question.what, option=question.option, where=place, do=question.do) from question
        except ChairsideError as error:
            raise ScheduleError(error.what, where=place, do=error.do) from error

    def _printed(self, naive: datetime, name: str) -> datetime:
        if (naive, name) not in self._read:
            self._read[naive, name] = read_abbreviation(naive, name, self.venue)
        moment, met = self._read[naive, name]
        if met:
            self._met[met] += 1
        return moment

    def _at_venue(self, naive: datetime, place: str) -> datetime:
        if not self.venue:
            raise ScheduleQuestion(
                "the times name no time zone",
                option="timezone",
                do="Name the venue's with --timezone, for example --timezone Europe/Copenhagen",
            )
        if is_ambiguous(naive, self.venue):
            self.warnings.append(f"{place}: {naive:%H:%M} comes twice that night in {self.venue}: read as the first")
        return localize(naive, self.venue)


def _span(times: PrintedTimes, day: date, end_day: date | None, zones: _Zones) -> Span:
    if times.ends is None:
        raise ScheduleError(
            f"“{times.text}” says when it starts, but not when it ends",
            where=times.place,
            do="Write both, such as 12:30 - 12:35",
        )
    starts = _wall(day, times.starts)
    ends = _wall(end_day or day, times.ends)
    if ends <= starts and not end_day and timedelta(0) < ends + timedelta(days=1) - starts <= LONGEST_PAST_MIDNIGHT:
        ends += timedelta(days=1)
    span = Span(
        zones.moment(starts, times.start_zone or times.zone, times.place),
        zones.moment(ends, times.zone, times.place),
    )
    if span.ends_at <= span.starts_at:
        raise ScheduleError(
            f"“{times.text}” ends before it starts" if ends < starts else f"“{times.text}” ends as it starts",
            where=times.place,
            do="Put the times right",
        )
    return span


@lru_cache(maxsize=4_096)
def _wall(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minutes)
