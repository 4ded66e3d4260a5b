"""The zones that are offered for a venue."""

from __future__ import annotations

import discord

from bot.rules.setup_zones import BY_LOCALE, likely_zones
from bot.timezones import is_zone


def test_every_locale_of_discord_has_zones_that_exist() -> None:
    assert sorted(BY_LOCALE) == sorted(locale.value for locale in discord.Locale)
    assert [zone for zones in BY_LOCALE.values() for zone in zones if not is_zone(zone)] == []


def test_programmes_zone_comes_first_and_at_most_four_are_offered() -> None:
    likely = likely_zones(["Europe/Berlin", "Etc/GMT-2", "Nowhere"], ["fr", "de", "xx", "en-US"])
    assert likely == ("Europe/Berlin", "Europe/Paris", "Europe/Brussels", "America/Montreal")
    assert likely_zones([], []) == ()
