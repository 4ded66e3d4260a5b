"""A schedule as iCalendar, for the calendars of those who go there; chairside_icalendar reads it back exactly."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b

from icalendar import Calendar, Event
from icalendar.prop import vText

from bot.schedules import icalendar_own as own
from bot.schedules.schedule import Schedule, Session, Talk

# Only such an id is sure to be no other event's in anybody's calendar.
_WORLDWIDE = re.compile(r"[^\s@]{1,150}@[^\s@]{1,50}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ESCAPED = re.compile(r"[\\;,\n]")
# A text's end that reads like an edge of a component is not left alone on a line.
_EDGE = re.compile(rb"\r\n ([ \t]*(?:BEGIN|END)[ \t]*:[ \t]*V[A-Z]+[ \t]*\r\n)", re.IGNORECASE)


class _Text(vText):
    """A text that comes back as it was: the library makes a line break of a backslash and an N, as in LaTeX."""

    def to_ical(self) -> bytes:
        escaped = _ESCAPED.sub(lambda found: "\\n" if found[0] == "\n" else f"\\{found[0]}", self)
        return escaped.encode()


def as_icalendar(schedule: Schedule, keys: Sequence[str] = (), written_at: datetime | None = None) -> bytes:
    """One event a talk, in UTC, which every calendar shows in its owner's zone.

    Args:
        schedule: what is written.
        keys: what tells each talk from all others for ever, in their order, so that an event that moved is still the
            same; without it a digest of what the talk is does.
        written_at: DTSTAMP; without it the first start, as the same schedule is to give the same bytes.
    """
    calendar = Calendar()
    calendar["PRODID"], calendar["VERSION"] = _Text("-//Chairside//Chairside//EN"), _Text("2.0")
    for name, text in (
        ("X-WR-CALNAME", schedule.conference),
        ("X-WR-TIMEZONE", schedule.timezone),
        (own.PAGE_TIMEZONE, schedule.page_timezone),
    ):
        if text:
            calendar[name] = _Text(text)
    uids = _uids(schedule, keys)
    for number, session in enumerate(schedule.sessions, 1):
        for talk in session.talks:
            event = _event(session, number, talk)
            event["UID"] = _Text(next(uids))
            event.add("DTSTAMP", written_at or schedule.sessions[0].starts_at)
            calendar.add_component(event)
    return _EDGE.sub(rb"\1", calendar.to_ical())


def _event(session: Session, number: int, talk: Talk) -> Event:
    event = Event()
    event.add("DTSTART", talk.starts_at)
    event.add("DTEND", talk.ends_at)
    for name, text in (
        ("SUMMARY", talk.title),
        ("DESCRIPTION", own.description(talk.speakers, talk.abstract)),
        ("LOCATION", talk.room or session.room),
        ("CATEGORIES", talk.kind),
        ("STATUS", "CANCELLED" if talk.cancelled else None),
        (own.NUMBER, str(number)),
        (own.SESSION, session.title),
        (own.SESSION_ROOM, session.room),
        (own.MODERATOR, session.moderator),
        (own.SOURCE, session.source),
        (own.ROOM, talk.room),
        (own.KIND, talk.kind),
        (own.ID, talk.file_id),
    ):
        if text:
            event[name] = _Text(text)
    if talk.speakers:
        event[own.PERSON] = [_Text(name) for name in talk.speakers]
    if talk.url and talk.url.isprintable():
        event.add("URL", talk.url)
    return event


def _uids(schedule: Schedule, keys: Sequence[str]) -> Iterator[str]:
    """The file's own id where no other event anywhere has it, else one of ours."""
    times_used = Counter(talk.file_id for talk in schedule.talks)
    met: Counter[str] = Counter()
    facts = [(session.source, talk) for session in schedule.sessions for talk in session.talks]
    for position, (source, talk) in enumerate(facts):
        told = (schedule.conference, source, talk.file_id or (talk.title, talk.speakers, talk.starts_at.isoformat()))
        key = keys[position] if keys else repr(told)
        met[key] += 1
        is_worldwide = talk.file_id is not None and _WORLDWIDE.fullmatch(talk.file_id) and times_used[talk.file_id] == 1
        digest = blake2b(f"{key} {met[key]}".encode(), digest_size=16).hexdigest()
        yield talk.file_id if talk.file_id and is_worldwide else own.uid_of_ours(digest)
