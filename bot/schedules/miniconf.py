"""Mini-Conf's calendar (main_calendar.json), and a clear word about its list of papers, which holds no times."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.errors import ScheduleError
from bot.schedules.entries import Entry, File, schedule_of_entries
from bot.schedules.finishing import LONGEST_WORDS, MOST_TALKS
from bot.schedules.icalendar_people import split_names
from bot.schedules.people import LONGEST_NAME
from bot.schedules.reader import Reader
from bot.schedules.schedule import ReadingOptions, Schedule

FORMAT = "miniconf-calendar"

_START = re.compile(r"\s*(?:\[|\{\s*\"(?:calendar|events|main_calendar)\"\s*:\s*\[)\s*\{")
_KEYS = {
    name: re.compile(rf'"{name}"\s*:', re.IGNORECASE) for name in ("title", "start", "end", "calendarId", "category")
}
_PAPER_COLUMNS = frozenset({"uid", "title", "authors", "abstract"})
_TIME_COLUMNS = re.compile(
    r"(?:date|day|times?|starts?|ends?|begins?|duration)(?:[ _-]?(?:date|time|at))?", re.IGNORECASE
)
_DAY = re.compile(r"\d{4}-?\d\d-?\d\d")
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{0,20}:\S+|\S*[/#?]\S*|\S+\.html?\S*|\S*\.(?:com|org|net|io)\b\S*", re.IGNORECASE
)
_NO_KIND = frozenset({"", "time", "allday", "---", "milestone", "task"})
_FEW = 5


def recognises(text: str) -> bool:
    """Whether the text begins as a JSON list of objects with a calendar's keys, or is the list of papers."""
    start = text[:20_000]
    if not _START.match(start):
        return is_papers(text)
    found = {name for name, key in _KEYS.items() if key.search(start)}
    return {"title", "start"} <= found and bool(found & {"calendarId", "category"})


def is_papers(text: str) -> bool:
    """Whether the first line names the columns of Mini-Conf's papers, and none for times."""
    columns = {column.strip().casefold() for column in _first_row(text[:5_000])}
    return columns >= _PAPER_COLUMNS and not any(_TIME_COLUMNS.fullmatch(column) for column in columns)


def _first_row(text: str) -> list[str]:
    lines = text.lstrip("\ufeff \r\n").splitlines()[:1]
    try:
        return next(csv.reader(lines, delimiter="\t" if lines and "\t" in lines[0] else ","), [])
    except csv.Error:
        return []


def read(text: str, options: ReadingOptions) -> Schedule:
    """The entries of a calendar.

    Raises:
        ScheduleError: it is no whole JSON, holds no entry with times, or is the list of papers.
        ScheduleQuestion: times have no offset, and the venue's zone is not known.
    """
    if is_papers(text):
        raise ScheduleError(
            "this is Mini-Conf's list of papers, which holds no times", do="Import the calendar, main_calendar.json"
        )
    given = _entries(text)
    odd: dict[str, list[str]] = {}
    entries = [entry for number, each in enumerate(given, 1) if (entry := _entry(each, f"event {number}", odd))]
    warnings = tuple(warning for kind in odd.values() for warning in _few(kind))
    if not entries:
        reason = f" ({warnings[0]})" if warnings else ""
        raise ScheduleError(f"no event has times of the day{reason}", do="Look whether this is the whole calendar")
    return schedule_of_entries(File(FORMAT, has_latex=True, warnings=warnings), entries, options)


def _entries(text: str) -> list[Any]:
    try:
        given = json.loads(text)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else None
        raise ScheduleError("this JSON breaks off or is damaged", where=where, do="Save the file again") from error
    if isinstance(given, dict):
        given = next((value for value in given.values() if isinstance(value, list)), [])
    if len(given) > MOST_TALKS:
        raise ScheduleError(f"more than {MOST_TALKS:,} events", do="Import the programme in parts")
    return list(given)


def _entry(given: object, place: str, odd: dict[str, list[str]]) -> Entry | None:
    """One entry; None, and a warning, for one without a title or times."""
    if not isinstance(given, dict):
        odd.setdefault("object", []).append(f"{place} is no object: left out")
        return None
    title = _text(given, "title") or _text(given, "name")
    named = f"{place}: “{title[:80]}”"
    starts, ends = (_moment(given.get(name)) for name in ("start", "end"))
    wrong = _wrong(given, title, starts, ends)
    if wrong or not isinstance(starts, datetime) or not isinstance(ends, datetime):
        odd.setdefault(wrong, []).append(f"{named} {wrong}: left out")
        return None
    chairs = _names(given, named, odd, "moderators", "chair", "chairs", "moderator")
    return Entry(
        place=place,
        title=title,
        starts=starts,
        ends=ends,
        kind=_kind(given),
        speakers=_names(given, named, odd, "people", "speakers", "presenters", "speaker", "authors"),
        room=_room(given, named, odd),
        abstract=_text(given, "abstract") or _text(given, "description") or _text(given, "body") or None,
        url=_text(given, "link") or _text(given, "url") or _text(given, "location") or None,
        file_id=_text(given, "UID") or _text(given, "uid") or _text(given, "id") or None,
        session=title if chairs else None,
        moderator=", ".join(chairs) or None,
    )


def _wrong(given: dict[str, Any], title: str, starts: date | None, ends: date | None) -> str:
    """Why an entry is left out; empty if it is not."""
    if not title:
        return "has no title"
    whole_day = _text(given, "category").casefold() == "allday" or given.get("isAllDay") is True
    if whole_day or (starts and not isinstance(starts, datetime)):
        return "lasts all day"
    if not isinstance(starts, datetime):
        return "has no start that can be read"
    return "" if isinstance(ends, datetime) else "has no end that can be read"


def _moment(value: object) -> date | None:
    """An ISO 8601 time, or a mere day; None for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else datetime.fromisoformat(text.replace(" +", "+"))
    except ValueError:
        return None


def _text(given: dict[str, Any], name: str) -> str:
    """A field's text on its own, empty where it holds anything else."""
    value = given.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return str(value)
    return _encodable(value).strip() if isinstance(value, str) else ""


def _encodable(text: str) -> str:
    """The text without half characters, which JSON can hold but nothing can store."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _kind(given: dict[str, Any]) -> str | None:
    """What sort of event it is; Mini-Conf's `category` mostly says only how the page draws it."""
    stated = (_text(given, name) for name in ("type", "calendarId", "category"))
    return next((kind for kind in stated if kind.casefold() not in _NO_KIND and len(kind) <= LONGEST_WORDS), None)


def _room(given: dict[str, Any], named: str, odd: dict[str, list[str]]) -> str | None:
    """The room, where `location` is not the link that Mini-Conf puts there."""
    location = _text(given, "location")
    is_link = _ADDRESS.fullmatch(location) or location == _text(given, "link")
    room = _text(given, "room") or ("" if is_link else location)
    if len(room) > LONGEST_WORDS:
        odd.setdefault("room", []).append(f"{named} has a location of {len(room):,} characters: left out")
        return None
    return room or None


def _names(given: dict[str, Any], named: str, odd: dict[str, list[str]], *fields: str) -> tuple[str, ...]:
    """The people of the first of these fields that holds some: texts, lists of texts, or objects with a name."""
    for field in fields:
        value = given.get(field)
        people = value if isinstance(value, list) else [value]
        texts = [_text(person, "name") if isinstance(person, dict) else person for person in people]
        names = [name for text in texts if isinstance(text, str) for name in split_names(_encodable(text))]
        if any(len(name) > LONGEST_NAME for name in names):
            odd.setdefault("name", []).append(f"{named} has a name of more than {LONGEST_NAME} characters: left out")
            names = [name for name in names if len(name) <= LONGEST_NAME]
        if names:
            return tuple(dict.fromkeys(names))
    return ()


def _few(warnings: Sequence[str]) -> list[str]:
    if len(warnings) <= _FEW:
        return list(warnings)
    return [*warnings[:_FEW], f"and {len(warnings) - _FEW} more like the last"]


READER = Reader(FORMAT, "a Mini-Conf calendar (main_calendar.json)", recognises, read)
