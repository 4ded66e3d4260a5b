"""Random taps, passing time, restarts and edits of the plan: what must hold of a session's clock at every moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.errors import CommandError
from bot.rules.cues import Cue, owed_cues
from bot.rules.programme import ON, ExpectedSession, PlannedSession, TalkState, by_plan
from bot.rules.run import Run, TimingEvent, TimingKind, fold, followed_by, rolled_on, rolls_on_at
from bot.rules.stints import Stint
from bot.rules.taps import Tap, decide, next_tap, talk_on_stage
from bot.rules.timing import forecast, next_instant, over_by, rebalance
from tests.builders import at
from tests.examples import examples
from tests.rules.test_run import (
    CLOSE,
    END,
    EXTEND,
    OPEN,
    PAUSE,
    REBALANCE,
    RESUME,
    SKIP,
    START,
    UNDO,
    four_talks,
    posters_and_an_overlap,
    two_breaks,
    with_a_break,
)

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
Key = tuple[int, int, timedelta, int]


def key(cue: Cue) -> Key:
    return cue.talk_id, cue.stint, cue.mark, cue.revision


def is_tapped(stint: Stint) -> bool:
    return stint.ends_at is not None and not stint.assumed


def waiting(session: ExpectedSession) -> dict[int, datetime]:
    return {e.talk.id: e.starts_at for e in session.talks if e.state is TalkState.WAITING}


class ClockMachine(RuleBasedStateMachine):
    """One session on a moderator's clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = at("09:50")
        self.session = four_talks()
        self.guard = False
        self.events: list[TimingEvent] = []
        self.before: list[Run] = []
        self.given: set[Key] = set()
        self.folded: tuple[object, Run] | None = None

    @initialize(
        plan=st.sampled_from([four_talks, with_a_break, two_breaks, posters_and_an_overlap]),
        guard=st.sampled_from([True, True, False]),
        first=st.sampled_from([None, 1, 1, 2, 3]),
    )
    def begin(self, plan: Callable[[], PlannedSession], guard: bool, first: int | None) -> None:  # noqa: FBT001 - hypothesis draws it by name
        self.session, self.guard = plan(), guard
        if first is not None:
            self.now = at("10:02")
            self.do(Tap(START, 7, first))

    @property
    def run(self) -> Run:
        made_of = self.session, tuple(self.events), self.guard
        if self.folded is None or self.folded[0] != made_of:
            self.folded = made_of, fold(self.session, self.events, guard=self.guard)
        return self.folded[1]

    def look(self, now: datetime | None = None, run: Run | None = None) -> ExpectedSession:
        return forecast(self.session, run or self.run, now or self.now, guard=self.guard)

    def cues(self) -> tuple[Cue, ...]:
        return owed_cues(self.session, self.run, self.now, guard=self.guard)

    @rule(seconds=st.sampled_from([1, 20, 60, 90, 300, 300, 600, 1800]))
    def time_passes(self, seconds: int) -> None:
        """In steps, so that every signal is given when it is due."""
        until = self.now + timedelta(seconds=seconds)
        while (due := min((c.due_at for c in self.cues() if self.now < c.due_at <= until), default=None)) is not None:
            self.now = due
            self.give()
        self.now = until
        self.give()

    @rule(
        minutes=st.sampled_from([0, 4, 12, 35, 70]),
        kind=st.sampled_from([None, START, START, SKIP, END, CLOSE]),
        talk=st.sampled_from([None, 1, 2, 3, 4, 5, 6]),
        ago=st.sampled_from([0, 0, 12, 40]),
    )
    def clock_is_forgotten(self, minutes: int, kind: TimingKind | None, talk: int | None, ago: int) -> None:
        """And somebody comes back and taps."""
        rolls_at = rolls_on_at(self.session, self.run)
        if rolls_at is None or rolls_at <= self.now:
            return
        self.time_passes((rolls_at - self.now) // SECOND + 60 * minutes)
        if kind is not None:
            self.do(Tap(kind, 7, talk, ago=ago * MINUTE))

    @rule(
        seconds=st.sampled_from([0, 0, 10, 40]),
        kind=st.sampled_from([PAUSE, RESUME, EXTEND, EXTEND, UNDO, UNDO, REBALANCE]),
        amount=st.sampled_from([-4, 1, 7]),
        ago=st.sampled_from([0, 0, 2]),
    )
    def tap_at_a_signal(self, seconds: int, kind: TimingKind, amount: int, ago: int) -> None:
        due_at = next((cue.due_at for cue in self.cues() if cue.due_at > self.now), None)
        if due_at is not None:
            self.time_passes((due_at - self.now) // SECOND + seconds)
            self.do(Tap(kind, 7, amount=amount * MINUTE, ago=ago * MINUTE))

    def give(self) -> None:
        for cue in self.cues():
            if cue.due_at <= self.now < cue.expires_at:
                self.given.add(key(cue))

    @rule(
        kind=st.sampled_from([*TimingKind, *(START, END, PAUSE, RESUME, EXTEND, SKIP, UNDO) * 2, START]),
        talk=st.sampled_from([None, None, 1, 2, 3, 4]),
        leaves=st.sampled_from([None] * 6 + [1, 2]),
        ago=st.sampled_from([0, 0, 0, 0, 0, 1, 4, 25]),
        amount=st.sampled_from([-40, -3, 1, 7]),
    )
    def tap(self, kind: TimingKind, talk: int | None, leaves: int | None, ago: int, amount: int) -> None:
        self.do(Tap(kind, 7, talk, leaves, ago * MINUTE, amount * MINUTE, confirmed=amount == -3))

    @rule(stale=st.sampled_from([None, None, None, 1]), ago=st.sampled_from([0, 0, 1]))
    def next(self, stale: int | None, ago: int) -> None:
        current = talk_on_stage(self.look())
        leaves = stale or (current.talk.id if current else None)
        self.do(next_tap(self.look(), Tap(START, 7, leaves=leaves, ago=ago * MINUTE)))

    def do(self, tap: Tap) -> None:
        """Tap, and look at what the step did to what was there; a closing is taken back first."""
        if self.run.closed_at is not None and tap.kind not in (UNDO, OPEN):
            self.do(Tap(UNDO))
        run, seen, cues = self.run, self.look(), self.cues()
        try:
            event = decide(self.session, run, tap, self.now, guard=self.guard)
        except CommandError:
            return
        self.events.append(replace(event, id=len(self.events) + 1))
        if event.kind is UNDO:
            assert self.run == self.before.pop()
        else:
            self.before.append(run)
            self._check_same(followed_by(self.session, run, self.events[-1], guard=self.guard))
            assert not {s for s in run.stints if is_tapped(s)} - set(self.run.stints)
        self._check_rearmed({(c.talk_id, c.stint, c.mark): c for c in cues})
        if event.kind is REBALANCE:
            self._check_shortened(seen)

    def _check_rearmed(self, before: dict[tuple[int, int, timedelta], Cue]) -> None:
        """A signal due before the tap, or at its very instant, stays given until time left rises above its mark."""
        for cue in self.cues():
            old = before.get((cue.talk_id, cue.stint, cue.mark))
            if old is not None and old.due_at <= self.now:
                assert (cue.revision > old.revision) == (cue.due_at > self.now)

    def _check_shortened(self, before: ExpectedSession) -> None:
        assert over_by(self.session, self.look()) < over_by(self.session, before)

    @rule(
        number=st.integers(0, 5),
        by=st.sampled_from([-10, -5, 5, 20]),
        change=st.sampled_from(["move", "rename", "cancel"]),
    )
    def edit_a_talk_ahead(self, number: int, by: int, change: str) -> None:
        talk = self.session.talks[number % len(self.session.talks)]
        state = next(e.state for e in self.look().talks if e.talk.id == talk.id)
        tapped = [stint for stint in self.run.stints if is_tapped(stint)]
        if state not in (TalkState.WAITING, TalkState.CANCELLED) or self.run.stint_of(talk.id):
            return
        changed = {
            "move": replace(talk, starts_at=talk.starts_at + by * MINUTE, ends_at=talk.ends_at + by * MINUTE),
            "rename": replace(talk, title="Renamed"),
            "cancel": replace(talk, cancelled=not talk.cancelled),
        }[change]
        self.session = replace(self.session, talks=tuple(changed if t is talk else t for t in self.session.talks))
        self.before = [fold(self.session, self.events[: self._first(run)], guard=self.guard) for run in self.before]
        assert [stint for stint in self.run.stints if is_tapped(stint)] == tapped

    def _first(self, run: Run) -> int:
        """How many events made a run, those not counted that were taken back after it."""
        return run.last.id if run.last else 0

    @invariant()
    def restart_gives_the_same(self) -> None:
        again = fold(
            replace(self.session, talks=tuple(replace(talk) for talk in self.session.talks)),
            [replace(event) for event in reversed(self.events)],
            guard=self.guard,
        )
        self._check_same(again)

    def _check_same(self, again: Run) -> None:
        run = self.run
        assert again == run
        assert (again.last_tapped_at, again.begun, again.lifts) == (run.last_tapped_at, run.begun, run.lifts)

    @invariant()
    def times_run_forward(self) -> None:
        self._check_forward(self.run.stints)
        if self.guard:
            self._check_forward(rolled_on(self.session, self.run, self.now).stints)

    def _check_forward(self, stints: tuple[Stint, ...]) -> None:
        moment = datetime.min.replace(tzinfo=self.now.tzinfo)
        for stint in stints:
            edges = [stint.starts_at, *(e for p in stint.pauses for e in (p.starts_at, p.ends_at) if e), stint.ends_at]
            for edge in (edge for edge in edges if edge is not None):
                assert moment <= edge <= self.now
                moment = edge
        assert all(stint.ends_at is not None for stint in stints[:-1])

    @invariant()
    def forecast_is_sound(self) -> None:
        seen = self.look()
        assert sorted(e.talk.id for e in seen.talks) == sorted(talk.id for talk in self.session.talks)
        if seen.is_started:
            assert sum(e.state in ON for e in seen.talks) <= 1
        for e in seen.talks:
            assert e.starts_at <= e.ends_at
            if e.state is TalkState.WAITING:
                assert e.starts_at >= e.talk.starts_at
        if self.guard and rolled_on(self.session, self.run, self.now).is_forgotten:
            free_at = max(e.ends_at for e in seen.talks if e.drift is not None)
            later = [e for e in seen.talks if e.state is TalkState.WAITING]
            assert all(e.ends_at <= max(e.talk.ends_at, free_at, e.talk.starts_at) for e in later)
        if not self.run.last:
            assert seen == by_plan(self.session, self.now)
        if self.run.closed_at is not None:
            assert seen.is_over
            assert not any(e.state in ON or e.state is TalkState.WAITING for e in seen.talks)

    @invariant()
    def later_is_never_earlier(self) -> None:
        """With the same taps a later look never expects an earlier end, nor does a longer extension."""
        run = self.run
        ends = [forecast(self.session, run, self.now + n * MINUTE, guard=False).ends_at for n in (0, 1, 5, 45)]
        known = [moment for moment in ends if moment is not None]
        assert known == sorted(known)
        if run.on_stage is not None and not run.is_forgotten:
            event = TimingEvent(len(self.events) + 1, EXTEND, self.now, self.now, run.on_stage.talk_id)
            extended = (fold(self.session, [*self.events, replace(event, amount=n * MINUTE)]) for n in (-2, 1, 9))
            over = [over_by(self.session, self.look(run=longer)) for longer in extended]
            assert over == sorted(over)

    @invariant()
    def nothing_moves_unseen(self) -> None:
        """Until `next_instant` no expected start moves by a minute."""
        upcoming = next_instant(self.session, self.run, self.now, guard=self.guard)
        assert upcoming is None or upcoming > self.now
        until = upcoming - SECOND if upcoming else self.now + timedelta(hours=5)
        if until <= self.now or not self.run.is_started:
            return
        now, then = waiting(self.look()), waiting(self.look(until))
        assert all(abs(then[talk] - starts_at) < MINUTE for talk, starts_at in now.items() if talk in then)

    @invariant()
    def signals_are_unique(self) -> None:
        self.give()
        cues = self.cues()
        assert len({(cue.mark, cue.revision) for cue in cues}) == len(cues)
        assert not {key(cue) for cue in cues if cue.due_at > self.now} & self.given

    @invariant()
    def rebalance_adds_up(self) -> None:
        run, floor = self.run, MINUTE
        plan = rebalance(self.session, run, self.now, guard=self.guard)
        if not plan.lengths:
            return
        seen = self.look()
        event = TimingEvent(len(self.events) + 1, REBALANCE, self.now, self.now, lengths=plan.lengths)
        after = self.look(run=fold(self.session, [*self.events, event], guard=self.guard))
        assert abs(over_by(self.session, after) - plan.stays_over) <= SECOND
        left = {e.talk.id: e.time_left or e.ends_at - e.starts_at for e in seen.talks}
        shortened = {e.talk.id: e.time_left or e.ends_at - e.starts_at for e in after.talks}
        for talk_id, _ in plan.lengths:
            assert floor <= shortened[talk_id] < left[talk_id]
        assert sum((left[t] - shortened[t] for t, _ in plan.lengths), timedelta(0)) == plan.saved

    def teardown(self) -> None:
        """As many undos as steps restore the empty run."""
        while self.before:
            self.do(Tap(UNDO))
        assert self.run == Run()


ClockMachine.TestCase.settings = settings(max_examples=examples(50), stateful_step_count=25, deadline=None)
TestClock = ClockMachine.TestCase
