"""What passing days do by themselves: old questions and stale files go, and conferences and servers that are over."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.services.pending_imports import KEPT_FOR
from bot.services.question_settings import question_settings_of
from db.database import NOBODY, Database
from db.question_tables import Question, QuestionStep, QuestionVote, TalkQueue
from db.tables import Conference, PendingImport, Server, Session, Talk, TimingEvent

log = logging.getLogger(__name__)

HOUSEKEEPING_SECONDS = 3600
"""Real; a longer interval would begin anew with each start, and a bot restarted daily never come to it."""
LONGEST_DAYS = 36_500
ARCHIVED_AFTER = timedelta(days=7)
"""After the last session's end: until then somebody may still be at its leftovers."""
PURGED_AFTER = timedelta(days=30)
"""After the bot was removed from a server: whoever did so by mistake has that long to invite it again."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many rows were old enough."""

    questions: int = 0
    votes: int = 0
    steps: int = 0

    def __add__(self, other: Deleted) -> Deleted:
        return Deleted(self.questions + other.questions, self.votes + other.votes, self.steps + other.steps)


async def keep_house(db: Database, clock: Clock) -> None:
    """Delete what is old; a store that does not answer is tried again the next time."""
    try:
        await delete_old(db, clock.now())
        await archive_over(db, clock.now())
        await purge_left(db, clock.now())
        await forget_old_imports(db, clock.real())
    except SQLAlchemyError:
        log.exception("the store did not answer; what is old is looked at again in an hour")


async def delete_old(db: Database, now: datetime) -> Deleted:
    """Delete the questions, votes and steps of talks that ended more than a server's days ago; `now` is virtual.

    A talk ended when its plan says, or at the last tap on its session's clock if that came later. What a moderator
    chose for its queue goes as well, so that it takes no more questions.
    """
    async with db.reading() as session:
        kept_for = {server.id: _retention(server) for server in await session.exec(select(Server))}
    limited = {server_id: now - kept for server_id, kept in kept_for.items() if kept is not None}
    if not limited:
        return Deleted()
    deleted = Deleted()
    async with db.transaction(limited) as session:
        for server_id, before in limited.items():
            deleted += await _delete_of(session, server_id, before)
    if deleted != Deleted():
        log.info("deleted %d old questions, %d votes, %d steps", deleted.questions, deleted.votes, deleted.steps)
    return deleted


def _retention(server: Server) -> timedelta | None:
    days = question_settings_of(server).retention_days
    # whatever was stored: never what is still to come, and nothing before the calendar begins
    return None if days is None else timedelta(days=min(max(days, 1), LONGEST_DAYS))


async def _delete_of(session: AsyncSession, server_id: int, before: datetime) -> Deleted:
    talks = _ended(server_id, before)
    questions = select(col(Question.id)).where(col(Question.talk_id).in_(talks))
    votes = await session.exec(delete(QuestionVote).where(col(QuestionVote.question_id).in_(questions)))
    steps = await session.exec(delete(QuestionStep).where(col(QuestionStep.talk_id).in_(talks)))
    await session.exec(delete(TalkQueue).where(col(TalkQueue.talk_id).in_(talks)))
    asked = await session.exec(delete(Question).where(col(Question.talk_id).in_(talks)))
    return Deleted(asked.rowcount, votes.rowcount, steps.rowcount)


def _ended(server_id: int, before: datetime) -> Any:  # noqa: ANN401 - a query for keys
    """The talks of a server that ended before a moment."""
    tapped_since = exists().where(col(TimingEvent.session_id) == Talk.session_id, col(TimingEvent.at) >= before)
    return (
        select(col(Talk.id))
        .join(Session, col(Session.id) == Talk.session_id)
        .join(Conference, col(Conference.id) == Session.conference_id)
        .where(Conference.server_id == server_id, col(Talk.ends_at) < before, ~tapped_since)
    )


async def forget_old_imports(db: Database, real: datetime) -> None:
    """Drop the files whose buttons nobody can press any more; `real` is the machine's time."""
    async with db.transaction(NOBODY) as session:
        await session.exec(delete(PendingImport).where(col(PendingImport.created_at) < real - KEPT_FOR))


async def is_long_over(session: AsyncSession, conference: Conference, now: datetime) -> bool:
    """Whether a conference is due to be archived at a virtual moment."""
    last_end = select(func.max(Session.ends_at)).where(Session.conference_id == conference.id)
    found: datetime | None = (await session.exec(last_end)).one()
    return found is not None and found < now - ARCHIVED_AFTER


async def archive_over(db: Database, now: datetime) -> list[str]:
    """Archive the conferences that are over, so that the next one begins clean; their names. `now` is virtual."""
    last_end = select(func.max(Session.ends_at)).where(Session.conference_id == Conference.id).scalar_subquery()
    over = select(Conference).where(col(Conference.archived_at).is_(None), last_end < now - ARCHIVED_AFTER)
    async with db.reading() as session:
        servers = {row.server_id for row in await session.exec(over)}
    if not servers:
        return []
    async with db.transaction(servers) as session:
        rows = list(await session.exec(over.where(col(Conference.server_id).in_(servers)).order_by(col(Conference.id))))
        for row in rows:
            row.archived_at = now
    names = [row.name for row in rows]
    log.info("archived %d conferences that are over: %s", len(names), ", ".join(names))
    return names


async def purge_left(db: Database, now: datetime) -> int:
    """Delete all of the servers that the bot was removed from long ago; how many. `now` is virtual."""
    left = col(Server.left_at) < now - PURGED_AFTER
    async with db.reading() as session:
        servers = set(await session.exec(select(Server.id).where(left)))
    if not servers:
        return 0
    async with db.transaction(servers) as session:
        purged = (await session.exec(delete(Server).where(left, col(Server.id).in_(servers)))).rowcount
    log.info("deleted all of %d servers that the bot was removed from more than 30 days ago", purged)
    return purged
