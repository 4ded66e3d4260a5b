"""Which taps make recorded events again."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given

from bot.rules.retaps import Retap, Way, in_words, retaps
from bot.rules.run import TimingEvent, TimingKind
from bot.rules.session_log import SessionLog, planned
from tests.builders import at
from tests.rules.logs import a_plan, logs

SESSION = planned(a_plan())
STARTED = (TimingEvent(1, TimingKind.START, at("10:00"), at("10:00"), talk_id=1, by=1),)


def event(kind: TimingKind, time: str, **values: object) -> TimingEvent:
    moment = at(time)
    return TimingEvent(**{"id": 2, "kind": kind, "at": moment, "tapped_at": moment, "leaves": 1, **values})  # type: ignore[arg-type] # fields by name


@given(logs())
def test_whatever_was_tapped_can_be_made_again(log: SessionLog) -> None:
    session, guard = planned(log.plans[0]), log.settings.guards_clock
    for number, each in enumerate(log.events):
        assert retaps(session, log.events[:number], each, guard=guard), each


def test_the_console_goes_before_commands() -> None:
    start = retaps(SESSION, (), STARTED[0])
    assert start[0] == Retap(Way.BUTTON, "start")
    going_on = retaps(SESSION, STARTED, event(TimingKind.START, "10:05", talk_id=2))
    assert going_on == [
        Retap(Way.BUTTON, "next", 1),
        Retap(Way.COMMAND, "timer next"),
        Retap(Way.COMMAND, "timer start", 2),
    ]


def test_what_happened_earlier_is_a_command_with_ago() -> None:
    made = retaps(SESSION, STARTED, event(TimingKind.START, "10:07", talk_id=2, at=at("10:05")))
    assert made[0] == Retap(Way.COMMAND, "timer next", None, (("ago", "120s"),))


def test_time_taken_below_zero_is_confirmed() -> None:
    taken = event(TimingKind.EXTEND, "10:04", talk_id=1, amount=timedelta(minutes=-3))
    assert retaps(SESSION, STARTED, taken) == [Retap(Way.CONFIRM, "timer extend", 1, (("minutes", "-180s"),))]


def test_another_length_for_the_talk_on_stage_is_an_edit() -> None:
    longer = event(TimingKind.REBALANCE, "10:02", leaves=None, lengths=((1, timedelta(minutes=8)),))
    assert retaps(SESSION, STARTED, longer) == [Retap(Way.COMMAND, "session edit", 1, (("minutes", "480s"),))]


def test_what_no_tap_makes_has_no_way() -> None:
    assert retaps(SESSION, STARTED, event(TimingKind.PAUSE, "10:02", talk_id=4, leaves=4)) == []
    assert retaps(SESSION, (), event(TimingKind.END, "10:02")) == []


def test_spans_are_told_to_the_microsecond() -> None:
    assert [in_words(timedelta(seconds=s)) for s in (150, -90.5, 0.000001, 3600)] == [
        "150s",
        "-90.5s",
        "0.000001s",
        "3600s",
    ]
