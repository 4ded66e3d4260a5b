"""A person's own choices as a calendar file: the talks that they are reminded of, at the times expected now."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from sqlmodel import col, select

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.programme import OFF
from bot.schedules import schedule as read
from bot.services.subscriptions import Upcoming, reminders_of
from db.bulk import in_parts
from db.database import Database
from db.tables import Talk

FILE_NAME = "my-reminders.ics"


async def calendar_of(db: Database, clock: Clock, server_id: int, user_id: int) -> bytes:
    """What a person is reminded of on one server; an event stays the same one in a later file, also where it moved.

    Raises:
        CommandError: that is nothing.
    """
    reminders = await reminders_of(db, clock, server_id, user_id)
    chosen = {one.expected.talk.id: one for held in reminders.held for one in held.talks}
    if not chosen:
        raise CommandError("you are reminded of no talk here, so there is no calendar", do="Add one with /remind add")
    talks: dict[int, Talk] = {}
    async with db.reading() as session:
        for part in in_parts(sorted(chosen)):
            talks |= {row.id or 0: row for row in await session.exec(select(Talk).where(col(Talk.id).in_(part)))}
    ordered = sorted(chosen.values(), key=lambda one: (one.placed.session.id, one.expected.talk.id))
    keys = [f"{server_id} {one.placed.conference} {one.expected.talk.id}" for one in ordered]
    schedule = _schedule(ordered, talks)
    from bot.schedules.written_icalendar import as_icalendar  # noqa: PLC0415 - its library takes 4 MB

    return await asyncio.to_thread(as_icalendar, schedule, keys, reminders.now)


def _schedule(chosen: Iterable[Upcoming], talks: dict[int, Talk]) -> read.Schedule:
    sessions: dict[int, list[read.Talk]] = {}
    placed = {}
    for one in chosen:
        key = one.placed.session.id
        placed[key] = one.placed
        sessions.setdefault(key, []).append(_talk(one, talks.get(one.expected.talk.id)))
    shown = tuple(
        read.Session(p.session.title, tuple(sessions[key]), p.session.room, p.session.moderator)
        for key, p in placed.items()
    )
    return read.Schedule("reminders", None, next(iter(placed.values())).timezone, None, shown)


def _talk(one: Upcoming, row: Talk | None) -> read.Talk:
    # without the file's own id: whether that is unique depends on what else is in a file
    talk = one.expected.talk
    return read.Talk(
        title=talk.title,
        starts_at=one.expected.starts_at,
        ends_at=one.expected.ends_at,
        kind=talk.kind,
        speakers=talk.speakers,
        room=talk.room,
        abstract=row.abstract if row else None,
        url=row.url if row else None,
        cancelled=one.expected.state in OFF,
    )
