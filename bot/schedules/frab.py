"""Schedules of frab, pretalx and their kin, in XML or JSON: their conference and its events as entries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from html import unescape
from itertools import chain, islice

from bot.errors import ScheduleError
from bot.schedules.entries import Entry, File, schedule_of_entries
from bot.schedules.finishing import MOST_TALKS
from bot.schedules.frab_event import Event, Fields, Oddities, first_text, text_of
from bot.schedules.frab_times import Clocks, are_days_first, day_of, read_change
from bot.schedules.schedule import ReadingOptions, Schedule
from bot.schedules.sessions import DAY_BEGINS
from bot.timezones import is_zone, local, zone

_ID_FIELDS = ("guid", "id", "code", "slug")
_ZONE_FIELDS = ("time_zone_name", "timezone_name", "time_zone", "timezone")
_PEOPLE_FIELDS = ("persons", "speakers", "people")
_NAME_FIELDS = ("public_name", "full_public_name", "name", "full_name", "display_name", "text")
_FLAG_FIELDS = ("cancelled", "canceled", "is_cancelled", "is_canceled")
_STATE_FIELDS = ("state", "status")
_CALLED_OFF_FIELDS = frozenset({*_FLAG_FIELDS, *_STATE_FIELDS})
_CALLED_OFF = frozenset({"cancelled", "canceled", "withdrawn", "rejected", "deleted"})
_YES = frozenset({"true", "yes", "1"})

_LONGEST_ID = 200
_LONGEST_NAMES = 2_000
_SHOWN_ID, _SHOWN_TITLE = 60, 80
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_QUOTED = re.compile(r"(?:&quot;|\")(.*)(?:&quot;|\")", re.DOTALL)
_BETWEEN_NAMES = re.compile(r" ?; ?| & ")


def schedule_of_events(
    format_name: str, conference: Fields, found: Sequence[tuple[Fields, Fields, str]], options: ReadingOptions
) -> Schedule:
    """The Schedule of a conference's events.

    Args:
        format_name: what becomes `Schedule.format`.
        conference: its fields by lower-case name.
        found: of each event, in the file's order, its fields, those of its day, and the room that it stands in;
            of more than `MOST_TALKS` events one more is enough.
        options: what whoever imports states.

    Raises:
        ScheduleError: no event can be announced, or there are more than any programme has.
        ScheduleQuestion: the times name no zone and no offset, and none is known for the venue.
    """
    if not found:
        raise ScheduleError("this schedule holds no events", do="Look whether this is the whole file")
    if len(found) > MOST_TALKS:
        raise ScheduleError(f"more than {MOST_TALKS:,} talks", do="Import the programme in parts")
    oddities, events = Oddities(), _placed(found)
    venue = _stated_zone(conference, oddities)
    clocks = _clocks(conference, events, venue, options, oddities)
    entries = _Entries(events, clocks).all()
    if not entries:
        reason = next(iter(oddities.warnings()), "none says when it is")
        raise ScheduleError(f"no event is left that could be announced ({reason})", do="Give the events their times")
    file = File(
        format=format_name,
        conference=first_text(conference, "title", "acronym") or None,
        timezone=venue,
        day_begins=DAY_BEGINS if clocks.change is None else time(*divmod(clocks.change // _MINUTE, 60)),
        warnings=oddities.warnings(),
    )
    return schedule_of_entries(file, entries, options)


def _clocks(
    conference: Fields, events: Sequence[Event], venue: str | None, options: ReadingOptions, oddities: Oddities
) -> Clocks:
    asked = options.venue
    return Clocks(
        naive_in=venue or asked,
        venue=asked or venue,
        change=_stated_change(conference, oddities),
        days_first=are_days_first(event.text("duration", "length") for event in events),
        oddities=oddities,
    )


def _placed(found: Sequence[tuple[Fields, Fields, str]]) -> list[Event]:
    """The events under names of which no two are alike: their ids, else their numbers in the file."""
    ids = [first_text(fields, "id", "code", "guid")[:_SHOWN_ID] for fields, _, _ in found]
    times_used = Counter(ids)
    return [
        Event(_place(file_id, number, is_unique=times_used[file_id] == 1), fields, day, room)
        for number, (file_id, (fields, day, room)) in enumerate(zip(ids, found, strict=True), start=1)
    ]


def _place(file_id: str, number: int, *, is_unique: bool) -> str:
    if not file_id:
        return f"event number {number}"
    return f"event {file_id}" if is_unique else f"event {file_id} (number {number})"


def _stated_zone(conference: Fields, oddities: Oddities) -> str | None:
    """The venue's zone as the file names it; None where it names none that there is."""
    name = first_text(conference, *_ZONE_FIELDS)
    if name and not is_zone(name):
        oddities.note("of such a zone", f"the file's time zone “{name[:_SHOWN_TITLE]}” is none that there is: not used")
    return zone(name).zone if is_zone(name) else None


def _stated_change(conference: Fields, oddities: Oddities) -> timedelta | None:
    text = text_of(conference.get("day_change"))
    change = read_change(text)
    if text and change is None:
        said = f"the file's day_change “{text[:_SHOWN_TITLE]}” is no time before noon: not used"
        oddities.note("of such a day", said)
    return change


class _Entries:
    """Turns events into entries, with what only the whole file tells: which ids are unique, how texts are quoted."""

    def __init__(self, events: Sequence[Event], clocks: Clocks) -> None:
        self._events = events
        self._clocks = clocks
        self._used: dict[str, Counter[str]] = {}
        self._all_quoted = _are_all_quoted(events)

    def all(self) -> list[Entry]:
        """The entries of the events that say when they are; a warning names each other."""
        return [entry for event in self._events if (entry := self._entry(event))]

    def _entry(self, event: Event) -> Entry | None:
        starts = self._clocks.starts(event)
        if starts is None:
            self._leave_out(event, "start", "date")
            return None
        ends = self._clocks.ends(event, starts)
        if ends is None:
            self._leave_out(event, "duration", "end")
            return None
        return Entry(
            place=event.place,
            title=event.text("title"),
            starts=starts,
            ends=ends,
            kind=event.text("type") or None,
            speakers=_people(event.fields),
            room=self._room(event),
            abstract=self._abstract(event),
            url=event.text("url") or None,
            file_id=self._file_id(event),
            cancelled=_is_called_off(event),
            day=self._day(event, starts),
        )

    def _leave_out(self, event: Event, *names: str) -> None:
        stated = next((text for name in names if (text := event.text(name))), None)
        wrong = f"the {names[0]} “{stated[:_SHOWN_ID]}” is not understood" if stated else f"has no {names[0]}"
        named = f" “{event.text('title')[:_SHOWN_TITLE]}”" if event.text("title") else ""
        self._clocks.oddities.note(f"without a {names[0]}: left out", f"{event.place}:{named} {wrong}: left out")

    def _room(self, event: Event) -> str | None:
        """The event's own room, unless it is a mere number; else the room that it stands in."""
        own = event.text("room")
        if event.room and (not own or own.isdecimal()):
            return event.room
        if own and event.room and own != event.room and own.split() != event.room.split():
            said = f"{event.place}: it stands in the room “{event.room[:60]}”, but names “{own[:60]}”: read as that"
            self._clocks.oddities.note("name another room", said)
        return own or None

    def _abstract(self, event: Event) -> str | None:
        return self._unquoted(event.text("abstract")) or self._unquoted(event.text("description")) or None

    def _unquoted(self, text: str) -> str:
        quoted = _QUOTED.fullmatch(text) if self._all_quoted else None
        return quoted[1].strip() if quoted else text

    def _file_id(self, event: Event) -> str | None:
        for name in _ID_FIELDS:
            file_id = text_of(event.fields.get(name))
            if file_id and len(file_id) <= _LONGEST_ID and self._uses(name)[file_id] == 1:
                return file_id
        return None

    def _uses(self, name: str) -> Counter[str]:
        if name not in self._used:
            self._used[name] = _uses(self._events, name)
        return self._used[name]

    def _day(self, event: Event, starts: datetime) -> date | None:
        """The conference day that the event stands under, unless it is on quite another."""
        day = day_of(event.day)
        if day is None or day == starts.date():
            return day
        venue = self._clocks.venue
        wall = local(starts, venue) if venue and starts.tzinfo else starts
        if abs(wall.date() - day) <= _DAY:
            return day
        said = f"{event.place}: it stands under {day}, but starts on {wall.date()}: read as that"
        self._clocks.oddities.note("stand under another day", said)
        return None


def _uses(events: Sequence[Event], name: str) -> Counter[str]:
    """How many events bear an id; one that the file holds twice counts once."""
    ids = Counter(text for event in events if (text := text_of(event.fields.get(name))))
    if len(ids) == ids.total():
        return ids
    alike = {(text_of(event.fields.get(name)), event.text("title"), event.text("date", "start")) for event in events}
    return Counter(file_id for file_id, _, _ in alike)


def _are_all_quoted(events: Sequence[Event]) -> bool:
    """Whether the file puts all its abstracts into quotation marks, so that they are not the authors'."""
    texts = (text for event in events for name in ("abstract", "description") if (text := event.text(name)))
    first_two = list(islice(texts, 2))
    return len(first_two) > 1 and all(_QUOTED.fullmatch(text) for text in chain(first_two, texts))


def _is_called_off(event: Event) -> bool:
    if event.fields.keys().isdisjoint(_CALLED_OFF_FIELDS):
        return False
    flags = [flag for name in _FLAG_FIELDS if (flag := event.fields.get(name))]
    if any(flag is True or text_of(flag).casefold() in _YES for flag in flags):
        return True
    return any(event.text(name).casefold() in _CALLED_OFF for name in _STATE_FIELDS)


def _people(fields: Fields) -> tuple[str, ...]:
    stated = next((found for name in _PEOPLE_FIELDS if (found := fields.get(name))), None)
    if isinstance(stated, Mapping):
        stated = [stated] if _name(stated) else list(stated.values())
    if not isinstance(stated, list):
        stated = [stated]
    return tuple(name for person in stated for name in _names(_name(person)))


def _name(person: object) -> str:
    if not isinstance(person, dict):
        return text_of(person)
    return first_text(person, *_NAME_FIELDS) or " ".join(
        part for name in ("first_name", "last_name") if (part := text_of(person.get(name)))
    )


def _names(text: str) -> tuple[str, ...]:
    """The people that one field names; at commas and `and` only between full names, for `Doe, Jane` is one person."""
    line = " ".join(unescape(text[:_LONGEST_NAMES]).split())
    if ";" not in line and "&" not in line and ", " not in line and " and " not in line:
        return (line,) if line else ()
    names = [name for part in _BETWEEN_NAMES.split(line) for name in _full_names(part)]
    return tuple(name for name in names if name)


def _full_names(text: str) -> list[str]:
    if ", " not in text and " and " not in text:
        return [text]
    names = [name for part in text.split(", ") for name in part.split(" and ")]
    return names if all(" " in name.strip() for name in names) else [text]
