"""Rooms by time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.conference_report import ConferenceReport, ConferenceSession
from bot.rules.drift_map import COLUMNS, CellState, DayMap, drift_maps, level
from bot.rules.programme import PlannedSession, PlannedTalk
from bot.rules.run import TimingEvent, TimingKind, fold
from bot.rules.session_report import session_report
from tests.builders import at

ZONE = "America/Los_Angeles"
LATER = at("23:00")


def held(
    room: str | None, *starts: str, late: Sequence[float] = (), minutes: int = 15, first: int = 1, **more: object
) -> ConferenceSession:
    """A session of talks back to back; `late` says by how many minutes each was started late, in order."""
    talks = tuple(
        PlannedTalk(first + n, first, f"T{n}", at(start), at(start) + timedelta(minutes=minutes), **more)  # type: ignore[arg-type] # a test names what matters to it
        for n, start in enumerate(starts)
    )
    session = PlannedSession(first, "S", talks, room)
    taps = [
        TimingEvent(
            n, TimingKind.START, talk.starts_at + timedelta(minutes=by), talk.starts_at + timedelta(minutes=by), talk.id
        )
        for n, (talk, by) in enumerate(zip(talks, late, strict=False), 1)
    ]
    if taps:
        ends = taps[-1].at + timedelta(minutes=minutes)
        taps.append(TimingEvent(len(taps) + 1, TimingKind.END, ends, ends, taps[-1].talk_id))
    return ConferenceSession(session_report(session, fold(session, taps), [], LATER), tuple(taps))


def maps(*sessions: ConferenceSession, zone: str = ZONE) -> list[DayMap]:
    return drift_maps(ConferenceReport("C", zone, LATER, names_moderators=False, sessions=sessions))


def drawn(day: DayMap) -> dict[str, list[str]]:
    """Each room's cells: drift in minutes or the state, and the span."""
    return {
        room: [
            f"{cell.drift / timedelta(minutes=1):g}" if cell.drift is not None else cell.state.value
            for cell in cells
            for _ in range(cell.span)
        ]
        for room, cells in day.rooms
    }


def test_each_talk_stands_in_its_room_and_slot_with_its_drift() -> None:
    (day,) = maps(held("Hall 10", "12:30", "12:45", late=[3, 4]), held("Hall 9", "12:45", late=[-2], first=10))
    assert day.day == date(2022, 7, 21)
    assert [moment.astimezone(UTC) for moment in day.slots] == [at("12:30"), at("12:45")]
    assert drawn(day) == {"Hall 9": ["empty", "-2"], "Hall 10": ["4", "4"]}
    assert [room for room, _ in day.rooms] == ["Hall 9", "Hall 10"]


def test_cell_tells_of_the_latest_of_several_talks_and_how_many_are_timed() -> None:
    (day,) = maps(held("A", "12:30", "12:35", "12:40", late=[1, 6, 2], minutes=5))
    (cell,) = day.rooms[0][1]
    assert (cell.drift, cell.talks, cell.timed, cell.level) == (timedelta(minutes=6), 3, 3, 2)


def test_talks_without_times_are_told_apart() -> None:
    cancelled = held("C", "12:30", first=20, cancelled=True)
    (day,) = maps(held("A", "12:30"), held("B", "12:30", late=[0], first=10), cancelled)
    assert drawn(day) == {"A": ["untimed"], "B": ["0"], "C": ["off"]}


def test_talk_of_a_forgotten_clock_is_not_timed() -> None:
    """Its times are assumed, and so is its drift."""
    session = PlannedSession(1, "S", (PlannedTalk(1, 1, "T", at("12:30"), at("12:45")),), "A")
    tap = TimingEvent(1, TimingKind.START, at("12:37"), at("12:37"), 1)
    forgotten = ConferenceSession(session_report(session, fold(session, [tap]), [], LATER), (tap,))
    assert forgotten.report.talks[0].drift is not None
    (day,) = maps(forgotten)
    assert drawn(day) == {"A": ["untimed"]}


def test_what_is_yet_to_come_is_no_talk_that_nobody_timed() -> None:
    session = PlannedSession(1, "S", (PlannedTalk(1, 1, "T", at("12:30"), at("12:45")),), "A")
    before = ConferenceSession(session_report(session, fold(session, []), [], at("12:00")))
    (day,) = drift_maps(ConferenceReport("C", ZONE, at("12:00"), names_moderators=False, sessions=(before,)))
    assert drawn(day) == {"A": [CellState.AHEAD]}


def test_long_talk_takes_its_slots_and_what_nobody_uses_is_left_out() -> None:
    morning, evening = held("A", "09:00", late=[0], minutes=45), held("B", "15:00", late=[1], first=10)
    (day,) = maps(morning, evening)
    assert drawn(day) == {"A": ["0", "0", "0", "empty"], "B": ["empty", "empty", "empty", "1"]}


def test_rooms_are_one_whatever_their_case_and_breaks_are_left_out() -> None:
    (day,) = maps(
        held("Hall A", "12:30"), held("HALL  a", "12:45", first=10), held("B", "12:30", first=20, kind="Break")
    )
    assert [room for room, _ in day.rooms] == ["Hall A"]


def test_days_are_conference_days_and_talks_without_a_room_stand_last() -> None:
    late_night = at("01:00", "2022-07-22")
    talk = PlannedTalk(30, 30, "T", late_night, late_night + timedelta(minutes=15))
    session = PlannedSession(30, "S", (talk,), None)
    after = ConferenceSession(session_report(session, fold(session, []), [], LATER + timedelta(days=2)))
    (day,) = maps(held("A", "12:30"), after)
    assert [room for room, _ in day.rooms] == ["A", ""]


@pytest.mark.parametrize(
    ("seconds", "step"),
    [
        (-300, -2),
        (-271, -2),
        (-269, -1),
        (-31, -1),
        (-29, 0),
        (0, 0),
        (29, 0),
        (31, 1),
        (269, 1),
        (271, 2),
        (569, 2),
        (571, 3),
    ],
)
def test_scale_goes_by_the_minutes_that_are_shown(seconds: int, step: int) -> None:
    assert level(timedelta(seconds=seconds)) == step


@given(st.lists(st.tuples(st.integers(0, 23 * 4), st.integers(1, 40), st.integers(0, 5)), min_size=1, max_size=40))
def test_each_row_is_as_long_as_the_head_and_holds_each_talk_once(placed: list[tuple[int, int, int]]) -> None:
    day_begins = datetime(2022, 7, 21, 4, 0, tzinfo=UTC)
    sessions = []
    for number, (start, minutes, room) in enumerate(placed, 1):
        begins = day_begins + timedelta(minutes=15 * start)
        talk = PlannedTalk(number, number, "T", begins, begins + timedelta(minutes=minutes))
        session = PlannedSession(number, "S", (talk,), f"Room {room}")
        sessions.append(ConferenceSession(session_report(session, fold(session, []), [], LATER + timedelta(days=2))))
    (day,) = maps(*sessions, zone="UTC")
    assert len(day.slots) <= COLUMNS + 1
    assert all(sum(cell.span for cell in cells) == len(day.slots) for _, cells in day.rooms)
    assert sum(cell.talks for _, cells in day.rooms for cell in cells) == len(placed)
