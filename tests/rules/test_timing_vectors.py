"""The worked examples of the timing rules, by number. Figures: time left, expected end, drift, end of the session."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import CommandError
from bot.rules.cues import Cue
from bot.rules.programme import ExpectedSession, TalkState, by_plan
from bot.rules.reminders import Kind, Owed, owed_by_session
from bot.rules.run import fold
from bot.rules.timing import forecast, rebalance
from bot.timezones import local
from tests.builders import a_place, a_planned_session, a_talk, at, minutes
from tests.rules.test_run import (
    END,
    EXTEND,
    PAUSE,
    REBALANCE,
    RESUME,
    SKIP,
    START,
    UNDO,
    A,
    B,
    C,
    Desk,
    a_planned_talk,
    clock,
    span,
    with_a_break,
)


def midnight_talk() -> Desk:
    """X 23:30-0:10, Y 0:10-0:40."""
    x = a_planned_talk("X", "23:30", "00:10")
    y = replace(a_planned_talk("Y", "00:10", "00:40"), starts_at=x.ends_at, ends_at=x.ends_at + timedelta(minutes=30))
    return Desk(a_planned_session(x, y))


def after_midnight(time: str) -> datetime:
    return at(time, "2022-07-22")


def test_t01_start_on_time() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    assert desk.figures("10:00") == ("30:00", "10:30", "0", "12:00")


def test_t02_late_start_is_absorbed_by_the_gap() -> None:
    desk = Desk()
    desk.tap("10:04", START, A)
    assert desk.figures("10:04") == ("30:00", "10:34", "+4", "12:00")
    assert desk.starts("10:04") == {"A": "10:04", "B": "10:34", "C": "11:10", "D": "11:40"}


def test_t03_negative_extension_wins_time_back() -> None:
    desk = Desk()
    desk.tap("10:12", START, A)
    assert desk.figures("10:12") == ("30:00", "10:42", "+12", "12:02")
    desk.tap("10:12", EXTEND, amount=-7)
    assert desk.figures("10:12") == ("23:00", "10:35", "+5", "12:00")


def test_t04_early_start_brings_nothing_else_forward() -> None:
    desk = Desk()
    desk.tap("09:57", START, A)
    assert desk.figures("09:57") == ("30:00", "10:27", "-3", "12:00")
    assert desk.starts("09:57")["B"] == "10:30"


def test_t05_overrun_then_an_early_start() -> None:
    desk = Desk()
    desk.tap("10:04", START, A)
    assert desk.figures("10:36") == ("-2:00", "10:36", "+6", "12:00")
    desk.next("10:36", leaves=A)
    assert desk.figures("10:36") == ("30:00", "11:06", "+6", "12:00")
    desk.next("11:06", leaves=B)
    assert desk.figures("11:06") == ("30:00", "11:36", "-4", "12:00")
    assert desk.starts("11:06")["D"] == "11:40"


def test_t06_time_stands_still_while_paused() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    desk.tap("10:10", PAUSE)
    assert desk.figures("10:15") == ("20:00", "10:35", "+5", "12:00")
    with pytest.raises(CommandError, match="paused already"):
        desk.tap("10:15", PAUSE)
    desk.tap("10:15", RESUME)
    assert desk.figures("10:40") == ("-5:00", "10:40", "+10", "12:00")


def test_t07_pauses_add_up() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    for paused, resumed in (("10:05", "10:07"), ("10:20", "10:23")):
        desk.tap(paused, PAUSE)
        desk.tap(resumed, RESUME)
    assert desk.figures("10:30") == ("5:00", "10:35", "+5", "12:00")


def test_t08_extension_re_arms_5_2_and_1() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    before = {cue.mark: (cue.revision, clock(cue.due_at)) for cue in desk.cues("10:29")}
    assert [before[mark] for mark in minutes(5, 2, 1, 0)] == [(0, "10:25"), (0, "10:28"), (0, "10:29"), (0, "10:30")]
    desk.tap("10:29", EXTEND, amount=5)
    after = {cue.mark: (cue.revision, clock(cue.due_at)) for cue in desk.cues("10:29")}
    assert [after[mark] for mark in minutes(5, 2, 1, 0)] == [(1, "10:30"), (1, "10:33"), (1, "10:34"), (0, "10:35")]
    assert desk.figures("10:36") == ("-1:00", "10:36", "+6", "12:00")
    desk.tap("10:36", EXTEND, amount=2)
    assert desk.figures("10:36") == ("1:00", "10:37", "+7", "12:00")
    again = {cue.mark: cue.revision for cue in desk.cues("10:36")}
    assert [again[mark] for mark in minutes(5, 2, 1, 0)] == [1, 1, 1, 1]


def test_t09_early_start_then_overrun() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    desk.tap("10:25", START, B)
    assert desk.figures("10:25") == ("30:00", "10:55", "-5", "12:00")
    assert desk.figures("11:02") == ("-7:00", "11:02", "+2", "12:00")
    desk.tap("11:10", START, C)
    assert desk.figures("11:10") == ("30:00", "11:40", "0", "12:00")


def test_t10_overrun_within_and_beyond_the_gap() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    desk.tap("10:30", START, B)
    assert desk.figures("11:08") == ("-8:00", "11:08", "+8", "12:00")
    assert desk.figures("11:14") == ("-14:00", "11:14", "+14", "12:04")


def test_t11_start_early_after_a_skipped_talk() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    desk.tap("10:20", SKIP, B)
    desk.tap("10:35", START, C)
    assert desk.figures("10:35") == ("30:00", "11:05", "-35", "12:00")
    assert desk.starts("10:35") == {"A": "10:00", "C": "10:35", "D": "11:40"}


def test_t12_two_taps_on_next_are_one_step_and_the_second_is_told() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    desk.next("10:30:00", leaves=A)
    with pytest.raises(CommandError) as told:
        desk.next("10:30:01", leaves=A)
    assert str(told.value) == (
        "“A” was already left: “B” is on stage. Nothing was changed; the console shows what is true."
    )
    current = desk.on_stage("10:30:01")
    assert (current.talk.title, span(current.time_left or timedelta(0))) == ("B", "29:59")


def test_t13_rebalance_shares_ten_minutes_by_15_30_and_3_and_one_undo_takes_it_back() -> None:
    desk = Desk(
        a_planned_session(
            a_planned_talk("A", "10:00", "10:20"),
            a_planned_talk("B", "10:20", "10:50"),
            a_planned_talk("C", "10:50", "10:53"),
        )
    )
    desk.tap("10:10", START, A)
    assert desk.figures("10:15") == ("15:00", "10:30", "+10", "11:03")
    preview = rebalance(desk.session, desk.run(), at("10:15"))
    cuts = {talk: before - after for (talk, after), before in zip(preview.lengths, minutes(20, 30, 3), strict=True)}
    assert preview.saved == timedelta(minutes=10)
    assert preview.stays_over == timedelta(0)
    assert [cuts[talk].total_seconds() for talk in (A, B, C)] == [188, 375, 37]  # 187.5, 375, 37.5
    before = desk.times("10:15")
    desk.tap("10:15", REBALANCE)
    assert desk.ends("10:15") == "10:53"
    desk.tap("10:15", UNDO)
    assert desk.times("10:15") == before


def test_t14_talk_over_midnight() -> None:
    desk = midnight_talk()
    desk.tap("23:30", START, A)
    current = desk.on_stage(after_midnight("00:05"))
    assert (span(current.time_left or timedelta(0)), clock(current.ends_at)) == ("5:00", "00:10")
    assert current.drift == timedelta(0)
    assert desk.look(after_midnight("00:05")).ends_at == after_midnight("00:40")
    desk.next(after_midnight("00:10"), leaves=A)
    current = desk.on_stage(after_midnight("00:10"))
    assert (current.talk.title, current.time_left, current.drift) == ("Y", timedelta(minutes=30), timedelta(0))
    assert current.ends_at == after_midnight("00:40")


def test_t15_pause_over_midnight() -> None:
    desk = midnight_talk()
    desk.tap("23:30", START, A)
    desk.tap("23:50", PAUSE)
    for _ in range(2):
        current = desk.on_stage(after_midnight("00:05"))
        assert (current.time_left, current.ends_at) == (timedelta(minutes=20), after_midnight("00:25"))
        assert current.drift == timedelta(minutes=15)
        if current.state is TalkState.PAUSED:
            desk.tap(after_midnight("00:05"), RESUME)


def test_t16_killed_at_10_33_and_up_again_at_10_34() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    sent = {key(cue) for cue in desk.cues("10:33") if cue.due_at <= at("10:33")}
    up_again = Desk(desk.session)
    up_again.events = [replace(event) for event in desk.events]
    assert up_again.figures("10:34") == ("-4:00", "10:34", "+4", "12:00")
    owed = [cue for cue in up_again.cues("10:34") if cue.expires_at > at("10:34")]
    assert [(span(cue.mark), clock(cue.due_at)) for cue in owed] == [("-4:00", "10:34"), ("-5:00", "10:35")]
    assert not sent & {key(cue) for cue in owed}


@pytest.mark.parametrize(("up", "owed"), [("10:28:20", ["-2:00", "-1:00", "0:00"]), ("10:28:40", ["-1:00", "0:00"])])
def test_t16_a_cue_missed_while_down_is_late_once_while_it_helps(up: str, owed: list[str]) -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    assert [span(-c.mark) for c in desk.cues(up) if c.expires_at > at(up) and c.mark >= timedelta(0)] == owed


def key(cue: Cue) -> tuple[int, int, timedelta, int]:
    return cue.talk_id, cue.stint, cue.mark, cue.revision


@pytest.mark.parametrize(
    ("starts_at", "elapsed", "left", "ends"),
    [("2026-10-25T02:30:00+02:00", 31, 29, "02:30 CET"), ("2026-03-29T01:30:00+01:00", 30, 30, "03:30 CEST")],
)
def test_t17_clock_change_in_copenhagen(starts_at: str, elapsed: int, left: int, ends: str) -> None:
    planned = datetime.fromisoformat(starts_at).astimezone(UTC)
    desk = Desk(a_planned_session(a_talk("X", starts_at=planned, minutes=60)))
    desk.tap(planned, START, A)
    current = desk.on_stage(planned + timedelta(minutes=elapsed))
    assert (current.time_left, current.drift) == (timedelta(minutes=left), timedelta(0))
    assert f"{local(current.ends_at, 'Europe/Copenhagen'):%H:%M %Z}" == ends


@pytest.mark.parametrize(
    ("ends", "breaks", "follows"),
    [("10:40", ("10:40", "11:00"), "11:00"), ("10:50", ("10:50", "11:05"), "11:05")],
)
def test_t18_a_break_gives_up_to_half_of_itself(ends: str, breaks: tuple[str, str], follows: str) -> None:
    desk = Desk(with_a_break())
    desk.tap("10:00", START, A)
    running_over = desk.times(ends)
    desk.tap(ends, END)
    for times in (running_over, desk.times(ends)):
        assert times["Coffee"][:2] == breaks
        assert times["B"][0] == follows


def test_t19_start_four_minutes_ago_then_undo() -> None:
    desk = Desk()
    untouched = desk.look("10:06")
    desk.tap("10:06", START, A, ago=4)
    assert desk.figures("10:06") == ("26:00", "10:32", "+2", "12:00")
    assert desk.starts("10:06")["A"] == "10:02"
    desk.tap("10:06", UNDO)
    assert desk.look("10:06") == untouched == by_plan(desk.session, at("10:06"))
    desk.tap("10:06", START, A)
    assert desk.figures("10:06") == ("30:00", "10:36", "+6", "12:00")


def test_t20_forgotten_after_the_first_start() -> None:
    desk = Desk(a_planned_session(), guard=True)
    desk.tap("12:30", START, 1)
    assert span(desk.on_stage("12:42:59").time_left or timedelta(0)) == "-7:59"
    seen_at = desk.look("12:43")
    assert [(e.talk.id, clock(e.starts_at), clock(e.ends_at), str(e.state), e.assumed) for e in seen_at.talks[:4]] == [
        (1, "12:30", "12:35", "done", True),
        (2, "12:35", "12:40", "done", True),
        (3, "12:40", "12:45", "on stage", True),
        (4, "12:45", "12:50", "waiting", False),
    ]
    for moment in (at("12:43") + timedelta(seconds=20 * tick) for tick in range(240)):
        assert reminders_ahead(desk.look(moment), moment) == reminders_ahead(by_plan(desk.session, moment), moment)
    assert desk.look("14:00").is_over


def reminders_ahead(session: ExpectedSession, moment: datetime) -> list[Owed]:
    owed = owed_by_session(session, a_place(), minutes(5))
    return [o for o in owed if o.kind is Kind.UP_NEXT and o.starts_at and o.starts_at > moment]


def test_t20_session_never_started_goes_by_the_plan() -> None:
    session = a_planned_session()
    for moment in (at("12:00") + timedelta(minutes=5 * tick) for tick in range(36)):
        assert forecast(session, fold(session, []), moment) == by_plan(session, moment)
