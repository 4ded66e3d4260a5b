"""Builds what question deliveries show: the one now asked, leftovers, and the queue under the console."""

from __future__ import annotations

from bot.delivery.composed import Composed
from bot.messages import question_queue, questions
from bot.messages.console import QueuePart
from bot.rules.question_deliveries import IN_A_MESSAGE, head_text
from bot.rules.questions import Question, QuestionState, in_order, now_asked, times_asked
from bot.rules.reminders import Kind
from bot.rules.speakers import speakers_of
from bot.services.queues import SessionQueues
from db.tables import Delivery

SHOWS_QUESTIONS = frozenset(
    {Kind.CONSOLE, Kind.QUESTION, Kind.LEFTOVERS, Kind.LEFT_PART, Kind.SPEAKER_LEFT, Kind.REPORT}
)


def of_questions(queues: SessionQueues | None, row: Delivery) -> Composed | None:
    """The message of a question delivery as things stand; None where what it tells of is gone."""
    talk = queues.talk(row.talk_id or 0) if queues else None
    if queues is None or talk is None:
        return None
    if row.kind == Kind.LEFTOVERS:
        left = int(row.details["left"])
        return Composed(questions.leftovers_head(talk, left, row.id), None, head_text(left))
    by_id = {str(question.id): question for question in queues.questions}
    if row.kind == Kind.QUESTION:
        question = by_id.get(row.details["question"])
        if question is None:
            return None
        title = queues.placed.session.title
        merged = [q for q in queues.questions if q.standing.merged_into == question.id]
        state = _shown_state(question, row)
        return Composed(questions.asked(question, talk, title, row.id, state=state, merged=merged), None, "")
    shown = [by_id[key] for key in row.details["questions"].split(",") if key in by_id]
    part, parts = int(row.details["part"]), int(row.details["parts"])
    answered = {question.id for question in shown if question.state is QuestionState.ANSWERED}
    first = int(row.details.get("first", (part - 1) * IN_A_MESSAGE + 1))
    # by its first message alone, or a queue that is opened again would call them once more
    speakers = speakers_of(queues.placed.speakers, talk.talk.id) if part == 1 else ()
    message = questions.leftovers_part(shown, first, part, parts, row.id, answered, speakers)
    return Composed(message, None, "", thread_name=questions.thread_name(talk)) if shown else None


def _shown_state(question: Question, row: Delivery) -> QuestionState:
    """Where a question stands for a message that once put it to the room; a later message has its later asking."""
    asked_at = question.standing.asked_at
    if question.state is QuestionState.ASKED and (asked_at is None or asked_at.isoformat() != row.details["asked_at"]):
        return QuestionState.QUEUED
    return question.state


def console_queue(queues: SessionQueues, delivery_id: str) -> QueuePart | None:
    """The queue that a moderator means now, to stand under the console; None where the session has no talk left."""
    current = queues.current()
    asked = now_asked(queues.questions)
    if current is None:
        return None
    key = current.talk.id
    of_talk = queues.of(key)
    ordered = in_order(of_talk, queues.placed.question_settings.order, times_asked(queues.questions))
    waiting = sum(question.state is QuestionState.WAITING for question in of_talk)
    top = ordered[: question_queue.TOP_SHOWN]
    lines = question_queue.console_lines(asked, top, len(ordered) - len(top), waiting, queues.phase(key))
    session_id, sees = queues.placed.session.id, asked.id if asked else 0
    buttons = question_queue.console_buttons(session_id, key, sees, len(ordered), waiting, delivery_id)
    return QueuePart(tuple(lines), buttons)
