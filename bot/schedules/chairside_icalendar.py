"""Chairside's own calendars: what written_icalendar writes, also after a calendar program changed its times."""

from __future__ import annotations

from bot.errors import ScheduleError
from bot.schedules import icalendar_own as own
from bot.schedules.entries import Entry
from bot.schedules.icalendar_clocks import Clocks, aware_or_naive, iana_name
from bot.schedules.icalendar_lines import Component, read_components
from bot.schedules.own_export import Export, Stated, schedule_of_export
from bot.schedules.reader import Reader
from bot.schedules.schedule import ReadingOptions, Schedule

FORMAT = "chairside-icalendar"

_BLANK = "\ufeff \t\r\n"


def recognises(text: str) -> bool:
    """Whether a calendar's events bear our properties."""
    return text[:200].lstrip(_BLANK).upper().startswith("BEGIN:VCALENDAR") and f"\n{own.NUMBER}:" in text


def read(text: str, options: ReadingOptions) -> Schedule:
    """The schedule that was written, with what was changed in it since.

    Raises:
        ScheduleError: no event is left, or a time cannot be.
        ScheduleQuestion: an event that was added is in no zone, and none is known for the venue.
    """
    found = read_components(text)
    clocks = Clocks(found.timezones)
    warnings = [*found.refused, *found.warnings]
    stated = []
    for number, event in enumerate(found.events, 1):
        place = f"event {number}"
        if each := _stated(event, place, clocks):
            stated.append(each)
        else:
            warnings.append(f"{place}: it has no start or no end that can be read: left out")
    if not stated:
        raise ScheduleError("no event of this calendar has times", do="Export the schedule again")
    zones = [_stated_once(found.calendars, name) for name in ("X-WR-TIMEZONE", own.PAGE_TIMEZONE)]
    timezone, page_timezone = (iana_name(name) if name else None for name in zones)
    conference = _stated_once(found.calendars, "X-WR-CALNAME")
    return schedule_of_export(Export(FORMAT, conference, timezone, page_timezone, tuple(warnings)), stated, options)


def _stated_once(calendars: list[Component], name: str) -> str | None:
    return next((text for calendar in calendars if (text := calendar.text(name))), None)


def _stated(event: Component, place: str, clocks: Clocks) -> Stated | None:
    """An event; None if it has no times."""
    starts, ends = (clocks.stated(found) if (found := event.first(name)) else None for name in ("DTSTART", "DTEND"))
    if starts is None or ends is None or starts.is_day or ends.is_day:
        return None
    number, uid, url = event.text(own.NUMBER), event.text("UID"), event.first("URL")
    added_id = uid if number is None and not own.is_uid_of_ours(uid) else None
    people = tuple(found.text for found in event.every(own.PERSON))
    entry = Entry(
        place=place,
        title=event.text("SUMMARY") or "",
        starts=aware_or_naive(starts.wall, starts.clock),
        ends=aware_or_naive(ends.by(starts.clock), starts.clock),
        zone=starts.clock.name,
        kind=event.text(own.KIND),
        speakers=people,
        room=event.text(own.ROOM) if number else event.text("LOCATION"),
        abstract=own.abstract_in(event.text("DESCRIPTION"), people),
        url=url.raw.strip() if url else None,
        file_id=event.text(own.ID) or added_id,
        cancelled=(event.text("STATUS") or "").upper() == "CANCELLED",
        session=event.text(own.SESSION),
        moderator=event.text(own.MODERATOR),
    )
    return Stated(entry, number, event.text(own.SESSION_ROOM), event.text(own.SOURCE))


READER = Reader(FORMAT, "an export of Chairside", recognises, read)
