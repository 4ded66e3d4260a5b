"""A stored conference as a Schedule again, and as a file: importing that changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import col, func, select

from bot.errors import CommandError
from bot.rules.changes import plain
from bot.rules.export_table import file_name
from bot.schedules import schedule as read
from bot.schedules.as_json import as_json_file
from bot.schedules.written_csv import as_csv
from bot.services.uploads import check_upload
from db.database import Database
from db.tables import Conference, Server, Session, Source, Talk

FORMAT = "chairside"
ScheduleFormat = Literal["ics", "json", "csv"]
"""What an export is written as, and how its file's name ends."""
_Row = tuple[Session, Source, Talk]


@dataclass(frozen=True, slots=True)
class ListedConference:
    """An open conference that has talks.

    Attributes:
        starts_at, ends_at: from its first session to its last.
    """

    id: int
    name: str
    timezone: str
    starts_at: datetime
    ends_at: datetime
    talks: int
    server_id: int
    server: str | None

    def called(self, name: str) -> bool:
        """Whether that is its name, whatever its case, spacing and marks."""
        return name == self.name or (plain(name) == plain(self.name) != "")

    def distance(self, now: datetime) -> timedelta:
        """How long it is until it begins, or since it ended."""
        return max(self.starts_at - now, now - self.ends_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class StoredSchedule:
    """A conference as it is stored.

    Attributes:
        keys: what tells each talk from all others for ever, in their order.
        imported_at: when the newest of its sources came.
    """

    schedule: read.Schedule
    keys: tuple[str, ...]
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class ExportedSchedule:
    """A file to hand over, and what it holds."""

    name: str
    content: bytes
    conference: str
    talks: int
    sessions: int
    sources: int


async def exportable_conferences(
    db: Database, server_id: int | None = None, *, archived: bool = False
) -> list[ListedConference]:
    """Every open conference with talks, and archived ones if wanted, of one server or of all, in order of start."""
    query = (
        select(Conference, Server, Session, func.count(col(Talk.id)))
        .join(Server, col(Server.id) == Conference.server_id)
        .join(Session, col(Session.conference_id) == Conference.id)
        .join(Talk, col(Talk.session_id) == Session.id)
        .group_by(col(Conference.id), col(Server.id), col(Session.id))
    )
    if not archived:
        query = query.where(col(Conference.archived_at).is_(None))
    if server_id is not None:
        query = query.where(Conference.server_id == server_id)
    rows: dict[int, list[tuple[Conference, Server, Session, int]]] = {}
    async with db.reading() as session:
        for found in await session.exec(query):
            rows.setdefault(found[0].id or 0, []).append(found)
    return sorted(map(_listed, rows.values()), key=lambda listed: (listed.starts_at, listed.id))


def _listed(rows: Sequence[tuple[Conference, Server, Session, int]]) -> ListedConference:
    conference, server, _, _ = rows[0]
    return ListedConference(
        id=conference.id or 0,
        name=conference.name,
        timezone=conference.timezone,
        starts_at=min(row.starts_at for _, _, row, _ in rows),
        ends_at=max(row.ends_at for _, _, row, _ in rows),
        talks=sum(talks for _, _, _, talks in rows),
        server_id=server.id,
        server=server.name,
    )


async def stored_schedule(db: Database, conference_id: int) -> StoredSchedule:
    """A conference with all its talks, also those that were cancelled or are no longer in their file.

    Raises:
        CommandError: there is no such conference, or it has no talks.
    """
    query = (
        select(Session, Source, Talk)
        .join(Source, col(Source.id) == Session.source_id)
        .join(Talk, col(Talk.session_id) == Session.id)
        .where(Session.conference_id == conference_id)
        .order_by(col(Talk.starts_at), col(Talk.ends_at), col(Talk.id))
    )
    async with db.reading() as session:
        conference = await session.get(Conference, conference_id)
        rows: Sequence[_Row] = (await session.exec(query)).all()
    if conference is None or not rows:
        raise CommandError("there is nothing to export", do="Import a programme first, with /schedule import")
    return await asyncio.to_thread(_schedule, conference, rows)


def _schedule(conference: Conference, rows: Sequence[_Row]) -> StoredSchedule:
    by_session: dict[int, list[_Row]] = {}
    for row in rows:
        by_session.setdefault(row[0].id or 0, []).append(row)
    groups = sorted(by_session.values(), key=lambda group: (group[0][2].starts_at, group[0][0].id or 0))
    page_timezones = {source.page_timezone for _, source, _ in rows}
    schedule = read.Schedule(
        format=FORMAT,
        conference=conference.name,
        timezone=conference.timezone,
        page_timezone=page_timezones.pop() if len(page_timezones) == 1 else None,
        sessions=tuple(_session(group) for group in groups),
    )
    keys = tuple(f"{conference.server_id} {conference.name} {talk.id}" for group in groups for _, _, talk in group)
    return StoredSchedule(schedule, keys, max(source.imported_at for _, source, _ in rows))


def _session(group: Sequence[_Row]) -> read.Session:
    row, source, _ = group[0]
    return read.Session(
        title=row.title,
        talks=tuple(_talk(talk) for _, _, talk in group),
        room=row.room,
        moderator=row.moderator,
        source=source.name,
    )


def _talk(talk: Talk) -> read.Talk:
    return read.Talk(
        title=talk.title,
        starts_at=talk.starts_at,
        ends_at=talk.ends_at,
        kind=talk.kind,
        speakers=tuple(talk.speakers),
        room=talk.room,
        abstract=talk.abstract,
        url=talk.url,
        file_id=talk.file_id,
        cancelled=talk.cancelled,
    )


def schedule_file(stored: StoredSchedule, form: ScheduleFormat) -> ExportedSchedule:
    """The file, under a name that every file system takes: `schedule-icml-2022.ics`; takes a second for 2,000 talks."""
    schedule = stored.schedule
    match form:
        case "ics":
            from bot.schedules.written_icalendar import as_icalendar  # noqa: PLC0415 - its library takes 4 MB

            content = as_icalendar(schedule, stored.keys, stored.imported_at)
        case "json":
            content = as_json_file(schedule)
        case "csv":
            content = as_csv(schedule)
    return ExportedSchedule(
        name=f"{file_name('schedule', schedule.conference or '')}.{form}",
        content=content,
        conference=schedule.conference or "",
        talks=len(schedule.talks),
        sessions=len(schedule.sessions),
        sources=len({session.source for session in schedule.sessions}),
    )


async def export_schedule(
    db: Database, *, server_id: int, conference: str | None, form: ScheduleFormat, now: datetime
) -> ExportedSchedule:
    """A conference of a server as a file that Discord takes.

    Args:
        db: the store.
        server_id: whose; another server's are not found.
        conference: its name; None is the one nearest in time.
        form: how it is written.
        now: virtual.

    Raises:
        CommandError: there is none, none of that name, or it makes too large a file.
    """
    listed = await exportable_conferences(db, server_id)
    chosen = called(listed, conference)
    if not chosen:
        raise CommandError("no programme is stored yet", do="Import one with /schedule import")
    nearest = min(chosen, key=lambda each: (each.distance(now), -each.id))
    made = await asyncio.to_thread(schedule_file, await stored_schedule(db, nearest.id), form)
    check_upload(made.content, f"chairside export schedule --server {server_id} --format {form}")
    return made


def called(
    listed: Iterable[ListedConference], name: str | None, kind: str = "open conference"
) -> list[ListedConference]:
    """Those of a name; all where none is given.

    Raises:
        CommandError: none is called that.
    """
    conferences = list(listed)
    found = [each for each in conferences if name is None or each.called(name)]
    if conferences and not found:
        names = ", ".join(f"“{each.name[:80]}”" for each in conferences[:10])
        raise CommandError(f"no {kind} is called “{(name or '')[:80]}”", do=f"There is {names}")
    return found
