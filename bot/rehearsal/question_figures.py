"""What became of a rehearsal's questions: counted by the bot's own rules, compared with what people were told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import select

from bot.messages.text import plural
from bot.rehearsal.asking import Heard
from bot.rehearsal.loopback.world.messages import Message
from bot.rules.questions import Question, QuestionCounts, count, not_reached
from bot.services.question_votes import votes_by_root
from bot.services.queues import question_of
from db import question_tables as tables
from db.database import Database

_LEFT = re.compile(r"left:(\d+):")


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """The figures of one rehearsal's questions.

    Attributes:
        counts: by the bot's rules, of what its store holds.
        votes: distinct people, of every question that is not part of another.
        in_threads: questions that were not reached and stand in a thread, once each.
        threads: how many threads hold such.
        heard: what people were told when they asked.
        by_plan: whether nobody but the cast acted; else people may have left queues open and been told what none heard.
    """

    counts: QuestionCounts
    votes: int
    in_threads: int
    threads: int
    heard: Heard
    by_plan: bool = True

    @property
    def adds_up(self) -> bool:
        return not self._amiss

    @property
    def _amiss(self) -> list[str]:
        """What does not add up: nothing may be lost on the way in, on the way through, or at the end."""
        counts, heard = self.counts, self.heard
        became = counts.asked + counts.dismissed + counts.merged + counts.left
        surely, perhaps = heard.accepted, heard.accepted + heard.unanswered
        is_heard = surely <= counts.entered and (counts.entered <= perhaps or not self.by_plan)
        return [
            *([f"{counts.entered} entered, but {became} are accounted for"] if counts.entered != became else []),
            *([] if is_heard else [f"people were told that {surely} are in line"]),
            *([f"only {self.in_threads} stand in a thread"] if self.by_plan and self.in_threads != counts.left else []),
        ]

    def __str__(self) -> str:
        counts = self.counts
        threads = f", which go on in {plural(self.threads, 'thread')}" if self.threads else ""
        fates = [
            f"{counts.asked} put to the speaker ({counts.answered} marked as answered)",
            f"{counts.dismissed} dismissed",
            f"{counts.merged} merged with another",
            f"{counts.left} not reached{threads}",
        ]
        came = f"questions: {counts.entered} came in, with {plural(self.votes, 'vote')}"
        return "\n".join([f"{came}: {', '.join(fates)}", *(f"questions do not add up: {each}" for each in self._amiss)])


async def figures(
    db: Database, messages: Iterable[Message], heard: Heard, *, by_plan: bool = True
) -> QuestionFigures | None:
    """The figures of what is in the store and in the channels; None if nobody asked anything."""
    async with db.reading() as session:
        rows = list(await session.exec(select(tables.Question)))
        votes = await votes_by_root(session, {row.talk_id for row in rows}) if rows else {}
    questions = [question_of(row) for row in rows]
    if not questions and not heard.accepted:
        return None
    in_threads, threads = _in_threads(messages, questions)
    return QuestionFigures(count(questions), sum(votes.values()), in_threads, threads, heard, by_plan=by_plan)


def _in_threads(messages: Iterable[Message], questions: Sequence[Question]) -> tuple[int, int]:
    """How many of those not reached stand in one thread, once, and how many threads hold such."""
    left = {question.id for question in not_reached(questions)}
    public = (message for message in messages if message.channel.server is not None)
    shown = [(key, message.channel.id) for message in public for key in _left_in(message) if key in left]
    times = Counter(key for key, _ in shown)
    return sum(number == 1 for number in times.values()), len({channel for _, channel in shown})


def _left_in(message: Message) -> Iterator[int]:
    for button in message.buttons:
        if found := _LEFT.match(button.get("custom_id", "")):
            yield int(found[1])
