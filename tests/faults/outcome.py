"""What a session came to, in words that do not depend on the ids of one run, and how two of them differ."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from bot.rules.outbox import State
from bot.rules.reminders import Kind
from bot.services.programme import load_sessions
from db.question_tables import Question, QuestionStep, QuestionVote
from db.tables import Delivery, Server, TimingEvent
from tests.faults.fault_stage import FaultStage

SNOWFLAKE = re.compile(r"\d{15,20}")


@dataclass(frozen=True)
class Outcome:
    """What can be compared of two plays of one script."""

    run: list[Any]
    questions: list[Any]
    deliveries: Counter[tuple[str, str, str | None]]
    standing: Counter[tuple[str, str, str]]
    """Each with the key of its delivery, its place and its text."""
    sent: int
    """Deliveries whose message was posted and recorded."""
    lost: list[str]
    """Deliveries that are recorded as sent and were never posted, or were neither sent nor given up with a reason."""
    doubled: list[str]
    """Messages that carry the id of a delivery which another one carries as well, or that is not recorded as sent."""

    def late(self, other: Outcome) -> set[str]:
        """The deliveries that were sent here, and that the other one skipped because they came too late to help."""
        sent = {key for key, state, _ in self.deliveries if state == State.SENT}
        return {
            key for key, state, why in other.deliveries if state == State.SKIPPED and "too late" in (why or "")
        } & sent

    def differences(self, other: Outcome, explained: set[str]) -> list[str]:
        """What the other one has that this one has not, and the reverse, but for some deliveries and their messages."""
        found = [
            f"{name}: {getattr(self, name)} became {getattr(other, name)}"
            for name in ("run", "questions")
            if getattr(self, name) != getattr(other, name)
        ]
        for name in ("deliveries", "standing"):
            mine, theirs = getattr(self, name), getattr(other, name)
            found += [f"{name}: lacks {item}" for item in (mine - theirs).elements() if item[0] not in explained]
            found += [f"{name}: has {item} more" for item in (theirs - mine).elements() if item[0] not in explained]
        return found


async def outcome_of(stage: FaultStage) -> Outcome:
    """Read it from the store and from what people see."""
    stage.note_posts()
    names = _Names(stage)
    async with stage.db.reading() as session:
        events = list(await session.exec(select(TimingEvent).order_by(col(TimingEvent.id))))
        questions = list(await session.exec(select(Question).order_by(col(Question.id))))
        steps = list(await session.exec(select(QuestionStep).order_by(col(QuestionStep.id))))
        votes = list(await session.exec(select(QuestionVote)))
        rows = list(await session.exec(select(Delivery)))
        placed = await load_sessions(session, server=await _server(session, stage), now=stage.now)
    names.number("event", [event.id for event in events])
    names.number("question", [question.id for question in questions])
    names.number("step", [step.id for step in steps])
    posts = Counter(message.nonce for message in stage.posted if message.nonce)
    sent = {row.id for row in rows if row.sent_at is not None}
    unsent = {row.id for row in rows} - sent
    return Outcome(
        run=[[names.event(event) for event in events], [each.expected for each in placed]],
        questions=[
            [names.question(question) for question in questions],
            sorted(
                (names.of("question", vote.question_id), names.plain(vote.user_id), vote.voted_at) for vote in votes
            ),
            [(step.kind, step.at, names.changes(step.changes), names.of("step", step.undoes)) for step in steps],
        ],
        deliveries=Counter((names.key(row), row.state, row.reason) for row in rows),
        standing=_standing(stage, names, {row.id: row for row in rows}),
        sent=len(sent),
        lost=[row.key for row in rows if _is_lost(row, posts, stage)],
        doubled=[str(nonce) for nonce, times in posts.items() if times > 1 or nonce in unsent],
    )


def _is_lost(row: Delivery, posts: Counter[str], stage: FaultStage) -> bool:
    if row.sent_at is not None:
        return not posts[row.id]
    return row.due_at <= stage.now and not (row.state in ("skipped", "withdrawn") and row.reason)


def _standing(stage: FaultStage, names: _Names, rows: dict[str, Delivery]) -> Counter[tuple[str, str, str]]:
    """What everybody reads in the end, without time signals: a kill may keep the next one from removing the last."""
    found = [
        (rows.get(message.nonce or ""), names.plain(channel.id), names.plain(message.text))
        for channel in stage.loopback.world.channels.values()
        for message in channel.messages
    ]
    return Counter(
        (names.key(row) if row else "", place, text) for row, place, text in found if not row or row.kind != Kind.CUE
    )


async def _server(session: Any, stage: FaultStage) -> Server:  # noqa: ANN401 - either store's session
    server = await session.get(Server, stage.server.id)
    assert isinstance(server, Server)
    return server


class _Names:
    """Names in place of ids."""

    def __init__(self, stage: FaultStage) -> None:
        server = stage.server
        self._known = {str(channel.id): f"#{channel.name}" for channel in stage.loopback.world.channels.values()}
        self._known |= {str(key): f"@{member.user.name}" for key, member in server.members.items()}
        self._known |= {str(key): f"@{role.name}" for key, role in server.roles.items()} | {str(server.id): "server"}
        self._numbers: dict[tuple[str, int | None], str] = {}

    def number(self, what: str, ids: list[int | None]) -> None:
        """Rows are named by their place: PostgreSQL leaves out the numbers that a killed transaction drew."""
        self._numbers |= {(what, key): f"{what} {place}" for place, key in enumerate(ids, 1)}

    def of(self, what: str, key: int | None) -> str:
        return self._numbers.get((what, key), "none" if key is None else f"unknown {what}")

    def plain(self, text: object) -> str:
        return SNOWFLAKE.sub(lambda found: self._known.get(found[0], "some id"), str(text))

    def key(self, row: Delivery) -> str:
        key, last = row.key, re.compile(r"\d+$")
        if row.kind == Kind.ASK:  # its revision is the last event's number
            key = last.sub(lambda found: self.of("event", int(found[0])), key)
        numbered = re.sub(r"question-(\d+)", lambda found: self.of("question", int(found[1])), key)
        return self.plain(re.sub(r"welcome-[\d.]+", "welcome", numbered))  # it names the real moment of joining

    def event(self, event: TimingEvent) -> tuple[object, ...]:
        lengths = tuple(map(tuple, event.lengths))
        about = event.talk_id, event.leaves, event.by, event.amount_seconds, lengths
        return event.kind, event.at, event.tapped_at, self.plain(about), self.of("event", event.undoes)

    def question(self, question: Question) -> tuple[object, ...]:
        said = question.text, question.asker_name, question.anonymous, question.talk_id
        stands = question.state, question.pinned, self.of("question", question.merged_into), question.asked_at
        return (*said, question.entered_at, *stands)

    def changes(self, changes: list[dict[str, Any]]) -> str:
        numbered = re.sub(
            r"'(question|merged_into)': (\d+)",
            lambda found: f"'{found[1]}': {self.of('question', int(found[2]))}",
            str(changes),
        )
        return self.plain(numbered)
