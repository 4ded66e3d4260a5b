"""The zones that are offered, and the one that is meant by a city."""

from __future__ import annotations

import discord
import pytest

from bot.errors import ChairsideError
from bot.rules.setup_zones import BY_LOCALE, likely_zones, zone_meant
from bot.timezones import is_zone


def test_every_locale_of_discord_has_zones_that_exist() -> None:
    assert sorted(BY_LOCALE) == sorted(locale.value for locale in discord.Locale)
    assert [zone for zones in BY_LOCALE.values() for zone in zones if not is_zone(zone)] == []


def test_programmes_zone_comes_first_and_at_most_four_are_offered() -> None:
    likely = likely_zones(["Europe/Berlin", "Etc/GMT-2", "Nowhere"], ["fr", "de", "xx", "en-US"])
    assert likely == ("Europe/Berlin", "Europe/Paris", "Europe/Brussels", "America/Montreal")
    assert likely_zones([], []) == ()


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("america/new_york", "America/New_York"),
        ("  New York ", "America/New_York"),
        ("singapore", "Asia/Singapore"),
        ("louisville", "America/Kentucky/Louisville"),
        ("UTC", "UTC"),
    ],
)
def test_zone_or_city_is_understood(typed: str, zone: str) -> None:
    assert zone_meant(typed) == zone


@pytest.mark.parametrize(("typed", "closest"), [("Berlim", "Did you mean Europe/Berlin"), ("", "Write a zone")])
def test_what_is_neither_is_refused_with_the_closest(typed: str, closest: str) -> None:
    with pytest.raises(ChairsideError, match=closest):
        zone_meant(typed)
