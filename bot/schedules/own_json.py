"""The values of Chairside's own JSON, checked; see as_json for how they are written."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from bot.errors import ScheduleError
from bot.schedules.entries import Entry
from bot.schedules.own_export import Export, Stated, schedule_of_export
from bot.schedules.schedule import ReadingOptions, Schedule
from bot.timezones import zone


class _Talk(BaseModel):
    title: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    id: str | None = None
    kind: str | None = None
    speakers: tuple[str, ...] = ()
    room: str | None = None
    abstract: str | None = None
    url: str | None = None
    cancelled: bool = False


class _Session(BaseModel):
    title: str | None = None
    room: str | None = None
    moderator: str | None = None
    source: str | None = None
    talks: list[_Talk]


class _File(BaseModel):
    conference: str | None = None
    timezone: str | None = None
    page_timezone: str | None = None
    sessions: Annotated[list[_Session], Field(min_length=1)]


def read_own_json(format_name: str, text: str, options: ReadingOptions) -> Schedule:
    """The schedule that was written.

    Raises:
        ScheduleError: it is broken, or a value is none that can stand there.
    """
    try:
        file = _File.model_validate_json(text)
    except ValidationError as error:
        raise _refusal(error) from error
    timezone, page_timezone = (zone(name).zone if name else None for name in (file.timezone, file.page_timezone))
    stated = [
        _stated(session, talk, number, f"session {number}, talk {position}")
        for number, session in enumerate(file.sessions, 1)
        for position, talk in enumerate(session.talks, 1)
    ]
    return schedule_of_export(Export(format_name, file.conference, timezone, page_timezone), stated, options)


def _stated(session: _Session, talk: _Talk, number: int, place: str) -> Stated:
    entry = Entry(
        place=place,
        title=talk.title,
        starts=talk.starts_at,
        ends=talk.ends_at,
        kind=talk.kind,
        speakers=talk.speakers,
        room=talk.room,
        abstract=talk.abstract,
        url=talk.url,
        file_id=talk.id or None,
        cancelled=talk.cancelled,
        session=session.title,
        moderator=session.moderator,
    )
    return Stated(entry, str(number), session.room, session.source)


def _refusal(error: ValidationError) -> ScheduleError:
    """The first thing that is wrong, by its place: `session 1, talk 4, starts_at`."""
    wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
    parts = [f"{part + 1}" if isinstance(part, int) else part for part in wrong["loc"]]
    place = re.sub(r"\b(session|talk)s, (?=\d)", r"\1 ", ", ".join(parts))
    reason = wrong["msg"].removeprefix("Invalid JSON: ")
    return ScheduleError(
        f"this export cannot be read ({reason[:1].lower()}{reason[1:]})",
        where=place or None,
        do="Put that right, or export the schedule again",
    )
