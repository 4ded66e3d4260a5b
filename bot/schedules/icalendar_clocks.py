"""Clocks that iCalendar files name: IANA's, Outlook's and other programs' names, and rules of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vRecur
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from bot.errors import ChairsideError
from bot.schedules.icalendar_lines import Component, Property
from bot.schedules.icalendar_rules import UnreadRule, checked_rule
from bot.timezones import is_zone, local, localize, meanings, zone

_WINDOWS = {name.casefold(): zone_name for name, zone_name in WINDOWS_TO_OLSON.items()}
_UNIVERSAL = frozenset(
    {
        "utc",
        "etc/utc",
        "uct",
        "etc/uct",
        "gmt",
        "etc/gmt",
        "gmt0",
        "zulu",
        "etc/zulu",
        "z",
        "universal",
        "etc/universal",
    }
)
_MOST_RULES = 200
_MOST_PARTS = 4
_MOMENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE
)
_OFFSET = re.compile(r"([+-])(\d\d):?([0-5]\d)(?:[0-5]\d)?")


@dataclass(frozen=True, slots=True)
class Clock:
    """What a wall time is shown by; neither name nor rules: by the venue's clock, whatever that is.

    Attributes:
        name: an IANA zone.
        rules: an offset, or offsets that the file itself defines.
    """

    name: str | None = None
    rules: tzinfo | None = None


FLOATING = Clock()
UNIVERSAL = Clock(rules=UTC)


@dataclass(frozen=True, slots=True)
class Stated:
    """A time as the file states it.

    Attributes:
        wall: naive; midnight for a mere day.
        is_day: it names no hour.
        unknown: the zone's name that nobody knows.
    """

    wall: datetime
    clock: Clock
    is_day: bool = False
    unknown: str | None = None

    def by(self, clock: Clock) -> datetime:
        """The naive wall time of the same moment by another clock; without a zone on either side it stays the same."""
        if self.is_day or clock == self.clock or FLOATING in {clock, self.clock}:
            return self.wall
        try:
            moment = self.wall.replace(tzinfo=self.clock.rules) if self.clock.rules else _localized(self)
            there = local(moment, clock.name) if clock.name else moment.astimezone(clock.rules)
        except (ChairsideError, OverflowError, ValueError):
            return self.wall
        return there.replace(tzinfo=None)


def _localized(stated: Stated) -> datetime:
    return localize(stated.wall, stated.clock.name or "")


def aware_or_naive(wall: datetime, clock: Clock) -> datetime:
    """A wall time for an Entry: with its offset, where the clock has rules and not a name."""
    if clock.rules is None:
        return wall
    return wall.replace(tzinfo=timezone(wall.replace(tzinfo=clock.rules).utcoffset() or timedelta(0)))


def is_universal(name: str) -> bool:
    return name.casefold() in _UNIVERSAL


def iana_name(tzid: str) -> str | None:
    """The IANA zone that a TZID means: by its own name, Windows's, or behind a maker's prefix; None if nobody knows."""
    name = tzid.replace("\\", "").strip(" \t\"'")
    parts = name.strip("/").split("/")[-_MOST_PARTS:]
    fewest = 0 if name.startswith("/") else 1
    tails = ["/".join(parts[begin:]) for begin in range(len(parts) - fewest)]
    candidates = [name.strip("/"), _WINDOWS.get(name.casefold(), ""), *tails]
    known = next((found for found in (each.replace(" ", "_") for each in candidates) if is_zone(found)), None)
    if known:
        return zone(known).zone
    meant = meanings().get(name.upper(), ())
    return meant[0] if len(meant) == 1 else None


class Clocks:
    """The clocks of one file."""

    def __init__(self, timezones: Iterable[Component]) -> None:
        self._defined = {found: each for each in timezones if (found := each.text("TZID"))}
        self._known: dict[str, Clock | None] = {}
        # Talks in other rooms begin and end at the same times.
        self._read: dict[tuple[str, str], Stated | None] = {}

    def of(self, tzid: str) -> Clock | None:
        """The clock of a TZID, None if nobody knows it and the file does not define it."""
        if tzid not in self._known:
            self._known[tzid] = self._found(tzid)
        return self._known[tzid]

    def _found(self, tzid: str) -> Clock | None:
        if is_universal(tzid.strip("/")):
            return UNIVERSAL
        defined = self._defined.get(tzid)
        located = (defined.text("X-LIC-LOCATION") or "") if defined else ""
        name = iana_name(tzid) or iana_name(located)
        if name:
            return Clock(name=name)
        rules = _rules(defined) if defined else None
        return Clock(rules=rules) if rules else None

    def stated(self, found: Property, text: str | None = None) -> Stated | None:
        """The time that a property states; None if it states none.

        Args:
            found: DTSTART, DTEND, EXDATE … with its TZID.
            text: one of several values.
        """
        stated = (found.raw if text is None else text), found.parameters.get("TZID", "")
        if stated not in self._read:
            self._read[stated] = self._stated(*stated)
        return self._read[stated]

    def _stated(self, text: str, tzid: str) -> Stated | None:
        seen = _MOMENT.fullmatch(text.strip().removeprefix("TZID="))
        try:
            wall = _wall(seen) if seen else None
        except (ValueError, OverflowError):
            return None
        if wall is None or seen is None:
            return None
        if seen[4] is None:
            return Stated(wall, FLOATING, is_day=True)
        if seen[7]:
            return Stated(wall, Clock(rules=_offset(seen[7]) or UTC))
        clock = self.of(tzid) if tzid else FLOATING
        return Stated(wall, clock or FLOATING, unknown=None if clock else tzid)


def _wall(seen: re.Match[str]) -> datetime:
    """The day and time that were seen; 24:00 is the next day's midnight."""
    year, month, day, hour, minute, second = (int(part or 0) for part in seen.groups()[:6])
    if (hour, minute, second) == (24, 0, 0):
        return datetime.combine(date(year, month, day), time()) + timedelta(days=1)
    return datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - a wall time


def _offset(text: str) -> tzinfo | None:
    seen = _OFFSET.fullmatch(text.strip())
    if seen is None:
        return None
    east = timedelta(hours=int(seen[2]), minutes=int(seen[3])) * (-1 if seen[1] == "-" else 1)
    return timezone(east) if abs(east) < timedelta(days=1) else None


def _rules(defined: Component) -> tzinfo | None:
    """The clock that a VTIMEZONE defines by its offsets, None if they cannot be read."""
    parts = [part for part in defined.inner if part.name in {"STANDARD", "DAYLIGHT"}]
    if not parts or len(parts) > _MOST_RULES:
        return None
    found = Timezone()
    found.add("TZID", "defined in the file")
    try:
        for part in parts:
            found.add_component(_observance(part))
        rules: tzinfo = found.to_tz(lookup_tzid=False)
        rules.utcoffset(datetime(2020, 1, 1))  # noqa: DTZ001 - a wall time
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, UnreadRule):
        return None
    return rules


def _observance(part: Component) -> TimezoneStandard | TimezoneDaylight:
    """One half of a year, as the library holds it.

    Raises:
        ValueError: it has no start or no offsets.
        UnreadRule: it begins more than once a year.
    """
    begins = part.first("DTSTART")
    stated = Clocks(()).stated(begins) if begins else None
    offsets = [_offset(part.text(name) or "") for name in ("TZOFFSETFROM", "TZOFFSETTO")]
    if stated is None or None in offsets:
        raise ValueError(part.name)
    observance = TimezoneStandard() if part.name == "STANDARD" else TimezoneDaylight()
    observance.add("DTSTART", stated.wall)
    for name, offset in zip(("TZOFFSETFROM", "TZOFFSETTO"), offsets, strict=True):
        observance.add(name, offset.utcoffset(None) if offset else timedelta(0))
    for found in part.every("RRULE")[:1]:
        rule = checked_rule(found.raw, stated.wall)
        if rule.frequency != "YEARLY":
            raise UnreadRule(found.raw)
        observance.add("RRULE", vRecur(rule.parts))
    return observance
