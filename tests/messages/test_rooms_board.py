"""The board of all rooms, with 0, 1, 30 and 60 of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages.rooms_board import rooms_board, rooms_text
from bot.messages.text import MESSAGE_LIMIT
from bot.rules.programme import PlannedSession, PlannedTalk, by_plan
from tests.builders import NEW_YORK, at

HOSTILE = "@everyone **مرحبا** [x](http://y) " + "w" * 400


def room(number: int, name: str | None, *titles: str, first: str = "12:30") -> PlannedSession:
    starts = [at(first) + timedelta(minutes=5 * index) for index in range(len(titles))]
    talks = tuple(
        PlannedTalk(number * 100 + index, number, title, start, start + timedelta(minutes=5))
        for index, (title, start) in enumerate(zip(titles, starts, strict=True))
    )
    return PlannedSession(number, f"Session {number}", talks, name)


def text(now: str, *sessions: PlannedSession) -> str:
    return rooms_text([by_plan(session, at(now)) for session in sessions], NEW_YORK)


def test_each_room_says_what_is_on_until_when_and_what_comes_next() -> None:
    hall_f, hall_g = room(1, "Hall F", "Nets", "Graphs"), room(2, "Hall G", "Later", first="13:00")
    assert text("12:32", hall_g, hall_f).splitlines() == [
        "**Now in every room**, times in EDT",
        "- **Hall F** now Nets · 15:35 Graphs",
        "- **Hall G** 16:00 Later",
    ]


def test_rooms_that_are_over_stand_together_at_the_end() -> None:
    hall_f, hall_g = room(1, "Hall F", "Nets"), room(2, "Hall G", "Later", first="13:00")
    assert text("12:36", hall_f, hall_g).splitlines()[1:] == ["- **Hall G** 16:00 Later", "Over for today: Hall F"]
    assert text("14:00", hall_f, hall_g).splitlines()[1:] == ["That was the last talk today. Thank you for coming."]


def test_day_that_was_cancelled_as_a_whole_says_so() -> None:
    planned = room(1, "Hall F", "Nets", "Graphs")
    called_off = replace(planned, talks=tuple(replace(talk, cancelled=True) for talk in planned.talks))
    assert text("12:32", called_off).splitlines() == ["**Now in every room**", "Everything today was cancelled."]
    assert "cancelled" not in text("12:32", called_off, room(2, "Hall G", "Later"))


def test_talks_at_one_time_and_a_session_without_a_room() -> None:
    first, second = room(1, None, "One"), room(2, None, "Two")
    assert text("12:31", first, second).splitlines()[1:] == ["- **without a room** now One and 1 more (until 15:35)"]


@pytest.mark.parametrize("number", [1, 24, 30, 60, 300])
def test_any_number_of_rooms_with_hostile_names_fits_a_message(number: int) -> None:
    sessions = [by_plan(room(n, f"{n} {HOSTILE}", HOSTILE, HOSTILE), at("12:32")) for n in range(1, number + 1)]
    message = rooms_board(sessions, NEW_YORK, "d" * 22)
    assert len(message.content) <= MESSAGE_LIMIT
    assert "@everyone" not in message.content
    shown = message.content.count("\n- ")
    assert shown == number or f"… and {number - shown} more: /agenda" in message.content


def test_thirty_rooms_with_long_titles_all_stand_in_one_message() -> None:
    title = "Convergence of Invariant Graph Networks on Large and Sparse Inputs"
    sessions = [by_plan(room(n, f"H.{n:04} (Rolin)", title, title), at("12:32")) for n in range(1, 31)]
    assert rooms_board(sessions, NEW_YORK, "d" * 22).content.count("\n- ") == 30


def test_room_that_two_files_write_in_other_case_is_one_room() -> None:
    first, second = room(1, "Hall F", "Nets"), room(2, "HALL F", "Later", first="13:00")
    assert text("12:32", first, second).splitlines()[1:] == ["- **Hall F** now Nets (until 15:35) · 16:00 Later"]
