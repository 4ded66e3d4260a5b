"""Time signals: which marks, when each is due, and that none is given twice or lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.rules.cues import Cue, CueSettings, ladder, owed_cues
from tests.builders import a_planned_session, a_talk, at, minutes
from tests.rules.test_run import (
    END,
    EXTEND,
    PAUSE,
    REBALANCE,
    RESUME,
    START,
    UNDO,
    A,
    B,
    D,
    Desk,
    a_planned_talk,
    clock,
    span,
    started,
)


def due(desk: Desk, time: str, settings: CueSettings | None = None) -> dict[str, str]:
    """When each signal of the talk on stage is due, by mark."""
    cues = desk.cues(time) if settings is None else owed_cues(desk.session, desk.run(), at(time), settings)
    return {span(cue.mark): clock(cue.due_at) for cue in cues}


def revisions(desk: Desk, time: str) -> dict[str, int]:
    return {span(cue.mark): cue.revision for cue in desk.cues(time)}


@pytest.mark.parametrize(
    ("length", "marks"),
    [
        (5, ["1:00", "0:30"]),
        (5.5, ["2:00", "1:00"]),
        (10, ["2:00", "1:00"]),
        (10.5, ["5:00", "2:00", "1:00"]),
        (30, ["5:00", "2:00", "1:00"]),
        (30.5, ["10:00", "5:00", "2:00", "1:00"]),
    ],
)
def test_ladder_goes_by_the_allotted_length(length: float, marks: list[str]) -> None:
    assert [span(mark) for mark in ladder(timedelta(minutes=length), "Oral")] == marks


def test_signals_of_a_talk_as_whole_values() -> None:
    cues = started().cues("10:00")
    assert [(span(cue.mark), clock(cue.due_at)) for cue in cues] == [
        ("5:00", "10:25"),
        ("2:00", "10:28"),
        ("1:00", "10:29"),
        ("0:00", "10:30"),
        ("-1:00", "10:31"),
    ]
    assert cues[0] == Cue(A, 1, timedelta(minutes=5), 0, at("10:25"), at("10:25:30"))


def test_each_minute_over_follows_and_the_last_one_is_still_owed_while_it_helps() -> None:
    assert list(due(started(), "10:33:20"))[-2:] == ["-3:00", "-4:00"]


def test_none_before_the_start_while_paused_and_after_the_end() -> None:
    desk = Desk()
    assert desk.cues("10:00") == ()
    desk.tap("10:00", START, A)
    desk.tap("10:10", PAUSE)
    assert desk.cues("10:12") == ()
    desk.tap("10:12", END)
    assert desk.cues("10:12") == ()


def test_none_after_a_forgotten_clock_rolled_on_until_somebody_taps() -> None:
    desk = started(guard=True)
    assert due(desk, "10:47")["-18:00"] == "10:48"
    assert desk.cues("10:48") == ()
    desk.tap("10:50", EXTEND, amount=1)
    assert due(desk, "10:50")["5:00"] == "10:56"
    assert {cue.talk_id for cue in desk.cues("10:50")} == {B}


def test_pause_moves_what_is_to_come_and_re_arms_nothing() -> None:
    desk = started()
    desk.tap("10:26", PAUSE)
    desk.tap("10:36", RESUME)
    assert due(desk, "10:36") == {"5:00": "10:35", "2:00": "10:38", "1:00": "10:39", "0:00": "10:40", "-1:00": "10:41"}
    assert set(revisions(desk, "10:36").values()) == {0}


@pytest.mark.parametrize(("time", "rearmed"), [("10:24:59", 0), ("10:25", 1), ("10:25:01", 1)])
def test_signal_due_at_the_very_instant_of_a_tap_counts_as_given(time: str, rearmed: int) -> None:
    desk = started()
    desk.tap(time, EXTEND, amount=1)
    assert revisions(desk, time)["5:00"] == rearmed


def test_extension_that_only_reaches_a_mark_re_arms_it_not() -> None:
    desk = started()
    desk.tap("10:27", EXTEND, amount=2)
    assert (due(desk, "10:27")["5:00"], revisions(desk, "10:27")["5:00"]) == ("10:27", 0)


def test_extension_given_some_minutes_ago_re_arms_what_was_given_since() -> None:
    desk = started()
    desk.tap("10:31", EXTEND, amount=5, ago=3)
    assert revisions(desk, "10:31") == {"5:00": 0, "2:00": 1, "1:00": 1, "0:00": 1, "-1:00": 1}


def test_extension_after_an_undone_one_re_arms_anew() -> None:
    desk = started()
    desk.tap("10:29", EXTEND, amount=5)
    assert revisions(desk, "10:29")["5:00"] == 1  # given at 10:30
    desk.tap("10:31", UNDO)
    desk.tap("10:31", EXTEND, amount=7)
    assert (due(desk, "10:31")["5:00"], revisions(desk, "10:31")["5:00"]) == ("10:32", 2)


def test_undo_that_gives_time_back_re_arms_what_was_given_since() -> None:
    desk = started()
    desk.tap("10:20", EXTEND, amount=-5)  # five minutes left: given
    desk.tap("10:21", UNDO)
    assert (due(desk, "10:21")["5:00"], revisions(desk, "10:21")["5:00"]) == ("10:25", 1)
    assert revisions(desk, "10:21")["2:00"] == 0


def test_undo_of_a_rebalance_re_arms_what_was_given_since() -> None:
    desk = started("11:50", D)
    desk.tap("11:55", REBALANCE)
    assert due(desk, "11:55")["1:00"] == "11:59"
    desk.tap("11:59:30", UNDO)
    assert (due(desk, "11:59:30")["1:00"], revisions(desk, "11:59:30")["1:00"]) == ("12:09", 1)


def test_start_after_an_undone_start_is_another_time_on_stage() -> None:
    desk = started()
    desk.tap("10:26", UNDO)
    desk.tap("10:27", START, A)
    assert {cue.stint for cue in desk.cues("10:27")} == {2}


def test_going_back_to_a_talk_gives_its_signals_again() -> None:
    desk = started()
    desk.tap("10:30", START, B)
    desk.tap("10:31", START, A)
    assert [(cue.stint, cue.revision) for cue in desk.cues("10:31")] == [(2, 0)] * 5


def test_talk_shorter_than_a_mark_is_not_told_so_at_its_start() -> None:
    desk = started(session=a_planned_session(a_talk(starts_at=at("10:00"), minutes=1)))
    assert list(due(desk, "10:00")) == ["0:30", "0:00", "-1:00"]
    desk.tap("10:00:10", EXTEND, amount=4)
    assert due(desk, "10:00:10")["1:00"] == "10:04"


def test_own_ladders_by_kind_and_for_every_kind() -> None:
    settings = CueSettings({"oral": tuple(minutes(3, 20, 40)), "": tuple(minutes(1))}, {})
    assert list(due(started(), "10:00", settings)) == ["20:00", "3:00", "0:00", "-1:00"]
    keynote = started(session=a_planned_session(a_planned_talk("A", "10:00", "10:30", "Keynote")))
    assert list(due(keynote, "10:00", settings)) == ["1:00", "0:00", "-1:00"]


def test_questions_now_where_a_kind_is_split() -> None:
    settings = CueSettings({}, {"oral": timedelta(minutes=4)})
    cues = owed_cues(started().session, started().run(), at("10:00"), settings)
    assert [(span(cue.mark), clock(cue.due_at)) for cue in cues if cue.is_questions] == [("4:00", "10:26")]
    whole = CueSettings({}, {"oral": timedelta(minutes=30)})
    assert not any(cue.is_questions for cue in owed_cues(started().session, started().run(), at("10:00"), whole))
