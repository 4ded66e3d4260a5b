"""Moderators run a talk's questions: each step is decided, stored and re-planned in one transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules import question_steps as steps
from bot.rules.question_steps import Change, Step, StepKind
from bot.rules.questions import Order, Question, QuestionState, Standing, times_asked
from bot.rules.queue_times import IN_WORDS, Override, Phase
from bot.rules.queue_times import phase as phase_of
from bot.services.planning import replan
from bot.services.programme import load_session
from bot.services.queues import SessionQueues, load_queues, question_messages_changed, questions_changed
from bot.services.timekeeping import Check
from db import question_tables as tables
from db.database import Database
from db.tables import Server, Session, Talk


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step as a moderator asked for it.

    Attributes:
        talk_id: whose queue; None is the talk that is meant now.
        question_id: which question; None is the one now asked.
        into: the question to merge into.
        sees: the question that was being asked for whoever pressed *Next question*.
        step_id: the step to take back; None is the last one.
    """

    kind: StepKind
    by: int
    talk_id: int | None = None
    question_id: int | None = None
    into: int | None = None
    sees: int | None = None
    step_id: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as stored, what it did in words, and the session's queues after it."""

    step: Step
    did: str
    queues: SessionQueues


async def take_step(
    db: Database, clock: Clock, *, server_id: int, session_id: int, wanted: Wanted, check: Check
) -> Taken:
    """Do what a moderator asked for, or refuse and change nothing.

    Raises:
        CommandError: they may not, or it makes no sense now; says what is.
    """
    async with db.transaction(server_id) as session:
        now = clock.now()
        server, queues = await _queues(session, server_id, session_id, now)
        check(queues.placed)
        step, did = await _decided(session, queues, wanted)
        await _store(session, step)
        after = queues.with_questions(steps.apply(queues.questions, step.changes))
        await _settle(session, server, after, {change.question_id for change in step.changes})
        return Taken(step, did, after)


async def _decided(session: AsyncSession, queues: SessionQueues, wanted: Wanted) -> tuple[Step, str]:
    """The step with its number, and what it did in words."""
    now = queues.now
    if wanted.kind is StepKind.UNDO:
        stored = await _steps(session, queues)
        undone, changes = steps.undo(stored, queues.questions, step_id=wanted.step_id)
        row = _row(undone.talk_id, wanted, changes, now, undoes=undone.id)
        did = f"Taken back: {steps.described(undone, queues.questions)}"
    else:
        talk_id = _talk_of(queues, wanted)
        changes = _changes(_in_reach(queues, talk_id), queues, wanted)
        row = _row(talk_id, wanted, changes, now)
        did = steps.described(_step_of(row), queues.questions)
    session.add(row)
    await session.flush()
    return _step_of(row), did


def _talk_of(queues: SessionQueues, wanted: Wanted) -> int:
    question = next((q for q in queues.questions if q.id == wanted.question_id), None)
    if question is not None:
        return question.talk_id
    if wanted.question_id is not None:
        raise CommandError("that question is not in this session", do="Choose one that the command offers")
    current = queues.current()
    talk_id = wanted.talk_id or (current.talk.id if current else 0)
    if queues.talk(talk_id) is None:
        raise CommandError("no talk of this session is meant now", do="Name the talk")
    return talk_id


def _in_reach(queues: SessionQueues, talk_id: int) -> list[Question]:
    """The talk's questions, and one that another talk left before the speaker: at most one is asked at a time."""
    return [q for q in queues.questions if q.talk_id == talk_id or q.state is QuestionState.ASKED]


def _changes(questions: list[Question], queues: SessionQueues, wanted: Wanted) -> tuple[Change, ...]:
    now, key = queues.now, wanted.question_id
    if wanted.kind is StepKind.NEXT:
        order = queues.placed.question_settings.order
        return steps.next_question(questions, order, times_asked(queues.questions), now, sees=wanted.sees)
    if wanted.kind is StepKind.ANSWER:
        return steps.answer(questions, key, now)
    if key is None:
        raise CommandError("no question was named", do="Choose one that the command offers")
    if wanted.kind is StepKind.ASK:
        return steps.ask(questions, key, now)
    if wanted.kind is StepKind.MERGE:
        return steps.merge(questions, key, wanted.into or 0)
    simple = {
        StepKind.DISMISS: steps.dismiss,
        StepKind.APPROVE: steps.approve,
        StepKind.PIN: steps.pin,
        StepKind.UNPIN: steps.unpin,
    }
    return simple[wanted.kind](questions, key)


async def _store(session: AsyncSession, step: Step) -> None:
    for change in step.changes:
        row = await session.get(tables.Question, change.question_id)
        if row is not None:
            row.state, row.pinned = change.after.state.value, change.after.pinned
            row.merged_into, row.asked_at = change.after.merged_into, change.after.asked_at
    await session.flush()


async def _settle(session: AsyncSession, server: Server, queues: SessionQueues, changed: set[int]) -> None:
    """Bring everything that shows these questions in line."""
    placed = queues.placed
    await replan(session, server=server, now=queues.now, session_ids=[placed.session.id], loaded=[placed])
    await questions_changed(session, queues, queues.now, at_once=True)
    if changed:
        await question_messages_changed(session, changed, queues.now)


async def set_phase(
    db: Database,
    clock: Clock,
    *,
    server_id: int,
    session_id: int,
    talk_id: int | None,
    phase: Phase,
    by: int,
    check: Check,
) -> tuple[SessionQueues, int]:
    """Open or close a talk's queue by a moderator's word, which beats the clock; the queues then, and the talk.

    Where the clock says the same by itself, the queue is given back to it.

    Raises:
        CommandError: they may not, there is no such talk, or it is so already.
    """
    async with db.transaction(server_id) as session:
        now = clock.now()
        server, queues = await _queues(session, server_id, session_id, now)
        check(queues.placed)
        key = _talk_of(queues, Wanted(StepKind.NEXT, by, talk_id=talk_id))
        if key not in queues.times:
            raise CommandError("a break takes no questions", do="Name a talk")
        if queues.phase(key) is phase:
            raise CommandError(f"that queue is {IN_WORDS[phase]} already")
        by_clock = phase_of(queues.times[key], None, now) is phase
        await session.exec(delete(tables.TalkQueue).where(col(tables.TalkQueue.talk_id) == key))
        if not by_clock:
            session.add(tables.TalkQueue(talk_id=key, phase=phase.value, set_by=by, set_at=now))
        await session.flush()
        after = queues.with_override(key, None if by_clock else Override(phase, now))
        await _settle(session, server, after, set())
        return after, key


async def set_order(
    db: Database, clock: Clock, *, server_id: int, session_id: int, order: Order, check: Check
) -> SessionQueues:
    """Who goes first in a session's queues, in place of the server's choice.

    Raises:
        CommandError: they may not, or there is no such session.
    """
    async with db.transaction(server_id) as session:
        now = clock.now()
        _, queues = await _queues(session, server_id, session_id, now)
        check(queues.placed)
        row = await session.get(Session, session_id)
        assert row is not None  # noqa: S101 - it was found above
        row.question_order = order.value
        await session.flush()
        _, after = await _queues(session, server_id, session_id, now)
        await questions_changed(session, after, now, at_once=True)
        return after


async def session_queues(
    db: Database, clock: Clock, *, server_id: int, session_id: int, check: Check
) -> tuple[SessionQueues, int | None]:
    """The queues of a session for its moderators, and the last step that can be taken back.

    Raises:
        CommandError: they may not, or there is no such session.
    """
    async with db.reading() as session:
        _, queues = await _queues(session, server_id, session_id, clock.now())
        check(queues.placed)
        last = steps.last_step(await _steps(session, queues))
    return queues, last.id if last else None


async def place_of_question(db: Database, question_id: int) -> tuple[int, int]:
    """The session and the talk that a question belongs to; 0 and 0 if there is no such question."""
    async with db.reading() as session:
        row = await session.get(tables.Question, question_id)
        return (row.session_id, row.talk_id) if row else (0, 0)


async def _queues(
    session: AsyncSession, server_id: int, session_id: int, now: datetime
) -> tuple[Server, SessionQueues]:
    server = await session.get(Server, server_id)
    placed = await load_session(session, server, session_id, now)
    assert server is not None  # noqa: S101 - the session was found on it
    return server, (await load_queues(session, [placed], now))[session_id]


async def _steps(session: AsyncSession, queues: SessionQueues) -> list[Step]:
    """All that was done with the questions of a session."""
    table = tables.QuestionStep
    talks = select(col(Talk.id)).where(col(Talk.session_id) == queues.placed.session.id)
    rows = await session.exec(select(table).where(col(table.talk_id).in_(talks)).order_by(col(table.id)))
    return [_step_of(row) for row in rows]


def _row(
    talk_id: int, wanted: Wanted, changes: tuple[Change, ...], now: datetime, *, undoes: int | None = None
) -> tables.QuestionStep:
    stored = [{"question": c.question_id, "before": _as_json(c.before), "after": _as_json(c.after)} for c in changes]
    return tables.QuestionStep(
        talk_id=talk_id, kind=wanted.kind.value, by=wanted.by, at=now, changes=stored, undoes=undoes
    )


def _step_of(row: tables.QuestionStep) -> Step:
    changes = tuple(Change(c["question"], _standing(c["before"]), _standing(c["after"])) for c in row.changes)
    return Step(row.id or 0, row.talk_id, StepKind(row.kind), row.by, row.at, changes, row.undoes)


def _as_json(standing: Standing) -> dict[str, Any]:
    asked_at = standing.asked_at.isoformat() if standing.asked_at else None
    return {**asdict(standing), "state": standing.state.value, "asked_at": asked_at}


def _standing(stored: dict[str, Any]) -> Standing:
    asked_at = datetime.fromisoformat(stored["asked_at"]) if stored["asked_at"] else None
    return Standing(QuestionState(stored["state"]), stored["pinned"], stored["merged_into"], asked_at)
