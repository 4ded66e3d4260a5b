"""Tells a server's managers, once, what keeps the bot from posting."""

from __future__ import annotations

import logging
from typing import NamedTuple

from sqlalchemy import and_
from sqlmodel import col, select

from bot.clock import Clock
from bot.delivery.channel import Channels
from bot.delivery.channel_problems import Problem
from bot.rules.programme import conference_day
from bot.rules.reminders import EVENT_STILL_NEWS, Kind, Owed
from bot.services.planning import owe
from db.database import Database
from db.tables import Delivery

log = logging.getLogger(__name__)


class Concerned(NamedTuple):
    """What a problem is about, where that is no delivery; no channel is 0."""

    server_id: int
    channel_id: int


async def report_problem(
    db: Database, clock: Clock, channels: Channels, row: Delivery | Concerned, problem: Problem
) -> None:
    """Owe one notice per channel, problem and day, in a place where the server's managers read it."""
    now = clock.now()
    subject = f"{problem.code}-{row.channel_id}-{conference_day(now).isoformat()}"
    # a notice is about no talk: these two are an index, and SQLite finds no prefix of a key by one
    notices = col(Delivery.talk_id).is_(None), col(Delivery.kind) == Kind.NOTICE
    about_this = and_(*notices, col(Delivery.key).startswith(f"{row.server_id}:{subject}:{Kind.NOTICE}:"))
    async with db.reading() as session:
        if (await session.exec(select(Delivery.id).where(about_this))).first() is not None:
            return
    place = channels.place_for_notice(row.server_id, row.channel_id) or await channels.owner_channel(row.server_id)
    if place is None:
        log.error("server %s cannot be told that %s", row.server_id, problem.what, extra={"server": str(row.server_id)})
        return
    notice = Owed(
        server_id=row.server_id,
        channel_id=place,
        kind=Kind.NOTICE,
        subject=subject,
        session_id=None,
        due_at=now,
        expires_at=now + EVENT_STILL_NEWS,
        details={"problem": problem.what, "remedy": problem.remedy, "cannot": problem.cannot},
    )
    async with db.transaction(row.server_id) as session:
        told = await session.exec(select(Delivery.id).where(about_this))
        if told.first() is None:
            await owe(session, notice)
            log.warning("server %s is told that %s", row.server_id, problem.what, extra={"server": str(row.server_id)})
