"""The made-up conference as the files that programmes come in: frab XML and JSON, iCalendar, CSV, a page's text.

Five days of short talks in many rooms, each talk with three to six people and an abstract of a paragraph.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

import pytz
from icalendar import Calendar, Event, Timezone, vCalAddress

from benchmarks.programmes import ZONE, abstract, authors, icml_page, title

CONFERENCE = "Made-up conference"
_DAYS, _ROOMS, _TALKS = 5, 50, 20
TALKS = _DAYS * _ROOMS * _TALKS
_LENGTH = timedelta(minutes=20)
_FIRST_DAY = datetime(2022, 7, 18, 9)  # noqa: DTZ001 - a wall time of ZONE
_KINDS = ("Spotlight", "Oral", "Lightning talk", "Keynote")


@dataclass(frozen=True, slots=True)
class _Item:
    """One talk as an organiser's system knows it; `starts` is a wall time of `ZONE`."""

    number: int
    day: int
    room: str
    starts: datetime

    @property
    def title(self) -> str:
        return f"{title(self.number)} Q&A" if self.number % 9 == 0 else title(self.number)

    @property
    def kind(self) -> str:
        return _KINDS[self.number % len(_KINDS)]

    @property
    def guid(self) -> str:
        return f"{self.number:08x}-5c1f-5109-81ba-0535c1cc8428"

    @property
    def url(self) -> str:
        return f"https://conference.example/talk/{self.number}/"

    @property
    def markup(self) -> str:
        """The abstract as editors store it: HTML in a third, with entities in another; some with typographic signs."""
        text = abstract(self.number)
        if self.number % 5 == 0:
            text = text.replace("We show", "We’ve shown – briefly –")
        if self.number % 3 == 1:
            return f"<p>{text}</p>\n<p>With <em>examples</em> &amp; code.</p>"
        return f"{text}\r\nResearch &amp; development." if self.number % 3 else text


def programme_files() -> dict[str, Callable[[], bytes]]:
    """How each file of 5,000 talks is made, by what a reader would call it."""
    return {
        "frab XML": lambda: frab_xml(_items()),
        "frab JSON": lambda: frab_json(_items()),
        "iCalendar": lambda: icalendar(_items()),
        "CSV": lambda: table(_items()),
        "page text": lambda: icml_page(TALKS, _TALKS).encode(),
    }


def _items() -> list[_Item]:
    """By day, then by room, then by time."""
    return [
        _Item((day * _ROOMS + room) * _TALKS + talk, day, f"Room {room + 1}", _starts(day, talk))
        for day in range(_DAYS)
        for room in range(_ROOMS)
        for talk in range(_TALKS)
    ]


def _starts(day: int, talk: int) -> datetime:
    return _FIRST_DAY + timedelta(days=day) + talk * _LENGTH


def _fields(item: _Item) -> dict[str, str]:
    return {
        "date": pytz.timezone(ZONE).localize(item.starts).isoformat(),
        "start": f"{item.starts:%H:%M}",
        "duration": "00:20",
        "room": item.room,
        "slug": f"talk-{item.number}",
        "url": item.url,
        "title": item.title,
        "subtitle": "",
        "track": f"Track {item.number % 7}",
        "type": item.kind,
        "language": "en",
        "abstract": item.markup,
        "description": "",
    }


def _of_days(items: list[_Item]) -> Iterator[tuple[Mapping[str, str], Iterator[tuple[str, Iterator[_Item]]]]]:
    """What a frab schedule states of each day, and its rooms with their talks."""
    for day, of_day in groupby(items, key=lambda item: item.day):
        begins = _FIRST_DAY + timedelta(days=day)
        times = {
            "start": f"{begins:%Y-%m-%d}T04:00:00+02:00",
            "end": f"{begins + timedelta(days=1):%Y-%m-%d}T03:59:00+02:00",
        }
        yield (
            {"index": str(day + 1), "date": f"{begins:%Y-%m-%d}", **times},
            groupby(of_day, key=lambda item: item.room),
        )


def frab_xml(items: list[_Item]) -> bytes:
    """As pretalx exports it."""
    root = Element("schedule")
    conference = SubElement(root, "conference")
    for name, text in {"title": CONFERENCE, "acronym": "made-up", "time_zone_name": ZONE}.items():
        SubElement(conference, name).text = text
    for attributes, rooms in _of_days(items):
        day = SubElement(root, "day", dict(attributes))
        for name, talks in rooms:
            room = SubElement(day, "room", {"name": name})
            for item in talks:
                event = SubElement(room, "event", {"id": str(item.number), "guid": item.guid})
                for field, text in _fields(item).items():
                    SubElement(event, field).text = text
                persons = SubElement(event, "persons")
                for number, name_of in enumerate(authors(item.number)):
                    SubElement(persons, "person", {"id": str(number)}).text = name_of
                recording = SubElement(event, "recording")
                SubElement(recording, "license").text = "CC BY 4.0"
                SubElement(event, "links")
                SubElement(event, "attachments")
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + tostring(root, encoding="unicode").encode()


def frab_json(items: list[_Item]) -> bytes:
    """As pretalx exports it."""
    days = [
        {**day, "rooms": {room: [_json_event(item) for item in talks] for room, talks in rooms}}
        for day, rooms in _of_days(items)
    ]
    conference = {"title": CONFERENCE, "acronym": "made-up", "time_zone_name": ZONE, "days": days}
    return json.dumps({"schedule": {"version": "1.0", "conference": conference}}).encode()


def _json_event(item: _Item) -> Mapping[str, object]:
    persons = [{"id": number, "public_name": name} for number, name in enumerate(authors(item.number))]
    return {"id": item.number, "guid": item.guid, **_fields(item), "persons": persons, "links": [], "attachments": []}


def icalendar(items: list[_Item]) -> bytes:
    """As calendars export it: the zone's rules first, long lines folded; half of the events have ids."""
    calendar = Calendar()
    calendar.add("PRODID", "-//made-up//conference//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", CONFERENCE)
    calendar.add_component(Timezone.from_tzid(ZONE, first_date=_FIRST_DAY.date(), last_date=date(2024, 1, 1)))
    for item in items:
        calendar.add_component(_calendar_event(item))
    return bytes(calendar.to_ical())


def _calendar_event(item: _Item) -> Event:
    event, there = Event(), partial(pytz.timezone(ZONE).localize)
    if item.number % 2:
        event.add("UID", f"{item.guid}@conference.example")
    event.add("DTSTAMP", datetime(2022, 6, 1, tzinfo=pytz.UTC))
    event.add("DTSTART", there(item.starts))
    event.add("DTEND", there(item.starts + _LENGTH))
    event.add("SUMMARY", item.title)
    event.add("LOCATION", item.room)
    event.add("CATEGORIES", [item.kind])
    event.add("DESCRIPTION", item.markup)
    event.add("URL", item.url)
    for name in authors(item.number):
        person = vCalAddress(f"mailto:{item.number}@conference.example")
        person.params["CN"] = name
        event.add("ATTENDEE", person)
    return event


def table(items: list[_Item]) -> bytes:
    """As a spreadsheet saves it."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(("ID", "Title", "Date", "Start", "End", "Room", "Type", "Speakers", "Abstract", "URL"))
    for item in items:
        ends = item.starts + _LENGTH
        when = (f"{item.starts:%Y-%m-%d}", f"{item.starts:%H:%M}", f"{ends:%H:%M}")
        who = "; ".join(authors(item.number))
        writer.writerow((item.number, item.title, *when, item.room, item.kind, who, item.markup, item.url))
    return written.getvalue().encode()
