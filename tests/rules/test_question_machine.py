"""Two moderators at one queue in random order: what must hold of its questions after every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.errors import CommandError
from bot.rules.duplicates import likely_duplicates
from bot.rules.question_steps import (
    Change,
    Step,
    StepKind,
    answer,
    apply,
    approve,
    ask,
    dismiss,
    merge,
    next_question,
    pin,
    undo,
    unpin,
)
from bot.rules.questions import (
    Order,
    Question,
    QuestionState,
    Standing,
    count,
    fate,
    in_order,
    not_reached,
    now_asked,
    times_asked,
)
from tests.builders import at
from tests.examples import examples
from tests.rules.test_questions import ANA, ASKED, BEN, MERGED, QUEUED, WAITING, a_question

Standings = dict[int, Standing]
NUMBERS = st.sampled_from([0, 0, *range(1, 10)])
"""0 is the one now asked; the others are taken round, so that nearly all are of the queue."""
TEXTS = ("Does it scale?", "Does it scale well?", "Why?", "What is the cost of training?")
FIRST, SECOND = 7, 8
SINGLE = (StepKind.ASK, StepKind.ANSWER, StepKind.APPROVE, StepKind.DISMISS, StepKind.PIN, StepKind.PIN, StepKind.UNPIN)


class QueueMachine(RuleBasedStateMachine):
    """One talk's queue; each moderator's console shows what was true when they last looked."""

    def __init__(self) -> None:
        super().__init__()
        self.now = at("12:00")
        self.questions: tuple[Question, ...] = ()
        self.steps: list[Step] = []
        self.before: list[Standings] = []
        self.entered: Standings = {}
        self.sees: dict[int, int | None] = {FIRST: None, SECOND: None}
        self.order = Order.TOP

    @initialize(number=st.integers(2, 5), order=st.sampled_from(Order))
    def begin(self, number: int, order: Order) -> None:
        self.order = order
        for each in range(number):
            self.enter(waits=each == 1, asker=ANA, text=TEXTS[each % len(TEXTS)], votes=each % 3)

    def standings(self) -> Standings:
        return {question.id: question.standing for question in self.questions}

    @rule(
        waits=st.booleans(),
        asker=st.sampled_from([ANA, BEN, None]),
        text=st.sampled_from(TEXTS),
        votes=st.integers(0, 3),
    )
    def enter(self, waits: bool, asker: int | None, text: str, votes: int) -> None:  # noqa: FBT001 - hypothesis draws it by name
        number = len(self.questions) + 1
        question = a_question(number, text, state=WAITING if waits else QUEUED, asker=asker, votes=votes)
        self.questions = (*self.questions, question)
        self.entered[number] = question.standing

    @rule(moderator=st.sampled_from([FIRST, SECOND]), number=NUMBERS, votes=st.integers(0, 5))
    def look(self, moderator: int, number: int = 0, votes: int = 0) -> None:
        """Somebody votes, and one moderator's console is drawn anew."""
        self.questions = tuple(replace(q, votes=votes) if q.id == number else q for q in self.questions)
        current = now_asked(self.questions)
        self.sees[moderator] = current.id if current else None

    def pick(self, number: int) -> int:
        current = now_asked(self.questions)
        return current.id if current and not number else number % (len(self.questions) + 1)

    def do(self, kind: StepKind, by: int, make: Callable[[], tuple[Change, ...]]) -> bool:
        """Whether it was a step; a refusal changes nothing."""
        before = self.standings()
        self.now += timedelta(seconds=10)
        try:
            changes = make()
        except CommandError:
            assert self.standings() == before
            return False
        assert changes
        assert len({change.question_id for change in changes}) == len(changes)
        assert all(change.before == before[change.question_id] != change.after for change in changes)
        self.questions = apply(self.questions, changes)
        self.steps.append(Step(len(self.steps) + 1, 1, kind, by, self.now, changes))
        self.before.append(before)
        return True

    def press_next(self, moderator: int) -> bool:
        times, sees = times_asked(self.questions), self.sees[moderator]
        return self.do(
            StepKind.NEXT,
            moderator,
            lambda: next_question(self.questions, self.order, times, self.now, sees=sees),
        )

    @rule(moderator=st.sampled_from([FIRST, SECOND]))
    def next(self, moderator: int) -> None:
        """From the console as it stands for this moderator, which may be stale."""
        current = now_asked(self.questions)
        following = in_order(self.questions, self.order, times_asked(self.questions))
        is_true = current is None or current.id == self.sees[moderator]
        if self.press_next(moderator):
            assert is_true
            assert now_asked(self.questions) == next(
                (q for q in self.questions if following[:1] and q.id == following[0].id), None
            )
            assert following or current
        else:
            assert not is_true or not (current or following)

    @rule()
    def both_press_next_at_once(self) -> None:
        self.look(FIRST)
        self.look(SECOND)
        put_before = self._put()
        pressed = [self.press_next(moderator) for moderator in (FIRST, SECOND)]
        assert not all(pressed)
        assert len(self._put() - put_before) <= 1

    def _put(self) -> set[int]:
        return {q.id for q in self.questions if q.standing.asked_at is not None}

    @rule(number=NUMBERS, kind=st.sampled_from(SINGLE), moderator=st.sampled_from([FIRST, SECOND]))
    def change_one(self, number: int, kind: StepKind, moderator: int) -> None:
        number, asked = self.pick(number), now_asked(self.questions)
        make = {
            StepKind.ASK: lambda: ask(self.questions, number, self.now),
            StepKind.ANSWER: lambda: answer(self.questions, number or None, self.now),
            StepKind.APPROVE: lambda: approve(self.questions, number),
            StepKind.DISMISS: lambda: dismiss(self.questions, number),
            StepKind.PIN: lambda: pin(self.questions, number),
            StepKind.UNPIN: lambda: unpin(self.questions, number),
        }[kind]
        if self.do(kind, moderator, make):
            current = now_asked(self.questions)
            if kind is StepKind.ASK:
                assert current is not None
                assert (current.id, current.standing.asked_at) == (number, self.now)
            elif asked is not None and number not in (0, asked.id):
                assert current == asked

    @rule(number=NUMBERS, into=NUMBERS)
    def merge(self, number: int, into: int) -> None:
        number, into = self.pick(number), self.pick(into)
        pinned = any(q.pinned for q in self.questions if q.id == number)
        current, hidden = self._asked_and_hidden()
        if self.do(StepKind.MERGE, SECOND, lambda: merge(self.questions, number, into)):
            of_these = {q.standing.merged_into or q.id for q in self.questions if q.id in (number, into)}
            assert len(of_these) == 1
            (root,) = (q for q in self.questions if q.id in of_these)
            assert root.pinned or not pinned or root.state is ASKED
            after, hidden_after = self._asked_and_hidden()
            assert (after, hidden_after <= hidden) == (current, True)

    def _asked_and_hidden(self) -> tuple[int | None, set[int]]:
        """The one now asked, and those that the room does not see, each by its root."""
        current = now_asked(self.questions)
        waiting = {q.id for q in self.questions if q.state is WAITING}
        hidden = {q.id for q in self.questions if (q.standing.merged_into or q.id) in waiting}
        return current.id if current else None, hidden

    @rule()
    def merge_what_is_proposed(self) -> None:
        """No proposal is refused."""
        for survivor, merged, _ in likely_duplicates(self.questions, at_most=1):
            assert self.do(StepKind.MERGE, FIRST, partial(merge, self.questions, merged.id, survivor.id))

    @rule(back=st.sampled_from([None, None, 0, 1, 3]))
    def undo(self, back: int | None) -> None:
        """`back` is how many steps ago whoever pressed had last looked."""
        undone = {step.undoes for step in self.steps}
        done = [step for step in self.steps if step.kind is not StepKind.UNDO and step.id not in undone]
        shown = None if back is None or back >= len(self.steps) else self.steps[-1 - back].id
        before = self.standings()
        try:
            step, changes = undo(self.steps, self.questions, step_id=shown)
        except CommandError:
            assert not done or (shown is not None and shown != done[-1].id)
            assert self.standings() == before
            return
        assert step == done[-1]
        self.questions = apply(self.questions, changes)
        self.steps.append(Step(len(self.steps) + 1, 1, StepKind.UNDO, FIRST, self.now, changes, undoes=step.id))
        was = self.before.pop()
        assert {number: standing for number, standing in self.standings().items() if number in was} == was

    @invariant()
    def nothing_vanishes_or_appears_twice(self) -> None:
        assert [question.id for question in self.questions] == sorted(self.entered)
        ordered = [q.id for q in in_order(self.questions, self.order, times_asked(self.questions))]
        places = [
            *ordered,
            *(q.id for q in self.questions if q.state is not QUEUED),
        ]
        assert sorted(places) == sorted(self.entered)
        assert sorted(q.id for q in not_reached(self.questions)) == sorted(q.id for q in self.questions if q.is_open)

    @invariant()
    def one_is_now_asked_at_most(self) -> None:
        assert sum(question.state is ASKED for question in self.questions) <= 1

    @invariant()
    def merges_are_flat(self) -> None:
        standings = self.standings()
        for question in self.questions:
            into = question.standing.merged_into
            assert (into is not None) == (question.state is MERGED)
            assert into is None or standings[into].state is not MERGED

    @invariant()
    def standings_make_sense(self) -> None:
        for question in self.questions:
            state = question.state
            assert question.state is QUEUED or not question.pinned
            assert question.standing.asked_at is None or not question.is_open
            if state in (ASKED, QuestionState.ANSWERED):
                assert question.standing.asked_at is not None

    @invariant()
    def figures_add_up(self) -> None:
        figures = count(self.questions)
        assert figures.asked + figures.dismissed + figures.merged + figures.left == figures.entered
        assert figures.entered == len(self.entered)

    @invariant()
    def everybody_can_be_told(self) -> None:
        roots = {question.id: question for question in self.questions}
        for question in self.questions:
            assert fate(question, roots, is_closed=False)
            assert (question.is_open) == (fate(question, roots, is_closed=True) == "not reached")

    @invariant()
    def steps_tell_everything(self) -> None:
        """The questions as entered and the steps alone give what is."""
        replayed = tuple(replace(q, standing=self.entered[q.id]) for q in self.questions)
        for step in self.steps:
            replayed = apply(replayed, step.changes)
        assert replayed == self.questions

    def teardown(self) -> None:
        """As many undos as steps restore the start."""
        for _ in range(len(self.before)):
            self.undo(None)
        assert not self.before
        assert self.standings() == self.entered


QueueMachine.TestCase.settings = settings(max_examples=examples(150), stateful_step_count=40, deadline=None)
TestQueue = QueueMachine.TestCase
