"""Reads the stored questions of sessions into the plain values that rules and messages take, and notes changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import give_way
from bot.rules.outbox import State
from bot.rules.programme import OFF, ExpectedTalk, TalkState
from bot.rules.questions import OPEN, Question, QuestionState, Standing
from bot.rules.queue_times import Override, Phase, QueueTimes, closes_at, phase, queue_times, talk_meant
from bot.rules.reminders import Kind
from bot.services.programme import PlacedSession
from bot.services.question_votes import votes_by_root
from db import question_tables as tables
from db.bulk import in_parts
from db.columns import METADATA
from db.tables import Delivery, Talk

SETTLES = timedelta(seconds=3)
"""Virtual time in which asks and votes gather before console and board are edited: two hundred make a handful."""
MEANWHILE = timedelta(microseconds=1)
"""Added to an edit that is due: should it be under way, it does not show this yet, and another follows."""
_DAY = timedelta(days=1)
_AT_ONCE = 100
"""Rows read in one go: a thousand would hold up everybody's answer."""


@dataclass(frozen=True, slots=True)
class SessionQueues:
    """The queues of one session at a moment.

    Attributes:
        questions: all of the session's, in the order they came.
        times, overrides: by talk; when its queue opens and closes, and what a moderator chose instead.
    """

    placed: PlacedSession
    questions: tuple[Question, ...]
    times: Mapping[int, QueueTimes]
    overrides: Mapping[int, Override]
    now: datetime

    def with_questions(self, questions: tuple[Question, ...]) -> SessionQueues:
        """The queues with other questions."""
        return replace(self, questions=questions)

    def with_question(self, question: Question) -> SessionQueues:
        """The queues with one more question."""
        return self.with_questions((*self.questions, question))

    def with_override(self, talk_id: int, chosen: Override | None) -> SessionQueues:
        """The queues once a moderator chose what one takes, or gave it back to the clock."""
        others = {key: override for key, override in self.overrides.items() if key != talk_id}
        return replace(self, overrides={**others, talk_id: chosen} if chosen else others)

    def of(self, talk_id: int) -> tuple[Question, ...]:
        """One talk's questions."""
        return tuple(question for question in self.questions if question.talk_id == talk_id)

    def phase(self, talk_id: int) -> Phase:
        """What a talk's queue takes now; a break has none."""
        times = self.times.get(talk_id)
        return phase(times, self.overrides.get(talk_id), self.now) if times else Phase.CLOSED

    def closes_at(self, talk_id: int) -> datetime:
        """When a talk's queue closes by itself."""
        return closes_at(self.times[talk_id], self.overrides.get(talk_id))

    def talk(self, talk_id: int) -> ExpectedTalk | None:
        """A talk of this session."""
        return next((e for e in self.placed.expected.talks if e.talk.id == talk_id), None)

    def closed_at(self) -> dict[int, datetime]:
        """The talks that are over and whose queue is closed, with the moment it did."""
        session = self.placed.expected
        over = [e.talk.id for e in session.talks if e.state is TalkState.DONE or e.state in OFF or session.is_over]
        closed = [key for key in over if key in self.times and self.phase(key) is Phase.CLOSED]
        return {key: min(self.closes_at(key), self.now) for key in closed}

    def closes_next(self) -> datetime | None:
        """When time alone closes a queue that still holds something to be asked."""
        waiting = {question.talk_id for question in self.questions if question.is_open}
        closing = [self.closes_at(key) for key, t in self.times.items() if key in waiting and not t.is_on_stage]
        return min((moment for moment in closing if moment > self.now), default=None)

    def current(self) -> ExpectedTalk | None:
        """The talk whose questions a moderator means: on stage, just ended, or the next one."""
        return talk_meant([self.placed.expected], self.times, self.overrides, self.now)


async def load_queues(
    session: AsyncSession, placed: Sequence[PlacedSession], now: datetime, *, with_votes: bool = True
) -> dict[int, SessionQueues]:
    """The queues of sessions, by session.

    Args:
        session: an open session.
        placed: the sessions as they are expected now.
        now: virtual.
        with_votes: count the votes as well; without, only where they say what is left over goes first, and a session
            that nobody asked anything in is without its times.
    """
    ids = [p.session.id for p in placed]
    rows, overrides = await _questions(session, ids), await _overrides(session, ids)
    found = {
        p.session.id: SessionQueues(
            placed=p,
            questions=(),
            times=queue_times(p.expected, p.leads, p.question_settings) if with_votes or p.session.id in rows else {},
            overrides=overrides[p.session.id],
            now=now,
        )
        for p in placed
    }
    counted = {row.talk_id for of_session in rows.values() for row in of_session if with_votes or row.state in OPEN}
    if not with_votes:
        counted &= {talk_id for queues in found.values() for talk_id in queues.closed_at()}
    votes = await votes_by_root(session, counted) if counted else {}
    return {key: queues.with_questions(await _with_votes(rows[key], votes)) for key, queues in found.items()}


async def _questions(session: AsyncSession, session_ids: Sequence[int]) -> dict[int, list[Any]]:
    table = METADATA.tables["questions"]
    found: dict[int, list[Any]] = defaultdict(list)
    for part in in_parts(session_ids):
        query = table.select().where(table.c.session_id.in_(part)).order_by(table.c.id)
        rows = await session.exec(query)  # type: ignore[call-overload] # SQLModel types select() only
        for some in rows.partitions(_AT_ONCE):
            for row in some:
                found[row.session_id].append(row)
            await give_way()
    return found


async def _with_votes(rows: Sequence[Any], votes: Mapping[int, int]) -> tuple[Question, ...]:
    questions: list[Question] = []
    for first in range(0, len(rows), _AT_ONCE):
        questions += [question_of(row, votes.get(row.id, 0)) for row in rows[first : first + _AT_ONCE]]
        await give_way()
    return tuple(questions)


async def queued_by_talk(session: AsyncSession, session_ids: Sequence[int]) -> dict[int, int]:
    """How many questions are queued for each talk of these sessions; talks without any are left out."""
    table = tables.Question
    counted = (
        select(table.talk_id, func.count()).where(table.state == QuestionState.QUEUED).group_by(col(table.talk_id))
    )
    found: dict[int, int] = {}
    for part in in_parts(session_ids):
        found |= dict((await session.exec(counted.where(col(table.session_id).in_(part)))).all())
    return found


async def _overrides(session: AsyncSession, session_ids: Sequence[int]) -> dict[int, dict[int, Override]]:
    found: dict[int, dict[int, Override]] = defaultdict(dict)
    table = tables.TalkQueue
    chosen = select(table.talk_id, table.phase, table.set_at, Talk.session_id)
    chosen = chosen.where(col(Talk.id) == table.talk_id)
    for part in in_parts(session_ids):
        for talk_id, in_place, set_at, session_id in await session.exec(chosen.where(col(Talk.session_id).in_(part))):
            found[session_id][talk_id] = Override(Phase(in_place), set_at)
    return found


def question_of(row: Any, votes: int = 0) -> Question:  # noqa: ANN401 - a stored question, as a row or an object
    """A stored question as the rules take it."""
    return Question(
        id=row.id,
        talk_id=row.talk_id,
        text=row.text,
        asker=row.asker_id,
        asker_name=row.asker_name,
        anonymous=row.anonymous,
        entered_at=row.entered_at,
        standing=Standing(QuestionState(row.state), row.pinned, row.merged_into, row.asked_at),
        votes=votes,
    )


async def questions_changed(session: AsyncSession, queues: SessionQueues, now: datetime, *, at_once: bool) -> None:
    """Bring console and board up to date: at once after a moderator's step, else once what comes together has come.

    `now` is when it is written: in a burst that is seconds after it was pressed, and what comes in still gathers.
    """
    placed = queues.placed
    deliveries = METADATA.tables["deliveries"]
    shows = deliveries.c.session_id == placed.session.id, deliveries.c.kind == Kind.CONSOLE
    where = and_(*shows)
    if placed.place:
        # its own day's and the next one's, which nobody asks about yet, are the only boards that may still change
        board = deliveries.c.channel_id == placed.place.channel_id, deliveries.c.kind == Kind.BOARD
        where = or_(where, and_(*board, deliveries.c.due_at > now - 2 * _DAY, deliveries.c.due_at < now + _DAY))
    if at_once:
        await session.exec(update(deliveries).where(deliveries.c.state == State.SENT, where).values(edit_at=now))
    else:
        await edit_soon(session, where, now)


async def edit_soon(session: AsyncSession, which: ColumnElement[bool], now: datetime) -> None:
    """Bring posted messages up to date once what comes together has come."""
    deliveries = METADATA.tables["deliveries"]
    settled = now + SETTLES
    shown = deliveries.c.state == State.SENT, which
    overdue = select(deliveries.c.id, deliveries.c.edit_at).where(*shown, deliveries.c.edit_at <= now)
    for delivery_id, edit_at in (await session.exec(overdue)).all():
        one = update(deliveries).where(deliveries.c.id == delivery_id)
        await session.exec(one.values(edit_at=edit_at + MEANWHILE))
    later = or_(deliveries.c.edit_at.is_(None), deliveries.c.edit_at > settled)
    await session.exec(update(deliveries).where(*shown, later).values(edit_at=settled))


async def question_messages_changed(session: AsyncSession, question_ids: Collection[int], now: datetime) -> None:
    """Bring the messages up to date that showed these questions to the room and to speakers."""
    talks = select(col(tables.Question.talk_id)).where(col(tables.Question.id).in_(question_ids))
    shows = col(Delivery.kind).in_([Kind.QUESTION, Kind.LEFT_PART, Kind.SPEAKER_LEFT]), Delivery.state != State.PENDING
    for row in await session.exec(select(Delivery).where(*shows, col(Delivery.talk_id).in_(talks))):
        shown = row.details.get("questions", row.details.get("question", "")).split(",")
        if any(str(question_id) in shown for question_id in question_ids):
            row.edit_at = now
