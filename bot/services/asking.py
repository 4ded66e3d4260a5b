"""Attendees ask, vote and look: one transaction each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.duplicates import most_alike
from bot.rules.programme import ExpectedTalk
from bot.rules.question_text import person_name, question_text
from bot.rules.questions import Question, QuestionState, fate, in_order, times_asked
from bot.rules.queue_times import Phase, check_may_ask, talk_meant
from bot.services.programme import load_sessions
from bot.services.question_votes import votes_by_root
from bot.services.queues import SessionQueues, load_queues, question_of, questions_changed
from bot.services.timekeeping import Check
from db import question_tables as tables
from db.database import Database
from db.tables import Conference, Server, Session, Talk

AROUND = timedelta(hours=12)
"""How far from now a session may be that a question in its channel is for, where no talk is named."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as it was typed.

    Attributes:
        channel_ids: where it was asked: the channel, and the one above if that is a thread.
        asker: Discord user; None for somebody in the hall.
        talk_id: the talk that was named; None is the one that is meant in this channel now.
        entered_by: the moderator who enters it for somebody else; no limits and no approval then.
        check: refuses who may not enter one for somebody else.
        message_url: the message that it is taken from.
    """

    server_id: int
    channel_ids: Collection[int]
    typed: str
    asker: int | None
    asker_name: str
    anonymous: bool = False
    talk_id: int | None = None
    entered_by: int | None = None
    message_url: str | None = None
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A stored question, its talk's queue as it is then, and the most alike one that was there before."""

    question: Question
    talk: ExpectedTalk
    queues: SessionQueues
    alike: Question | None

    @property
    def position(self) -> int:
        """Its place in the queue from 1; 0 while it waits for approval."""
        ids = [question.id for question in ordered(self.queues, self.talk.talk.id)]
        return ids.index(self.question.id) + 1 if self.question.id in ids else 0


@dataclass(frozen=True, slots=True)
class QueueView:
    """A talk's queue for one person; `votes` are the surviving questions that they voted for."""

    talk: ExpectedTalk
    queues: SessionQueues
    votes: frozenset[int]


def ordered(queues: SessionQueues, talk_id: int) -> list[Question]:
    """A talk's queued questions, the next one first."""
    order = queues.placed.question_settings.order
    return in_order(queues.of(talk_id), order, times_asked(queues.questions))


async def ask_question(db: Database, clock: Clock, asking: Asking) -> Asked:
    """Put a question in a talk's queue.

    Raises:
        CommandError: the text is empty or too long, the queue is not open, or this person asked too often.
    """
    text, name = question_text(asking.typed), person_name(asking.asker_name)
    async with db.transaction(asking.server_id) as session:
        now = clock.now()
        queues, talk = await _meant(session, asking.server_id, asking.channel_ids, asking.talk_id, now)
        if asking.check is not None:
            asking.check(queues.placed)
        _check_open(queues, talk)
        settings = queues.placed.question_settings
        if asking.entered_by is None:
            mine = [q for q in queues.questions if q.asker == asking.asker]
            open_now = sum(q.is_open and q.talk_id == talk.talk.id for q in mine)
            check_may_ask([q.entered_at for q in mine], open_now, settings, now)
        waits = settings.approval and asking.entered_by is None
        row = tables.Question(
            session_id=queues.placed.session.id,
            talk_id=talk.talk.id,
            text=text,
            asker_id=asking.asker,
            asker_name=name,
            anonymous=asking.anonymous,
            entered_by=asking.entered_by,
            message_url=asking.message_url,
            entered_at=now,
            state=(QuestionState.WAITING if waits else QuestionState.QUEUED).value,
        )
        session.add(row)
        await session.flush()
        await questions_changed(session, queues, now, at_once=False)
        await _close_in_time(session, queues, talk.talk.id)
        question = question_of(row)
        alike = most_alike(question, [q for q in queues.of(talk.talk.id) if q.state is QuestionState.QUEUED])
        return Asked(question, talk, queues.with_question(question), alike)


async def _close_in_time(session: AsyncSession, queues: SessionQueues, talk_id: int) -> None:
    """What is left when the queue closes goes on in a thread, also if nobody taps until then."""
    closes_at = queues.closes_at(talk_id)
    row = await session.get(Session, queues.placed.session.id)
    if row is not None and closes_at > queues.now:
        row.replan_at = min(closes_at, row.replan_at) if row.replan_at else closes_at


async def toggle_vote(db: Database, clock: Clock, *, server_id: int, question_id: int, user_id: int) -> QueueView:
    """Vote for a question, or take the vote back; its talk's queue then.

    Raises:
        CommandError: there is no such question, it is one's own, it is no longer queued, or the queue is closed.
    """
    async with db.transaction(server_id) as session:
        now = clock.now()
        row = await session.get(tables.Question, question_id)
        queues, talk = await _of_talk(session, server_id, row.talk_id if row else 0, now)
        questions = {question.id: question for question in queues.of(talk.talk.id)}
        root = questions[questions[question_id].standing.merged_into or question_id]
        _check_vote(queues, root, user_id)
        group = [q.id for q in questions.values() if (q.standing.merged_into or q.id) == root.id]
        table = tables.QuestionVote
        taken_back = await session.exec(
            delete(table).where(col(table.user_id) == user_id, col(table.question_id).in_(group))
        )
        if not taken_back.rowcount:
            session.add(table(question_id=root.id, user_id=user_id, voted_at=now))
        await session.flush()
        await questions_changed(session, queues, now, at_once=False)
        votes = (await votes_by_root(session, [talk.talk.id]))[root.id]
        counted = tuple(replace(q, votes=votes) if q.id == root.id else q for q in queues.questions)
        return QueueView(talk, queues.with_questions(counted), await _votes_of(session, talk.talk.id, user_id))


def _check_vote(queues: SessionQueues, root: Question, user_id: int) -> None:
    if root.asker == user_id:
        raise CommandError("one does not vote for one's own question")
    if root.state is not QuestionState.QUEUED:
        became = {QuestionState.ASKED: "being asked now", QuestionState.WAITING: "not shown yet"}
        raise CommandError(f"that question is {became.get(root.state, root.state.value)}", do="Vote for another one")
    if queues.phase(root.talk_id) is Phase.CLOSED:
        raise CommandError("the queue of this talk is closed", do="See what became of it with /questions list")


async def queue_view(
    db: Database, clock: Clock, *, server_id: int, channel_ids: Collection[int], talk_id: int | None, user_id: int
) -> QueueView:
    """A talk's queue for one person: the talk that was named, else the one meant in this channel.

    Raises:
        CommandError: there is no such talk, or none is meant here.
    """
    now = clock.now()
    async with db.reading() as session:
        queues, talk = await _meant(session, server_id, channel_ids, talk_id, now)
        return QueueView(talk, queues, await _votes_of(session, talk.talk.id, user_id))


async def questions_of(db: Database, clock: Clock, *, server_id: int, user_id: int) -> list[tuple[Question, str, str]]:
    """A person's questions in a server's open conferences, newest first: each with its talk's title and its fate."""
    now = clock.now()
    async with db.reading() as session:
        server = await session.get(Server, server_id)
        mine = (
            select(tables.Question.session_id)
            .join(Session, col(Session.id) == tables.Question.session_id)
            .join(Conference, col(Conference.id) == Session.conference_id)
            .where(tables.Question.asker_id == user_id, Conference.server_id == server_id)
        )
        ids = sorted(set(await session.exec(mine)))
        placed = await load_sessions(session, server=server, now=now, session_ids=ids) if server and ids else []
        queues = await load_queues(session, placed, now)
    found = [(q, of_session) for of_session in queues.values() for q in of_session.questions if q.asker == user_id]
    found.sort(key=lambda pair: pair[0].id, reverse=True)
    return [(q, _title(of_session, q.talk_id), _fate(of_session, q)) for q, of_session in found]


def _title(queues: SessionQueues, talk_id: int) -> str:
    talk = queues.talk(talk_id)
    return talk.talk.title if talk else "a talk that was removed"


def _fate(queues: SessionQueues, question: Question) -> str:
    roots = {q.id: q for q in queues.of(question.talk_id)}
    is_closed = question.talk_id in queues.closed_at()
    return fate(question, roots, is_closed=is_closed)


async def _meant(
    session: AsyncSession, server_id: int, channel_ids: Collection[int], talk_id: int | None, now: datetime
) -> tuple[SessionQueues, ExpectedTalk]:
    if talk_id is not None:
        return await _of_talk(session, server_id, talk_id, now)
    server = await session.get(Server, server_id)
    around = now - AROUND, now + AROUND
    placed = (
        await load_sessions(session, server=server, now=now, around=around, channel_ids=channel_ids) if server else []
    )
    queues = await load_queues(session, placed, now)
    times = {key: value for of_session in queues.values() for key, value in of_session.times.items()}
    overrides = {key: value for of_session in queues.values() for key, value in of_session.overrides.items()}
    talk = talk_meant([p.expected for p in placed], times, overrides, now)
    if talk is None:
        raise CommandError("no talk is on or coming up in this channel", do="Name the talk, or ask in its channel")
    return queues[talk.talk.session_id], talk


async def _of_talk(
    session: AsyncSession, server_id: int, talk_id: int, now: datetime
) -> tuple[SessionQueues, ExpectedTalk]:
    server, row = await session.get(Server, server_id), await session.get(Talk, talk_id)
    ids = [row.session_id] if row else []
    placed = await load_sessions(session, server=server, now=now, session_ids=ids) if server and ids else []
    talk = next((e for p in placed for e in p.expected.talks if e.talk.id == talk_id), None)
    if talk is None:
        raise CommandError("that talk is not in this server's programme", do="Choose one that the command offers")
    return (await load_queues(session, placed, now))[placed[0].session.id], talk


def _check_open(queues: SessionQueues, talk: ExpectedTalk) -> None:
    key = talk.talk.id
    title = f"“{talk.talk.title}”"
    if key not in queues.times:
        raise CommandError(f"{title} takes no questions", do="Name the talk that it is for")
    now_is = queues.phase(key)
    if now_is is Phase.OPEN:
        return
    if now_is is Phase.VOTING:
        raise CommandError(f"{title} takes votes only, no new questions", do="Vote for one with /questions list")
    opens_at = queues.times[key].opens_at
    if queues.overrides.get(key) is None and opens_at is not None and opens_at > queues.now:
        raise CommandError(
            f"questions for {title} open <t:{int(opens_at.timestamp())}:R>", do="Ask again then, or name another talk"
        )
    raise CommandError(f"questions for {title} are closed", do="Name another talk, or ask the speaker in its thread")


async def _votes_of(session: AsyncSession, talk_id: int, user_id: int) -> frozenset[int]:
    """The surviving questions of a talk that a person voted for."""
    query = (
        select(tables.Question.id, tables.Question.merged_into)
        .join(tables.QuestionVote, col(tables.QuestionVote.question_id) == tables.Question.id)
        .where(tables.QuestionVote.user_id == user_id, tables.Question.talk_id == talk_id)
    )
    return frozenset(merged_into or question_id or 0 for question_id, merged_into in await session.exec(query))
