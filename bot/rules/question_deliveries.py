"""What questions owe a channel: the one now asked, and what was not reached, which goes on in the talk's thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
                details={"questions": ",".join(str(q.id) for q in left[:LEFT_SHOWN]), "left": str(len(left))},
            )


def owed_in_threads(stored: Iterable[Stored]) -> list[Owed]:
    """The messages of the threads under leftovers that are posted; a thread has the id of the message it hangs on."""
    return [
        part
        for row in stored
        if row.kind is Kind.LEFTOVERS and row.message_id is not None
        for part in _parts(row, row.message_id)
    ]


def _parts(row: Stored, thread_id: int) -> Iterable[Owed]:
    ids = row.details["questions"].split(",")
    parts = [ids[first : first + IN_A_MESSAGE] for first in range(0, len(ids), IN_A_MESSAGE)]
    server_id = int(row.key.partition(":")[0])
    for number, part in enumerate(parts, 1):
        yield Owed(
            server_id=server_id,
            channel_id=thread_id,
            kind=Kind.LEFT_PART,
            subject=f"leftovers-{row.talk_ids[0]}-{number}",
            session_id=row.session_id,
            talk_ids=row.talk_ids,
            due_at=row.due_at,
            expires_at=row.due_at + LEFT_STILL_HELPS,
            details={
                "questions": ",".join(part),
                "part": str(number),
                "parts": str(len(parts)),
                "thread_of": str(row.channel_id),
            },
        )
