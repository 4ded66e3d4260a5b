"""Who goes first, what became of a question, and the figures. `a_question` is for all tests of the queue's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.questions import (
    Order,
    Question,
    QuestionCounts,
    QuestionState,
    Standing,
    count,
    fate,
    in_order,
    not_reached,
    now_asked,
    quoted,
    times_asked,
)
from tests.builders import at

WAITING, QUEUED, ASKED, ANSWERED, DISMISSED, MERGED = QuestionState
TOP, OLDEST, FAIR = Order
ANA, BEN, CLEO = 101, 102, 103


def a_question(
    number: int,
    text: str | None = None,
    *,
    state: QuestionState = QUEUED,
    asker: int | None = ANA,
    votes: int = 0,
    pinned: bool = False,
    into: int | None = None,
    minute: int | None = None,
    talk_id: int = 1,
) -> Question:
    """Entered at 12:00 and as many minutes as its number, unless `minute` is given."""
    entered_at = at("12:00") + timedelta(minutes=number if minute is None else minute)
    return Question(
        id=number,
        talk_id=talk_id,
        text=text or f"Question {number}?",
        asker=asker,
        asker_name="Ana",
        anonymous=False,
        entered_at=entered_at,
        standing=Standing(state, pinned, into, entered_at if state in (ASKED, ANSWERED) else None),
        votes=votes,
    )


def order(questions: Sequence[Question], by: Order, asked: dict[int, int] | None = None) -> list[int]:
    return [question.id for question in in_order(questions, by, asked or {})]


@st.composite
def queues(draw: st.DrawFn) -> list[Question]:
    """Up to eight questions of one talk in any state, merges flat."""
    questions: list[Question] = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        roots = [q.id for q in questions if q.state is not MERGED]
        state = draw(st.sampled_from([s for s in QuestionState if s is not MERGED or roots]))
        questions.append(
            a_question(
                number,
                state=state,
                asker=draw(st.sampled_from([ANA, BEN, CLEO, None])),
                votes=draw(st.integers(0, 3)),
                pinned=state is QUEUED and draw(st.booleans()),
                into=draw(st.sampled_from(roots)) if state is MERGED else None,
                minute=draw(st.integers(0, 3)),
            )
        )
    return questions


# Order.


def test_top_goes_by_pin_then_votes_then_age() -> None:
    questions = [
        a_question(1, votes=2),
        a_question(2, votes=5),
        a_question(3, votes=5),
        a_question(4, pinned=True),
        a_question(5, votes=1, pinned=True),
    ]
    assert order(questions, TOP) == [5, 4, 2, 3, 1]


def test_oldest_goes_by_pin_then_age_whatever_the_votes() -> None:
    questions = [a_question(1), a_question(2, votes=9), a_question(3, pinned=True), a_question(4, minute=0)]
    assert order(questions, OLDEST) == [3, 4, 1, 2]


def test_fair_puts_whoever_was_asked_least_first_and_a_pin_before_that() -> None:
    questions = [
        a_question(1, asker=ANA, votes=9),
        a_question(2, asker=BEN, votes=1),
        a_question(3, asker=CLEO),
        a_question(4, asker=CLEO, votes=3),
        a_question(5, asker=ANA, pinned=True),
    ]
    assert order(questions, FAIR, {ANA: 2, BEN: 1}) == [5, 4, 3, 2, 1]
    assert order(questions, TOP, {ANA: 2, BEN: 1}) == [5, 1, 4, 2, 3]


def test_fair_takes_everybody_in_the_hall_for_a_person_of_their_own() -> None:
    questions = [a_question(1, asker=ANA, votes=9), a_question(2, asker=None), a_question(3, asker=None)]
    assert order(questions, FAIR, {ANA: 1}) == [2, 3, 1]


def test_only_queued_ones_are_in_order_and_the_same_moment_goes_by_id() -> None:
    questions = [a_question(number, state=state, minute=0) for number, state in enumerate(QuestionState, 1)]
    assert order([*questions, a_question(9, minute=0), a_question(7, minute=0)], TOP) == [2, 7, 9]


@given(queues(), st.sampled_from(Order), st.randoms(use_true_random=False))
def test_order_is_total(questions: list[Question], by: Order, chance: Random) -> None:
    """It depends on the questions alone, not on how they came from the store; nobody is lost or doubled."""
    asked = times_asked(questions)
    ordered = in_order(questions, by, asked)
    shuffled = list(questions)
    chance.shuffle(shuffled)
    assert in_order(shuffled, by, asked) == ordered
    assert sorted(q.id for q in ordered) == [q.id for q in questions if q.state is QUEUED]
    pins = [q.pinned for q in ordered]
    assert pins == sorted(pins, reverse=True)


# What was asked, and what was not.


def test_one_is_now_asked_or_none() -> None:
    assert now_asked([a_question(1), a_question(2, state=ANSWERED)]) is None
    asked = a_question(3, state=ASKED)
    assert now_asked([a_question(1), asked]) == asked


def test_times_asked_counts_what_was_put_to_the_speaker_with_what_was_merged_into_it() -> None:
    questions = [
        a_question(1, state=ANSWERED, asker=ANA),
        a_question(2, state=ASKED, asker=BEN, talk_id=2),
        a_question(3, state=MERGED, asker=CLEO, into=1),
        a_question(4, state=MERGED, asker=BEN, into=5),
        a_question(5, asker=ANA),
        a_question(6, state=ANSWERED, asker=None),
        a_question(7, state=DISMISSED, asker=CLEO),
        a_question(8, state=ANSWERED, asker=ANA),
        a_question(9, state=MERGED, asker=CLEO, into=99),
    ]
    assert times_asked(questions) == {ANA: 2, BEN: 1, CLEO: 1}


def test_two_of_a_person_that_became_one_count_once() -> None:
    questions = [a_question(1, state=ANSWERED), *(a_question(n, state=MERGED, into=1) for n in (2, 3))]
    assert times_asked(questions) == {ANA: 1}


def test_not_reached_is_what_waits_or_is_queued_by_votes() -> None:
    questions = [a_question(number, state=state) for number, state in enumerate(QuestionState, 1)]
    assert [q.id for q in not_reached([*questions, a_question(7, votes=3)])] == [7, 1, 2]


def test_counts_of_a_session() -> None:
    questions = [
        a_question(1, state=WAITING),
        *(a_question(n) for n in (2, 3)),
        a_question(4, state=ASKED),
        *(a_question(n, state=ANSWERED) for n in (5, 6, 7)),
        a_question(8, state=DISMISSED),
        *(a_question(n, state=MERGED, into=5) for n in (9, 10)),
    ]
    assert count(questions) == QuestionCounts(
        entered=10, waiting=1, queued=2, asked=4, answered=3, dismissed=1, merged=2, left=3
    )
    assert count([]) == QuestionCounts()


@given(queues())
def test_counts_add_up(questions: list[Question]) -> None:
    figures = count(questions)
    assert figures.asked + figures.dismissed + figures.merged + figures.left == figures.entered == len(questions)
    assert figures.left == len(not_reached(questions))


# What became of a person's own.


@pytest.mark.parametrize(
    ("question", "while_open", "once_closed"),
    [
        (a_question(1, state=WAITING), "waiting for approval", "not reached"),
        (a_question(1), "queued, no votes yet", "not reached"),
        (a_question(1, votes=1), "queued, 1 vote", "not reached"),
        (a_question(1, votes=1200), "queued, 1,200 votes", "not reached"),
        (a_question(1, state=ASKED), "being asked now", "asked"),
        (a_question(1, state=ANSWERED), "answered", "answered"),
        (a_question(1, state=DISMISSED), "dismissed", "dismissed"),
    ],
)
def test_fate(question: Question, while_open: str, once_closed: str) -> None:
    assert fate(question, {}, is_closed=False) == while_open
    assert fate(question, {}, is_closed=True) == once_closed


def test_fate_of_a_merged_one_is_its_roots() -> None:
    mine, root = a_question(2, state=MERGED, into=1), a_question(1, "Does it scale?", votes=4)
    assert fate(mine, {1: root}, is_closed=False) == "merged into “Does it scale?”: queued, 4 votes"
    assert fate(mine, {1: root}, is_closed=True) == "merged into “Does it scale?”: not reached"
    answered = replace(root, standing=Standing(ANSWERED))
    assert fate(mine, {1: answered}, is_closed=True) == "merged into “Does it scale?”: answered"


@pytest.mark.parametrize("state", [WAITING, DISMISSED])
def test_fate_does_not_show_somebody_elses_question_that_the_room_may_never_have_seen(state: QuestionState) -> None:
    mine, root = a_question(2, state=MERGED, into=1), a_question(1, "secret", state=state)
    told = fate(mine, {1: root}, is_closed=False)
    assert told == f"merged into another question: {fate(root, {}, is_closed=False)}"


def test_fate_of_one_merged_into_a_question_that_is_gone() -> None:
    mine = a_question(2, state=MERGED, into=1)
    assert fate(mine, {}, is_closed=False) == "merged into another question"
    assert fate(mine, {1: mine}, is_closed=False) == "merged into another question"


def test_long_question_is_quoted_in_one_line_and_cut_at_a_word() -> None:
    assert quoted("Why?\n\nReally?") == "“Why? Really?”"
    assert quoted("word " * 40) == f"“{' '.join(['word'] * 15)}…”"
    assert quoted("w" * 81) == f"“{'w' * 79}…”"
    assert quoted("w" * 80) == f"“{'w' * 80}”"
