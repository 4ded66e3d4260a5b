"""The names in a moderator line, as real schedules print them."""

from __future__ import annotations

import pytest

from bot.rules.moderator_names import name_key, names_in, people_named


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
