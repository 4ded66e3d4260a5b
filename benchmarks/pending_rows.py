"""Writes a store with so many reminders pending for talks far ahead, in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.bench import Bench
from benchmarks.programmes import ZONE, people, title, words
from bot.clock import real_now
from bot.rules.reminders import Kind, Owed
from bot.services.planning import row_of
from db.database import NOBODY
from db.tables import Conference, Delivery, Server, Session, Source, Talk

OTHER_SERVERS = 20
TALKS_A_SESSION = 50
FAR_AHEAD = timedelta(days=60)
TALK, LEAD = timedelta(minutes=10), timedelta(minutes=5)
FIRST_KEY = 1_000_000
"""Sessions and talks are numbered from here, clear of those that an import numbers."""

Row = dict[str, Any]


async def fill_with_pending(made: Bench, number: int) -> None:
    """Spread so many reminders over other servers, which the bot is on as well."""
    begin = real_now() + FAR_AHEAD
    servers = [made.loopback.add_server(f"Conference {n}") for n in range(OTHER_SERVERS)]
    channels = [server.add_channel("programme") for server in servers]
    async with made.store() as db, db.transaction(NOBODY) as session:
        for index, (server, channel) in enumerate(zip(servers, channels, strict=True)):
            await _fill_server(
                session,
                index=index,
                server_id=server.id,
                channel_id=channel.id,
                number=number // OTHER_SERVERS,
                begin=begin,
            )


async def _fill_server(
    session: AsyncSession, *, index: int, server_id: int, channel_id: int, number: int, begin: datetime
) -> None:
    sessions = -(-number // TALKS_A_SESSION)
    session.add(Server(id=server_id, channel_id=channel_id, timezone=ZONE))
    await session.flush()
    conference = Conference(server_id=server_id, name="Far ahead", timezone=ZONE)
    session.add(conference)
    await session.flush()
    source = Source(conference_id=conference.id or 0, name="Far ahead", format="made-up", imported_at=begin - FAR_AHEAD)
    session.add(source)
    await session.flush()
    keys = [FIRST_KEY + index * sessions + n for n in range(sessions)]
    rows = [_session_row(key, conference.id or 0, source.id or 0, begin) for key in keys]
    talks = [row for key in keys for row in _talk_rows(key, begin)][:number]
    await session.execute(insert(Session), rows)
    await session.execute(insert(Talk), talks)
    await session.execute(insert(Delivery), [_delivery_row(talk, server_id, channel_id, begin) for talk in talks])


def _session_row(key: int, conference_id: int, source_id: int, begin: datetime) -> Row:
    return {
        "id": key,
        "conference_id": conference_id,
        "source_id": source_id,
        "title": words(key, 3).title(),
        "room": f"Room {key}",
        "starts_at": begin,
        "ends_at": begin + TALK * TALKS_A_SESSION,
    }


def _talk_rows(session_key: int, begin: datetime) -> Iterator[Row]:
    for index in range(TALKS_A_SESSION):
        key = FIRST_KEY + (session_key - FIRST_KEY) * TALKS_A_SESSION + index
        yield {
            "id": key,
            "session_id": session_key,
            "title": title(key),
            "speakers": list(people(key)),
            "starts_at": begin + TALK * index,
            "ends_at": begin + TALK * (index + 1),
            "cancelled": False,
        }


def _delivery_row(talk: Row, server_id: int, channel_id: int, begin: datetime) -> Row:
    owed = Owed(
        server_id=server_id,
        channel_id=channel_id,
        kind=Kind.UP_NEXT,
        subject=f"talk-{talk['id']}",
        due_at=talk["starts_at"] - LEAD,
        expires_at=talk["starts_at"],
        session_id=talk["session_id"],
        talk_ids=(talk["id"],),
        lead=LEAD,
    )
    return row_of(owed, planned_at=begin - FAR_AHEAD)
