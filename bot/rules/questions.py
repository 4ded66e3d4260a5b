"""A talk's questions as plain values: where each stands, who goes first, what became of it, and how many there were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

QUOTED_AT_MOST = 80
"""How many characters of a question an error or a list quotes."""


class QuestionState(StrEnum):
    """Where a question stands; the values are what is stored."""

    WAITING = "waiting"
    QUEUED = "queued"
    ASKED = "asked"
    ANSWERED = "answered"
    DISMISSED = "dismissed"
    MERGED = "merged"


class Order(StrEnum):
    """Who goes first; pinned ones always do."""

    TOP = "top"
    OLDEST = "oldest"
    FAIR = "fair"


OPEN = frozenset({QuestionState.WAITING, QuestionState.QUEUED})
PUT = frozenset({QuestionState.ASKED, QuestionState.ANSWERED})
SHOWN = frozenset({QuestionState.QUEUED, *PUT})


@dataclass(frozen=True, slots=True)
class Standing:
    """What steps change and undo restores.

    Attributes:
        pinned: goes before all others; of a queued one only.
        merged_into: always the surviving question itself, since merges are kept flat.
        asked_at: virtual; when it was last put to the speaker.
    """

    state: QuestionState
    pinned: bool = False
    merged_into: int | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question to one talk.

    Attributes:
        asker: Discord user id; None for somebody in the hall or a removed person.
        asker_name: what the room reads unless it is anonymous.
        entered_at: virtual.
        votes: distinct people of the whole merged group.
    """

    id: int
    talk_id: int
    text: str
    asker: int | None
    asker_name: str
    anonymous: bool
    entered_at: datetime
    standing: Standing
    votes: int = 0

    @property
    def state(self) -> QuestionState:
        return self.standing.state

    @property
    def pinned(self) -> bool:
        return self.standing.pinned

    @property
    def is_open(self) -> bool:
        """Whether it can still be put to the speaker: waiting or queued."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """How many there were and what became of them; `asked + dismissed + merged + left` is `entered`.

    Attributes:
        asked: put to the speaker, those answered included.
        left: not reached, that is waiting or queued.
    """

    entered: int = 0
    waiting: int = 0
    queued: int = 0
    asked: int = 0
    answered: int = 0
    dismissed: int = 0
    merged: int = 0
    left: int = 0

    @property
    def standing(self) -> int:
        """Those that were a moderator's to put: neither dismissed nor part of another."""
        return self.asked + self.left


def in_order(questions: Iterable[Question], order: Order, times_asked: Mapping[int, int]) -> list[Question]:
    """The queued ones, the next one first.

    Args:
        questions: of one talk, in any state.
        order: of those that are not pinned, and of the pinned ones among themselves.
        times_asked: by asker, for `fair` only; who is not in it, and who has no account, was asked never.
    """

    def place(question: Question) -> tuple[bool, int, int, datetime, int]:
        asked = times_asked.get(question.asker, 0) if question.asker is not None and order is Order.FAIR else 0
        votes = 0 if order is Order.OLDEST else question.votes
        return not question.pinned, asked, -votes, question.entered_at, question.id

    return sorted((q for q in questions if q.state is QuestionState.QUEUED), key=place)


def now_asked(questions: Iterable[Question]) -> Question | None:
    """The one that is before the speaker."""
    return next((question for question in questions if question.state is QuestionState.ASKED), None)


def askers(group: Iterable[Question]) -> tuple[list[str], int]:
    """Whose question it is, of all that it was merged from: each name once, and how many asked anonymously."""
    questions = list(group)
    named = dict.fromkeys(question.asker_name for question in questions if not question.anonymous)
    return list(named), sum(question.anonymous for question in questions)


def times_asked(questions_of_session: Iterable[Question]) -> dict[int, int]:
    """How often each person's questions were put to the speakers; one merged counts for its asker with its root.

    Somebody's two questions that became one count once.
    """
    questions = list(questions_of_session)
    put = {question.id for question in questions if question.state in PUT}
    roots = ((question.asker, question.standing.merged_into or question.id) for question in questions)
    return dict(Counter(asker for asker, root in set(roots) if asker is not None and root in put))


def not_reached(questions: Iterable[Question]) -> list[Question]:
    """Those still waiting or queued, most votes first; what was merged into them is not listed beside them."""
    left = (question for question in questions if question.is_open)
    return sorted(left, key=lambda question: (-question.votes, question.entered_at, question.id))


def count(questions: Iterable[Question]) -> QuestionCounts:
    """The figures of a talk or a session."""
    states = Counter(question.state for question in questions)
    waiting, queued = states[QuestionState.WAITING], states[QuestionState.QUEUED]
    return QuestionCounts(
        entered=states.total(),
        waiting=waiting,
        queued=queued,
        asked=states[QuestionState.ASKED] + states[QuestionState.ANSWERED],
        answered=states[QuestionState.ANSWERED],
        dismissed=states[QuestionState.DISMISSED],
        merged=states[QuestionState.MERGED],
        left=waiting + queued,
    )


def fate(question: Question, roots: Mapping[int, Question], *, is_closed: bool) -> str:
    """What became of a question, in words for whoever asked it.

    Args:
        question: theirs.
        roots: by id, the questions that others were merged into.
        is_closed: whether its talk's queue is.
    """
    match question.state:
        case QuestionState.MERGED:
            return _fate_of_merged(roots.get(question.standing.merged_into or question.id), is_closed=is_closed)
        case QuestionState.WAITING | QuestionState.QUEUED if is_closed:
            return "not reached"
        case QuestionState.WAITING:
            return "waiting for approval"
        case QuestionState.QUEUED:
            return f"queued, {_votes(question.votes)}"
        case QuestionState.ASKED:
            return "asked" if is_closed else "being asked now"
        case QuestionState.ANSWERED | QuestionState.DISMISSED:
            return question.state.value


def _fate_of_merged(root: Question | None, *, is_closed: bool) -> str:
    if root is None or root.state is QuestionState.MERGED:
        return "merged into another question"
    # what the room may never have seen is not shown to whoever asked something alike
    into = quoted(root.text) if root.state in SHOWN else "another question"
    return f"merged into {into}: {fate(root, {}, is_closed=is_closed)}"


def _votes(number: int) -> str:
    return "no votes yet" if not number else f"{number:,} vote{'' if number == 1 else 's'}"


def quoted(text: str) -> str:
    """`“Why does it …”`: in one line, cut at a word where it is long."""
    line = " ".join(text.split())
    if len(line) > QUOTED_AT_MOST:
        room = line[: QUOTED_AT_MOST - 1]
        head, _, _ = room.rpartition(" ")
        line = f"{head or room}…"
    return f"“{line}”"
