"""The names in a moderator line, as real schedules print them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.errors import ChairsideError
from bot.rules.moderator_names import link_key, name_key, names_in, people_named, readings
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions
from tests.shared import SHARED, needs_shared


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Robin Walters", ("Robin Walters",)),
        ("Robin Walters · Ada Lovelace", ("Robin Walters", "Ada Lovelace")),
        ("Bob, Ann ; bob and Ann", ("bob", "Ann")),
        ("Jürgen Weiß (chair) & Œuvre/Björk", ("Jürgen Weiß", "Œuvre", "Björk")),
        ("Anderson Brandt", ("Anderson Brandt",)),
        (" · ", ()),
        (None, ()),
    ],
)
def test_names_of_a_line(line: str | None, names: tuple[str, ...]) -> None:
    assert names_in(line) == names


def test_people_are_found_whatever_case_accents_and_spacing() -> None:
    users = {"robinwalters": 5, "jurgenweiß": 6, "jurgenweiss": 6}
    assert people_named("ROBIN  Walters, Jürgen Weiß, Ada", users) == (5, 6)
    assert people_named("Robin Walter", users) == ()
    assert people_named(None, users) == ()


def test_vowel_signs_tell_names_apart_where_accents_do_not() -> None:
    assert people_named("Jose Muller, राम", {name_key("José Müller"): 1, name_key("रीम"): 2}) == (1,)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Anders And", ("Anders And",)),
        ("李雷、韩梅梅", ("李雷", "韩梅梅")),
        ("Robin Walters\nAda Lovelace", ("Robin Walters", "Ada Lovelace")),
    ],
)
def test_lines_are_parted_between_names_and_not_within_one(line: str, names: tuple[str, ...]) -> None:
    assert names_in(line) == names


@pytest.mark.parametrize(
    ("line", "linked", "found"),
    [
        ("Smith, John", "John Smith", True),
        ("Smith, John", "Smith, John", True),
        ("Smith, John", "Smith", True),
        ("John Smith", "Smith, John", True),
        ("van der Berg, Jan", "Jan van der Berg", True),
        ("Smith, John Paul (chair)", "John Paul Smith", True),
        ("Smith, John", "Smith John", False),
        ("Anna, Ben", "Ben", True),
        ("Robin Walters, Ada Lovelace", "Ada Lovelace", True),
        ("Robin Walters, Ada Lovelace", "Ada Lovelace Robin Walters", False),
        ("Smith, John and Ada", "John Smith", False),
        ("Smith, John; Lovelace, Ada", "John Smith", False),
        ("Anna, Ben, Cleo", "Ben Anna", False),
        ("Anna / Ben", "Ben Anna", False),
        ("Smith,", "Smith", True),
    ],
)
def test_surname_before_a_comma_is_one_person_as_well_as_two(line: str, linked: str, *, found: bool) -> None:
    assert bool(people_named(line, {link_key(linked): 1})) is found


def test_two_single_names_remain_two_beside_the_whole_line() -> None:
    assert readings("Anna, Ben") == ("Anna", "Ben", "Anna, Ben")
    assert people_named("Anna, Ben", {"anna": 1, "ben": 2}) == (1, 2)
    assert readings("Robin Walters, Ada Lovelace") == ("Robin Walters", "Ada Lovelace")


@needs_shared
def test_moderators_of_real_schedules_are_found_by_each_name_that_is_offered() -> None:
    lines = set()
    for path in sorted(SHARED.iterdir()):
        try:
            options = ReadingOptions(datetime(2026, 1, 5, tzinfo=UTC), timezone="UTC", name=path.name)
            schedule = read_schedule(path.read_bytes(), options)
        except ChairsideError:
            continue
        lines |= {session.moderator for session in schedule.sessions if session.moderator}
        # of lines there is one; what speakers are called stands for the others
        lines |= {name for session in schedule.sessions for talk in session.talks for name in talk.speakers}
    assert "Robin Walters" in lines
    for line in lines:
        assert all(people_named(line, {link_key(name): 1}) == (1,) for name in readings(line)), line
        assert set(names_in(line)) <= set(readings(line))
