"""A session's questions as a file: whole for its moderators, or fit to be published."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.export_table import (
    ExportedFile,
    ExportedQuestion,
    Format,
    QuestionExport,
    SessionFacts,
    as_file,
    without_mentions,
)
from bot.rules.questions import SHOWN
from bot.services.question_votes import votes_by_root
from bot.services.uploads import check_upload
from bot.timezones import local
from db.database import Database
from db.question_tables import Question
from db.tables import Conference, Server, Session, Talk

MAX_QUESTIONS = 50_000
ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session whose questions can be exported."""

    id: int
    title: str
    room: str | None
    starts_at: datetime
    timezone: str
    server_id: int
    server: str | None
    questions: int


async def exportable_sessions(db: Database) -> list[ListedSession]:
    """Every session in the store, in order of start."""
    counts = select(Question.session_id, func.count()).group_by(col(Question.session_id))
    query = (
        select(Session, Conference, Server)
        .join(Conference, col(Conference.id) == Session.conference_id)
        .join(Server, col(Server.id) == Conference.server_id)
        .order_by(col(Session.starts_at), col(Session.id))
    )
    async with db.reading() as session:
        questions = dict((await session.exec(counts)).all())
        return [
            ListedSession(
                id=row.id or 0,
                title=row.title,
                room=row.room,
                starts_at=row.starts_at,
                timezone=conference.timezone,
                server_id=server.id,
                server=server.name,
                questions=questions.get(row.id or 0, 0),
            )
            for row, conference, server in await session.exec(query)
        ]


async def questions_file(
    db: Database, clock: Clock, *, server_id: int, session_id: int, form: Format, for_public: bool
) -> ExportedFile:
    """A session's questions as a file that Discord takes.

    Raises:
        CommandError: this server has no such session, or its questions make too large a file.
    """
    export = await export_questions(
        db, server_id=server_id, session_id=session_id, for_public=for_public, now=clock.now()
    )
    made = await asyncio.to_thread(as_file, export, form)
    check_upload(made.content, f"chairside export questions --session {session_id}")
    return made


async def export_questions(
    db: Database, *, server_id: int, session_id: int, for_public: bool, now: datetime
) -> QuestionExport:
    """A session's questions in the order of its talks, then as they came.

    Args:
        db: the store.
        server_id: whose session; another server's is not found.
        session_id: which.
        for_public: only what the room saw, without the names of who asked anonymously, and without anybody's id.
        now: virtual.

    Raises:
        CommandError: this server has no such session, or it has more than 50,000 questions.
    """
    async with db.reading() as session:
        found = await session.exec(
            select(Session, Conference)
            .join(Conference, col(Conference.id) == Session.conference_id)
            .where(Session.id == session_id, Conference.server_id == server_id)
        )
        facts = next(iter(found), None)
        if facts is None:
            raise CommandError(
                "that session is not in this server's programme", do="Choose one that the command offers"
            )
        stored = await _stored(session, session_id)
        votes = await votes_by_root(session, {question.talk_id for question, _ in stored})
    # beside the event loop: thousands of rows would hold up everybody's answer
    return await asyncio.to_thread(_export, facts, stored, votes, for_public=for_public, now=now)


async def _stored(session: AsyncSession, session_id: int) -> Sequence[tuple[Question, Talk]]:
    query = (
        select(Question, Talk)
        .join(Talk, col(Talk.id) == Question.talk_id)
        .where(Question.session_id == session_id)
        .order_by(col(Talk.starts_at), col(Talk.id), col(Question.entered_at), col(Question.id))
        .limit(MAX_QUESTIONS + 1)
    )
    rows = (await session.exec(query)).all()
    if len(rows) > MAX_QUESTIONS:
        raise CommandError(
            f"that session has more than {MAX_QUESTIONS:,} questions, and one file holds no more",
            do="Back up the database instead; see docs/operators.md",
        )
    return rows


def _export(
    facts: tuple[Session, Conference],
    stored: Sequence[tuple[Question, Talk]],
    votes: dict[int, int],
    *,
    for_public: bool,
    now: datetime,
) -> QuestionExport:
    row, conference = facts
    shown = [pair for pair in stored if not for_public or pair[0].state in SHOWN]
    form = _Form(
        session=row.title,
        timezone=conference.timezone,
        for_public=for_public,
        numbers={question.id or 0: number for number, (question, _) in enumerate(shown, 1)},
        votes=votes,
        asked_by=_asked_by(question for question, _ in stored),
    )
    return QuestionExport(
        session=_facts(row, conference),
        exported_at=form.moment(now),
        for_public=for_public,
        questions=tuple(form.row(question, talk) for question, talk in shown),
        left_out=len(stored) - len(shown),
    )


def _facts(row: Session, conference: Conference) -> SessionFacts:
    return SessionFacts(
        id=row.id or 0,
        title=row.title,
        conference=conference.name,
        room=row.room,
        moderator=row.moderator,
        timezone=conference.timezone,
        planned_start=_iso(row.starts_at, conference.timezone),
        planned_end=_iso(row.ends_at, conference.timezone),
    )


def _asked_by(questions: Iterable[Question]) -> dict[int, int]:
    """How many people asked each surviving question; everyone without an account counts."""
    people: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for question in questions:
        key = question.id or 0
        person = ("nobody known", key) if question.asker_id is None else ("user", question.asker_id)
        people[question.merged_into or key].add(person)
    return {root: len(askers) for root, askers in people.items()}


@dataclass(frozen=True, slots=True)
class _Form:
    """What all rows of one export have in common."""

    session: str
    timezone: str
    for_public: bool
    numbers: dict[int, int]
    votes: dict[int, int]
    asked_by: dict[int, int]

    def moment(self, instant: datetime) -> str:
        return _iso(instant, self.timezone)

    def row(self, question: Question, talk: Talk) -> ExportedQuestion:
        key = question.id or 0
        is_root = question.merged_into is None
        return ExportedQuestion(
            number=self.numbers[key],
            session=self.session,
            talk=talk.title,
            planned_start=self.moment(talk.starts_at),
            question=self._text(question.text),
            asker=ANONYMOUS if self.for_public and question.anonymous else self._text(question.asker_name),
            anonymous=question.anonymous,
            state=question.state,
            votes=self.votes.get(key, 0) if is_root else None,
            asked_by=self.asked_by.get(key, 0) if is_root else None,
            merged_into=None if is_root else self.numbers.get(question.merged_into or 0),
            entered_at=self.moment(question.entered_at),
            asked_at=self.moment(question.asked_at) if question.asked_at else None,
        )

    def _text(self, typed: str) -> str:
        return without_mentions(typed) if self.for_public else typed


def _iso(instant: datetime, timezone: str) -> str:
    return local(instant, timezone).isoformat(timespec="seconds")
