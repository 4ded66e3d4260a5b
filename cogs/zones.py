"""Autocomplete over the zones that exist."""

from __future__ import annotations

from discord import app_commands

from bot.timezones import is_zone, zone_names
from cogs.answers import CHOICES

UNSET = "unset"
_UNSETS = ("unset", "none", "no")


def zone_choices(current: str) -> list[app_commands.Choice[str]]:
    """Zones whose name holds what was typed, those whose city begins with it first: `york` finds America/New_York."""
    wanted = _folded(current)
    fitting = [name for name in zone_names() if wanted in name.casefold()]
    fitting.sort(key=lambda name: not _city(name).startswith(wanted))
    return [app_commands.Choice(name=name, value=name) for name in fitting[:CHOICES]]


def zone_meant(typed: str) -> str:
    """The zone whose city somebody typed without choosing one that was offered; else what they typed."""
    wanted = _folded(typed)
    cities = [name for name in zone_names() if _city(name) == wanted and "/" in name]
    return cities[0] if len(cities) == 1 and not is_zone(typed) else typed


def is_unset(typed: str, *, begun: bool = False) -> bool:
    """Whether somebody typed that they want no zone, or has begun to."""
    wanted = typed.strip().casefold()
    return any(word.startswith(wanted) if begun else word == wanted for word in _UNSETS)


def _folded(typed: str) -> str:
    return typed.strip().casefold().replace(" ", "_")


def _city(name: str) -> str:
    return name.casefold().rpartition("/")[2]
