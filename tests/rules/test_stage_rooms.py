"""Which of a room's sessions is on its screen, from the first one's start to the last one's end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.programme import ExpectedSession, PlannedSession
from bot.rules.run import TimingEvent, TimingKind, fold
from bot.rules.stage_rooms import session_shown
from bot.rules.stage_view import Phase, is_over, stage_state
from bot.rules.taps import Tap, decide
from bot.rules.timing import forecast
from tests.builders import a_planned_session, a_talk, at

START, END, CLOSE = TimingKind.START, TimingKind.END, TimingKind.CLOSE
Taps = tuple[tuple[str, TimingKind], ...]


def a_slot(number: int, begins: str) -> PlannedSession:
    """Two talks of half an hour."""
    first = a_talk(f"First of {number}", starts_at=at(begins), minutes=30)
    second = a_talk(f"Second of {number}", starts_at=first.ends_at, minutes=30)
    return a_planned_session(first, second, session_id=number, first_id=10 * number)


MORNING, NOON, AFTERNOON = a_slot(1, "09:00"), a_slot(2, "10:00"), a_slot(3, "14:00")


def seen(session: PlannedSession, now: datetime, taps: Taps = ()) -> ExpectedSession:
    done: list[TimingEvent] = []
    for number, (time, kind) in enumerate(taps, 1):
        talk = session.talks[0].id if kind is START else None
        done.append(replace(decide(session, fold(session, done), Tap(kind, 7, talk), at(time)), id=number))
    return forecast(session, fold(session, done), now)


def shown(time: str, *, morning: Taps = (), noon: Taps = (), afternoon: Taps = ()) -> int:
    now = at(time)
    tapped = ((MORNING, morning), (NOON, noon), (AFTERNOON, afternoon))
    session = session_shown([seen(session, now, taps) for session, taps in tapped])
    assert session is not None
    return session.session.id


def test_where_nobody_taps_one_session_follows_the_other_by_the_plan() -> None:
    assert [shown(time) for time in ("07:00", "09:59", "10:00", "10:59", "11:00", "13:00", "14:30")] == [
        *(1, 1, 2, 2, 3, 3, 3)
    ]


def test_after_the_last_one_it_stays() -> None:
    assert shown("15:00") == 3
    assert shown("20:00") == 3


def test_session_that_runs_late_keeps_the_screen_until_it_is_over() -> None:
    runs: Taps = (("09:50", START),)
    assert shown("10:02", morning=runs) == 1
    assert shown("10:02", morning=(*runs, ("10:01", CLOSE))) == 2


def test_session_that_is_begun_early_has_the_screen_at_once() -> None:
    assert shown("09:50", morning=(("09:00", START), ("09:45", CLOSE)), noon=(("09:50", START),)) == 2
    assert shown("12:00", afternoon=(("11:50", START),)) == 3


def test_of_two_that_run_it_is_the_one_that_began_last() -> None:
    assert shown("10:02", morning=(("09:30", START),), noon=(("10:01", START),)) == 2


def test_cancelled_session_is_passed_over() -> None:
    talks = tuple(replace(talk, cancelled=True) for talk in NOON.talks)
    cancelled = replace(NOON, talks=talks)
    left = [seen(session, at("10:05")) for session in (MORNING, cancelled, AFTERNOON)]
    session = session_shown(left)
    assert session is not None
    assert session.session.id == 3


def test_room_without_sessions_shows_none() -> None:
    assert session_shown([]) is None


@given(
    minutes=st.lists(st.integers(0, 480), max_size=3),
    begun=st.sets(st.sampled_from([0, 1, 2])),
    now=st.integers(0, 600),
)
def test_screen_is_over_only_where_every_session_is(minutes: list[int], begun: set[int], now: int) -> None:
    moment = at("08:30") + timedelta(minutes=now)
    sessions = []
    for number, begins in enumerate(minutes):
        planned = a_slot(number + 1, f"{9 + begins // 60:02}:{begins % 60:02}")
        started = planned.starts_at
        event = decide(planned, fold(planned, []), Tap(START, 7, planned.talks[0].id), started)
        run = fold(planned, [replace(event, id=1)] if number in begun and started <= moment else [])
        sessions.append((forecast(planned, run, moment), run))
    session = session_shown([expected for expected, _ in sessions])
    if session is None:
        assert not minutes
        return
    run = next(run for expected, run in sessions if expected is session)
    assert (stage_state(session, run, moment).phase is Phase.OVER) == all(is_over(e) for e, _ in sessions)
