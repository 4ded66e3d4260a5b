"""Questions for tests of messages, and the check that Discord would take a message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.messages import question_queue
from bot.messages import questions as shown
from bot.messages.message import Message
from bot.rehearsal.loopback.rest.messages import RULES
from bot.rehearsal.loopback.validation.messages import read_draft
from bot.rules.programme import ExpectedTalk
from bot.rules.questions import Order, Question, QuestionState, Standing, count
from bot.rules.queue_times import Phase
from tests.builders import FIRST_START, expected

ID = "abcdefghijklmnopqrst_-"
SESSION, VIEWER = 3, 900
TALK: ExpectedTalk = expected().talks[0]


def a_question(
    number: int = 1,
    text: str = "Does this hold for k-IGN?",
    state: QuestionState = QuestionState.QUEUED,
    *,
    name: str = "Ada Lovelace",
    asker: int | None = 100,
    anonymous: bool = False,
    pinned: bool = False,
    votes: int = 0,
) -> Question:
    return Question(
        id=number,
        talk_id=TALK.talk.id,
        text=text,
        asker=asker,
        asker_name=name,
        anonymous=anonymous,
        entered_at=FIRST_START + timedelta(seconds=number),
        standing=Standing(state, pinned=pinned),
        votes=votes,
    )


def queue(number: int) -> list[Question]:
    return [a_question(n, f"Question {n}?", asker=100 + n, name=f"Person {n}") for n in range(1, number + 1)]


def page(
    questions: list[Question],
    number: int = 0,
    *,
    now_asked: Question | None = None,
    phase: Phase = Phase.OPEN,
    votes: frozenset[int] = frozenset(),
) -> Message:
    counts = count([*questions, *([now_asked] if now_asked else [])])
    return shown.queue_page(TALK, questions, now_asked, counts, phase, votes, VIEWER, number)


def moderators(questions: list[Question], page: int = 0, **more: Any) -> Message:  # noqa: ANN401 - passed on
    order = more.pop("order", Order.TOP)
    phase = more.pop("phase", Phase.OPEN)
    return question_queue.moderators_list(SESSION, TALK, questions, order, {}, phase, page, **more)


def labels(message: Message) -> list[str]:
    return [button.label for button in message.buttons]


def checked(message: Message) -> list[list[str]]:
    """The rows of a message that Discord would take, by their labels."""
    components = message.view().to_components()
    read_draft({"content": message.content, "components": components}, {}, RULES)
    return [[part.get("label", part.get("placeholder")) for part in row["components"]] for row in components]
