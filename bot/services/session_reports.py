"""Reads what session reports tell: each session's run and its questions, as the store holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock, give_way
from bot.errors import CommandError
from bot.rules.questions import Question
from bot.rules.session_report import SessionReport, session_report
from bot.services.programme import PlacedSession, load_sessions
from bot.services.queues import question_of
from db import question_tables as tables
from db.bulk import in_parts
from db.database import Database
from db.tables import Server, Session


@dataclass(frozen=True, slots=True)
class ToldSession:
    """A session's report, with where it was and what it is made from."""

    placed: PlacedSession
    report: SessionReport
    questions: tuple[Question, ...]


async def report_of(db: Database, clock: Clock, *, server_id: int, session_id: int) -> ToldSession:
    """One session's report as of now; of an archived conference's as well.

    Raises:
        CommandError: this server has no such session.
    """
    async with db.reading() as session:
        server = await session.get(Server, server_id)
        told = await reports_of(session, server, [session_id], clock.now()) if server else []
    if not told:
        raise CommandError("that session is not in this server's programme", do="Choose one that the command offers")
    return told[0]


async def conference_reports(
    session: AsyncSession, server: Server, conference_id: int, now: datetime
) -> list[ToldSession]:
    """The reports of all sessions of a conference, archived or not, in order of start."""
    ids = await session.exec(select(Session.id).where(col(Session.conference_id) == conference_id))
    return await reports_of(session, server, [key for key in ids if key is not None], now)


async def reports_of(
    session: AsyncSession, server: Server, session_ids: Sequence[int], now: datetime
) -> list[ToldSession]:
    """The reports of these sessions of a server at a virtual moment, in order of start."""
    told: list[ToldSession] = []
    questions = await _questions(session, session_ids)
    for part in in_parts(session_ids):
        placed = await load_sessions(session, server=server, now=now, session_ids=part, archived=True)
        for p in placed:
            asked = tuple(questions[p.session.id])
            told.append(ToldSession(p, session_report(p.session, p.run, asked, now, guard=p.guarded), asked))
            await give_way()
    return sorted(told, key=lambda each: (each.placed.session.starts_at, each.placed.session.id))


async def _questions(session: AsyncSession, session_ids: Sequence[int]) -> dict[int, list[Question]]:
    found: dict[int, list[Question]] = defaultdict(list)
    for part in in_parts(session_ids):
        query = select(tables.Question).where(col(tables.Question.session_id).in_(part))
        for row in await session.exec(query.order_by(col(tables.Question.id))):
            found[row.session_id].append(question_of(row))
    return found
