"""What a person chose holds on all servers: their zone, set, shown and taken back."""

from __future__ import annotations

import pytest

from bot.errors import ChairsideError
from bot.services.people import choose_zone, own_zone, person, remember_direct_channel
from cogs.zones import is_unset, zone_choices, zone_meant
from db.database import Database


async def test_zone_is_remembered_as_iana_spells_it_and_taken_back(db: Database) -> None:
    assert await own_zone(db, 1) is None
    assert await choose_zone(db, 1, "europe/berlin") == "Europe/Berlin"
    await remember_direct_channel(db, 1, 9)
    assert (await own_zone(db, 1), await own_zone(db, 2)) == ("Europe/Berlin", None)
    assert await choose_zone(db, 1, None) is None
    assert ((await person(db, 1)).timezone, (await person(db, 1)).dm_channel_id) == (None, 9)


async def test_zone_that_nobody_knows_is_refused_with_the_nearest(db: Database) -> None:
    with pytest.raises(ChairsideError, match="Did you mean Europe/Copenhagen"):
        await choose_zone(db, 1, "Europe/Copenhagn")
    assert await own_zone(db, 1) is None


@pytest.mark.parametrize(
    ("typed", "first"), [("york", "America/New_York"), ("berlin", "Europe/Berlin"), ("rome", "Europe/Rome")]
)
def test_city_finds_its_zone(typed: str, first: str) -> None:
    assert zone_choices(typed)[0].value == first
    assert len(zone_choices("")) == 25


def test_city_typed_without_choosing_is_meant_where_it_is_the_only_one() -> None:
    assert [zone_meant(typed) for typed in ("Berlin", "new york", "UTC", "nowhere")] == [
        "Europe/Berlin",
        "America/New_York",
        "UTC",
        "nowhere",
    ]


def test_unset_is_understood_in_the_words_that_people_try() -> None:
    assert [is_unset(word) for word in ("unset", " NONE ", "no", "un", "Europe/Berlin")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert is_unset("un", begun=True)
