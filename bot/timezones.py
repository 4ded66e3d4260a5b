"""Zones: names, the venue's local time, and what a printed abbreviation such as PDT means on its date.

pytz zones are used through `localize` and `normalize` only; every moment that leaves here is aware and in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache

import pytz
from pytz.exceptions import AmbiguousTimeError, NonExistentTimeError
from pytz.tzinfo import BaseTzInfo
from rapidfuzz import fuzz, process

from bot.errors import ChairsideError, ScheduleError, ScheduleQuestion

# The name of a zone that tzdb keeps for old software; as a venue's zone it would silently ignore summer time.
_FIXED_NAMES = {"EST": "America/New_York", "MST": "America/Denver", "HST": "Pacific/Honolulu"}

# tzdb's own abbreviations by the zone that each is taken to mean; where zones share one, the likelier stands first.
_BORN = {
    "America/Los_Angeles": "PST PDT",
    "America/New_York": "EST EDT",
    "America/Chicago": "CST CDT",
    "America/Denver": "MST MDT",
    "America/Anchorage": "AKST AKDT",
    "America/Halifax": "AST ADT",
    "America/Puerto_Rico": "AST",
    "America/St_Johns": "NST NDT",
    "Pacific/Honolulu": "HST",
    "UTC": "UTC",
    "Etc/GMT": "GMT",
    "Europe/London": "BST",
    "Europe/Lisbon": "WET WEST",
    "Europe/Berlin": "CET CEST",
    "Europe/Athens": "EET EEST",
    "Europe/Moscow": "MSK",
    "Asia/Kolkata": "IST",
    "Europe/Dublin": "IST",
    "Asia/Jerusalem": "IST IDT",
    "Asia/Karachi": "PKT",
    "Asia/Shanghai": "CST",
    "Asia/Hong_Kong": "HKT",
    "Asia/Seoul": "KST",
    "Asia/Tokyo": "JST",
    "Asia/Jakarta": "WIB",
    "America/Havana": "CST",
    "America/Costa_Rica": "CST",
    "Africa/Lagos": "WAT",
    "Africa/Maputo": "CAT",
    "Africa/Nairobi": "EAT",
    "Africa/Johannesburg": "SAST",
    "Australia/Perth": "AWST",
    "Australia/Adelaide": "ACST ACDT",
    "Australia/Sydney": "AEST AEDT",
    "Pacific/Auckland": "NZST NZDT",
}

# In common use, though tzdb prints an offset or another name for these zones: the zone, and minutes east of UTC.
CUSTOMARY = {
    "AOE": ("Etc/GMT+12", -720),
    "AST": ("Asia/Riyadh", 180),
    "BRT": ("America/Sao_Paulo", -180),
    "GST": ("Asia/Dubai", 240),
    "ICT": ("Asia/Bangkok", 420),
    "MYT": ("Asia/Kuala_Lumpur", 480),
    "NPT": ("Asia/Kathmandu", 345),
    "PHT": ("Asia/Manila", 480),
    "SGT": ("Asia/Singapore", 480),
    "TRT": ("Europe/Istanbul", 180),
}

# Printed all year round, whatever the clocks say.
SEASONLESS = {"PT": "America/Los_Angeles", "MT": "America/Denver", "CT": "America/Chicago", "ET": "America/New_York"}

_OFFSET = re.compile(r"(?:(?:UTC|GMT)\s?)?([+-])(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)


@cache
def meanings() -> dict[str, tuple[str, ...]]:
    """The zones that tzdb's own abbreviations are taken to mean, the likeliest first."""
    zones: dict[str, list[str]] = {}
    for zone_name, names in _BORN.items():
        for name in names.split():
            zones.setdefault(name, []).append(zone_name)
    return {name: tuple(found) for name, found in zones.items()}


@cache
def zone_names() -> tuple[str, ...]:
    """Every zone name that can be chosen, sorted."""
    return tuple(sorted(name for name in pytz.all_timezones if name not in _FIXED_NAMES))


@cache
def _by_folded_name() -> dict[str, str]:
    return {name.casefold(): name for name in zone_names()}


def is_zone(name: str) -> bool:
    """Whether `zone` knows the name, in whatever case."""
    return name.strip().casefold() in _by_folded_name()


def zone(name: str) -> BaseTzInfo:
    """The pytz zone of an IANA name, in whatever case; its `zone` attribute is the name as IANA spells it.

    Raises:
        ChairsideError: nobody knows that name; the remedy suggests the nearest ones.
    """
    known = _by_folded_name().get(name.strip().casefold())
    if known is None:
        raise ChairsideError(f"{name.strip() or 'nothing'} is no time zone", do=_suggestion(name.strip()))
    return pytz.timezone(known)


def _suggestion(name: str) -> str:
    meant = [_FIXED_NAMES[name.upper()]] if name.upper() in _FIXED_NAMES else _meant(name.upper())[:1]
    if not meant:
        folded = name.replace(" ", "_").casefold()
        near = process.extract(folded, zone_names(), scorer=fuzz.WRatio, processor=str.casefold, score_cutoff=70)
        meant = [found for found, score, _ in near if score >= near[0][1] - 1][:2]
    return f"Did you mean {' or '.join(meant)}?" if meant else "Write a zone such as Europe/Copenhagen"


def local(moment: datetime, zone_name: str) -> datetime:
    """The wall clock of a zone at an aware moment."""
    return _local(moment.astimezone(UTC), zone_name)


@lru_cache(maxsize=4096)
def _local(moment: datetime, zone_name: str) -> datetime:
    there = zone(zone_name)
    return there.normalize(moment.astimezone(there))


def abbreviation(moment: datetime, zone_name: str) -> str:
    """What a zone is called at an aware moment: `EDT`; `UTC-03` or `UTC+05:45` where it has only an offset."""
    name = local(moment, zone_name).tzname() or ""
    hours, minutes = name[:3], name[3:]
    if hours[:1] not in {"+", "-"}:
        return name
    return f"UTC{hours}:{minutes}" if minutes else f"UTC{hours}"


def is_ambiguous(naive: datetime, zone_name: str) -> bool:
    """Whether that wall time comes twice in the zone because the clocks are put back."""
    return len(_occurrences(naive, zone(zone_name))) > 1


def localize(naive: datetime, zone_name: str) -> datetime:
    """The UTC moment of a wall time; of one that comes twice, the first (`is_ambiguous` tells).

    Raises:
        ChairsideError: the zone is unknown, or the clocks skip that wall time.
    """
    moments = _occurrences(naive, zone(zone_name))
    if not moments:
        skipped = f"{naive:%H:%M} on {_day(naive)} does not exist in {zone_name}: the clocks are put forward over it"
        raise ChairsideError(skipped, do="Give the time that the clocks show")
    return moments[0]


def _occurrences(naive: datetime, there: BaseTzInfo) -> list[datetime]:
    """The UTC moments at which the zone's clocks show that time: none, one or two, in order."""
    try:
        return [there.localize(naive, is_dst=None).astimezone(UTC)]
    except NonExistentTimeError:
        return []
    except AmbiguousTimeError:
        return sorted(there.localize(naive, is_dst=is_dst).astimezone(UTC) for is_dst in (True, False))


def read_abbreviation(naive: datetime, abbr: str, venue_zone: str | None = None) -> tuple[datetime, str | None]:
    """The UTC moment of a wall time printed with an abbreviation, an offset or a zone's name, and the zone it is in.

    The zone is None for an offset that no zone stands for. Of two zones that bear the abbreviation at that moment
    the venue's is taken.

    Raises:
        ScheduleError: nothing is called that, or nothing is on that date.
        ChairsideError: the clocks skip that wall time.
        ScheduleQuestion: it means several offsets, and the venue's zone does not settle which.
    """
    printed = abbr.strip("() \t")
    fixed = _fixed_offset(printed)
    if fixed is not None:
        return _at_offset(naive, fixed, venue_zone)
    if "/" in printed and is_zone(printed):
        return localize(naive, printed), zone(printed).zone
    seasonless = SEASONLESS.get(printed.upper())
    if seasonless:
        return localize(naive, seasonless), seasonless
    may_be = _meanings_at(naive, printed.upper(), venue_zone)
    if len({moment for moment, _ in may_be}) > 1:
        raise _question(naive, printed, may_be, venue_zone)
    if not may_be:
        raise _contradiction(naive, printed)
    return may_be[0]


def _meanings_at(naive: datetime, name: str, venue_zone: str | None) -> list[tuple[datetime, str]]:
    """The moments that a name can stand for on that date; the venue's alone if its zone bears the name then."""
    customary_zone, minutes = CUSTOMARY.get(name, (None, 0))
    customary = [(_at_minutes(naive, minutes), customary_zone)] if customary_zone else []
    if venue_zone:
        venue = _bearing(naive, name, venue_zone) or [meaning for meaning in customary if meaning[1] == venue_zone]
        if venue:
            return venue[:1]
    return [meaning for at in meanings().get(name, ()) for meaning in _bearing(naive, name, at)] + customary


def _bearing(naive: datetime, name: str, zone_name: str) -> list[tuple[datetime, str]]:
    there = zone(zone_name)
    moments = _occurrences(naive, there)
    called = [(moment, (local(moment, zone_name).tzname() or "").upper()) for moment in moments]
    return [(moment, there.zone or zone_name) for moment, is_called in called if is_called == name]


def _at_minutes(naive: datetime, minutes: int) -> datetime:
    """The UTC moment of a wall time that is `minutes` east of UTC."""
    return (naive - timedelta(minutes=minutes)).replace(tzinfo=UTC)


def _fixed_offset(printed: str) -> timedelta | None:
    if printed in {"Z", "z"}:
        return timedelta(0)
    found = _OFFSET.fullmatch(printed.replace("−", "-"))
    if not found:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if size > timedelta(hours=14):
        raise ScheduleError(f"{printed} is no offset from UTC", do="Write it like UTC+02:00")
    return -size if found[1] == "-" else size


def _at_offset(naive: datetime, offset: timedelta, venue_zone: str | None) -> tuple[datetime, str | None]:
    moment = _at_minutes(naive, round(offset / timedelta(minutes=1)))
    if venue_zone and local(moment, venue_zone).utcoffset() == offset:
        return moment, zone(venue_zone).zone
    hours, rest = divmod(offset, timedelta(hours=1))
    if rest:
        return moment, None
    # IANA's Etc names count hours west of Greenwich, so their sign is the other way round.
    return moment, f"Etc/GMT{-hours:+d}" if hours else "UTC"


def is_offset_zone(zone_name: str | None) -> bool:
    """Whether a name only restates an offset (`Etc/GMT-2`), so that it says nothing about the place."""
    return zone_name is not None and re.fullmatch(r"Etc/GMT[+-]\d+", zone_name) is not None


def is_abbreviation(name: str) -> bool:
    """Whether a printed word is one that `read_abbreviation` has a meaning for, on some date."""
    return bool(_meant(name.upper()))


def _meant(name: str) -> list[str]:
    named = SEASONLESS.get(name), *meanings().get(name, ()), CUSTOMARY.get(name, (None,))[0]
    return [zone_name for zone_name in named if zone_name]


def _question(
    naive: datetime, printed: str, may_be: list[tuple[datetime, str]], venue_zone: str | None
) -> ScheduleQuestion:
    by_offset: dict[str, str] = {}
    for moment, at in may_be:
        by_offset.setdefault(_offset_text(naive, moment), at)
    listed = " or ".join(f"{at} ({offset})" for offset, at in by_offset.items())
    offset, example = next(iter(by_offset.items()))
    remedy = f"Say which with --timezone, for example --timezone {example}"
    if venue_zone:
        remedy = f"{venue_zone} is not called {printed} then: write the offset on the page instead, such as {offset}"
    return ScheduleQuestion(f"{printed} on {_day(naive)} may be {listed}", option="timezone", do=remedy)


def _contradiction(naive: datetime, printed: str) -> ScheduleError:
    meant = _meant(printed.upper())
    if not meant:
        return ScheduleError(
            f"{printed} is no time-zone abbreviation that is understood here",
            do="Write the offset on the page instead, such as UTC+02:00",
        )
    right = abbreviation(localize(naive, meant[0]), meant[0])
    return ScheduleError(
        f"{printed} contradicts the date: on {_day(naive)} {meant[0]} has {right}",
        do=f"Write {right} on the page, or name with --timezone a zone that is called {printed} then",
    )


def _offset_text(naive: datetime, moment: datetime) -> str:
    minutes = round((naive - moment.replace(tzinfo=None)) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def _day(naive: datetime) -> str:
    return f"{naive.day} {naive:%B %Y}"
