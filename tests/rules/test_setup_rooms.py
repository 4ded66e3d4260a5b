"""Which channel is a room's, by name; a proposal is never ambiguous."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.setup_rooms import distinct_rooms, fitting_channels, room_digest

names = st.text("abH 1.-_é🎤", max_size=6)


@pytest.mark.parametrize(
    ("room", "channel"),
    [
        ("Hall F", "hall-f"),
        ("K.1.105 (La Fontaine)", "k-1-105"),
        ("Janson", "🎤-janson"),
        ("Saal Köln", "saal-koln"),
        ("Room 318 - 320", "room-318-320"),
        ("Ballroom", "neurips-ballroom"),
    ],
)
def test_channel_named_after_a_room_is_proposed(room: str, channel: str) -> None:
    assert fitting_channels([room], {1: "general", 2: channel, 3: "---"}) == {room: 2}


@pytest.mark.parametrize(
    ("rooms", "channels"),
    [
        (["Hall F", "Hall G"], {1: "hall"}),
        (["Hall F"], {1: "hall-f", 2: "hall_f"}),
        (["Hall 1"], {1: "hall-10"}),
        (["Janson", "Janson balcony"], {1: "balcony-1", 2: "jansons"}),
        (["???", ""], {1: "---", 2: "general"}),
        ([], {1: "general"}),
        (["Hall F"], {}),
    ],
)
def test_what_fits_nothing_or_several_is_not_proposed(rooms: list[str], channels: dict[int, str]) -> None:
    assert fitting_channels(rooms, channels) == {}


def test_same_name_goes_before_one_that_is_only_part_of_it() -> None:
    assert fitting_channels(["Hall F", "Hall G"], {1: "hall-f", 2: "hall"}) == {"Hall F": 1}


def test_channel_that_one_room_has_is_not_proposed_to_another() -> None:
    assert fitting_channels(["Hall F", "HallF annex"], {1: "hallf"}) == {"Hall F": 1}


@given(st.lists(names, max_size=6, unique=True), st.dictionaries(st.integers(1, 9), names, max_size=6))
def test_no_channel_is_proposed_twice(rooms: list[str], channels: dict[int, str]) -> None:
    found = fitting_channels(rooms, channels)
    assert len(set(found.values())) == len(found)
    assert set(found) <= set(rooms)
    assert set(found.values()) <= set(channels)


def test_rooms_that_differ_in_case_only_are_one() -> None:
    assert distinct_rooms(["Hall F", "HALL F", "Aula", "hall f"]) == ("Hall F", "Aula")
    assert room_digest("Hall F") == room_digest("HALL f") != room_digest("Hall G")
    assert len(room_digest("x" * 200)) == 16
