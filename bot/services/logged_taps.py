"""What moderators and attendees did in a session, by numbers in place of names and keys. Steps of session_logs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.run import TimingEvent
from bot.rules.session_log import LoggedChange, LoggedQuestion, LoggedStep
from bot.services.timing_rows import event_of
from db import question_tables, tables
from db.bulk import in_parts


@dataclass(slots=True)
class Numbers:
    """What stands for keys and ids in a log: all count from 1, in the order that they come up in."""

    talks: dict[int, int]
    events: dict[int, int] = field(default_factory=dict)
    questions: dict[int, int] = field(default_factory=dict)
    moderators: dict[int, int] = field(default_factory=dict)
    attendees: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, talk_ids: Iterable[int]) -> Numbers:
        """For the talks of a session, in the order of its plans."""
        return cls({key: number for number, key in enumerate(dict.fromkeys(talk_ids), 1)})

    def moderator(self, user_id: int | None) -> int | None:
        """Which moderator; None for somebody who was removed."""
        return None if user_id is None else self.moderators.setdefault(user_id, len(self.moderators) + 1)

    def talk(self, talk_id: int | None) -> int | None:
        """Which talk; None for one that no plan of the session had."""
        return self.talks.get(talk_id) if talk_id is not None else None


async def logged_events(
    session: AsyncSession, session_id: int, numbers: Numbers, left_out: list[str]
) -> list[TimingEvent]:
    """The timing events; where the clock was set back meanwhile they are told at the moment before it was."""
    table = tables.TimingEvent
    rows = await session.exec(select(table).where(table.session_id == session_id).order_by(col(table.id)))
    events: list[TimingEvent] = []
    for number, row in enumerate(rows, 1):
        event = event_of(row)
        numbers.events[event.id] = number
        tapped_at = max(event.tapped_at, events[-1].tapped_at) if events else event.tapped_at
        if tapped_at != event.tapped_at:
            left_out.append(f"that the clock had been set back when event {number} was tapped")
        lengths = ((numbers.talk(talk), length) for talk, length in event.lengths)
        events.append(
            replace(
                event,
                id=number,
                tapped_at=tapped_at,
                talk_id=numbers.talk(event.talk_id),
                leaves=numbers.talk(event.leaves),
                by=numbers.moderator(event.by),
                lengths=tuple((talk, length) for talk, length in lengths if talk is not None),
                undoes=numbers.events.get(event.undoes) if event.undoes is not None else None,
            )
        )
    return events


async def logged_questions(
    session: AsyncSession, session_id: int, numbers: Numbers, left_out: list[str]
) -> list[LoggedQuestion]:
    """The questions without their texts, in the order they came."""
    table = question_tables.Question
    rows = await session.exec(select(table).where(table.session_id == session_id).order_by(col(table.id)))
    found: list[LoggedQuestion] = []
    for row in rows:
        in_hall = row.asker_id is None and row.entered_by is not None
        if row.asker_id is None and not in_hall:
            left_out.append(f"who asked question {len(found) + 1}: they were removed")
        who = row.asker_id if row.asker_id is not None else -(row.id or 0)
        numbers.questions[row.id or 0] = len(found) + 1
        found.append(
            LoggedQuestion(
                number=len(found) + 1,
                talk=numbers.talks[row.talk_id],
                entered_at=row.entered_at,
                asker=None if in_hall else numbers.attendees.setdefault(who, len(numbers.attendees) + 1),
                anonymous=row.anonymous,
                entered_by=numbers.moderator(row.entered_by),
                from_message=row.message_url is not None,
            )
        )
    return found


async def logged_steps(session: AsyncSession, numbers: Numbers) -> list[LoggedStep]:
    """What moderators did with the questions of these talks, in order."""
    table = question_tables.QuestionStep
    rows: list[question_tables.QuestionStep] = []
    for part in in_parts(list(numbers.talks)):
        rows += list(await session.exec(select(table).where(col(table.talk_id).in_(part))))
    rows.sort(key=lambda row: row.id or 0)
    keys = {row.id: number for number, row in enumerate(rows, 1)}
    return [
        LoggedStep(
            number=number,
            talk=numbers.talks[row.talk_id],
            kind=row.kind,
            at=row.at,
            by=numbers.moderator(row.by),
            changes=tuple(
                LoggedChange(
                    question=numbers.questions[change["question"]],
                    state=change["after"]["state"],
                    pinned=change["after"]["pinned"],
                    merged_into=numbers.questions.get(change["after"]["merged_into"]),
                )
                for change in row.changes
                if change["question"] in numbers.questions
            ),
            undoes=keys.get(row.undoes),
        )
        for number, row in enumerate(rows, 1)
    ]
