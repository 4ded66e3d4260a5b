"""Boards on whose day nothing stands any more, as after an import that moved their only session to another day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import exists, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.left_boards import left_boards
from bot.rules.outbox import Stored
from bot.rules.programme import conference_day
from bot.rules.reminders import Kind, Owed
from bot.services.chosen import chosen_by
from bot.services.outbox_rows import standing_boards
from bot.timezones import local
from db.tables import Conference, Delivery, Server, Session, Talk


async def mark_left(session: AsyncSession, boards: Sequence[Stored], now: datetime) -> None:
    """Let boards say, once, that they are not kept any more."""
    for row in boards:
        left = update(Delivery).where(col(Delivery.id) == row.id)
        await session.exec(left.values(edit_at=now, details={**row.details, "left": True}))


async def boards_without_a_session(
    session: AsyncSession, server: Server, owed: Sequence[Owed], now: datetime
) -> list[Stored]:
    """The posted boards that are not owed and whose channel has no session on their day.

    Args:
        session: the open transaction.
        server: whose.
        owed: the boards of what was just planned; all boards of all rooms among them.
        now: virtual.
    """
    left = left_boards(owed, await standing_boards(session, server.id), now)
    if not any(row.kind is Kind.BOARD for row in left):
        return left
    days = await _days_of_channels(session, server, now)
    return [row for row in left if row.kind is not Kind.BOARD or not _is_served(row, days)]


def _is_served(row: Stored, days: Sequence[tuple[int | None, date, date]]) -> bool:
    day = date.fromisoformat(row.details["day"])
    return any(channel_id == row.channel_id and first <= day <= last for channel_id, first, last in days)


async def _days_of_channels(
    session: AsyncSession, server: Server, now: datetime
) -> list[tuple[int | None, date, date]]:
    """For each session its channel, and the first and last conference day that it may be shown on."""
    chosen = await chosen_by(session, server, now)
    query = select(Session.room, Session.starts_at, Session.ends_at, Conference.timezone)
    query = query.join(Conference, col(Session.conference_id) == Conference.id)
    query = query.where(Conference.server_id == server.id, col(Conference.archived_at).is_(None))
    rows = await session.exec(query.where(exists().where(col(Talk.session_id) == col(Session.id))))
    return [
        (
            chosen.channel_of(room),
            conference_day(local(starts_at, timezone)),
            conference_day(local(max(starts_at, ends_at - timedelta(microseconds=1)), timezone)),
        )
        for room, starts_at, ends_at, timezone in rows
    ]
