"""Reads the stored programme into the plain values that rules and messages take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.programme import ExpectedSession, PlannedSession, PlannedTalk, by_plan
from bot.rules.reminders import Place
from db.tables import Conference, RoomChannel, Server, Session, Source, Talk

SQL_VARIABLES = 900
"""SQLite takes a bounded number of variables in one statement; longer lists are asked for in parts."""


@dataclass(frozen=True, slots=True)
class PlacedSession:
    """A session's forecast, where its deliveries go (None while no channel is set), and its zones."""

    expected: ExpectedSession
    place: Place | None
    timezone: str
    page_timezone: str | None
    conference: str

    @property
    def session(self) -> PlannedSession:
        return self.expected.session


async def load_sessions(
    session: AsyncSession,
    *,
    server: Server,
    now: datetime,
    session_ids: Sequence[int] | None = None,
    around: tuple[datetime, datetime] | None = None,
) -> list[PlacedSession]:
    """The sessions of a server's open conferences with their forecast at `now`, in order of start.

    Args:
        session: an open session.
        server: whose.
        now: virtual.
        session_ids: only these.
        around: only those that touch this span.
    """
    query = (
        select(Session, Source, Conference)
        .where(Session.source_id == Source.id, Session.conference_id == Conference.id)
        .where(Conference.server_id == server.id, col(Conference.archived_at).is_(None))
        .order_by(col(Session.starts_at), col(Session.id))
    )
    if session_ids is not None:
        query = query.where(col(Session.id).in_(session_ids))
    if around is not None:
        query = query.where(Session.starts_at < around[1], Session.ends_at > around[0])
    rows = list(await session.exec(query))
    talks = await _talks_by_session(session, [row.id or 0 for row, _, _ in rows])
    channels = await room_channels(session, server.id)
    return [
        _placed(row, source, conference, talks[row.id or 0], server=server, channels=channels, now=now)
        for row, source, conference in rows
    ]


async def room_channels(session: AsyncSession, server_id: int) -> dict[str, int]:
    """The channel of each room that has one of its own."""
    rows = await session.exec(select(RoomChannel).where(RoomChannel.server_id == server_id))
    return {row.room.casefold(): row.channel_id for row in rows}


async def _talks_by_session(session: AsyncSession, session_ids: Sequence[int]) -> dict[int, list[PlannedTalk]]:
    talks: dict[int, list[PlannedTalk]] = defaultdict(list)
    for first in range(0, len(session_ids), SQL_VARIABLES):
        part = session_ids[first : first + SQL_VARIABLES]
        columns = (
            Talk.id,
            Talk.session_id,
            Talk.title,
            Talk.starts_at,
            Talk.ends_at,
            Talk.kind,
            Talk.speakers,
            Talk.room,
        )
        query = select(*columns, Talk.cancelled).where(col(Talk.session_id).in_(part))  # type: ignore[call-overload] # more columns than SQLModel types
        for row in await session.exec(query):
            talks[row.session_id].append(
                PlannedTalk(
                    id=row.id,
                    session_id=row.session_id,
                    title=row.title,
                    starts_at=row.starts_at,
                    ends_at=row.ends_at,
                    kind=row.kind,
                    speakers=tuple(row.speakers),
                    room=row.room,
                    cancelled=row.cancelled,
                )
            )
    return talks


def _placed(
    row: Session,
    source: Source,
    conference: Conference,
    talks: Sequence[PlannedTalk],
    *,
    server: Server,
    channels: dict[str, int],
    now: datetime,
) -> PlacedSession:
    ordered = tuple(sorted(talks, key=lambda talk: (talk.starts_at, talk.id)))
    planned = PlannedSession(id=row.id or 0, title=row.title, talks=ordered, room=row.room, moderator=row.moderator)
    channel_id = channels.get((row.room or "").casefold(), server.channel_id)
    place = Place(server.id, channel_id, conference.timezone, source.page_timezone) if channel_id is not None else None
    return PlacedSession(by_plan(planned, now), place, conference.timezone, source.page_timezone, conference.name)
