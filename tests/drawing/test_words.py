"""The picture's words and signs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.drawing.words import day_and_times, figures, lateness, place_and_moderator
from bot.messages.times import clock, signed
from tests.builders import LOS_ANGELES, NEW_YORK
from tests.drawing.sessions import closed_half_way, no_talks, over_midnight, still_on, the_icml_session


@pytest.mark.parametrize(
    ("seconds", "told", "in_words"),
    [
        (200, "+3:20", "3:20 late"),
        (-60, "−1:00", "1:00 early"),
        (0, "0:00", "on time"),
        (0.4, "0:00", "on time"),
        (-0.4, "0:00", "on time"),
        (3740, "+1:02:20", "1:02:20 late"),
        (-100_000, "−27:46:40", "27:46:40 early"),
    ],
)
def test_plus_is_late(seconds: float, told: str, in_words: str) -> None:
    span = timedelta(seconds=seconds)
    assert (signed(span), lateness(span)) == (told, in_words)
    assert clock(span) == told.strip("+−")


def test_the_day_and_both_zones() -> None:
    assert (
        day_and_times(the_icml_session(), NEW_YORK, LOS_ANGELES)
        == "Thu 21 July 2022 · 15:30–17:00 EDT · 12:30–14:00 PDT"
    )
    assert day_and_times(the_icml_session(), NEW_YORK, "America/Toronto") == "Thu 21 July 2022 · 15:30–17:00 EDT"
    assert (
        day_and_times(over_midnight(), NEW_YORK, None) == "Sat 31 October 2026 · 23:30 EDT – Sun 1 November 01:50 EST"
    )
    assert day_and_times(no_talks(), NEW_YORK, None) == ""


def test_a_session_without_a_room_has_its_talks() -> None:
    report = the_icml_session()
    bare = replace(report, session=replace(report.session, room=None, moderator=None))
    assert place_and_moderator(bare) == "Hall F"
    talks = tuple(replace(each, talk=replace(each.talk, room=f"Hall {each.number % 2}")) for each in report.talks)
    assert place_and_moderator(replace(bare, talks=talks)) == "Hall 1, Hall 0"


def test_figures_of_a_session_that_ended_early_or_not_at_all() -> None:
    assert [f.value for f in figures(closed_half_way(), NEW_YORK)] == ["4:00 late", "1:07:00 early", "0:00", "11 asked"]
    assert [f.value for f in figures(still_on(), NEW_YORK)] == ["2:00 early", "–", "–", "7 asked"]
