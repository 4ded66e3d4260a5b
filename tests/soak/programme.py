"""A made-up conference of several days in many rooms, into a night in which the clocks change."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytz

from benchmarks.programmes import abstract, people, title, words
from bot.schedules.schedule import Schedule, Session, Talk
from bot.schedules.written_csv import as_csv

ZONE = "Europe/Berlin"
FIRST_DAY = date(2026, 3, 27)
"""A Friday; summer time begins in the night before the third day."""
BEGINS, APART, WAVES = 10, 5, 6
"""O'clock, on each day; a sixth of the rooms each five minutes."""
LENGTHS = (30, 45, 60, 45)
"""Minutes of a session's talks, one after the other: three hours."""


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the conference's day of this number, counted from 0, at the venue."""
    on = FIRST_DAY + timedelta(days=day)
    # the day's own midnight and hours of the wall clock
    wall = datetime(on.year, on.month, on.day, hour, minute)  # noqa: DTZ001 - localized in the next line
    return pytz.timezone(ZONE).localize(wall)


def conference(days: int, rooms: int) -> Schedule:
    """A session of four talks in each room on each day, all at about the same time."""
    places = [(day, room) for day in range(days) for room in range(rooms)]
    sessions = [_session(number, *place) for number, place in enumerate(places)]
    return Schedule("made-up", "Made-up conference", ZONE, ZONE, tuple(sessions))


def room_name(room: int) -> str:
    return f"Room {room + 1}"


def csv_of(schedule: Schedule) -> bytes:
    """The file that the manager hands over."""
    return as_csv(schedule)


def _session(number: int, day: int, room: int) -> Session:
    at = local(day, BEGINS, room % WAVES * APART)
    talks = []
    for index, minutes in enumerate(LENGTHS):
        which = number * len(LENGTHS) + index
        ends_at = at + timedelta(minutes=minutes)
        talks.append(Talk(title(which), at, ends_at, "Oral", people(which), abstract=abstract(which)))
        at = ends_at
    return Session(f"{words(number, 3).title()} {number}", tuple(talks), room_name(room), people(number)[0])
