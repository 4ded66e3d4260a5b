"""What each step of a moderator changes, and each refusal as the sentence that people read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from bot.errors import CommandError
from bot.rules.question_steps import (
    Change,
    Step,
    StepKind,
    answer,
    apply,
    approve,
    ask,
    described,
    dismiss,
    merge,
    next_question,
    pin,
    undo,
    unpin,
)
from bot.rules.questions import Order, Question, QuestionState, Standing
from tests.builders import at
from tests.rules.test_questions import ANSWERED, ASKED, DISMISSED, MERGED, QUEUED, WAITING, a_question

NOW = at("12:30")
Single = Callable[[Sequence[Question], int], tuple[Change, ...]]


def ask_now(questions: Sequence[Question], number: int) -> tuple[Change, ...]:
    return ask(questions, number, NOW)


def answer_now(questions: Sequence[Question], number: int) -> tuple[Change, ...]:
    return answer(questions, number, NOW)


def following(questions: Sequence[Question], *, sees: int | None = None) -> tuple[Change, ...]:
    return next_question(questions, Order.TOP, {}, NOW, sees=sees)


def states(questions: Sequence[Question], changes: Sequence[Change]) -> list[QuestionState]:
    return [question.state for question in apply(questions, changes)]


def refusal(step: Callable[[], object]) -> str:
    with pytest.raises(CommandError) as told:
        step()
    return str(told.value)


def every_state() -> list[Question]:
    """1 waits, 2 is queued, 3 asked, 4 answered, 5 dismissed, 6 merged into 2."""
    return [a_question(n, state=state, into=2 if state is MERGED else None) for n, state in enumerate(QuestionState, 1)]


def a_step(number: int, kind: StepKind, changes: tuple[Change, ...], undoes: int | None = None) -> Step:
    return Step(number, 1, kind, 7, NOW, changes, undoes)


# Next.


def test_next_puts_the_first_in_order_to_the_speaker() -> None:
    questions = [a_question(1), a_question(2, votes=3)]
    assert following(questions) == (Change(2, Standing(QUEUED), Standing(ASKED, asked_at=NOW)),)


def test_next_marks_the_one_before_as_answered() -> None:
    questions = [a_question(1, state=ASKED), a_question(2)]
    assert states(questions, following(questions, sees=1)) == [ANSWERED, ASKED]
    assert apply(questions, following(questions, sees=1))[0].standing.asked_at == at("12:01")


def test_next_goes_by_the_order_that_is_given() -> None:
    questions = [a_question(1, votes=3), a_question(2, asker=None)]
    (change,) = next_question(questions, Order.FAIR, {101: 1}, NOW, sees=None)
    assert change.question_id == 2


def test_next_with_nothing_queued_answers_the_one_before() -> None:
    questions = [a_question(1, state=ASKED), a_question(2, state=WAITING)]
    assert states(questions, following(questions, sees=1)) == [ANSWERED, WAITING]


def test_two_who_press_next_at_once_advance_once() -> None:
    for current in (None, 1):
        questions: Sequence[Question] = [
            a_question(1, state=ASKED if current else ANSWERED),
            a_question(2, "Does it scale?"),
            a_question(3),
        ]
        questions = apply(questions, following(questions, sees=current))
        assert refusal(partial(following, questions, sees=current)) == (
            "“Does it scale?” is being asked by now. Nothing was changed."
        )


def test_next_on_the_last_one_at_once_ends_the_queue_once() -> None:
    questions = apply([a_question(1, state=ASKED)], following([a_question(1, state=ASKED)], sees=1))
    assert refusal(lambda: following(questions, sees=1)) == "no question is queued."


def test_next_after_somebody_marked_it_as_answered_goes_on() -> None:
    questions = [a_question(1, state=ANSWERED), a_question(2)]
    assert states(questions, following(questions, sees=1)) == [ANSWERED, ASKED]


def test_next_with_nothing_queued_and_nothing_asked() -> None:
    assert refusal(lambda: following([])) == "no question is queued."
    waiting = [a_question(n, state=WAITING) for n in (1, 2)]
    assert refusal(lambda: following(waiting[:1])) == "no question is queued. Approve one first: 1 is waiting."
    assert refusal(lambda: following(waiting)) == "no question is queued. Approve one first: 2 are waiting."


# One question.


def test_ask_puts_this_one_to_the_speaker_and_answers_the_one_before() -> None:
    questions = [a_question(1, state=ASKED), a_question(2, votes=9), a_question(3, pinned=True)]
    changes = ask(questions, 3, NOW)
    assert states(questions, changes) == [ANSWERED, QUEUED, ASKED]
    assert apply(questions, changes)[2].standing == Standing(ASKED, asked_at=NOW)


def test_answer_of_the_one_now_asked_with_or_without_its_name() -> None:
    questions = [a_question(1, state=ASKED), a_question(2)]
    assert answer(questions, None, NOW) == answer(questions, 1, NOW)
    assert states(questions, answer(questions, None, NOW)) == [ANSWERED, QUEUED]


def test_answer_in_passing_leaves_the_one_now_asked_and_counts_as_put_to_the_speaker() -> None:
    questions = [a_question(1, state=ASKED), a_question(2)]
    changes = answer(questions, 2, NOW)
    assert states(questions, changes) == [ASKED, ANSWERED]
    assert apply(questions, changes)[1].standing.asked_at == NOW


def test_answer_when_none_is_asked() -> None:
    assert refusal(lambda: answer([a_question(1)], None, NOW)) == (
        "no question is being asked. Name the one that was answered."
    )


def test_approve_dismiss_pin_unpin() -> None:
    questions = every_state()
    assert states(questions, approve(questions, 1))[0] is QUEUED
    for number in (1, 2, 3):
        assert states(questions, dismiss(questions, number))[number - 1] is DISMISSED
    assert pin(questions, 2) == (Change(2, Standing(QUEUED), Standing(QUEUED, pinned=True)),)
    assert unpin(apply(questions, pin(questions, 2)), 2) == (
        Change(2, Standing(QUEUED, pinned=True), Standing(QUEUED)),
    )


def test_pin_ends_when_the_question_leaves_the_queue() -> None:
    questions = [a_question(1, pinned=True), a_question(2, state=ASKED)]
    for changes in (ask(questions, 1, NOW), answer(questions, 1, NOW), dismiss(questions, 1), merge(questions, 1, 2)):
        assert not any(question.pinned for question in apply(questions, changes))


ALREADY = {
    4: "“Question 4?” was answered already.",
    5: "“Question 5?” was dismissed.",
    6: "“Question 6?” was merged into “Question 2?”. Take that one, or undo the merging.",
    99: "that question is not in this talk's queue. Choose one that the command offers.",
}
WAITS = "“Question 1?” is waiting for approval. Approve it first."
IS_ASKED = "“Question 3?” is being asked now."


@pytest.mark.parametrize("step", [ask_now, answer_now, dismiss, approve, pin, unpin])
def test_what_is_over_takes_no_step(step: Single) -> None:
    questions = every_state()
    for number, told in ALREADY.items():
        assert refusal(partial(step, questions, number)) == told


@pytest.mark.parametrize(
    ("step", "number", "told"),
    [
        (ask_now, 1, WAITS),
        (answer_now, 1, WAITS),
        (pin, 1, WAITS),
        (unpin, 1, WAITS),
        (ask_now, 3, IS_ASKED),
        (pin, 3, IS_ASKED),
        (unpin, 3, IS_ASKED),
        (approve, 2, "“Question 2?” is approved already."),
        (approve, 3, "“Question 3?” is approved already."),
        (unpin, 2, "“Question 2?” is not pinned."),
    ],
)
def test_step_that_a_state_does_not_allow(step: Single, number: int, told: str) -> None:
    assert refusal(lambda: step(every_state(), number)) == told


def test_pinned_already() -> None:
    assert refusal(lambda: pin([a_question(1, pinned=True)], 1)) == "“Question 1?” is pinned already."


# Merging.


def test_merge_into_another_one() -> None:
    questions = [a_question(1), a_question(2)]
    assert merge(questions, 2, 1) == (Change(2, Standing(QUEUED), Standing(MERGED, merged_into=1)),)


def test_merge_takes_along_what_was_merged_into_it() -> None:
    questions: Sequence[Question] = [a_question(n) for n in (1, 2, 3, 4)]
    for number, into in ((3, 2), (4, 2), (2, 1)):
        questions = apply(questions, merge(questions, number, into))
    assert [question.standing.merged_into for question in questions] == [None, 1, 1, 1]


def test_merge_takes_the_surviving_ones_of_both() -> None:
    questions: Sequence[Question] = [a_question(n) for n in (1, 2, 3, 4)]
    for number, into in ((2, 1), (4, 3), (4, 2)):
        questions = apply(questions, merge(questions, number, into))
    assert [question.standing.merged_into for question in questions] == [None, 1, 1, 1]


def test_merge_passes_a_pin_on() -> None:
    questions = [a_question(1), a_question(2, pinned=True), a_question(3, pinned=True)]
    assert apply(questions, merge(questions, 2, 1))[0].pinned
    assert len(merge(questions, 2, 3)) == 1
    assert apply(questions, merge(questions, 1, 2))[1].pinned


def test_merge_of_waiting_ones_and_into_the_one_now_asked() -> None:
    questions = [a_question(1, state=WAITING), a_question(2, state=WAITING), a_question(3, state=ASKED), a_question(4)]
    assert states(questions, merge(questions, 2, 1)) == [WAITING, MERGED, ASKED, QUEUED]
    assert states(questions, merge(questions, 2, 4)) == [WAITING, MERGED, ASKED, QUEUED]
    assert states(questions, merge(questions, 4, 3)) == [WAITING, WAITING, ASKED, MERGED]


@pytest.mark.parametrize(
    ("number", "into", "told"),
    [
        (2, 2, "a question cannot be merged into itself. Choose another one."),
        (2, 6, "these two are one already: “Question 2?”. Choose another one."),
        (6, 2, "these two are one already: “Question 2?”. Choose another one."),
        (2, 99, ALREADY[99]),
        (99, 2, ALREADY[99]),
        (2, 4, ALREADY[4]),
        (4, 2, ALREADY[4]),
        (2, 5, ALREADY[5]),
        (5, 2, ALREADY[5]),
        (3, 2, "“Question 3?” is being asked now. Answer or dismiss it first."),
        (2, 1, "“Question 1?” is waiting for approval. Approve it first, or merge it into the other one."),
        (2, 7, "“Question 7?” belongs to another talk. Merge questions of one talk."),
    ],
)
def test_merge_refused(number: int, into: int, told: str) -> None:
    questions = [*every_state(), a_question(7, talk_id=2)]
    assert refusal(lambda: merge(questions, number, into)) == told


# Undo.


def test_undo_takes_back_the_last_step_and_then_the_one_before() -> None:
    before = (a_question(1), a_question(2, pinned=True))
    first = a_step(1, StepKind.NEXT, following(before))
    asked = apply(before, first.changes)
    second = a_step(2, StepKind.NEXT, following(asked, sees=2))
    step, changes = undo([first, second], apply(asked, second.changes))
    assert (step, apply(apply(asked, second.changes), changes)) == (second, asked)
    third = a_step(3, StepKind.UNDO, changes, undoes=2)
    step, changes = undo([third, first, second], asked)
    assert (step, apply(asked, changes)) == (first, before)
    fourth = a_step(4, StepKind.UNDO, changes, undoes=1)
    assert refusal(lambda: undo([first, second, third, fourth], before)) == "there is nothing to undo."


def test_two_who_undo_the_same_step_take_back_one() -> None:
    questions: tuple[Question, ...] = (a_question(1), a_question(2))
    steps = [a_step(1, StepKind.PIN, pin(questions, 1))]
    questions = apply(questions, steps[0].changes)
    steps.append(a_step(2, StepKind.PIN, pin(questions, 2)))
    questions = apply(questions, steps[1].changes)
    _, changes = undo(steps, questions, step_id=2)
    steps.append(a_step(3, StepKind.UNDO, changes, undoes=2))
    questions = apply(questions, changes)
    assert refusal(lambda: undo(steps, questions, step_id=2)) == (
        "that step was already taken back. Nothing was changed."
    )
    assert undo(steps, questions, step_id=1)[0] == steps[0]


def test_undo_of_a_step_that_another_came_after_names_that() -> None:
    questions = (a_question(1), a_question(2, "Does it scale?"))
    steps = [a_step(1, StepKind.PIN, pin(questions, 1)), a_step(2, StepKind.DISMISS, dismiss(questions, 2))]
    assert refusal(lambda: undo(steps, questions, step_id=1)) == (
        "another step came after that one: “Does it scale?” was dismissed. Undo that first."
    )


def test_undo_refuses_where_a_question_is_not_as_the_step_left_it_or_is_gone() -> None:
    questions = [a_question(1)]
    steps = [a_step(1, StepKind.PIN, pin(questions, 1))]
    assert refusal(lambda: undo(steps, questions)) == (
        "its questions are not as that step left them: “Question 1?” was pinned."
    )
    assert refusal(lambda: undo(steps, [])) == "its questions are not as that step left them: a question was pinned."


def test_described_names_what_the_step_is_about() -> None:
    questions = [a_question(1, state=ASKED), a_question(2)]
    by_kind = {
        StepKind.NEXT: (following(questions, sees=1), "“Question 2?” was put to the speaker"),
        StepKind.ASK: (ask(questions, 2, NOW), "“Question 2?” was put to the speaker"),
        StepKind.ANSWER: (answer(questions, 2, NOW), "“Question 2?” was marked as answered"),
        StepKind.MERGE: (merge(questions, 2, 1), "“Question 2?” was merged"),
    }
    for kind, (changes, told) in by_kind.items():
        assert described(a_step(1, kind, changes), questions) == told
    last = a_step(1, StepKind.NEXT, following(questions[:1], sees=1))
    assert described(last, questions) == "“Question 1?” was marked as answered"


def test_change_of_a_question_that_is_not_there_is_not_lost_in_silence() -> None:
    with pytest.raises(ValueError, match=r"no such questions: \[9\]"):
        apply([a_question(1)], [Change(9, Standing(QUEUED), Standing(ASKED))])
