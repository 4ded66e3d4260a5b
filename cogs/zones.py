"""Autocomplete over the zones that exist."""

from __future__ import annotations

from discord import app_commands

from bot.timezones import zone_names
from cogs.answers import CHOICES


def zone_choices(current: str) -> list[app_commands.Choice[str]]:
    """Zones whose name holds what was typed: `york` finds America/New_York."""
    wanted = current.strip().casefold().replace(" ", "_")
    fitting = [name for name in zone_names() if wanted in name.casefold()]
    return [app_commands.Choice(name=name, value=name) for name in fitting[:CHOICES]]
