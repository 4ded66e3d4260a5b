"""A clock that nobody taps: A runs out at 10:30, is asked about at 10:45 and rolls on by the plan at 10:48."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.rules.run import asks_at, rolls_on_at
from bot.rules.taps import Tap, next_tap
from tests.builders import a_planned_session, a_talk, at
from tests.rules.test_run import (
    CLOSE,
    END,
    EXTEND,
    OPEN,
    PAUSE,
    RESUME,
    SKIP,
    START,
    UNDO,
    A,
    B,
    C,
    D,
    a_planned_talk,
    four_talks,
    started,
    stints,
)


def test_forgotten_clock_is_asked_about_and_rolls_on() -> None:
    run = started(guard=True).run()
    assert asks_at(four_talks(), run) == at("10:45")
    assert rolls_on_at(four_talks(), run) == at("10:48")


def test_patience_is_the_talks_length_but_at_least_3_and_at_most_15_minutes() -> None:
    for length, patience in ((1, 3), (5, 5), (60, 15)):
        session = a_planned_session(a_talk(starts_at=at("10:00"), minutes=length))
        run = started(session=session).run()
        assert asks_at(session, run) == at("10:00") + timedelta(minutes=length + patience)


def test_a_tap_starts_the_patience_anew() -> None:
    desk = started(guard=True)
    desk.tap("10:40", SKIP, D)
    assert asks_at(desk.session, desk.run()) == at("10:55")
    desk.tap("10:41", UNDO)
    assert asks_at(desk.session, desk.run()) == at("10:56")


def test_saying_that_it_is_still_on_stage_starts_the_patience_anew_and_opens_nothing() -> None:
    desk = started(guard=True)
    before = desk.run()
    desk.tap("10:46", OPEN, leaves=A)
    run = desk.run()
    assert asks_at(desk.session, run) == at("11:01")
    assert (run.stints, run.opened_at) == (before.stints, before.opened_at)


def test_said_once_the_clock_has_rolled_on_it_was_on_stage_all_along() -> None:
    desk = started(guard=True)
    desk.tap("10:52", OPEN, leaves=A)
    assert desk.on_stage("10:53").talk.title == "A"
    assert desk.starts("10:53")["B"] == "10:53"


def test_pauses_put_the_question_off_and_a_pause_going_on_puts_none() -> None:
    desk = started(guard=True)
    desk.tap("10:10", PAUSE)
    assert asks_at(desk.session, desk.run()) is None
    assert desk.on_stage("14:00").time_left == timedelta(minutes=20)
    desk.tap("10:25", RESUME)
    assert asks_at(desk.session, desk.run()) == at("11:00")


def test_rolled_on_by_the_plan_and_by_nothing_else() -> None:
    desk = started("10:12", guard=True)
    assert desk.times("11:00")["A"] == ("10:12", "10:42", "done")
    assert desk.times("11:00")["B"] == ("10:42", "11:00", "done")  # late, yet over as planned
    assert desk.times("11:00")["C"] == ("11:10", "11:40", "waiting")
    assert desk.times("11:15")["C"] == ("11:10", "11:40", "on stage")
    assert desk.times("11:15")["D"] == ("11:40", "12:00", "waiting")
    assert desk.look("12:00").is_over


def test_talk_passed_over_holds_nothing_back_once_the_clock_is_forgotten() -> None:
    desk = started("10:00", B, guard=True)
    assert desk.times("10:45")["A"] == ("10:45", "11:15", "waiting")
    assert desk.times("11:20")["A"] == ("10:00", "10:30", "done")
    assert desk.times("11:20")["D"] == ("11:40", "12:00", "waiting")


def test_tap_that_says_nothing_of_the_stage_leaves_the_clock_to_the_plan() -> None:
    for skipped_at in ("11:05", "11:20"):
        desk = started(guard=True)
        desk.tap(skipped_at, SKIP, D)
        assert desk.times("11:30")["C"] == ("11:10", "11:40", "on stage")
        assert desk.times("11:45")["C"] == ("11:10", "11:40", "done")
        assert desk.look("11:45").is_over


def test_next_from_the_assumed_talk_goes_on_from_it() -> None:
    desk = started(guard=True)
    desk.next("11:35", leaves=C)
    assert stints(desk) == [
        (A, "10:00", "10:30", True),
        (B, "10:30", "11:00", True),
        (C, "11:10", "11:35", True),
        (D, "11:35", None, False),
    ]


def test_assumed_talk_can_be_ended_paused_and_extended() -> None:
    for kind in (END, PAUSE, EXTEND):
        desk = started(guard=True)
        desk.tap("11:30", kind, amount=2 if kind is EXTEND else 0)
        assert [talk for talk, *_ in stints(desk)] == [A, B, C]
    assert desk.figures("11:30") == ("12:00", "11:42", "+2", "12:02")
    assert not desk.on_stage("11:30").assumed


def test_starting_an_earlier_talk_takes_back_what_was_assumed_from_it_on() -> None:
    desk = started(guard=True)
    desk.tap("11:30", START, B, ago=5)
    assert stints(desk) == [(A, "10:00", "10:30", True), (B, "11:25", None, False)]
    assert list(desk.starts("11:30")) == ["A", "B", "C", "D"]


def test_starting_the_forgotten_talk_again_takes_back_all_that_was_assumed_after_it() -> None:
    desk = started(guard=True)
    desk.tap("11:30", START, A)
    assert stints(desk) == [(A, "10:00", "10:30", True), (A, "11:30", None, False)]


def test_talks_that_overlap_end_as_planned_once_the_clock_is_forgotten() -> None:
    overlap = (a_planned_talk("B", "10:30", "11:30"), a_planned_talk("C", "11:00", "11:30"))
    after = a_planned_talk("D", "11:30", "12:00")
    desk = started(session=a_planned_session(a_planned_talk("A", "10:00", "10:30"), *overlap, after), guard=True)
    assert desk.starts("10:40")["D"] == "12:10"
    assert desk.starts("10:50") == {"A": "10:00", "B": "10:30", "C": "11:30", "D": "11:30"}


def test_starting_the_assumed_talk_puts_its_start_right() -> None:
    desk = started(guard=True)
    desk.tap("11:30", START, C, ago=5)
    assert stints(desk)[1:] == [(B, "10:30", "11:00", True), (C, "11:25", None, False)]


def test_closing_that_reaches_back_takes_back_what_was_assumed_since() -> None:
    desk = started(guard=True)
    desk.tap("11:30", CLOSE, ago=25)
    assert stints(desk) == [(A, "10:00", "10:30", True), (B, "10:30", "11:00", True)]
    assert desk.times("11:30")["C"][2] == "skipped"


def test_start_that_reaches_back_cuts_what_was_assumed_short() -> None:
    desk = started(guard=True)
    desk.tap("11:30", START, D, ago=50)
    assert stints(desk) == [(A, "10:00", "10:30", True), (B, "10:30", "10:40", True), (D, "10:40", None, False)]
    assert desk.times("11:30")["C"][2] == "waiting"


def test_late_tap_about_the_forgotten_talk_says_that_it_was_on_stage_all_along() -> None:
    desk = started(guard=True)
    desk.next("11:30", leaves=A)
    assert stints(desk) == [(A, "10:00", "11:30", False), (B, "11:30", None, False)]
    desk = started(guard=True)
    desk.tap("11:30", EXTEND, leaves=A, amount=65)
    assert desk.figures("11:30") == ("5:00", "11:35", "+65", "12:55")


def test_undo_after_a_forgotten_clock_leaves_it_forgotten() -> None:
    desk = started(guard=True)
    before = desk.times("11:31")
    desk.next("11:30", leaves=C)
    desk.tap("11:31", UNDO)
    assert desk.times("11:31") == before


def test_assumed_end_is_not_before_a_tap_about_the_talk() -> None:
    desk = started(guard=True)
    desk.tap("10:40", EXTEND, amount=2)
    assert rolls_on_at(desk.session, desk.run()) == at("10:58")
    assert desk.times("10:58")["A"] == ("10:00", "10:40", "done")


def test_talk_on_stage_that_left_the_plan_breaks_nothing() -> None:
    desk = started(guard=True)
    desk.session = replace(desk.session, talks=desk.session.talks[1:])
    assert desk.starts("10:20") == {"B": "10:30", "C": "11:10", "D": "11:40"}
    assert desk.starts("11:50")["B"] == "11:50"
    assert desk.cues("10:20") == ()


def test_late_next_from_the_forgotten_last_talk_closes_the_session() -> None:
    desk = started("11:40", D, guard=True)
    assert desk.look("13:00").is_over
    assert next_tap(desk.look("13:00"), Tap(START, leaves=D)).talk_id is None
    assert desk.next("13:00", leaves=D).kind is CLOSE
    assert stints(desk) == [(D, "11:40", "13:00", False)]
