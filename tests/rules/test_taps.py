"""What a tap makes, and each refusal as the sentence that people read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import CommandError
from bot.rules.run import TimingEvent, TimingKind
from bot.rules.taps import Tap, decide, following_talk
from tests.builders import at
from tests.rules.test_run import (
    CLOSE,
    END,
    EXTEND,
    OPEN,
    PAUSE,
    REBALANCE,
    RESUME,
    SKIP,
    START,
    UNDO,
    A,
    B,
    C,
    D,
    Desk,
    started,
    stints,
    with_a_break,
)


def discord_time(time: str) -> str:
    return f"<t:{int(at(time).timestamp())}:T>"


def refusal(
    desk: Desk,
    time: str,
    kind: TimingKind,
    talk: int | None = None,
    *,
    leaves: int | None = None,
    ago: float = 0,
    amount: float = 0,
    undoes: int | None = None,
) -> str:
    """The sentence; nothing was changed."""
    events = list(desk.events)
    with pytest.raises(CommandError) as told:
        desk.tap(time, kind, talk, leaves=leaves, ago=ago, amount=amount, undoes=undoes)
    assert desk.events == events
    return str(told.value)


def test_tap_makes_a_whole_event() -> None:
    tap = Tap(START, by=7, talk_id=B, leaves=A, ago=timedelta(minutes=2))
    desk = started()
    assert decide(desk.session, desk.run(), tap, at("10:31")) == TimingEvent(
        id=0, kind=START, at=at("10:29"), tapped_at=at("10:31"), talk_id=B, leaves=A, by=7
    )


def test_event_tells_what_was_on_stage_even_where_the_tap_did_not() -> None:
    desk = started()
    assert desk.tap("10:20", SKIP, C).leaves == A
    assert desk.tap("10:31", START, B).leaves == A
    assert (desk.tap("10:32", EXTEND, amount=1.5).talk_id, desk.events[-1].amount) == (B, timedelta(seconds=90))


def test_nothing_on_stage() -> None:
    for kind in (END, PAUSE, RESUME, EXTEND):
        assert refusal(Desk(), "10:10", kind, amount=1) == "nothing is on stage. Start a talk first."
    ended = started()
    ended.tap("10:20", END)
    assert refusal(ended, "10:40", END) == "nothing is on stage. Start a talk first."


def test_paused_already_and_not_paused() -> None:
    desk = started()
    assert refusal(desk, "10:05", RESUME) == "“A” is not paused."
    desk.tap("10:10", PAUSE)
    assert refusal(desk, "10:11", PAUSE) == "“A” is paused already. Resume it."


def test_start_of_the_talk_on_stage() -> None:
    desk = started()
    desk.tap("10:06", PAUSE)
    assert refusal(desk, "10:07", START, A) == "“A” is on stage already. Undo takes back its start."


def test_two_who_start_the_session_start_one_talk() -> None:
    desk = Desk()
    assert desk.tap("10:06", START).talk_id == A
    assert refusal(desk, "10:06:01", START) == ("“A” is on stage already. Go on with next, or name the talk to start.")


def test_start_of_a_cancelled_or_a_foreign_talk() -> None:
    desk = Desk()
    talks = desk.session.talks
    desk.session = replace(desk.session, talks=(replace(talks[0], cancelled=True), *talks[1:]))
    assert refusal(desk, "10:00", START, A) == "“A” is cancelled. Start another, or import the programme anew."
    assert refusal(desk, "10:00", START, 99) == (
        "that talk is not in this session. Choose one that the command offers."
    )
    assert desk.tap("10:00", START).talk_id == B


def test_nothing_left_to_start_or_to_skip() -> None:
    desk = started()
    for talk in (B, C, D):
        desk.tap("10:10", SKIP, talk)
    assert refusal(desk, "10:20", SKIP) == "no talk is left to skip."
    desk.tap("10:21", END)
    assert refusal(desk, "10:22", START) == (
        "no talk is left to start. Name one to go back to it, or close the session."
    )


def test_skip_of_what_is_not_to_come() -> None:
    desk = started()
    desk.tap("10:25", SKIP, C)
    assert refusal(desk, "10:26", SKIP, A) == "“A” is on stage, so it cannot be skipped. End it, or undo its start."
    assert refusal(desk, "10:26", SKIP, C) == "“C” is skipped, so it cannot be skipped."
    desk.tap("10:30", START, B)
    assert refusal(desk, "10:31", SKIP, A) == "“A” is done, so it cannot be skipped."


def test_skip_takes_the_talk_that_is_up_next_before_the_start_too() -> None:
    assert Desk().tap("10:06", SKIP).talk_id == A
    assert started().tap("10:06", SKIP).talk_id == B


def test_ago_reaches_back_to_the_event_before_and_no_further() -> None:
    desk = started()
    assert refusal(desk, "10:31", START, B, ago=32) == (
        f"32:00 ago is before the step it follows. The earliest is {discord_time('10:00')}, 31:00 ago."
    )
    assert refusal(desk, "10:31", START, B, ago=-1) == (
        "ago cannot be in the future. Give how long ago it was, such as 2 or 1:30."
    )
    desk.tap("10:31", START, B, ago=31)
    assert stints(desk) == [(A, "10:00", "10:00", False), (B, "10:00", None, False)]


def test_ago_may_reach_back_again_once_the_step_is_undone() -> None:
    desk = started("10:06")
    assert refusal(desk, "10:07", END, ago=4).startswith("4:00 ago is before the step it follows")
    desk.tap("10:07", UNDO)
    assert desk.tap("10:07", START, A, ago=4).at == at("10:03")


def test_ago_may_not_reach_before_an_assumed_start() -> None:
    desk = started(guard=True)
    assert refusal(desk, "11:30", END, ago=25) == (
        f"25:00 ago it was not on stage yet. The earliest is {discord_time('11:10')}, 20:00 ago."
    )


def test_extension_that_changes_nothing() -> None:
    assert refusal(started(), "10:05", EXTEND) == (
        "that changes nothing. Give minutes to add, or with a minus to take away."
    )


def test_extension_below_zero_left_asks_first() -> None:
    desk = started()
    assert refusal(desk, "10:20", EXTEND, amount=-10.5) == (
        "“A” has 10:00 left, so that would put it over its time. Confirm it, or take away less."
    )
    assert refusal(desk, "10:33", EXTEND, amount=-1).startswith("“A” has 0:00 left")
    desk.tap("10:20", EXTEND, amount=-10.5, confirmed=True)
    assert desk.on_stage("10:20").time_left == timedelta(seconds=-30)


def test_extension_down_to_zero_left_needs_no_question() -> None:
    desk = started()
    desk.tap("10:20", EXTEND, amount=-10)
    assert desk.figures("10:20") == ("0:00", "10:20", "-10", "12:00")


def test_rebalance_with_nothing_to_shorten() -> None:
    assert refusal(started(), "10:05", REBALANCE) == "there is nothing to shorten; the session ends in time."
    assert refusal(started("11:55", D), "12:35", REBALANCE) == ("there is nothing to shorten: it stays 35:00 over.")


def test_nothing_to_undo() -> None:
    desk = Desk()
    desk.tap("10:05", OPEN)
    desk.tap("10:06", UNDO)
    assert refusal(desk, "10:07", UNDO) == "there is nothing to undo."


def test_two_who_undo_the_same_step_take_back_one() -> None:
    desk = started()
    step = desk.next("10:30", leaves=A)
    desk.tap("10:31", UNDO, undoes=step.id)
    assert refusal(desk, "10:31:01", UNDO, undoes=step.id) == (
        "that step was already taken back, or another came after it. Undo the last step first."
    )
    assert desk.on_stage("10:32").talk.id == A


def test_session_of_another_day() -> None:
    session = Desk().session
    told = (
        f"“Deep Learning” is a session of another day (<t:{int(at('10:00').timestamp())}:f>). "
        "Run it on its day, or name the session you mean."
    )
    for time in (at("21:59:59", "2022-07-20"), at("00:00:01", "2022-07-22")):
        with pytest.raises(CommandError) as refused:
            Desk(session).tap(time, START)
        assert str(refused.value) == told
    for time in (at("22:00", "2022-07-20"), at("00:00", "2022-07-22")):
        assert Desk(session).tap(time, START).talk_id == A


def test_closed_session_takes_nothing_but_its_opening_and_undo() -> None:
    desk = started()
    desk.tap("10:20", CLOSE)
    for kind in set(TimingKind) - {OPEN, UNDO}:
        assert refusal(desk, "10:21", kind, amount=1) == (
            "the session is closed. Open it again with /session open, or undo the closing."
        )


def test_session_that_is_open_already() -> None:
    desk = Desk()
    desk.tap("09:50", OPEN)
    for opened in (desk, started()):
        assert refusal(opened, "10:05", OPEN) == "the session is open already."


# Next.


def test_next_goes_through_the_session_and_closes_it_after_the_last_talk() -> None:
    desk = Desk()
    steps = [desk.next(time) for time in ("10:00", "10:30", "11:10", "11:40", "12:00")]
    assert [(step.kind, step.talk_id, step.leaves) for step in steps] == [
        (START, A, None),
        (START, B, A),
        (START, C, B),
        (START, D, C),
        (CLOSE, None, D),
    ]
    assert desk.look("12:00").is_over
    assert refusal(desk, "12:01", START, leaves=D).startswith("the session is closed")


def test_next_with_nothing_on_stage_starts_what_follows() -> None:
    desk = started()
    desk.tap("10:20", END)
    assert desk.next("10:32").talk_id == B


def test_next_closes_when_nothing_is_on_stage_and_nothing_is_left() -> None:
    desk = started("11:40", D)
    desk.tap("11:50", END)
    assert desk.next("11:51").kind is CLOSE


def test_next_takes_the_talk_that_reminders_announce_also_one_passed_over() -> None:
    desk = started()
    desk.tap("10:20", START, C)
    order = []
    for time in ("10:50", "11:20", "11:50"):
        expected = following_talk(desk.look(time))
        step = desk.next(time)
        assert expected is None or expected.talk.id == step.talk_id
        order.append(step.talk_id)
    assert order == [B, D, None]


def test_next_during_a_break_that_began_by_itself_starts_the_talk_after_it() -> None:
    desk = started(session=with_a_break())
    desk.tap("10:30", END)
    assert desk.next("10:55").talk_id == C
    desk = started(session=with_a_break())
    desk.tap("10:30", END)
    assert refusal(desk, "10:40", PAUSE) == "nothing is on stage. Start a talk first."
    assert desk.tap("10:40", SKIP, B).talk_id == B  # the break


def test_stale_next_from_two_talks_ago() -> None:
    desk = started()
    desk.next("10:30", leaves=A)
    desk.next("11:00", leaves=B)
    assert refusal(desk, "11:01", START, leaves=A) == (
        "“A” was already left: “C” is on stage. Nothing was changed; the console shows what is true."
    )
    desk.tap("11:02", END)
    with pytest.raises(CommandError) as told:
        desk.next("11:03", leaves=C)
    assert str(told.value) == (
        "“C” was already left: nothing is on stage. Nothing was changed; the console shows what is true."
    )
