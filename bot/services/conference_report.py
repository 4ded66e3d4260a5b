"""Reads what happened at a conference, and leaves out what is about attendees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import CommandError
from bot.rules.conference_report import (
    AskedQuestion,
    ConferenceDelivery,
    ConferenceReport,
    ConferenceSession,
    numbered,
    without_people,
)
from bot.rules.reminders import TO_SPEAKERS, Kind
from bot.rules.report_settings import ReportSettings
from bot.services.question_votes import votes_by_root
from bot.services.session_reports import ToldSession, conference_reports
from db.bulk import in_parts
from db.database import Database
from db.tables import Conference, Delivery, Server, Session, Talk


async def conference_report(db: Database, conference_id: int, now: datetime) -> ConferenceReport:
    """A conference as it is at a virtual moment, archived or not.

    Nobody's Discord id leaves here, no asker's name and no question's text; moderators' names only where their server
    wants them told.

    Raises:
        CommandError: there is no such conference, or it has no talks.
    """
    async with db.reading() as session:
        conference = await session.get(Conference, conference_id)
        server = await session.get(Server, conference.server_id) if conference else None
        told = await conference_reports(session, server, conference_id, now) if server else []
        if conference is None or server is None or not told:
            raise CommandError("there is nothing to report", do="Import a programme first, with: chairside import FILE")
        names = ReportSettings(**server.report_settings).names_moderators
        return ConferenceReport(
            name=conference.name,
            timezone=conference.timezone,
            at=now,
            names_moderators=names,
            sessions=_sessions(told, names_moderators=names),
            questions=await _questions(session, told),
            deliveries=await _deliveries(session, conference_id, told),
        )


def _sessions(told: Sequence[ToldSession], *, names_moderators: bool) -> tuple[ConferenceSession, ...]:
    numbers = numbered(event for each in told for event in each.placed.events)
    return tuple(_session(each, numbers, names_moderators=names_moderators) for each in told)


def _session(told: ToldSession, numbers: Mapping[int, int], *, names_moderators: bool) -> ConferenceSession:
    report = told.report
    if not names_moderators:
        report = replace(report, session=replace(report.session, moderator=None))
    return ConferenceSession(
        report=report,
        events=without_people(told.placed.events, numbers),
        allotted={
            each.talk.id: told.placed.run.allotted(each.talk, each.stints[0].starts_at if each.stints else None)
            for each in report.talks
        },
    )


async def _questions(session: AsyncSession, told: Sequence[ToldSession]) -> tuple[AskedQuestion, ...]:
    votes: dict[int, int] = {}
    for part in in_parts(sorted({question.talk_id for each in told for question in each.questions})):
        votes |= await votes_by_root(session, part)
    found = [
        AskedQuestion(
            id=question.id,
            session_id=each.placed.session.id,
            talk_id=question.talk_id,
            state=question.state,
            pinned=question.pinned,
            merged_into=question.standing.merged_into,
            entered_at=question.entered_at,
            asked_at=question.standing.asked_at,
            votes=votes.get(question.id),
        )
        for each in told
        for question in each.questions
    ]
    return tuple(sorted(found, key=lambda question: question.id))


async def _deliveries(
    session: AsyncSession, conference_id: int, told: Sequence[ToldSession]
) -> tuple[ConferenceDelivery, ...]:
    by_talk = {talk.talk.id: each.placed.session.id for each in told for talk in each.report.talks}
    query = select(*_TOLD).where(_of_conference(conference_id))  # type: ignore[call-overload] # more columns than SQLModel types
    rows = await session.exec(query.order_by(col(Delivery.due_at), col(Delivery.key)))
    found = []
    for session_id, talk_id, kind, state, user_id, channel_id, lead, due_at, sent_at, late, attempts in rows:
        direct = user_id is not None or kind in _DIRECT
        found.append(
            ConferenceDelivery(
                session_id=session_id if session_id is not None else by_talk.get(talk_id),
                talk_id=talk_id,
                kind=kind,
                state=state,
                is_direct=direct,
                channel_id=None if direct else channel_id,
                lead=timedelta(seconds=lead),
                due_at=due_at,
                sent_at=sent_at,
                lateness=None if late is None else timedelta(milliseconds=late),
                attempts=attempts,
            )
        )
    return tuple(found)


_DIRECT = TO_SPEAKERS | {Kind.PERSONAL}
_TOLD = (
    Delivery.session_id,
    Delivery.talk_id,
    Delivery.kind,
    Delivery.state,
    Delivery.user_id,
    Delivery.channel_id,
    Delivery.lead_seconds,
    Delivery.due_at,
    Delivery.sent_at,
    Delivery.lateness_ms,
    Delivery.attempts,
)


def _of_conference(conference_id: int) -> ColumnElement[bool]:
    """Those about one of its sessions, or at least about one of its talks."""
    sessions = select(col(Session.id)).where(col(Session.conference_id) == conference_id)
    talks = select(col(Talk.id)).where(col(Talk.session_id).in_(sessions))
    of_talk = and_(col(Delivery.session_id).is_(None), col(Delivery.talk_id).in_(talks))
    return or_(col(Delivery.session_id).in_(sessions), of_talk)
