"""What one session owes beside its plan: to its moderators, to the room's questions, and to its speakers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.rules.console import owed_console, owed_signals
from bot.rules.question_deliveries import owed_questions
from bot.rules.questions import Question
from bot.rules.reminders import Kind, Owed, Place
from bot.rules.report_deliveries import owed_report
from bot.rules.session_report import session_report
from bot.rules.speakers import owed_claims, owed_to_speakers, with_speakers
from bot.services.programme import PlacedSession
from bot.services.queues import SessionQueues


def owed_to_room(queues: SessionQueues) -> list[Owed]:
    """The question now asked, and what was not reached; nothing while no channel is set."""
    place = queues.placed.place
    if place is None or not queues.questions:
        return []
    return owed_questions(queues.placed.expected, queues.questions, queues.closed_at(), place)


def owed_to_moderators(p: PlacedSession, now: datetime) -> list[Owed]:
    """Console, time signals, questions and speakers' claims of a session; nothing while they have no place.

    That is a server's moderators' channel, else a private thread which opens with the session.
    """
    public = owed_cues_in(p, p.place, now) if p.place and p.cues_in_channel else []
    if p.console_id is None:
        return public
    place = Place(p.server_id, p.console_id, p.timezone, p.page_timezone)
    signals = owed_signals(p.expected, p.run, place, now, p.cues, guard=p.guarded) if p.run.closed_at is None else []
    claims = owed_claims(p.expected, p.speakers, place)
    return [*owed_console(p.expected, p.run, place, now, p.speakers), *signals, *claims, *public]


def owed_report_of(p: PlacedSession, questions: Sequence[Question], now: datetime) -> list[Owed]:
    """The report to the session's moderators, once it is over; nothing where the server wants none by itself."""
    if p.console_id is None or not p.reports.posts or not p.run.is_started or not p.expected.is_over:
        return []
    report = session_report(p.session, p.run, questions, now, guard=p.guarded)
    return owed_report(report, Place(p.server_id, p.console_id, p.timezone, p.page_timezone))


def owed_cues_in(p: PlacedSession, place: Place, now: datetime) -> list[Owed]:
    """The time signals that a place is owed: the session's own channel, where the server wants them there."""
    if p.run.closed_at is not None:
        return []
    return [
        item for item in owed_signals(p.expected, p.run, place, now, p.cues, guard=p.guarded) if item.kind is Kind.CUE
    ]


def owed_to_its_speakers(p: PlacedSession, queues: SessionQueues | None, now: datetime) -> list[Owed]:
    """Whether they are here, their time signals, and what was not reached, by direct message."""
    place = Place(p.server_id, 0, p.timezone, p.page_timezone)
    asked = owed_to_speakers(p.expected, p.speakers, place, chases=p.chases_speakers)
    left = owed_to_room(queues) if queues else []
    return [*asked, *with_speakers([*owed_cues_in(p, place, now), *left], p.speakers)]
