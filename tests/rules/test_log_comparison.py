"""What a replay differs in is told, a line each; nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given

from bot.rules.log_comparison import TOLERANCE, compare_logs
from bot.rules.run import TimingEvent, TimingKind
from bot.rules.session_log import SessionLog
from tests.builders import at
from tests.rules.logs import a_log, logs
from tests.rules.test_session_log import EVENTS

LOG = a_log(EVENTS)


@given(logs())
def test_a_log_is_the_same_as_itself(log: SessionLog) -> None:
    compared = compare_logs(log, log)
    assert compared.is_same
    assert compared.same_events == compared.events == len(log.events)


@given(logs())
def test_a_missing_event_is_told(log: SessionLog) -> None:
    for number in range(len(log.events)):
        rest = (*log.events[:number], *log.events[number + 1 :])
        assert not compare_logs(log, replace(log, events=rest)).is_same
        assert not compare_logs(replace(log, events=rest), log).is_same


def test_all_the_same_is_one_line() -> None:
    assert str(compare_logs(LOG, LOG)) == "Same run: 3 of 3 events. Same deliveries: 2 of 2."


def lines(**changes: object) -> tuple[str, ...]:
    return compare_logs(LOG, replace(LOG, **changes)).differences  # type: ignore[arg-type] # fields by name


def test_each_field_of_an_event_counts() -> None:
    other = replace(EVENTS[1], at=at("10:03"), amount=timedelta(seconds=60), talk_id=2)
    assert lines(events=(EVENTS[0], other, EVENTS[2])) == (
        "event 2 (extend, 17:04:00 UTC): at was 17:04:00, is 17:03:00; talk was 1, is 2; amount was -30 s, is 60 s",
    )


def test_what_was_not_recorded_is_told() -> None:
    more = TimingEvent(4, TimingKind.PAUSE, at("10:06"), at("10:06"), talk_id=1, leaves=1)
    assert lines(events=(*EVENTS, more)) == ("event 4 of the replay (pause, 17:06:00 UTC): it was not recorded",)


def test_undo_is_of_the_same_event() -> None:
    assert lines(events=(*EVENTS[:2], replace(EVENTS[2], undoes=1))) == (
        "event 3 (undo, 17:05:00 UTC): undoes was 2, is 1",
    )


def test_who_was_removed_may_be_anybody() -> None:
    nobody = replace(LOG, events=tuple(replace(event, by=None) for event in EVENTS))
    assert compare_logs(nobody, LOG).is_same
    assert not compare_logs(LOG, nobody).is_same


def test_another_guard_makes_another_run_of_the_same_events() -> None:
    session = replace(
        LOG, events=(EVENTS[0], TimingEvent(2, TimingKind.START, at("10:40"), at("10:40"), talk_id=5, by=1))
    )
    unguarded = replace(session, settings=replace(session.settings, guards_clock=False))
    compared = compare_logs(session, unguarded)
    assert (compared.same_events, compared.same_run, compared.is_same) == (2, False, False)


def test_deliveries_differ_in_state_and_moment() -> None:
    up_next, cue = LOG.deliveries
    late = replace(cue, due_at=cue.due_at + timedelta(microseconds=1), state="skipped", reason="too late")
    (line,) = lines(deliveries=(up_next, late))
    assert line == (
        "time signal of talk 1 at 60 s left, 17:04:00 UTC: it was sent, and is skipped (too late), "
        "it was due 17:04:00, and is 17:04:00.000001"
    )
    assert lines(deliveries=(up_next,)) == (
        "time signal of talk 1 at 60 s left, 17:04:00 UTC: it was sent, and is not owed in the replay",
    )
    assert lines(deliveries=(*LOG.deliveries, replace(cue, revision=1))) == (
        "time signal of talk 1 at 60 s left, 17:04:00 UTC: it was not recorded, and is sent",
    )


def test_passing_time_may_move_a_reminder_by_a_minute() -> None:
    up_next, cue = LOG.deliveries
    for moved, told in ((TOLERANCE, 0), (TOLERANCE + timedelta(microseconds=1), 1)):
        assert len(lines(deliveries=(replace(up_next, due_at=up_next.due_at + moved), cue))) == told


def test_what_was_taken_back_before_anybody_saw_it_says_nothing() -> None:
    gone = replace(LOG.deliveries[1], mark=0.0, state="withdrawn")
    assert lines(deliveries=(*LOG.deliveries, gone)) == ()
    assert compare_logs(replace(LOG, deliveries=(*LOG.deliveries, gone)), LOG).is_same


def test_a_message_that_a_tap_came_too_late_for_is_told_with_that() -> None:
    sent = replace(LOG.deliveries[1], due_at=at("10:04") + timedelta(milliseconds=200))
    recorded = replace(LOG, deliveries=(sent,))
    replayed = replace(LOG, deliveries=(replace(sent, state="withdrawn"),))
    (line,) = compare_logs(recorded, replayed).differences
    assert line == (
        "time signal of talk 1 at 60 s left, 17:04:00.2 UTC: it was sent, and is withdrawn "
        "(event 2 came 0.2 s before it, when it may have been on its way)"
    )
