from __future__ import annotations

from bot.rules.run import TimingEvent, TimingKind, fold
from bot.rules.stage_topics import owed_topic
from bot.rules.timing import forecast
from tests.builders import DURING_BREAK, a_planned_session, at, expected


def topic(now: str, *events: tuple[TimingKind, str, int | None]) -> str | None:
    session = a_planned_session()
    stored = [
        TimingEvent(id=n, kind=kind, at=at(time), tapped_at=at(time), talk_id=talk)
        for n, (kind, time, talk) in enumerate(events, 1)
    ]
    return owed_topic(forecast(session, fold(session, stored), at(now)))


def test_topic_is_the_talk_on_stage_from_the_start_of_the_session_to_its_end() -> None:
    start, end = (TimingKind.START, "12:31", 1), (TimingKind.END, "12:35", None)
    assert owed_topic(expected(now=DURING_BREAK)) is None
    assert topic("12:32") is None  # on by the plan alone
    assert topic("12:32", start) == "Now: Talk 1"
    assert topic("12:36", start, end) == "Deep Learning"
    assert topic("12:37", start, end, (TimingKind.START, "12:37", 2)) == "Now: Talk 2"
    assert topic("12:41", start, end, (TimingKind.CLOSE, "12:40", None)) is None
