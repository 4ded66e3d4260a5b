"""When an event of a frab or pretalx schedule begins and ends: its own date, or its day's and the night after it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from bot.errors import ChairsideError
from bot.schedules.entry_moments import FIRST_YEAR, LAST_YEAR
from bot.schedules.frab_event import Event, Fields, Oddities, first_text
from bot.schedules.lengths import read_length
from bot.schedules.moments import LONGEST_PAST_MIDNIGHT
from bot.schedules.sessions import DAY_BEGINS
from bot.timezones import local, localize

_DAY = timedelta(days=1)
_NOON = timedelta(hours=12)
# A day that begins later than this is one whose doors open then; what starts later is hardly of the night.
_NIGHT_ENDS = timedelta(hours=6)

_STATED = re.compile(
    r"(\d{4})[-/](\d\d?)[-/](\d\d?)"
    r"(?:(?:T|\s+)(\d\d?):(\d\d)(?::[0-5]\d(?:[.,]\d{1,9})?)?"
    r"\s*(?:(Z|UTC|GMT)|([+-]\d\d):?(\d\d)?)?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d\d?)[:.h](\d\d)(?::[0-5]\d(?:\.\d{1,9})?)?(?:\s*([ap])\.?m\.?)?", re.IGNORECASE)
_LATEST_HOUR = 47
_HALF_A_DAY = 12
_NO_TIME = re.compile(r"[0:.]+|pt?0[dhms]", re.IGNORECASE)
# A bare number of minutes longer than a day is likelier one of seconds.
_MANY_MINUTES = re.compile(r"(?:1[5-9]|[2-9]\d)\d\d(?:\.0+)?|\d{5,}(?:\.0+)?")
_HOURS_FIRST = re.compile(r"00?:\d\d:\d\d")


class Stated(NamedTuple):
    """A date as a file states it, and the moment if it states a time: aware if an offset stands there."""

    day: date
    moment: datetime | None


@lru_cache(maxsize=4_096)
def read_stated(text: str) -> Stated | None:
    """An ISO date, with or without time and offset; None for anything else, and for years that no programme has."""
    found = _STATED.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, utc, hours, minutes = found.groups()
    try:
        stated = date(int(year), int(month), int(day))
        clock = time(int(hour), int(minute)) if hour else None
        offset = _offset(hours, minutes) if hours else UTC if utc else None
    except ValueError:
        return None
    if not FIRST_YEAR <= stated.year <= LAST_YEAR:
        return None
    return Stated(stated, datetime.combine(stated, clock, offset) if clock else None)


def _offset(hours: str, minutes: str | None) -> timezone:
    size = timedelta(hours=int(hours[1:]), minutes=int(minutes or 0))
    return timezone(-size if hours[0] == "-" else size)


@lru_cache(maxsize=4_096)
def read_clock(text: str) -> timedelta | None:
    """A time of day since its midnight, up to 47:59 for the night after; None for anything else."""
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2])
    if found[3]:
        if not 1 <= hour <= _HALF_A_DAY:
            return None
        hour = hour % _HALF_A_DAY + _HALF_A_DAY * (found[3] in "pP")
    if hour > _LATEST_HOUR or minute >= 60:  # noqa: PLR2004 - minutes of an hour
        return None
    return timedelta(hours=hour, minutes=minute)


def are_days_first(lengths: Iterable[str]) -> bool:
    """Whether `1:30:00` is a day and a half: not where others are `0:45:00`, which only counts from hours."""
    return not any(_HOURS_FIRST.fullmatch(length) for length in lengths)


def day_of(fields: Fields) -> date | None:
    """The conference day that a day's fields state."""
    for name in ("date", "start", "day_start"):
        if stated := read_stated(first_text(fields, name)):
            return stated.day
    return None


@dataclass(frozen=True, slots=True)
class Clocks:
    """How the times of one file are read.

    Attributes:
        naive_in: the zone of times without an offset, None if not known.
        venue: the venue's zone, None if not known.
        change: when a conference day ends, after its midnight; None if the file does not say.
        days_first: whether the first of three numbers of a length is days.
        oddities: collects what was odd.
    """

    naive_in: str | None
    venue: str | None
    change: timedelta | None
    days_first: bool
    oddities: Oddities

    def starts(self, event: Event) -> datetime | None:
        """When an event begins, aware if its offset is stated, else by the venue's clock; None if it does not say."""
        text, start = event.text("date"), event.text("start")
        clock, by_date = read_clock(start), read_stated(text)
        stated = by_date or read_stated(start)
        if text and not by_date:
            self.oddities.note("have such dates", f"{event.place}: “{text[:60]}” is no date that is understood here")
        if stated and stated.moment:
            return self._agreed(stated.moment, clock, event)
        day = stated.day if stated else day_of(event.day)
        return self._on(day, clock, event) if day and clock is not None else None

    def ends(self, event: Event, starts: datetime) -> datetime | None:
        """When it ends: by its length, else by its stated end; None if it states neither."""
        text = event.text("duration", "length")
        length = None if _MANY_MINUTES.fullmatch(text) else read_length(_bare(text), days_first=self.days_first)
        if length:
            return self._after(starts, length)
        end = event.text("end", "end_date", "end_time")
        stated, clock = read_stated(end), read_clock(end)
        if stated and stated.moment:
            return stated.moment
        if clock is None:
            return starts if _NO_TIME.fullmatch(text) else None
        began = read_clock(event.text("start"))
        length = clock - (_since_midnight(starts) if began is None else began)
        past_midnight = length < timedelta(0) and length + _DAY <= LONGEST_PAST_MIDNIGHT
        return starts + length + _DAY * past_midnight

    def _agreed(self, moment: datetime, clock: timedelta | None, event: Event) -> datetime:
        """The moment that a date states; its day at the start where it holds no more than a day."""
        if clock is None or clock == _since_midnight(moment) or clock == _since_midnight(self._at_venue(moment)):
            return moment
        in_utc = moment.tzinfo is not None and not moment.utcoffset()
        if in_utc and not self.venue:
            return moment
        if _since_midnight(moment):
            said = f"{event.place}: its date says {moment:%H:%M}, its start {event.text('start')}: read by its date"
            self.oddities.note("have a date and a start that differ", said)
            return moment
        begins = self._on(moment.date(), clock, event)
        return begins if in_utc else begins.replace(tzinfo=moment.tzinfo)

    def _at_venue(self, moment: datetime) -> datetime:
        return local(moment, self.venue) if self.venue and moment.tzinfo else moment

    def _on(self, day: date, clock: timedelta, event: Event) -> datetime:
        """A time of day on a date, or in the night after it if that is a conference day."""
        is_night = day == day_of(event.day) and self._is_night(clock, day, event)
        return datetime.combine(day, time()) + clock + _DAY * is_night

    def _is_night(self, clock: timedelta, day: date, event: Event) -> bool:
        if clock >= _DAY:
            return False
        begins = read_stated(first_text(event.day, "start", "day_start"))
        ends = read_stated(first_text(event.day, "end", "day_end"))
        if begins and begins.moment and ends and ends.moment:
            at = datetime.combine(day, time()) + clock
            opens, closes = begins.moment.replace(tzinfo=None), ends.moment.replace(tzinfo=None)
            same, next_day = (opens <= moment < closes for moment in (at, at + _DAY))
            if same != next_day:
                return next_day
        is_night = clock < self._change(begins, ends, day)
        if is_night and clock >= _NIGHT_ENDS:
            said = (
                f"{event.place}: {event.text('start')} is before the conference day changes: read as the morning after"
            )
            self.oddities.note("start before the day changes", said)
        return is_night

    def _change(self, begins: Stated | None, ends: Stated | None, day: date) -> timedelta:
        """When a day gives way to the next: as the conference says, else as the day does, else at four."""
        if self.change is not None:
            return self.change
        usual = timedelta(hours=DAY_BEGINS.hour)
        if begins and begins.moment and _since_midnight(begins.moment) <= _NIGHT_ENDS:
            return _since_midnight(begins.moment)
        if ends and ends.moment and ends.day > day and _since_midnight(ends.moment) <= _NOON:
            return max(usual, _since_midnight(ends.moment))
        return usual

    def _after(self, starts: datetime, length: timedelta) -> datetime:
        """The end of what begins then; in UTC, so that it is right also if the clocks change in between."""
        if starts.tzinfo:
            # An offset that the venue has left behind is put right in both ends alike, so both keep it.
            return (
                starts + length if starts.utcoffset() != self._at_venue(starts).utcoffset() else _utc(starts) + length
            )
        try:
            return localize(starts, self.naive_in) + length if self.naive_in else starts + length
        except ChairsideError:
            # The clocks skip the start, which is refused where both become moments.
            return starts + length


def read_change(text: str) -> timedelta | None:
    """When conference days change, as frab's `day_change` states it: `04:00:00`; None if that is no such time."""
    change = read_clock(text)
    return change if change is not None and change <= _NOON else None


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _bare(length: str) -> str:
    return length.rstrip("hH ") if ":" in length else length


def _since_midnight(moment: datetime) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)
