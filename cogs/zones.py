"""Autocomplete over the zones that exist."""

from __future__ import annotations

from discord import app_commands

from bot.rules.zone_search import fitting_zones
from cogs.answers import CHOICES

UNSET = "unset"
_UNSETS = ("unset", "none", "no")


def zone_choices(current: str) -> list[app_commands.Choice[str]]:
    """The zones that fit what was typed so far."""
    return [app_commands.Choice(name=name, value=name) for name in fitting_zones(current)[:CHOICES]]


def is_unset(typed: str, *, begun: bool = False) -> bool:
    """Whether somebody typed that they want no zone, or has begun to."""
    wanted = typed.strip().casefold()
    return any(word.startswith(wanted) if begun else word == wanted for word in _UNSETS)
