"""The zone that somebody means by a city, and those that are offered as they type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ChairsideError
from bot.rules.zone_search import fitting_zones, zone_meant
from bot.timezones import is_zone, zone_names

ANY_CASE = st.sampled_from([str.upper, str.lower, str.title, str.swapcase])


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("america/new_york", "America/New_York"),
        ("  New York ", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
        ("singapore", "Asia/Singapore"),
        ("louisville", "America/Kentucky/Louisville"),
        ("UTC", "UTC"),
    ],
)
def test_zone_or_city_is_understood(typed: str, zone: str) -> None:
    assert zone_meant(typed) == zone


@pytest.mark.parametrize(
    ("typed", "closest"),
    [
        ("Berlim", "Berlim is no time zone. Did you mean Europe/Berlin"),
        ("", "Write a zone"),
        ("nowhere", "nowhere is no time zone"),
    ],
)
def test_what_is_neither_is_refused_with_the_closest(typed: str, closest: str) -> None:
    with pytest.raises(ChairsideError, match=closest):
        zone_meant(typed)


@given(st.sampled_from(zone_names()), ANY_CASE)
def test_every_zone_is_meant_and_offered_by_its_own_name_in_any_case(name: str, in_case: object) -> None:
    assert callable(in_case)
    typed = in_case(name.replace("_", " "))
    meant = zone_meant(typed)
    assert is_zone(meant)
    assert meant.rpartition("/")[2] == name.rpartition("/")[2]
    assert "/" not in name or meant == name
    assert name in fitting_zones(typed)


@pytest.mark.parametrize(
    ("typed", "first"), [("york", "America/New_York"), ("berlin", "Europe/Berlin"), ("rome", "Europe/Rome")]
)
def test_city_finds_its_zone(typed: str, first: str) -> None:
    assert fitting_zones(typed)[0] == first


def test_nothing_typed_offers_every_zone() -> None:
    assert sorted(fitting_zones("")) == sorted(zone_names())
