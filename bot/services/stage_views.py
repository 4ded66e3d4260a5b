"""Reads what the stage view's pages show, of several sessions or conferences in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.rules.lobby_view import LobbyState, lobby_state
from bot.rules.programme import conference_day
from bot.rules.questions import Question, QuestionState
from bot.rules.stage_view import Phase, StageState, changes_at, stage_state
from bot.services.planning import day_of
from bot.services.programme import PlacedSession, load_sessions
from bot.services.queues import question_of
from bot.timezones import local
from db import question_tables
from db.bulk import in_parts
from db.database import Database
from db.tables import Conference, Server, Session, Talk

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AskedNow:
    """The question before the speaker.

    Attributes:
        group: it, and those that became part of it, whose askers are credited as well.
        names_askers: whether the room reads their names on Discord, too.
    """

    question: Question
    group: tuple[Question, ...]
    names_askers: bool


@dataclass(frozen=True, slots=True)
class StageView:
    """A session's page at a moment; `changes_at` is virtual, when time alone changes it at the earliest."""

    placed: PlacedSession
    state: StageState
    asked: AskedNow | None
    now: datetime
    changes_at: datetime


@dataclass(frozen=True, slots=True)
class LobbyView:
    """A conference's page at a moment."""

    conference: str
    timezone: str
    state: LobbyState
    now: datetime
    changes_at: datetime


async def stage_views(db: Database, clock: Clock, session_ids: Collection[int]) -> dict[int, StageView]:
    """What the pages of these sessions show now; one that has no talks any more is left out."""
    now = clock.now()
    async with db.reading() as session:
        return await views_of(session, session_ids, now)


async def views_of(session: AsyncSession, session_ids: Collection[int], now: datetime) -> dict[int, StageView]:
    """As `stage_views`, within a store's open transaction."""
    placed = [p for part in in_parts(list(session_ids)) for p in await _placed(session, part, now)]
    asked = await _asked(session, [p.session.id for p in placed])
    return {p.session.id: _stage_view(p, asked.get(p.session.id, ()), now) for p in placed}


async def lobby_views(db: Database, clock: Clock, conference_ids: Collection[int]) -> dict[int, LobbyView]:
    """What the lobby's pages of these conferences show now."""
    now = clock.now()
    async with db.reading() as session:
        rows = await session.exec(select(Conference).where(col(Conference.id).in_(conference_ids)))
        return {row.id or 0: await _lobby_view(session, row, now) for row in rows.all()}


async def _placed(session: AsyncSession, session_ids: Sequence[int], now: datetime) -> list[PlacedSession]:
    of_servers: dict[int, list[int]] = defaultdict(list)
    query = select(Session.id, Conference.server_id).join(Conference, col(Session.conference_id) == Conference.id)
    for session_id, server_id in await session.exec(query.where(col(Session.id).in_(session_ids))):
        of_servers[server_id].append(session_id or 0)
    found: list[PlacedSession] = []
    for server_id, ids in of_servers.items():
        server = await session.get(Server, server_id)
        found += await load_sessions(session, server=server, now=now, session_ids=ids) if server else []
    return found


def _stage_view(placed: PlacedSession, group: Sequence[Question], now: datetime) -> StageView:
    state = stage_state(placed.expected, placed.run, now, placed.cues)
    until = changes_at(placed.expected, placed.run, now, guard=placed.guarded)
    return StageView(placed, state, _shown(placed, state, group), now, until)


def _shown(placed: PlacedSession, state: StageState, group: Sequence[Question]) -> AskedNow | None:
    """A question that nobody marked as answered goes from the screen with its talk."""
    question = next((question for question in group if question.state is QuestionState.ASKED), None)
    if question is None or state.phase is Phase.OVER:
        return None
    is_anothers = state.on is not None and not state.on.talk.is_break and state.on.talk.id != question.talk_id
    return None if is_anothers else AskedNow(question, tuple(group), names_askers=placed.place is not None)


async def _asked(session: AsyncSession, session_ids: Sequence[int]) -> dict[int, list[Question]]:
    """By session: the question before its speaker, and those that were merged into it."""
    table = question_tables.Question
    found: dict[int, list[Question]] = {}
    roots: dict[int, int] = {}
    for part in in_parts(session_ids):
        asked = select(table).where(col(table.session_id).in_(part), table.state == QuestionState.ASKED)
        for row in await session.exec(asked.order_by(col(table.id))):
            if row.session_id not in found:
                found[row.session_id] = [question_of(row)]
                roots[row.id or 0] = row.session_id
    merged = select(table).where(col(table.merged_into).in_(list(roots))).order_by(col(table.id))
    for row in await session.exec(merged) if roots else ():
        found[roots[row.merged_into or 0]].append(question_of(row))
    return found


async def _lobby_view(session: AsyncSession, conference: Conference, now: datetime) -> LobbyView:
    zone = conference.timezone
    day = await _day_shown(session, conference, now)
    placed: list[PlacedSession] = []
    server = await session.get(Server, conference.server_id)
    if day is not None and server is not None:
        around = _around(day)
        mine = select(Session.id).where(Session.conference_id == conference.id, *_touches(*around))
        ids = [key or 0 for key in await session.exec(mine)]
        placed = await load_sessions(session, server=server, now=now, session_ids=ids)
        placed = [p for p in placed if day_of(p) == day]
    moments = (changes_at(p.expected, p.run, now, guard=p.guarded) for p in placed)
    state = lobby_state([p.expected for p in placed], day)
    return LobbyView(conference.name, zone, state, now, min(moments, default=now + timedelta(minutes=1)))


async def _day_shown(session: AsyncSession, conference: Conference, now: datetime) -> date | None:
    """Today if something takes place, else the next day on which something does, else the last one."""
    zone = conference.timezone
    takes_place = col(Session.id).in_(select(Talk.session_id).where(col(Talk.cancelled).is_(False)))
    mine = select(Session.starts_at).where(Session.conference_id == conference.id, takes_place)
    starts = await session.exec(mine.distinct())
    days = sorted({conference_day(local(start, zone)) for start in starts})
    today = conference_day(local(now, zone))
    return next((day for day in days if day >= today), days[-1] if days else None)


def _around(day: date) -> tuple[datetime, datetime]:
    """Instants that surely hold a conference day in any zone."""
    midnight = datetime.combine(day, time(), UTC)
    return midnight - _DAY, midnight + 3 * _DAY


def _touches(first: datetime, last: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(Session.starts_at) < last, col(Session.ends_at) > first
