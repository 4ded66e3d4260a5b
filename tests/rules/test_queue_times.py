"""When queues open and close as the clock goes, which talk a question is for, and who may ask one more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.rules.programme import ExpectedSession
from bot.rules.queue_times import (
    Override,
    Phase,
    QuestionSettings,
    QueueTimes,
    check_may_ask,
    phase,
    queue_times,
    talk_meant,
)
from bot.rules.reminders import Kind, owed_by_session
from tests.builders import a_place, a_planned_session, a_talk, at, expected, minutes
from tests.rules.strategies import leads, sessions
from tests.rules.test_run import (
    CLOSE,
    END,
    EXTEND,
    SKIP,
    START,
    UNDO,
    A,
    B,
    C,
    D,
    Desk,
    a_planned_talk,
    started,
    with_a_break,
)

OPEN, VOTING, CLOSED = Phase
SETTINGS = QuestionSettings()
LEADS = minutes(5)


def times_of(desk: Desk, time: str, settings: QuestionSettings = SETTINGS) -> dict[int, QueueTimes]:
    return queue_times(desk.look(time), LEADS, settings)


def of(opens: str, closes: str, *, is_on_stage: bool = False) -> QueueTimes:
    return QueueTimes(at(opens), at(closes), is_on_stage=is_on_stage)


def phases(desk: Desk, time: str, settings: QuestionSettings = SETTINGS) -> dict[int, Phase]:
    return {talk: phase(times, None, at(time)) for talk, times in times_of(desk, time, settings).items()}


def meant(sessions: Sequence[ExpectedSession], time: str, chosen: dict[int, Phase] | None = None) -> int | None:
    overrides = {talk: Override(phase, at("10:00")) for talk, phase in (chosen or {}).items()}
    times = {talk: each for session in sessions for talk, each in queue_times(session, LEADS, SETTINGS).items()}
    found = talk_meant(sessions, times, overrides, at(time))
    return found.talk.id if found else None


# Times.


def test_queue_opens_with_its_reminder_and_closes_ten_minutes_after_its_talk() -> None:
    assert times_of(Desk(), "09:00") == {
        A: of("09:55", "10:40"),
        B: of("10:25", "11:10"),
        C: of("11:05", "11:50"),
        D: of("11:35", "12:10"),
    }


def test_icml_oral_opens_when_the_spotlight_before_it_begins() -> None:
    times = queue_times(expected(), minutes(15, 5), SETTINGS)
    assert times[1].opens_at == at("12:15")
    assert times[8].opens_at == at("13:00")
    assert times[9].opens_at == at("13:10")


def test_server_that_wants_queues_open_earlier() -> None:
    settings = QuestionSettings(opens_before=timedelta(hours=1), closes_after=timedelta(0))
    times = times_of(Desk(), "09:00", settings)[B]
    assert (times.opens_at, times.closes_at) == (at("09:30"), at("11:00"))
    reopened = Override(OPEN, at("11:20"))
    assert [phase(times, reopened, at(time)) for time in ("11:24:59", "11:25")] == [OPEN, CLOSED]
    later = QuestionSettings(opens_before=timedelta(minutes=1))
    assert times_of(Desk(), "09:00", later)[B].opens_at == at("10:25")


def test_without_reminders_a_queue_opens_with_its_talk() -> None:
    assert queue_times(Desk().look("09:00"), [], SETTINGS)[B].opens_at == at("10:30")


def test_break_has_no_queue() -> None:
    assert list(times_of(Desk(with_a_break()), "09:00")) == [1, 3]


def test_closing_moves_with_the_clock() -> None:
    desk = started("10:06")
    assert times_of(desk, "10:07")[A] == of("09:55", "10:46", is_on_stage=True)
    desk.tap("10:10", EXTEND, amount=4)
    assert times_of(desk, "10:11")[A].closes_at == at("10:50")
    desk.tap("10:20", END)
    assert times_of(desk, "10:21")[A] == of("09:55", "10:30")
    desk.tap("10:22", UNDO)
    assert times_of(desk, "10:23")[A] == of("09:55", "10:50", is_on_stage=True)


def test_queue_that_opened_by_the_plan_stays_open_when_the_session_starts_late() -> None:
    desk = Desk()
    assert phases(desk, "10:26")[B] is OPEN
    desk.tap("10:27", START, A)
    assert desk.look("10:28").talks[1].starts_at == at("10:57")
    assert phases(desk, "10:28")[B] is OPEN


def test_talk_on_stage_keeps_its_queue_however_long_it_is_over_its_time() -> None:
    settings = QuestionSettings(closes_after=timedelta(0))
    desk = started()
    for time in ("10:30", "10:30:01", "11:45"):
        assert phases(desk, time, settings)[A] is OPEN
    stale = times_of(desk, "10:10")[A]
    assert phase(stale, None, at("11:45")) is OPEN
    desk.tap("11:46", END)
    assert phases(desk, "11:46", settings)[A] is CLOSED


def test_skipped_and_cancelled_talks_take_no_questions() -> None:
    desk = started()
    desk.tap("10:27", SKIP, B)
    desk.session = replace(
        desk.session, talks=(*desk.session.talks[:3], replace(desk.session.talks[3], cancelled=True))
    )
    times = times_of(desk, "10:28")
    assert (times[B], times[D]) == (QueueTimes(None, at("10:30")), QueueTimes(None, at("11:40")))
    assert phases(desk, "10:28") == {A: OPEN, B: CLOSED, C: CLOSED, D: CLOSED}


def test_closed_session_closes_what_was_not_reached_and_later_what_was() -> None:
    desk = started()
    desk.tap("10:28", CLOSE)
    assert phases(desk, "10:29") == {A: OPEN, B: CLOSED, C: CLOSED, D: CLOSED}
    assert phases(desk, "10:38")[A] is CLOSED


@given(sessions(), leads(), st.sampled_from([None, *minutes(0, 3, 60)]), st.sampled_from(minutes(0, 10)))
def test_queue_is_open_from_its_first_reminder_to_its_talks_end(
    session: ExpectedSession, leads: list[timedelta], opens_before: timedelta | None, closes_after: timedelta
) -> None:
    times = queue_times(session, leads, QuestionSettings(opens_before=opens_before, closes_after=closes_after))
    assert times.keys() == {e.talk.id for e in session.talks if not e.talk.is_break}
    reminders = [
        o for o in owed_by_session(session, a_place(), leads) if o.kind is Kind.UP_NEXT and not o.only_if_posted
    ]
    for talk in (e for e in session.running_order if not e.talk.is_break):
        queue = times[talk.talk.id]
        first = min(o.due_at for o in reminders if talk.talk.id in o.talk_ids)
        wanted = talk.starts_at - (opens_before or timedelta(0))
        assert queue.opens_at == min(first, wanted)
        assert queue.closes_at == talk.ends_at + closes_after
        for moment in (first, talk.starts_at, talk.ends_at - timedelta(seconds=1)):
            assert phase(queue, None, moment) is OPEN


@given(st.integers(0, 90), st.integers(1, 90), st.sampled_from(minutes(0, 10)))
def test_late_start_never_closes_a_queue_again(late: int, after: int, closes_after: timedelta) -> None:
    desk, settings = Desk(), QuestionSettings(closes_after=closes_after)
    now = at("10:00") + timedelta(minutes=late)
    before = queue_times(desk.look(now), LEADS, settings)
    desk.tap(now, START, A)
    then = now + timedelta(seconds=after)
    later = queue_times(desk.look(then), LEADS, settings)
    assert all(phase(later[t], None, then) is OPEN for t in before if phase(before[t], None, now) is OPEN)


# Phases.


def test_phase_by_the_clock_and_by_a_moderators_word() -> None:
    times = of("10:25", "11:10")
    for time, by_clock in (("10:24:59", CLOSED), ("10:25", OPEN), ("11:09:59", OPEN), ("11:10", CLOSED)):
        assert phase(times, None, at(time)) is by_clock
        assert phase(times, Override(CLOSED, at("10:00")), at(time)) is CLOSED
    assert phase(QueueTimes(None, at("11:10")), Override(OPEN, at("10:00")), at("11:00")) is OPEN


@pytest.mark.parametrize("chosen", [OPEN, VOTING])
def test_queue_that_a_moderator_opened_ends_by_the_clock_or_so_long_after_it_was_opened(chosen: Phase) -> None:
    times = of("10:25", "11:10")
    early, late = Override(chosen, at("09:00")), Override(chosen, at("11:30"))
    assert [phase(times, early, at(time)) for time in ("09:00", "10:30", "11:09:59", "11:10")] == [
        *[chosen] * 3,
        CLOSED,
    ]
    assert [phase(times, late, at(time)) for time in ("11:30", "11:39:59", "11:40")] == [chosen, chosen, CLOSED]
    assert phase(of("10:25", "11:10", is_on_stage=True), early, at("11:30")) is chosen


# The talk meant.


@pytest.mark.parametrize(
    ("time", "talk"),
    [("09:00", A), ("09:56", A), ("10:10", A), ("10:29", A), ("10:35", B), ("11:04", B), ("11:09:59", B), ("11:20", C)],
)
def test_talk_meant_by_the_plan(time: str, talk: int) -> None:
    assert meant([Desk().look(time)], time) == talk


def test_talk_meant_is_the_one_on_stage_then_the_one_just_ended_then_what_follows() -> None:
    desk = started()
    assert meant([desk.look("10:45")], "10:45") == A
    desk.tap("10:46", END)
    assert meant([desk.look("10:55:59")], "10:55:59") == A
    assert meant([desk.look("10:56")], "10:56") == B
    desk.tap("10:57", START, D)
    assert meant([desk.look("10:58")], "10:58") == D
    desk.tap("11:00", CLOSE)
    assert meant([desk.look("11:01")], "11:01") == D
    assert meant([desk.look("11:10")], "11:10") is None


def test_talk_meant_of_two_that_ended_is_the_later_one() -> None:
    desk = started()
    desk.tap("10:20", START, B)
    desk.tap("10:23", END)
    assert meant([desk.look("10:24")], "10:24") == B


def test_talk_meant_skips_a_queue_that_a_moderator_closed() -> None:
    desk = started()
    desk.tap("10:20", END)
    looks = [desk.look("10:26")]
    assert meant(looks, "10:26", {A: CLOSED}) == B
    assert meant(looks, "10:26", {A: VOTING}) == B
    assert meant(looks, "10:26", {A: CLOSED, C: OPEN}) == B
    assert meant(looks, "10:26", {A: CLOSED, B: CLOSED, C: OPEN}) == C
    assert meant(looks, "10:26", {A: CLOSED, B: CLOSED}) == B


def test_talk_meant_is_not_left_off_stage_for_a_closed_queue() -> None:
    desk = started()
    assert meant([desk.look("10:10")], "10:10", {A: CLOSED}) == A


def test_talk_meant_is_no_break_and_none_that_was_left_out() -> None:
    desk = started(session=with_a_break())
    desk.tap("10:30", END)
    assert meant([desk.look("10:39")], "10:39") == 1
    assert meant([desk.look("10:41")], "10:41") == 3
    desk.tap("10:42", SKIP, 3)
    assert meant([desk.look("10:43")], "10:43") is None
    assert meant([], "10:43") is None


def test_talk_meant_among_two_sessions_of_a_channel() -> None:
    desk = started()
    desk.tap("10:20", END)
    other = Desk(a_planned_session(a_planned_talk("E", "10:05", "10:45"), session_id=4, first_id=11))
    assert meant([desk.look("10:21"), other.look("10:21")], "10:21") == 11
    assert meant([desk.look("10:29"), other.look("10:50")], "10:50") == 11


def test_talk_meant_of_two_on_stage_is_one_that_takes_questions() -> None:
    posters = [a_talk(name, starts_at=at("10:00"), minutes=30) for name in "AB"]
    look = expected(*posters, now=at("10:10"))
    assert meant([look], "10:10") == 1
    assert meant([look], "10:10", {1: CLOSED}) == 2


# Who may ask.


def told(asked: Sequence[str], now: str, open_now: int = 0, settings: QuestionSettings = SETTINGS) -> str | None:
    try:
        check_may_ask([at(time) for time in asked], open_now, settings, at(now))
    except CommandError as refused:
        return str(refused)
    return None


def test_one_question_every_30_seconds() -> None:
    assert told([], "10:00") is None
    assert told(["09:00", "10:00"], "10:00:12") == (
        "you asked 12 s ago, and a person may ask once every 30 s. Ask again in 18 seconds."
    )
    assert told(["10:00"], "10:00:29.500") == (
        "you asked 29 s ago, and a person may ask once every 30 s. Ask again in 1 second."
    )
    assert told(["10:00"], "10:00:30") is None
    assert told(["10:00"], "10:00", settings=QuestionSettings(seconds_between=0)) is None


def test_clock_that_was_set_back_makes_nobody_wait_longer() -> None:
    assert told(["11:00"], "10:00") == (
        "you asked 0 s ago, and a person may ask once every 30 s. Ask again in 30 seconds."
    )


def test_five_open_ones_a_talk() -> None:
    assert told(["09:00"], "10:00", 4) is None
    assert told(["10:00"], "10:00", 5) == (
        "5 of your questions for this talk are open, and 5 is the most. Ask again once one of them was asked."
    )
    assert told([], "10:00", 1, QuestionSettings(open_at_most=1)) == (
        "1 of your questions for this talk is open, and 1 is the most. Ask again once one of them was asked."
    )


@given(st.floats(0, 40), st.integers(0, 40))
def test_seconds_told_are_enough_and_not_one_too_many(since: float, between: int) -> None:
    settings, asked = QuestionSettings(seconds_between=between), at("10:00")
    now = asked + timedelta(seconds=since)
    try:
        check_may_ask([asked], 0, settings, now)
    except CommandError as refused:
        left = timedelta(seconds=int(str(refused).rsplit(" ", 2)[1]))
        check_may_ask([asked], 0, settings, now + left)
        with pytest.raises(CommandError):
            check_may_ask([asked], 0, settings, now + left - timedelta(seconds=1))
