"""The marks of the time axis."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.drawing.time_axis import TimeAxis, axis_over
from bot.timezones import local
from tests.builders import LOS_ANGELES, NEW_YORK, at

APART = 105
zones = st.sampled_from([NEW_YORK, LOS_ANGELES, "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])
spans = st.timedeltas(timedelta(0), timedelta(days=3)) | st.timedeltas(timedelta(0), timedelta(days=60))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware by `timezones`


def axis(starts: datetime, span: timedelta) -> TimeAxis:
    made = axis_over([starts, starts + span], 100, 1136)
    assert made is not None
    return made


def labels(starts: datetime, span: timedelta, zone: str = LOS_ANGELES) -> list[str]:
    return [f"{mark.above} {mark.label}".strip() for mark in axis(starts, span).marks(zone, APART)]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(minutes=5), ["10:00", "10:01", "10:02", "10:03", "10:04", "10:05"]),
        (
            timedelta(minutes=45),
            ["10:00", "10:05", "10:10", "10:15", "10:20", "10:25", "10:30", "10:35", "10:40", "10:45"],
        ),
        (timedelta(minutes=160), ["10:00", "10:20", "10:40", "11:00", "11:20", "11:40", "12:00", "12:20", "12:40"]),
        (timedelta(hours=12), ["10:00", "12:00", "14:00", "16:00", "18:00", "20:00", "22:00"]),
    ],
)
def test_marks_stand_at_round_times(span: timedelta, expected: list[str]) -> None:
    assert labels(at("10:00"), span) == expected


def test_marks_go_by_the_venue() -> None:
    assert labels(at("10:07"), timedelta(minutes=60), "Asia/Kathmandu")[0] == "23:00"


def test_over_midnight_each_day_is_named_once() -> None:
    assert labels(at("22:30"), timedelta(hours=4))[:5] == ["Thu 21 22:30", "23:00", "23:30", "Fri 22 00:00", "00:30"]


def test_an_hour_that_comes_twice_says_which() -> None:
    told = labels(datetime(2026, 11, 1, 4, 30, tzinfo=UTC), timedelta(hours=4), NEW_YORK)
    assert told == ["EDT 00:30", "01:00", "01:30", "EST 01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]


def test_an_hour_that_is_skipped_is_missing() -> None:
    told = labels(datetime(2026, 3, 8, 5, 30, tzinfo=UTC), timedelta(hours=4), NEW_YORK)
    assert told == ["EST 00:30", "01:00", "01:30", "EDT 03:00", "03:30", "04:00", "04:30", "05:00", "05:30"]


def test_weeks_are_told_by_their_dates() -> None:
    assert labels(at("10:00"), timedelta(days=9))[:2] == ["22 Jul", "23 Jul"]


def test_no_moment_no_axis() -> None:
    assert axis_over([], 0, 1) is None


@settings(max_examples=40, deadline=None)
@given(moments, spans, zones)
def test_marks_are_apart_in_order_and_within(starts: datetime, span: timedelta, zone: str) -> None:
    made = axis(starts, span)
    marks = made.marks(zone, APART)
    places = [made.x(mark.at) for mark in marks]
    assert all(b - a >= APART * 0.9 for a, b in itertools.pairwise(places))
    assert all(made.left <= place <= made.right for place in places)
    assert all(mark.label == f"{local(mark.at, zone):%H:%M}" for mark in marks if ":" in mark.label)
    assert all(local(mark.at, zone).second == 0 for mark in marks)


@given(st.timedeltas(timedelta(minutes=5), timedelta(hours=12)), moments, zones)
def test_a_session_has_some_marks_and_not_too_many(span: timedelta, starts: datetime, zone: str) -> None:
    assert 2 <= len(axis(starts, span).marks(zone, APART)) <= 10
