"""Shortening what remains: in proportion, exactly, not below the floor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.rules.timing import Rebalance, _shared_out, over_by, rebalance
from tests.builders import a_planned_session, a_talk, at
from tests.rules.test_run import (
    END,
    EXTEND,
    PAUSE,
    REBALANCE,
    RESUME,
    SKIP,
    START,
    A,
    B,
    C,
    D,
    Desk,
    a_planned_talk,
    started,
    with_a_break,
)


def what_it_would_do(desk: Desk, time: str) -> Rebalance:
    return rebalance(desk.session, desk.run(), at(time), guard=desk.guard)


def cuts(desk: Desk, time: str) -> dict[int, int]:
    """Seconds taken from each talk."""
    talks = {talk.id: talk for talk in desk.session.talks}
    run = desk.run()
    return {
        talk: int((run.allotted(talks[talk]) - length).total_seconds())
        for talk, length in what_it_would_do(desk, time).lengths
    }


def back_to_back() -> Desk:
    """A, B, C of 20, 10 and 10 minutes."""
    return Desk(
        a_planned_session(
            a_planned_talk("A", "10:00", "10:20"),
            a_planned_talk("B", "10:20", "10:30"),
            a_planned_talk("C", "10:30", "10:40"),
        )
    )


def test_session_in_time_is_left_alone() -> None:
    assert what_it_would_do(started("10:04"), "10:04") == Rebalance((), timedelta(0), timedelta(0))


def test_talk_on_stage_counts_by_what_is_left_of_it() -> None:
    desk = back_to_back()
    desk.tap("10:04", START, A)
    assert cuts(desk, "10:14") == {A: 80, B: 80, C: 80}


def test_talk_over_its_time_gives_nothing() -> None:
    desk = back_to_back()
    desk.tap("10:00", START, A)
    assert cuts(desk, "10:24") == {B: 120, C: 120}


def test_paused_talk_is_shortened_by_what_is_left_of_it() -> None:
    desk = back_to_back()
    desk.tap("10:00", START, A)
    desk.tap("10:10", PAUSE)
    assert cuts(desk, "10:16") == {A: 120, B: 120, C: 120}
    desk.tap("10:16", REBALANCE)
    assert desk.figures("10:16") == ("8:00", "10:24", "+6", "10:40")
    desk.tap("10:16", RESUME)
    assert desk.figures("10:16")[3] == "10:40"


def test_only_what_follows_the_last_gap_delays_the_end() -> None:
    desk = started("11:05", B)
    assert desk.ends("11:05") == "12:25"
    assert set(cuts(desk, "11:05")) == {B, C, D}
    desk = started("10:35")
    desk.tap("10:35", SKIP, B)
    desk.tap("10:35", EXTEND, amount=5)
    assert what_it_would_do(desk, "10:35").lengths == ()
    desk.tap("11:10", START, C)
    desk.tap("11:10", EXTEND, amount=5)
    assert set(cuts(desk, "11:10")) == {C, D}


def test_talk_before_one_that_starts_as_planned_is_not_shortened() -> None:
    overlap = (a_planned_talk("B", "10:30", "11:30"), a_planned_talk("C", "11:00", "11:30"))
    desk = started(session=a_planned_session(a_planned_talk("A", "10:00", "10:30"), *overlap))
    assert desk.ends("10:10") == "12:00"
    assert cuts(desk, "10:10") == {B: 1200, C: 600}


def test_floor_keeps_the_rest_over() -> None:
    desk = back_to_back()
    desk.tap("10:00", START, A)
    plan = what_it_would_do(desk, "10:39")
    assert plan == Rebalance(
        ((B, timedelta(minutes=1)), (C, timedelta(minutes=1))), timedelta(minutes=18), timedelta(minutes=1)
    )
    desk.tap("10:39", REBALANCE)
    assert desk.ends("10:39") == "10:41"


def test_what_a_short_talk_cannot_spare_the_others_give() -> None:
    assert _shared_out(600, [60, 600, 600], [0, 540, 540]) == [0, 300, 300]
    assert _shared_out(600, [90, 600, 600], [30, 540, 540]) == [30, 285, 285]


def test_skipped_and_done_talks_are_not_shortened() -> None:
    desk = back_to_back()
    desk.tap("10:10", START, A)
    desk.tap("10:12", SKIP, B)
    assert what_it_would_do(desk, "10:12").lengths == ()
    desk.tap("10:36", START, C)
    assert cuts(desk, "10:36") == {C: 360}


def test_rebalance_twice_goes_on_from_the_shortened_lengths() -> None:
    desk = back_to_back()
    desk.tap("10:04", START, A)
    desk.tap("10:04", REBALANCE)
    desk.tap("10:04", EXTEND, amount=3)
    desk.tap("10:04", REBALANCE)
    assert desk.ends("10:04") == "10:40"
    assert sum(desk.run().lengths.values(), timedelta(0)) == timedelta(minutes=33)


def test_fraction_of_a_second_over_is_rounded_up() -> None:
    desk = back_to_back()
    desk.tap(at("10:00") + timedelta(milliseconds=500), START, A)
    plan = what_it_would_do(desk, "10:01")
    assert (plan.saved, plan.stays_over) == (timedelta(seconds=1), timedelta(0))


def test_shrunk_break_gives_on_with_the_others() -> None:
    desk = started("10:30", session=with_a_break())
    assert desk.ends("10:30") == "11:45"
    desk.tap("10:30", REBALANCE)
    assert desk.ends("10:30") == "11:30"


def test_talks_beside_each_other_are_left_alone_and_said_to_stay_over() -> None:
    posters = [a_talk(f"Poster {number}", starts_at=at("10:00"), minutes=30) for number in range(3)]
    desk = started(session=a_planned_session(*posters))
    desk.tap("10:10", EXTEND, amount=5)
    plan = what_it_would_do(desk, "10:10")
    assert plan.stays_over == over_by(desk.session, desk.look("10:10")) - plan.saved > timedelta(0)


def test_after_a_forgotten_clock_it_goes_by_what_is_assumed() -> None:
    desk = started(guard=True)
    assert what_it_would_do(desk, "11:30").lengths == ()
    with pytest.raises(CommandError, match="the session ends in time"):
        desk.tap("11:30", REBALANCE)


def test_ended_talk_is_not_on_stage_any_more() -> None:
    desk = back_to_back()
    desk.tap("10:04", START, A)
    desk.tap("10:26", END)
    assert cuts(desk, "10:26") == {B: 180, C: 180}


@given(
    st.integers(0, 4000),
    st.lists(st.tuples(st.integers(0, 3600), st.integers(0, 3600)), min_size=1, max_size=9),
)
def test_shares_are_exact_whole_and_in_proportion(wanted: int, talks: list[tuple[int, int]]) -> None:
    spare = [room for room, _ in talks]
    weights = [float(room + rest + 1) for room, rest in talks]
    shares = _shared_out(wanted, weights, spare)
    assert sum(shares) == min(wanted, sum(spare))
    assert all(0 <= share <= room for share, room in zip(shares, spare, strict=True))
    free = [(share, weight) for share, room, weight in zip(shares, spare, weights, strict=True) if share < room]
    for share, weight in free:
        for other, its in free:
            assert abs(share / weight - other / its) <= 1 / weight + 1 / its
