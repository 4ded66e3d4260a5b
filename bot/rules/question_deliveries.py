"""What questions owe a channel: the one now asked, and what was not reached, which goes on in the talk's thread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.outbox import Stored
from bot.rules.programme import ExpectedSession
from bot.rules.questions import Question, QuestionState, not_reached
from bot.rules.reminders import Kind, Owed, Place

IN_A_MESSAGE = 4
"""Questions of a thread's message: as many as fit with their buttons."""
LEFT_SHOWN = 28
LEFT_STILL_HELPS = timedelta(hours=12)
"""How long after a queue closed its leftovers are still worth a thread."""


def owed_questions(
    session: ExpectedSession, questions: Sequence[Question], closed_at: Mapping[int, datetime], place: Place
) -> list[Owed]:
    """What a session's questions owe its channel now, the parts of leftovers' threads left out.

    A question that is answered or taken back before it was posted is owed no more; one that was posted is edited.

    Args:
        session: its forecast now.
        questions: all of its talks'.
        closed_at: the talks that are over and whose queue closed, with the moment.
        place: its channel.
    """
    asked = [_asked(session, q, place) for q in questions if q.state is QuestionState.ASKED]
    return [*asked, *_leftovers(session, questions, closed_at, place)]


def _asked(session: ExpectedSession, question: Question, place: Place) -> Owed:
    asked_at = question.standing.asked_at or question.entered_at
    return Owed(
        server_id=place.server_id,
        channel_id=place.channel_id,
        kind=Kind.QUESTION,
        # asked once more after it was taken back, it is another message
        subject=f"question-{question.id}-{asked_at:%Y%m%d%H%M%S%f}",
        session_id=session.session.id,
        talk_ids=(question.talk_id,),
        due_at=asked_at,
        expires_at=None,
        details={"question": str(question.id), "asked_at": asked_at.isoformat()},
    )


def _leftovers(
    session: ExpectedSession, questions: Sequence[Question], closed_at: Mapping[int, datetime], place: Place
) -> Iterable[Owed]:
    for talk_id, moment in closed_at.items():
        # those that wait for approval were never the room's to see
        left = [q for q in not_reached(questions) if q.talk_id == talk_id and q.state is QuestionState.QUEUED]
        if left:
            yield Owed(
                server_id=place.server_id,
                channel_id=place.channel_id,
                kind=Kind.LEFTOVERS,
                subject=f"leftovers-{talk_id}",
                session_id=session.session.id,
                talk_ids=(talk_id,),
                due_at=moment,
                expires_at=moment + LEFT_STILL_HELPS,
                text=head_text(len(left)),
                details={"questions": ",".join(str(q.id) for q in left[:LEFT_SHOWN]), "left": str(len(left))},
            )


def head_text(left: int) -> str:
    """What the head of a thread tells, as the outbox remembers it: it is edited once that is another number."""
    return f"{left} left"


def with_threads(owed: Iterable[Owed], stored: Sequence[Stored]) -> list[Owed]:
    """What is owed, with the messages of the threads under leftovers that are posted.

    A thread has the id of the message it hangs on. What a queue leaves that was opened again goes on in its thread:
    in further messages, so that nothing that stands there changes its place.
    """
    heads = {row.talk_ids[0]: row for row in stored if row.kind is Kind.LEFTOVERS and row.message_id is not None}
    parts: dict[int, list[Stored]] = defaultdict(list)
    for row in stored:
        if row.kind is Kind.LEFT_PART:
            parts[row.talk_ids[0]].append(row)
    items: list[Owed] = []
    left: dict[int, Owed] = {}
    for item in owed:
        if item.kind is Kind.LEFTOVERS and item.talk_ids[0] in heads:
            left[item.talk_ids[0]] = item
        else:
            items.append(item)
    for talk_id, head in heads.items():
        in_thread = _questions(head) if not parts[talk_id] else [q for row in parts[talk_id] for q in _questions(row)]
        new = [q for q in _questions(left[talk_id]) if q not in in_thread] if talk_id in left else []
        told = int(head.details["left"]) + len(new)
        details = {**head.details, "questions": ",".join([*_questions(head), *new]), "left": str(told)}
        if talk_id in left:
            items.append(replace(left[talk_id], details=details, text=head_text(told)))
        items += _parts(head, head.message_id or 0, sorted(parts[talk_id], key=_number), new)
    return items


def _questions(item: Owed | Stored) -> list[str]:
    return str(item.details["questions"]).split(",")


def _number(row: Stored) -> int:
    return int(row.details["part"])


def _parts(head: Stored, thread_id: int, standing: Sequence[Stored], new: Sequence[str]) -> Iterable[Owed]:
    """The messages that stand in a thread as they are, and those for questions that none of them holds."""
    details = [dict(row.details) for row in standing]
    more = new if standing else _questions(head)
    chunks = [more[first : first + IN_A_MESSAGE] for first in range(0, len(more), IN_A_MESSAGE)]
    first = 1 + sum(len(_questions(row)) for row in standing)
    for number, chunk in enumerate(chunks, len(standing) + 1):
        part = {"part": str(number), "parts": str(len(standing) + len(chunks)), "first": str(first)}
        details.append({"questions": ",".join(chunk), **part, "thread_of": str(head.channel_id)})
        first += len(chunk)
    server_id = int(head.key.partition(":")[0])
    for number, of_part in enumerate(details, 1):
        yield Owed(
            server_id=server_id,
            channel_id=thread_id,
            kind=Kind.LEFT_PART,
            subject=f"leftovers-{head.talk_ids[0]}-{number}",
            session_id=head.session_id,
            talk_ids=head.talk_ids,
            due_at=head.due_at,
            expires_at=head.due_at + LEFT_STILL_HELPS,
            details=of_part,
        )
