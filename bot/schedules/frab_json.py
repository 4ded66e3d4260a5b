"""schedule.json of frab, pretalx and their kin: the same tree as their XML, with rooms by name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NoReturn

from bot.errors import ScheduleError
from bot.schedules.finishing import MOST_TALKS
from bot.schedules.frab import schedule_of_events
from bot.schedules.frab_event import Fields, first_text
from bot.schedules.reader import Reader
from bot.schedules.schedule import ReadingOptions, Schedule

FORMAT = "frab-json"

_LOOK = 500_000
_MOST_BRACKETS = 1_000_000
_BLANK = "\ufeff \t\r\n\x00"
_DAYS = re.compile(r'"days"\s{0,100}:\s{0,100}(?:[\[{]|null)', re.IGNORECASE)
_ROOMS = re.compile(r'"(?:conference|rooms?)"\s{0,100}:\s{0,100}[{\["]', re.IGNORECASE)
_EVENTS = ("events", "talks", "breaks")

_Found = tuple[Fields, Fields, str]


def recognises(text: str) -> bool:
    """Whether the text is an object that has days, and a conference or rooms."""
    start = text[:_LOOK].lstrip(_BLANK)
    return start.startswith("{") and _DAYS.search(start) is not None and _ROOMS.search(start) is not None


def read(text: str, options: ReadingOptions) -> Schedule:
    """The events of a schedule.json.

    Raises:
        ScheduleError: it is no JSON, or holds no usable event.
        ScheduleQuestion: its times name no zone and no offset.
    """
    top = _fields(_parsed(text))
    schedule = {**top, **_fields(top.get("schedule"))}
    conference = {**schedule, **_fields(schedule.get("conference"))}
    days = conference.get("days") or schedule.get("days") or top.get("days")
    return schedule_of_events(FORMAT, conference, list(islice(_of_days(days), MOST_TALKS + 1)), options)


def _parsed(text: str) -> object:
    if text.count("{") + text.count("[") > _MOST_BRACKETS:
        raise ScheduleError("this JSON holds more than any programme's", do="Import the programme in parts")
    begun = text.lstrip(_BLANK)
    try:
        parsed: object = json.loads(begun.rstrip(_BLANK), strict=False)
    except json.JSONDecodeError as error:
        line = error.lineno + text.count("\n", 0, len(text) - len(begun))
        _refuse(error.msg[:1].lower() + error.msg[1:], f"line {line}", error)
    except RecursionError as error:
        _refuse("it is nested too deep", None, error)
    except ValueError as error:
        _refuse("a number has too many digits", None, error)
    return parsed


def _refuse(reason: str, where: str | None, error: Exception) -> NoReturn:
    raise ScheduleError(f"this is broken JSON ({reason})", where=where, do="Export the schedule again") from error


def _fields(value: object) -> dict[str, object]:
    """An object by lower-case names; empty for anything else."""
    return {name.casefold(): held for name, held in value.items()} if isinstance(value, dict) else {}


def _named(value: object) -> Iterator[tuple[str, object]]:
    """What a list or an object holds, each with its name in the object, if it has one."""
    if isinstance(value, Mapping):
        yield from ((str(name), held) for name, held in value.items())
    elif isinstance(value, list):
        yield from (("", held) for held in value)


def _of_days(days: object) -> Iterator[_Found]:
    for name, day in _named(days):
        fields = _fields(day)
        held = fields.pop("rooms", None)
        stated = {"date": name, **{key: value for key, value in fields.items() if key not in _EVENTS}}
        if isinstance(day, list):
            yield from _of_list(day, {"date": name}, "")
        for room_name, room in _named(held):
            yield from _of_room(room_name, room, stated)
        for key in _EVENTS:
            yield from _of_list(fields.get(key), stated, "")


def _of_room(name: str, room: object, day: Fields) -> Iterator[_Found]:
    """The events of a room: a list under its name, or an object that names it."""
    fields = _fields(room)
    if not fields:
        yield from _of_list(room, day, name)
    elif any(key in fields for key in _EVENTS):
        named = first_text(fields, "name", "title") or name
        for key in _EVENTS:
            yield from _of_list(fields.get(key), day, named)
    elif "start" in fields or "duration" in fields:
        yield fields, day, name
    elif any(isinstance(event, Mapping) for event in fields.values()):
        yield from _of_list(room, day, name)


def _of_list(events: object, day: Fields, room: str) -> Iterator[_Found]:
    yield from ((_fields(event), day, room) for _, event in _named(events))


READER = Reader(FORMAT, "a schedule.json of frab or pretalx", recognises, read)
