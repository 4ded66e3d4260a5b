"""People and moderators at the queues of two talks in random order, on a real store, against a model of sets."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.errors import CommandError
from bot.rules.question_steps import StepKind
from bot.rules.questions import Question, QuestionState, Standing, count
from bot.services.question_choice import QuestionChoice, set_questions
from tests.builders import SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.hall import ANA, BEN, CAM, DEE, Hall
from tests.services.store import import_page, use_channel
from tests.stores import open_database

Result = TypeVar("Result")
PEOPLE = st.sampled_from([ANA, BEN, CAM, DEE])
NUMBERS = st.sampled_from([0, 0, 1, 1, 2, 2, 3, 4, 5, 6])
"""Which of the questions, taken round, so that there always is one; most uses are about the same three."""
TALKS = st.sampled_from([1, 1, 1, 2])
PAIRS = st.sampled_from([(1, 0), (1, 0), (0, 1), (2, 0), (2, 1), (1, 2), (0, 3), (4, 0), (4, 4), (5, 1)])
SINGLE = st.sampled_from(
    [
        *(StepKind.APPROVE, StepKind.APPROVE, StepKind.PIN, StepKind.PIN, StepKind.UNPIN),
        *(StepKind.ASK, StepKind.ANSWER, StepKind.DISMISS),
    ]
)


ASKED_BEFORE = {1: (ANA, 1, {BEN, CAM, DEE}), 2: (BEN, 1, {ANA, CAM}), 3: (CAM, 1, {DEE}), 4: (DEE, 2, set[int]())}
"""By key: who asked, for which talk, and who voted."""


class VoteMachine(RuleBasedStateMachine):
    """Every use is one transaction; what is refused must change nothing."""

    def __init__(self, runner: asyncio.Runner, hall: Hall, filled: Path) -> None:
        super().__init__()
        self.runner, self.hall = runner, hall
        with closing(sqlite3.connect(filled)) as source, closing(sqlite3.connect(hall.db.place)) as place:
            source.backup(place)
        self.askers = {key: asker for key, (asker, _, _) in ASKED_BEFORE.items()}
        self.votes = {key: set(voters) for key, (_, _, voters) in ASKED_BEFORE.items()}
        self.before: list[dict[int, Standing]] = []
        self.seen: tuple[Question, ...] = ()
        self.shown: tuple[Question, ...] | None = None

    def do(self, use: Awaitable[Result]) -> Result | None:
        """The result of a use; None where it is refused."""

        async def guarded() -> Result | None:
            try:
                return await use
            except CommandError:
                return None

        return self.runner.run(guarded())

    def look(self) -> tuple[Question, ...]:
        """All that is stored, with votes as they are shown."""
        self.seen = self.runner.run(self.hall.queues()).questions
        return self.seen

    def standings(self) -> dict[int, Standing]:
        """As they were at the last look."""
        return {question.id: question.standing for question in self.seen}

    def key(self, number: int) -> int:
        return list(self.askers)[number % len(self.askers)]

    def group(self, key: int) -> tuple[Question, list[int]]:
        """The surviving question of a group, and all of the group."""
        roots = {question.id: question.standing.merged_into or question.id for question in self.seen}
        root = next(question for question in self.seen if question.id == roots[key])
        return root, [each for each in roots if roots[each] == root.id]

    @rule(asker=PEOPLE, talk=TALKS, in_hall=st.booleans())
    def ask(self, asker: int, talk: int, *, in_hall: bool) -> None:
        done = self.do(self.hall.ask(asker=asker, talk=talk, entered_by=asker if in_hall else None))
        assert done is not None
        self.askers[done.question.id], self.votes[done.question.id] = asker, set()

    @rule(votes=st.lists(st.tuples(NUMBERS, PEOPLE), min_size=1, max_size=2))
    def vote(self, votes: list[tuple[int, int]]) -> None:
        for number, user in votes:
            self.vote_once(number, user)

    def vote_once(self, number: int, user: int) -> None:
        key = self.key(number)
        root, group = self.group(key)
        view = self.do(self.hall.vote(key, user))
        assert (view is None) == (self.askers[root.id] == user or root.state is not QuestionState.QUEUED)
        if view is None:
            return
        if any(user in self.votes[each] for each in group):
            for each in group:
                self.votes[each].discard(user)
        else:
            self.votes[root.id].add(user)
        self.seen = self.shown = view.queues.questions
        assert (root.id in view.votes) == any(user in self.votes[each] for each in group)

    @rule(number=NUMBERS, kind=SINGLE)
    def take(self, number: int, kind: StepKind) -> None:
        self.step(self.hall.step(kind, self.key(number)))

    @rule(pair=PAIRS, users=st.sets(PEOPLE))
    def merge(self, pair: tuple[int, int], users: set[int]) -> None:
        """People vote for both questions, before and after."""
        number, into = pair
        for user in users:
            self.vote_once(number, user)
        self.step(self.hall.step(StepKind.MERGE, self.key(number), into=self.key(into)))
        self.holds()
        for user in users:
            self.vote_once(into, user)

    @rule(talk=TALKS)
    def next_question(self, talk: int) -> None:
        self.step(self.hall.next(talk))

    def step(self, use: Awaitable[object]) -> None:
        before = self.standings()
        self.shown = None
        if self.do(use) is None:
            self.look()
            assert self.standings() == before
        else:
            self.before.append(before)

    @rule()
    def undo(self) -> None:
        if self.do(self.hall.step(StepKind.UNDO)) is None:
            assert not self.before
        else:
            self.look()
            restored = self.before.pop()
            assert {key: standing for key, standing in self.standings().items() if key in restored} == restored

    @invariant()
    def holds(self) -> None:
        """No question vanishes or appears twice, at most one is asked, and each person counts once in a group."""
        questions = self.look()
        assert self.shown in (None, questions)
        self.shown = None
        assert [question.id for question in questions] == list(self.askers)
        counts = count(questions)
        assert counts.asked + counts.dismissed + counts.merged + counts.left == counts.entered
        assert [question.state for question in questions].count(QuestionState.ASKED) <= 1
        for question in questions:
            root, group = self.group(question.id)
            people = set().union(*(self.votes[key] for key in group)) - {self.askers[root.id]}
            assert question.votes == (len(people) if question is root else 0)


async def fill(hall: Hall) -> None:
    """A session of two talks, where questions wait for approval, with a few that were let through."""
    await use_channel(hall.db, hall.clock)
    talks = a_talk("A", minutes=30), a_talk("B", starts_at=at("13:00"))
    await import_page(hall.db, hall.clock, a_schedule(a_session(*talks)))
    choice = QuestionChoice(approval=True, opens=60, seconds_between=0, open_at_most=50)
    await set_questions(hall.db, hall.clock, server_id=SERVER, choice=choice)
    for key, (asker, talk, voters) in ASKED_BEFORE.items():
        assert (await hall.ask(asker=asker, talk=talk, entered_by=asker)).question.id == key
        for voter in sorted(voters):
            await hall.vote(key, voter)


@pytest.mark.slow
@pytest.mark.store("sqlite")
def test_votes_and_questions_add_up_in_any_order_of_uses(store_url: str, tmp_path: Path) -> None:
    db, filled = open_database(store_url), tmp_path / "filled.sqlite3"
    # one store for all examples: most of a store's first uses goes into writing its statements
    hall = Hall(db, SteppedClock(at("12:31")))
    with asyncio.Runner() as runner:
        runner.run(fill(hall))
        with closing(sqlite3.connect(db.place)) as source, closing(sqlite3.connect(filled)) as place:
            source.backup(place)
        run_machine(runner, hall, filled)
        runner.run(hall.db.close())


def run_machine(runner: asyncio.Runner, hall: Hall, filled: Path) -> None:
    run_state_machine_as_test(
        lambda: VoteMachine(runner, hall, filled),  # type: ignore[arg-type] # it takes whatever makes one
        settings=settings(
            max_examples=5,
            stateful_step_count=20,
            phases=[Phase.generate],  # making a failure smaller takes minutes on a store
            suppress_health_check=list(HealthCheck),
        ),
    )
