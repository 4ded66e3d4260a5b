"""What is on stage, what comes next, and which day it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.rules.programme import TalkState, conference_day, fingerprint, next_change, on_stage, slots, up_next
from tests.builders import a_talk, at, expected


def states(time: str) -> list[TalkState]:
    talks = (a_talk("A"), a_talk("B", starts_at=at("12:40")), a_talk("C", starts_at=at("12:50"), cancelled=True))
    return [e.state for e in expected(*talks, now=at(time)).talks]


def test_talk_is_on_stage_from_its_start_until_just_before_its_end() -> None:
    waiting, stage, done, cancelled = TalkState.WAITING, TalkState.ON_STAGE, TalkState.DONE, TalkState.CANCELLED
    assert {time: states(time) for time in ("12:29:59", "12:30", "12:34:59", "12:35", "12:40", "12:55")} == {
        "12:29:59": [waiting, waiting, cancelled],
        "12:30": [stage, waiting, cancelled],
        "12:34:59": [stage, waiting, cancelled],
        "12:35": [done, waiting, cancelled],
        "12:40": [done, stage, cancelled],
        "12:55": [done, done, cancelled],
    }


def test_on_stage_and_up_next_across_two_sessions_are_in_order_of_start() -> None:
    now = at("12:31")
    here = expected(a_talk("A"), a_talk("B", starts_at=at("12:40")), now=now)
    there = expected(
        a_talk("C", starts_at=at("12:20"), minutes=30),
        a_talk("D", starts_at=at("12:40")),
        a_talk("E", starts_at=at("12:45")),
        now=now,
        session_id=4,
        first_id=10,
    )
    assert [e.talk.title for e in on_stage([here, there])] == ["C", "A"]
    assert [e.talk.title for e in up_next([here, there])] == ["B", "D"]


def test_up_next_after_the_last_talk_began_is_empty() -> None:
    assert up_next([expected(now=at("13:56"))]) == []


def test_next_change_is_the_next_start_or_end_of_a_talk_that_takes_place() -> None:
    talks = (a_talk("A"), a_talk("B", starts_at=at("12:33"), cancelled=True), a_talk("C", starts_at=at("12:40")))
    moments = ["12:29", "12:30", "12:34", "12:35", "12:40"]
    assert [next_change([expected(*talks)], at(time)) for time in moments] == [
        at("12:30"),
        at("12:35"),
        at("12:35"),
        at("12:40"),
        at("12:45"),
    ]
    assert next_change([expected(*talks)], at("12:45")) is None


def test_expected_start_and_end_leave_cancelled_talks_out() -> None:
    talks = (a_talk("A", cancelled=True), a_talk("B", starts_at=at("12:40")), a_talk("C", starts_at=at("13:00")))
    session = expected(*talks)
    assert (session.starts_at, session.ends_at) == (at("12:40"), at("13:05"))
    nothing = expected(a_talk(cancelled=True))
    assert (nothing.starts_at, nothing.ends_at) == (None, None)


def test_slots_group_by_start_in_order_without_cancelled_talks() -> None:
    talks = (a_talk("B", starts_at=at("12:40")), a_talk("A"), a_talk("A too"), a_talk("no", cancelled=True))
    assert [[e.talk.title for e in slot] for slot in slots(expected(*talks))] == [["A", "A too"], ["B"]]


def test_conference_day_begins_at_four_in_the_morning() -> None:
    def day(text: str) -> date:
        return conference_day(datetime.fromisoformat(text))

    assert (day("2022-07-22T03:59:59-07:00"), day("2022-07-22T04:00-07:00")) == (date(2022, 7, 21), date(2022, 7, 22))


def test_break_is_told_by_its_kind_in_any_case() -> None:
    kinds = ["Break", "COFFEE BREAK", "lunch", "Oral", None, "Breakthrough"]
    talks = [e.talk for e in expected(*(a_talk(kind=kind) for kind in kinds)).talks]
    assert [talk.is_break for talk in talks] == [True, True, True, False, False, False]


def test_fingerprint_tells_parts_from_one_another() -> None:
    assert fingerprint(["a", "b"]) == fingerprint(["a", "b"])
    assert len({fingerprint(parts) for parts in (["ab"], ["a", "b"], ["a", "b", ""], [timedelta(0)], [None])}) == 5
