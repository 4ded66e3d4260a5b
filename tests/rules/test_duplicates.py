"""Twins are found, different questions are left alone, and look-alikes are proposed but never more than that."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.duplicates import likely_duplicates, most_alike
from bot.rules.question_steps import apply, merge
from bot.rules.questions import Question, QuestionState
from tests.rules.test_questions import ASKED, QUEUED, WAITING, a_question, queues

TWINS = [
    ("Does it work on directed graphs?", "does it work on directed graphs"),
    ("Does this work with directed graphs?", "Does it work on directed graphs?"),
    ("How does the method scale to larger graphs?", "How does your method scale to large graphs?"),
    ("What is the computational cost of training?", "What's the computational cost for training"),
    ("Is the code available?", "Is your code available?"),
    ("Is the code available?", "Is the code available anywhere?"),
    ("Will the code be released?", "Will you release the code?"),
    ("Have you tried it on molecules?", "Did you try it on molecules?"),
    ("How sensitive is it to the learning rate?", "How senstive is it to the learning rate"),
    ("What happens if the graph is disconnected?", "If the graph is disconnected, what happens?"),
    ("How does it scale to larger graphs?", "Hi, great talk! How does it scale to larger graphs?"),
    ("Thanks for the talk. Why not use attention here?", "Why not use attention here?"),
    ("Wie skaliert das auf große Graphen?", "Wie skaliert das für große Graphen?"),
    ("这个方法可以用于有向图吗？", "这个方法能用于有向图吗？"),
    ("???", "???"),
]
LOOK_ALIKES = [
    ("Why does dropout work?", "Why doesn't dropout work?"),
    ("Does it work with noise?", "Does it work without noise?"),
    ("How does it compare to GCN?", "How does it compare to GAT?"),
    ("Can you go back to slide 4?", "Can you go back to slide 7?"),
]
DIFFERENT = [
    "How does the method scale to larger graphs?",
    "What is the computational cost of one training step?",
    "Is the code available?",
    "Does it work on directed graphs?",
    "Have you tried it on molecules?",
    "Does the bound hold for deeper networks?",
    "What happens if the graph is disconnected?",
    "Which optimizer did you use in the experiments?",
    "Is there a lower bound matching this rate?",
    "Can you go back to the slide with the main theorem?",
    "Does the result need the graphon to be smooth?",
    "What is the role of the sampling assumption?",
    "Is the assumption on the kernel needed?",
    "Is it possible to use this for link prediction?",
    "Is it possible to use this for node classification?",
    "How does the result change without the smoothness assumption?",
    "What is the sample complexity?",
    "Why?",
    "What about noise?",
    "What about noise in labels?",
    "Why does it converge?",
    "Why does it converge to the global minimum at rate 1/n in your second theorem, when the first has 1/sqrt n?",
    "???",
]


def pairs(*questions: Question, at_most: int = 5) -> list[tuple[int, int]]:
    return [(survivor.id, merged.id) for survivor, merged, _ in likely_duplicates(questions, at_most)]


@pytest.mark.parametrize(("first", "second"), [*TWINS, *LOOK_ALIKES])
def test_twins_are_proposed_and_so_are_look_alikes(first: str, second: str) -> None:
    for one, other in ((first, second), (second, first)):
        assert pairs(a_question(1, one), a_question(2, other)) == [(1, 2)]


def test_different_questions_are_not() -> None:
    for first, second in combinations(DIFFERENT, 2):
        assert not pairs(a_question(1, first), a_question(2, second)), (first, second)


def test_older_one_survives() -> None:
    assert pairs(a_question(1, "Why?", minute=9), a_question(2, "Why?", minute=3)) == [(2, 1)]
    assert pairs(a_question(2, "Why?", minute=3), a_question(1, "Why?", minute=3)) == [(1, 2)]


def test_what_is_asked_survives_and_what_the_room_sees_is_not_hidden_behind_a_waiting_one() -> None:
    assert pairs(a_question(1, "Why?"), a_question(2, "Why?", state=ASKED)) == [(2, 1)]
    assert pairs(a_question(1, "Why?", state=WAITING), a_question(2, "Why?")) == [(2, 1)]
    assert pairs(*(a_question(n, "Why?", state=WAITING) for n in (1, 2))) == [(1, 2)]


def test_best_come_first_each_with_the_one_most_like_it() -> None:
    questions = [
        a_question(1, "Is the code available?"),
        a_question(2, "What is the cost of it?"),
        a_question(3, "What is the costs of it?"),
        a_question(4, "Is the code available?"),
        a_question(5, "Is the code available anywhere?"),
    ]
    found = likely_duplicates(questions)
    assert [(a.id, b.id) for a, b, _ in found] == [(1, 4), (2, 3), (1, 5)]
    assert [score for *_, score in found] == sorted((score for *_, score in found), reverse=True)
    assert pairs(*questions, at_most=2) == [(1, 4), (2, 3)]
    assert not pairs(*questions, at_most=0)


def test_what_is_over_is_not_proposed() -> None:
    for state in set(QuestionState) - {WAITING, QUEUED, ASKED}:
        assert not pairs(a_question(1, "Why?", state=state), a_question(2, "Why?"))


@given(st.data())
def test_every_proposal_may_be_merged(data: st.DataObject) -> None:
    questions = data.draw(queues())
    asked = [q.id for q in questions if q.state is ASKED]
    texts = st.sampled_from(["Why?", "Is the code available?", "Is your code available?"])
    one_asked = [
        a_question(q.id, data.draw(texts), state=q.state, into=q.standing.merged_into)
        for q in questions
        if q.id not in asked[1:]
    ]
    roots = {q.id for q in one_asked}
    flat = [q for q in one_asked if q.standing.merged_into is None or q.standing.merged_into in roots]
    found = likely_duplicates(flat)
    assert found == likely_duplicates(flat[::-1])
    for survivor, merged, score in found:
        assert survivor.is_open or survivor.state is ASKED
        assert 80 <= score <= 100
        after = apply(flat, merge(flat, merged.id, survivor.id))
        assert next(q for q in after if q.id == merged.id).standing.merged_into == survivor.id


@pytest.mark.parametrize("length", [12, 80])
def test_new_twins_among_a_thousand_questions_are_found(length: int) -> None:
    chance = random.Random(1)  # noqa: S311 - the same questions each time
    words = ["".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 9))) for _ in range(600)]
    texts = [" ".join(chance.choices(words, k=length)) for _ in range(998)]
    questions = [a_question(n, text) for n, text in enumerate([*texts, texts[700] + " please", texts[3].upper()], 1)]
    assert pairs(*questions) == [(4, 1000), (701, 999)]


def test_most_alike_finds_a_twin_and_leaves_others_alone() -> None:
    first, twin, other = (
        a_question(number, text=text)
        for number, text in enumerate(
            ("Does it work on directed graphs?", "Does this work with directed graphs?", "What did it cost?"), 1
        )
    )
    assert most_alike(twin, [first, twin, other]) == first
    assert most_alike(other, [first, twin]) is None


def test_most_alike_takes_no_two_questions_without_a_letter_for_one() -> None:
    asked, other = a_question(1, text="???"), a_question(2, text="!!!")
    assert most_alike(asked, [other]) is None
    assert likely_duplicates([asked, other]) == []
