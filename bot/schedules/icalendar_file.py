"""iCalendar files (.ics) of pretalx, frab, Indico, Sched, Google Calendar, Outlook and others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.errors import ScheduleError, ScheduleQuestion
from bot.schedules.entries import Entry, File, schedule_of_entries
from bot.schedules.entry_moments import FIRST_YEAR, LAST_YEAR
from bot.schedules.finishing import LONGEST_WORDS
from bot.schedules.icalendar_clocks import UNIVERSAL, Clock, Clocks, Stated, aware_or_naive, iana_name, is_universal
from bot.schedules.icalendar_lines import Component, Components, read_components
from bot.schedules.icalendar_own import is_uid_of_ours
from bot.schedules.icalendar_people import People
from bot.schedules.icalendar_repeats import Item, Repeats
from bot.schedules.lengths import read_length
from bot.schedules.reader import Reader
from bot.schedules.schedule import ReadingOptions, Schedule

FORMAT = "icalendar"

_BEGIN = re.compile(r"^[ \t]*BEGIN[ \t]*:[ \t]*(?:VCALENDAR|VEVENT)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_LINK = re.compile(r"[a-z][a-z0-9+.-]{1,20}://\S+", re.IGNORECASE)
_MOST_OF_A_KIND = 5
_CALENDAR_ZONES = ("X-WR-TIMEZONE", "TIMEZONE-ID", "TZID", "X-TIMEZONE", "VTIMEZONE")


def recognises(text: str) -> bool:
    """Whether a calendar or an event begins on a line of its own near the text's start."""
    return _BEGIN.search(text[:50_000]) is not None


def read(text: str, options: ReadingOptions) -> Schedule:
    """The events of all calendars in a text.

    Raises:
        ScheduleError: there are none, or none that takes an hour of the day.
        ScheduleQuestion: times are in no zone that is known.
    """
    found = read_components(text)
    if not found.events:
        raise ScheduleError("there are no events in this calendar", do="Export the programme's events, not its zone")
    return _File(found, options).schedule()


class _File:
    """One file while its events are read; what is odd is kept by its kind, as one reads only a few of each."""

    def __init__(self, found: Components, options: ReadingOptions) -> None:
        self._found = found
        self._options = options
        self._clocks = Clocks(found.timezones)
        self._people = People(found.events)
        self._odd: dict[str, list[str]] = {"refused": found.refused, "unended": found.warnings}

    def schedule(self) -> Schedule:
        items = [item for number, event in enumerate(self._found.events, 1) if (item := self._item(event, number))]
        items = self._without_replaced(items)
        venue = self._venue(items)
        repeats = Repeats(self._clocks)
        entries = [self._entry(item) for item in repeats.expanded(items)]
        self._odd["repeats"], self._odd["people"] = repeats.warnings, self._people.warnings
        warnings = tuple(warning for odd in self._odd.values() for warning in _few(odd))
        if not entries:
            reason = f" ({warnings[0]})" if warnings else ""
            raise ScheduleError(
                f"no event is left that could be announced{reason}",
                do="Export the calendar with the times of its events",
            )
        file = File(FORMAT, self._conference(), venue, warnings=warnings)
        return schedule_of_entries(file, entries, self._options)

    def _note(self, kind: str, warning: str) -> None:
        self._odd.setdefault(kind, []).append(warning)

    def _item(self, event: Component, number: int) -> Item | None:
        """An event with its times; None, and a warning, if it has none."""
        place, title = f"event {number}", event.text("SUMMARY") or ""
        named = f"{place}: “{' '.join(title.split())[:80]}”" if title else f"{place} (line {event.line})"
        cancelled = self._is_cancelled(event)
        starts = self._stated(event, "DTSTART", place)
        if starts is None:
            self._note("no start", f"{named} has no start that can be read: left out")
            return None
        instance = self._stated(event, "RECURRENCE-ID", place)
        ends = self._ends(event, starts, place, may_have_none=cancelled and instance is not None)
        whole_day = (event.text("X-MICROSOFT-CDO-ALLDAYEVENT") or "").upper() == "TRUE"
        if isinstance(ends, str) or starts.is_day or whole_day:
            kind, why = ("all day", "lasts all day") if starts.is_day or whole_day else ("no end", str(ends))
            self._note(kind, f"{named} {why}: left out")
            return None
        if not title:
            self._note("no title", f"{named} has no title: left out")
            return None
        return Item(
            place=place,
            component=event,
            title=" ".join(title.split()),
            starts=starts,
            ends=ends.by(starts.clock),
            uid=event.text("UID"),
            sequence=_sequence(event),
            cancelled=cancelled,
            instance=instance,
        )

    def _stated(self, event: Component, name: str, place: str) -> Stated | None:
        """The time of a property, by a clock that is known."""
        found = event.first(name)
        stated = self._clocks.stated(found) if found else None
        if (
            found
            and stated
            and stated.clock == UNIVERSAL
            and self._clocks.of(found.parameters.get("TZID", "UTC")) != UNIVERSAL
        ):
            zone_name = found.parameters["TZID"][:60]
            self._note("two clocks", f"{place}: “{found.raw.strip()[:20]}” is in UTC, not in {zone_name}: read as UTC")
        if stated and not FIRST_YEAR <= stated.wall.year <= LAST_YEAR:
            year = stated.wall.year
            raise ScheduleError(f"the year {year} is no programme's", where=place, do="Put the date right")
        if stated is None or stated.unknown is None:
            return stated
        if self._options.timezone is None:
            raise ScheduleQuestion(
                f"nobody knows the time zone “{stated.unknown[:60]}”",
                option="timezone",
                where=place,
                do="Name the venue's with --timezone, for example --timezone Europe/Copenhagen",
            )
        asked = iana_name(self._options.timezone)
        self._note("unknown zone", f"{place}: nobody knows the zone “{stated.unknown[:60]}”: read in {asked}")
        return replace(stated, clock=Clock(name=asked))

    def _ends(self, event: Component, starts: Stated, place: str, *, may_have_none: bool) -> Stated | str:
        """When an event ends, else why that is not known."""
        if ends := self._stated(event, "DTEND", place):
            return "has an end that names no hour" if ends.is_day and not starts.is_day else ends
        if event.first("DTEND"):
            return "has no end that can be read"
        if duration := event.text("DURATION"):
            length = read_length(duration.removeprefix("+"))
            return replace(starts, wall=starts.wall + length) if length else f"lasts “{duration[:20]}”"
        return replace(starts, wall=starts.wall + timedelta(minutes=1)) if may_have_none else "has no end"

    def _is_cancelled(self, event: Component) -> bool:
        calendar = _calendar(event)
        method = (calendar.text("METHOD") or "").upper() if calendar else ""
        return method == "CANCEL" or (event.text("STATUS") or "").upper() in {"CANCELLED", "CANCELED"}

    def _without_replaced(self, items: Sequence[Item]) -> list[Item]:
        """The latest revision of each event; events that merely share an id are all kept."""
        by_uid: dict[object, list[Item]] = {}
        replaced: dict[str, Item] = {}
        for item in items:
            instance = item.instance.wall if item.instance else None
            earlier = by_uid.setdefault((item.uid, instance) if item.uid else item.place, [])
            for other in earlier[-_MOST_OF_A_KIND:]:
                older, newer = sorted((other, item), key=_revision)
                if _revision(older) < _revision(newer) and _is_same(older, newer):
                    replaced[older.place] = newer
            earlier.append(item)
        for place, newer in replaced.items():
            self._note(
                "replaced", f"{newer.place}: “{newer.title[:80]}” is a later revision of {place}, which is left out"
            )
        return [item for item in items if item.place not in replaced]

    def _venue(self, items: Sequence[Item]) -> str | None:
        """The venue's zone: the one of most events, else the calendar's own, else the only one that it defines."""
        named = Counter(item.starts.clock.name for item in items if item.starts.clock.name)
        commonest = named.most_common(1)[0][0] if named else None
        if len(named) > 1:
            self._note(
                "zones", f"the events are in {len(named)} zones: the venue's is taken to be {commonest}, the commonest"
            )
        if commonest and 2 * sum(named.values()) >= len(items):
            return commonest
        return self._calendar_zone() or commonest or self._only_defined()

    def _calendar_zone(self) -> str | None:
        universal = None
        for calendar in self._found.calendars:
            for name in _CALENDAR_ZONES:
                stated = calendar.first(name)
                meant = iana_name(stated.text) if stated else None
                if stated and meant and name == "VTIMEZONE":
                    self._note("zone", f"line {stated.line}: VTIMEZONE is no property: taken to name the zone {meant}")
                if stated and meant and is_universal(meant):
                    universal = meant
                elif meant:
                    return meant
        if universal:
            self._note(
                "zone", "the calendar names UTC as its zone: give the venue's with --timezone if that is another"
            )
        return universal

    def _only_defined(self) -> str | None:
        defined = {
            name
            for each in self._found.timezones
            if (name := iana_name(each.text("TZID") or "")) and not is_universal(name)
        }
        return defined.pop() if len(defined) == 1 else None

    def _conference(self) -> str | None:
        names = (calendar.text("X-WR-CALNAME", "NAME") for calendar in self._found.calendars)
        return next((name for name in names if name), None)

    def _entry(self, item: Item) -> Entry:
        event, place = item.component, item.place
        rooms = [room for room in (event.text("LOCATION") or "").split("\n") if not _LINK.fullmatch(room.strip())]
        return Entry(
            place=place,
            title=item.title,
            starts=aware_or_naive(item.starts.wall, item.starts.clock),
            ends=aware_or_naive(item.ends, item.starts.clock),
            zone=item.starts.clock.name,
            kind=self._bearable(
                "categories", place, [name for found in event.every("CATEGORIES") for name in found.texts], ", "
            ),
            speakers=self._people.of(event, place),
            room=self._bearable("a location", place, rooms, " "),
            abstract=event.text("DESCRIPTION", "X-ALT-DESC"),
            url=event.text("URL"),
            file_id=None if is_uid_of_ours(item.uid) else item.uid,
            cancelled=item.cancelled,
        )

    def _bearable(self, what: str, place: str, parts: Sequence[str], joint: str) -> str | None:
        """The parts together, of a text that is too long only the first, if that is bearable."""
        whole = " ".join(joint.join(dict.fromkeys(parts)).split())
        if len(whole) <= LONGEST_WORDS:
            return whole or None
        first = next((part.strip() for part in parts if part.strip()), "")
        kept = first if len(first) <= LONGEST_WORDS else None
        shown = f"only “{kept[:40]}” is read" if kept else "left out"
        self._note("long", f"{place}: {what} of {len(whole):,} characters: {shown}")
        return kept


def _calendar(event: Component) -> Component | None:
    """The calendar that an event stands in."""
    component: Component | None = event
    while component and component.name != "VCALENDAR":
        component = component.parent
    return component


def _sequence(event: Component) -> int:
    text = event.text("SEQUENCE") or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len("999999999") else 0


def _revision(item: Item) -> tuple[int, bool]:
    return item.sequence, item.cancelled


def _is_same(older: Item, newer: Item) -> bool:
    """Whether two events with one id are one event revised, not two that share it."""
    rooms = [item.component.text("LOCATION") for item in (older, newer)]
    return older.title == newer.title or (older.starts == newer.starts and rooms[0] == rooms[1])


def _few(warnings: Sequence[str]) -> list[str]:
    if len(warnings) <= _MOST_OF_A_KIND:
        return list(warnings)
    return [*warnings[:_MOST_OF_A_KIND], f"and {len(warnings) - _MOST_OF_A_KIND} more like the last"]


READER = Reader(FORMAT, "an iCalendar file (.ics)", recognises, read)
