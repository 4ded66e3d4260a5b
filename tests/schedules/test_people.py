from __future__ import annotations

import pytest

from bot.schedules.people import are_several_people, is_continued, is_people, split_people


def test_names_are_split_at_both_dots_and_kept_once() -> None:
    assert split_people("Ada One · Bo Two⋅Cy Three ·  · Ada One") == ("Ada One", "Bo Two", "Cy Three")
    assert split_people("") == ()


@pytest.mark.parametrize(
    "line",
    [
        "Ada One · Bo Two",
        "Robin Walters",
        "Ludwig van der Berg",
        "J. K. Exempla Jr.",
        "Zihan (Zenus) Wang",
        "L\\'eon Exempla",
        "王小明",
        "Plato",
        "a · b",
    ],
)
def test_people(line: str) -> None:
    assert is_people(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "·",
        "Coffee and snacks",
        "We count graphs.",
        "Who Goes There?",
        "Room 3 and more",
        "The inner product x · y is what we use to measure how far apart all of them are",
        "Ada One · " + "x" * 200,
    ],
)
def test_no_people(line: str) -> None:
    assert not is_people(line)


def test_one_is_not_several() -> None:
    assert (are_several_people("Ada One"), are_several_people("Ada One · Bo Two")) == (False, True)


def test_a_list_that_ends_in_a_dot_goes_on() -> None:
    assert (is_continued("Ada One ·"), is_continued("Ada One ⋅"), is_continued("Ada One")) == (True, True, False)
