"""The zones that somebody may mean by what they typed: the one search for commands, forms and autocompletion."""

from __future__ import annotations

import pytz

from bot.timezones import is_zone, zone, zone_names


def zone_meant(typed: str) -> str:
    """The zone of an IANA name or of a city in one, in whatever case: `america/new_york`, `New York`.

    Raises:
        ChairsideError: there is none; the remedy names the closest.
    """
    city = _folded(typed)
    named = [name for name in zone_names() if _city(name) == city]
    # several names of one zone: the one in use goes first, and `Asia/Singapore` before `Singapore`
    named.sort(key=lambda name: (name not in pytz.common_timezones_set, "/" not in name))
    return next(iter(named), None) or zone(city if is_zone(city) else typed).zone or typed


def fitting_zones(typed: str) -> list[str]:
    """Zones whose name holds what was typed, those whose city begins with it first: `york` finds America/New_York."""
    wanted = _folded(typed)
    fitting = [name for name in zone_names() if wanted in name.casefold()]
    return sorted(fitting, key=lambda name: not _city(name).startswith(wanted))


def _folded(typed: str) -> str:
    return typed.strip().casefold().replace(" ", "_")


def _city(name: str) -> str:
    return name.casefold().rpartition("/")[2]
