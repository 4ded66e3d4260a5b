"""The first lines of a rehearsal: what is played, and how long that takes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.rehearsal.cast import Cast
from bot.rehearsal.introduction import introduction, real_length
from bot.schedules.schedule import Schedule
from tests.builders import FIRST_START, NEW_YORK, a_schedule, a_session, a_talk

LAST = "The real bot plays on a Discord of this machine's own. Starting it …"


def programme(*titles: str, hours: float = 0.5, days: int = 1) -> Schedule:
    """Sessions of one talk each, one after the other on each of some days."""
    sessions = []
    for number, title in enumerate(titles):
        day, place = divmod(number, -(-len(titles) // days))
        start = FIRST_START + timedelta(days=day, hours=hours * place)
        talk = a_talk(f"Talk {number}", starts_at=start, minutes=60 * hours)
        sessions.append(a_session(talk, title=title))
    return a_schedule(*sessions, timezone=NEW_YORK)


def first_line(schedule: Schedule) -> str:
    return introduction(schedule, Cast.PUNCTUAL, 60).splitlines()[0]


def test_one_session_is_named_with_how_long_it_takes() -> None:
    told = introduction(programme("Deep Learning", hours=1.5), Cast.LIVELY, 60)
    assert told == f"Rehearsing “Deep Learning”: 1 talk, about 2 min at 60x.\n{LAST}"


@pytest.mark.parametrize(
    ("number", "named"),
    [
        (2, "“A” and “B”: 2 sessions with 2 talks,"),
        (4, "“A”, “B”, “C” and “D”: 4 sessions with 4 talks,"),
        (5, "“A”, “B”, “C” and 2 more: 5 sessions with 5 talks,"),
        (26, "“A”, “B”, “C” and 23 more: 26 sessions with 26 talks,"),
    ],
)
def test_sessions_are_named_or_the_first_three_and_how_many_more(number: int, named: str) -> None:
    titles = [chr(ord("A") + place) for place in range(number)]
    assert first_line(programme(*titles)).startswith(f"Rehearsing {named} about ")


def test_people_take_part_in_the_first_of_several() -> None:
    told = introduction(programme("A", "B"), Cast.LIVELY, 60)
    assert "People take part in “A”; the others go by the plan." in told.splitlines()


def test_title_of_a_file_is_one_line_without_control_characters_and_not_too_long() -> None:
    line = first_line(programme("\x1b[2J\nDeep\tLearning " + "and more " * 500))
    assert line.startswith("Rehearsing “[2J Deep Learning and more")
    assert "…”: 1 talk" in line
    assert len(line) < 120


def test_long_one_says_what_makes_it_shorter() -> None:
    day = programme(*"ABCDEFGHIJ", hours=1)
    assert "Shorter: --cast punctual --speed 300 takes about 2 min." in introduction(day, Cast.LIVELY, 60)
    week = programme(*"ABCDEFGHIJKLMNOPQRSTUVWXYZABCD", hours=1)
    assert "Shorter: --cast punctual --speed 600 takes about 3 min." in introduction(week, Cast.LIVELY, 60)
    assert "Shorter" not in introduction(week, Cast.PUNCTUAL, 600)


def test_length_is_what_the_clock_runs_and_nights_are_no_part_of_it() -> None:
    one_day = real_length(programme("A", "B", hours=2), Cast.PUNCTUAL, 1)
    two_days = real_length(programme("A", "B", hours=2, days=2), Cast.PUNCTUAL, 1)
    assert timedelta(hours=4) < one_day < two_days < timedelta(hours=5)


def test_lively_cast_takes_longer_than_the_plan() -> None:
    session = a_session(
        *(a_talk(f"Talk {place}", starts_at=FIRST_START + timedelta(minutes=5 * place)) for place in range(10))
    )
    lengths = [real_length(a_schedule(session), cast, 60) for cast in (Cast.PUNCTUAL, Cast.LIVELY)]
    assert lengths[0] < lengths[1]
