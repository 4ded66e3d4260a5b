"""What is expected when: gaps, breaks, talks passed over, sessions closed, and a clock that was forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.rules.programme import TalkState, by_plan, up_next
from bot.rules.timing import next_instant
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
    A,
    B,
    C,
    D,
    Desk,
    a_planned_talk,
    clock,
    four_talks,
    started,
    with_a_break,
)


def next_look(desk: Desk, time: str) -> str | None:
    upcoming = next_instant(desk.session, desk.run(), at(time), guard=desk.guard)
    return clock(upcoming) if upcoming else None


def test_opened_session_goes_by_the_plan_until_a_talk_is_started() -> None:
    desk = Desk()
    desk.tap("09:55", OPEN)
    for time in ("09:55", "10:15", "13:00"):
        assert desk.look(time) == by_plan(desk.session, at(time))
    assert next_look(desk, "10:15") is None


def test_skipped_before_the_start_is_left_out_of_the_plan() -> None:
    desk = Desk()
    desk.tap("10:06", SKIP, A)
    assert desk.starts("10:06") == {"B": "10:30", "C": "11:10", "D": "11:40"}
    assert desk.times("10:06")["A"][2] == "skipped"


def test_closed_without_a_start_nothing_more_takes_place() -> None:
    desk = Desk()
    desk.tap("10:40", CLOSE)
    for time in ("10:40", "10:50", "11:20"):
        assert desk.times(time) == {
            "A": ("10:00", "10:30", "done"),
            "B": ("10:30", "10:40", "done"),
            "C": ("11:10", "11:40", "skipped"),
            "D": ("11:40", "12:00", "skipped"),
        }
        assert desk.look(time).is_over


def test_closed_early_skips_what_was_still_to_come() -> None:
    desk = started()
    desk.tap("10:20", CLOSE)
    assert [str(e.state) for e in desk.look("11:15").talks] == ["done", "skipped", "skipped", "skipped"]
    assert (desk.look("11:15").is_over, desk.ends("11:15"), next_look(desk, "11:15")) == (True, "10:20", None)


def test_passed_over_talk_is_expected_after_the_one_on_stage_and_the_swap_costs_nothing() -> None:
    desk = started()
    desk.tap("10:30", SKIP, D)
    desk.tap("10:30", START, C)
    assert desk.starts("10:30") == {"A": "10:00", "C": "10:30", "B": "11:00"}
    assert [e.talk.title for e in up_next([desk.look("10:30")])] == ["B"]
    assert desk.ends("10:30") == "11:30"


def test_talk_that_was_over_by_the_plan_before_the_first_start_is_taken_as_done() -> None:
    desk = started("10:31", B)
    assert desk.times("10:31") == {
        "A": ("10:00", "10:30", "done"),
        "B": ("10:31", "11:01", "on stage"),
        "C": ("11:10", "11:40", "waiting"),
        "D": ("11:40", "12:00", "waiting"),
    }
    assert next(e for e in desk.look("10:31").talks if e.talk.id == A).assumed


def test_everything_skipped_is_over() -> None:
    desk = started()
    for talk in (B, C, D):
        desk.tap("10:10", SKIP, talk)
    assert not desk.look("10:10").is_over
    desk.tap("10:20", END)
    assert desk.look("10:20").is_over
    assert desk.ends("10:20") == "10:20"


def test_end_with_more_to_come_is_not_over_and_what_follows_waits_for_its_start() -> None:
    desk = started()
    desk.tap("10:20", END)
    assert desk.starts("10:25") == {"A": "10:00", "B": "10:30", "C": "11:10", "D": "11:40"}
    assert desk.starts("10:34")["B"] == "10:34"
    assert not desk.look("10:34").is_over
    assert [next_look(desk, time) for time in ("10:20", "10:31", "10:31:30")] == ["10:31", "10:32", "10:32"]


def test_extension_after_time_is_up_counts_from_when_it_was_up() -> None:
    desk = started()
    desk.tap("10:33", EXTEND, amount=2)
    assert desk.figures("10:33") == ("-1:00", "10:33", "+3", "12:00")


def test_pause_when_over_its_time_stands_still_over() -> None:
    desk = started()
    desk.tap("10:36", PAUSE)
    assert desk.figures("10:40") == ("-6:00", "10:40", "+10", "12:00")
    desk.tap("10:41", RESUME)
    assert desk.figures("10:42") == ("-7:00", "10:42", "+12", "12:02")


@pytest.mark.parametrize(("ends", "drift"), [("10:25", -5), ("10:30", 0), ("10:37", 7)])
def test_drift_of_a_done_talk_is_how_much_later_it_ended(ends: str, drift: int) -> None:
    desk = started()
    desk.tap(ends, END)
    done = desk.look("11:00").talks[0]
    assert (done.state, done.time_left, done.drift) == (TalkState.DONE, None, timedelta(minutes=drift))


# Edits of the plan.


def test_edited_talks_move_what_follows_and_keep_the_clock_running() -> None:
    desk = started("10:04")
    on_stage, ahead = (replace(talk, ends_at=talk.ends_at + timedelta(minutes=15)) for talk in desk.session.talks[:2])
    desk.session = replace(desk.session, talks=(on_stage, *desk.session.talks[1:]))
    assert desk.figures("10:10") == ("39:00", "10:49", "+4", "12:09")
    desk.session = replace(four_talks(), talks=(desk.session.talks[0], ahead, *four_talks().talks[2:]))
    assert desk.starts("10:10") == {"A": "10:04", "B": "10:49", "C": "11:34", "D": "12:04"}


def test_order_of_the_plan_is_by_start_however_the_talks_are_stored() -> None:
    desk = started("10:40")
    desk.session = replace(desk.session, talks=desk.session.talks[::-1])
    assert desk.starts("10:40") == {"A": "10:40", "B": "11:10", "C": "11:40", "D": "12:10"}


def test_talks_of_one_slot_wait_beside_each_other() -> None:
    posters = [a_talk(f"Poster {number}", starts_at=at("10:00"), minutes=30) for number in range(4)]
    desk = started(session=a_planned_session(*posters, a_planned_talk("A", "10:30", "10:50")))
    assert list(desk.starts("10:05").values()) == ["10:00", "10:30", "10:30", "10:30", "11:00"]
    assert desk.ends("10:05") == "11:20"


# Breaks.


def test_break_begins_and_ends_by_itself() -> None:
    desk = started(session=with_a_break())
    desk.tap("10:34", END)
    assert desk.times("10:33")["Coffee"] == ("10:34", "11:00", "waiting")
    assert desk.times("10:34")["Coffee"] == ("10:34", "11:00", "on stage")
    assert [e.talk.title for e in up_next([desk.look("10:45")])] == ["B"]
    assert desk.times("11:00")["Coffee"] == ("10:34", "11:00", "done")
    assert desk.starts("11:03")["B"] == "11:03"
    assert next_look(desk, "10:40") == "11:01"


def test_first_start_passes_a_break_that_began_by_itself() -> None:
    session = with_a_break()
    coffee_first = replace(session, talks=session.talks[1:])
    assert Desk(coffee_first).tap("10:40", START).talk_id == C


def test_break_waits_while_the_talk_before_it_runs_over() -> None:
    desk = started(session=with_a_break())
    assert desk.times("10:50")["Coffee"] == ("10:50", "11:05", "waiting")


def test_break_started_by_hand_ends_as_planned_or_after_half_of_itself() -> None:
    for time, ends in (("10:20", "10:50"), ("10:40", "11:00"), ("10:52", "11:07")):
        desk = started(session=with_a_break())
        desk.next(time, leaves=A)
        assert desk.figures(time)[1] == ends


def test_break_is_over_once_a_later_talk_was_started() -> None:
    desk = started(session=with_a_break())
    desk.tap("10:34", END)
    desk.tap("10:50", START, C)
    assert desk.times("10:50")["Coffee"] == ("10:34", "10:50", "done")
    assert list(desk.starts("10:50")) == ["A", "Coffee", "B"]


def test_break_that_a_late_talk_left_no_time_is_left_out() -> None:
    desk = started(session=with_a_break())
    desk.tap("10:50", START, C)
    assert desk.times("10:50")["Coffee"][2] == "skipped"
    assert desk.ends("10:50") == "11:20"


def test_break_still_to_come_is_not_over_when_talks_are_swapped() -> None:
    desk = started("10:00", C, session=with_a_break())
    assert desk.times("10:00")["Coffee"] == ("11:00", "11:15", "waiting")


def test_two_breaks_in_a_row_do_not_overlap() -> None:
    desk = started(
        session=a_planned_session(
            a_planned_talk("A", "10:00", "10:30"),
            a_planned_talk("Coffee", "10:30", "10:50", "Break"),
            a_planned_talk("Walk", "10:50", "11:00", "Break"),
            a_planned_talk("B", "11:00", "11:30"),
        )
    )
    desk.tap("10:46", END)
    desk.tap("11:04", START, D)
    assert desk.times("11:04")["Coffee"] == ("10:46", "10:56", "done")
    assert desk.times("11:04")["Walk"] == ("10:56", "11:01", "done")


# When to look again.


def test_looks_again_at_each_whole_minute_over() -> None:
    desk = started(guard=True)
    assert [next_look(desk, time) for time in ("10:00", "10:30", "10:31", "10:31:20")] == [
        *("10:31", "10:31", "10:32", "10:32"),
    ]


def test_looks_again_at_each_whole_minute_paused() -> None:
    desk = started()
    desk.tap("10:10:30", PAUSE)
    assert [next_look(desk, time) for time in ("10:10:30", "10:12")] == ["10:11:30", "10:12:30"]


def test_looks_again_when_the_clock_rolls_on_and_then_only_at_the_end() -> None:
    desk = started(guard=True)
    desk.tap("10:40:20", SKIP, D)
    assert [next_look(desk, time) for time in ("10:57:30", "10:58:05", "10:58:20")] == ["10:58", "10:58:20", "11:40"]


def test_session_that_nobody_ends_is_looked_at_when_it_is_over() -> None:
    forgotten = Desk(guard=True)
    forgotten.tap("10:00", START, A)
    assert next_look(forgotten, "10:50") == "12:00"
    assert next_look(forgotten, "12:00") is None
    with_coffee = Desk(
        a_planned_session(a_planned_talk("A", "10:00", "10:30"), a_planned_talk("C", "10:30", "11:00", "Break"))
    )
    with_coffee.tap("10:00", START, 1)
    with_coffee.tap("10:30", END)
    assert next_look(with_coffee, "10:31") == "11:00"
    assert with_coffee.look("11:00").is_over
