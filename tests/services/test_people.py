"""What a person chose holds on all servers: their zone, set, shown and taken back."""

from __future__ import annotations

import pytest

from bot.errors import ChairsideError
from bot.services.people import choose_zone, own_zone, person, remember_direct_channel
from cogs.zones import is_unset, zone_choices
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


def test_as_many_zones_are_offered_as_discord_takes() -> None:
    assert len(zone_choices("")) == 25
    assert zone_choices("york")[0].value == "America/New_York"


def test_unset_is_understood_in_the_words_that_people_try() -> None:
    assert [is_unset(word) for word in ("unset", " NONE ", "no", "un", "Europe/Berlin")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert is_unset("un", begun=True)
