"""Hints from the past: by how much talks of a kind ran over before, and when a session likely ends if they do so again.

A second number beside the forecast, never in its place: reminders, time signals and rebalances go by the forecast.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import sqrt

from bot.rules.programme import ExpectedSession, ExpectedTalk, PlannedSession, PlannedTalk, TalkState
from bot.rules.run import GUARD_AT_LEAST, GUARD_AT_MOST, NOTHING, Run, rolled_on
from bot.rules.stints import Stint
from bot.rules.timing import forecast

AT_LEAST = 20
"""Timed talks of a kind before anything is learned of it."""
CLEAR = 2.0
"""An average this many of its standard errors away from nothing is more than chance."""
LEAST = timedelta(seconds=20)
"""Of less a moderator need not know, however certain: one late talk in each session makes as much of all."""
_MICROSECOND = timedelta(microseconds=1)

Kind = str | None
"""A kind of talk, case-folded; None is that of talks without one."""


@dataclass(frozen=True, slots=True)
class TimedTalk:
    """How long a talk took whose start and end somebody tapped, pauses apart."""

    kind: Kind
    planned: timedelta
    took: timedelta

    @property
    def overran(self) -> timedelta:
        """By how much, as far as it is believed: beyond that a clock counts as forgotten, as the guard has it."""
        most = min(max(self.planned, GUARD_AT_LEAST), GUARD_AT_MOST)
        return min(max(self.took - self.planned, -most), most)


@dataclass(frozen=True, slots=True)
class Habit:
    """What talks of one kind did.

    Attributes:
        by: how much they ran over on average; below zero they were short.
        talks: how many were timed.
        error: the standard error of the average.
    """

    by: timedelta
    talks: int
    error: timedelta

    @property
    def is_clear(self) -> bool:
        """Whether it is more than chance and a trifle: else it would do the forecast harm as often as good."""
        return abs(self.by) > CLEAR * self.error and abs(self.by) >= LEAST


Learned = Mapping[Kind, Habit]


@dataclass(frozen=True, slots=True)
class Hint:
    """What the past says of a session.

    Attributes:
        habits: of each kind that is still to come, as the programme prints it, in order.
        ends_at: when the session likely ends.
    """

    habits: tuple[tuple[Kind, Habit], ...]
    ends_at: datetime


def kind_of(talk: PlannedTalk) -> Kind:
    return talk.kind.casefold() if talk.kind else None


def timed_talks(session: PlannedSession, run: Run, now: datetime, *, guard: bool = True) -> list[TimedTalk]:
    """The talks of a session that is over from which something can be learned; none while it goes on.

    A pause is left out of what a talk took: it is no habit of its kind, and the forecast counts it once it happens.
    """
    actual = _as_of(session, run, now, guard=guard)
    if actual.closed_at is None and not forecast(session, actual, now, guard=False).is_over:
        return []
    following = {stint.starts_at: session.talk(stint.talk_id) for stint in actual.stints}
    on_stage = Counter(stint.talk_id for stint in actual.stints)
    found: list[TimedTalk] = []
    for stint in actual.stints:
        talk = session.talk(stint.talk_id)
        if stint.ends_at is None or stint.assumed or talk is None or talk.is_break or on_stage[talk.id] > 1:
            continue
        planned, took = talk.ends_at - talk.starts_at, stint.ends_at - stint.starts_at - stint.paused(now)
        was_told_to_be_shorter = talk.id in actual.lengths
        if planned > NOTHING and not was_told_to_be_shorter and not _had_slack(stint, planned, following, now):
            found.append(TimedTalk(kind_of(talk), planned, took))
    return found


def _had_slack(stint: Stint, planned: timedelta, starts: Mapping[datetime, PlannedTalk | None], now: datetime) -> bool:
    """Whether only the next talk's start ended it, and that was planned for later than its time was up.

    Nobody tapped its end then: the gap behind it would be taken for its own. It counts neither if it was over by more
    than the gap, or only the worst of them would be kept.
    """
    following = starts.get(stint.ends_at) if stint.ends_at else None
    return following is not None and following.starts_at > stint.starts_at + planned + stint.paused(now)


def learned(talks: Iterable[TimedTalk]) -> Learned:
    """What each kind with enough timed talks did on average, in whatever order they come."""
    by_kind: dict[Kind, list[int]] = defaultdict(list)
    for talk in talks:
        by_kind[talk.kind].append(talk.overran // _MICROSECOND)
    return {kind: _habit(overruns) for kind, overruns in by_kind.items() if len(overruns) >= AT_LEAST}


def _habit(overruns: Sequence[int]) -> Habit:
    """Whole numbers to the end: the same of the same talks in any order."""
    number, total = len(overruns), sum(overruns)
    spread = number * sum(each * each for each in overruns) - total * total
    return Habit(total / number * _MICROSECOND, number, sqrt(spread / number**3) * _MICROSECOND)


def hint(session: PlannedSession, run: Run, now: datetime, known: Learned, *, guard: bool = True) -> Hint | None:
    """What the past says of a session at `now`, virtual; None where it says nothing."""
    actual = _as_of(session, run, now, guard=guard)
    concerned = _concerned(forecast(session, actual, now, guard=False), actual, known)
    ends_at = likely(session, run, now, known, guard=guard).ends_at if concerned else None
    if ends_at is None:
        return None
    printed: dict[Kind, Kind] = {}
    for e in concerned:
        printed.setdefault(kind_of(e.talk), e.talk.kind or None)
    return Hint(tuple((name, known[kind]) for kind, name in printed.items()), ends_at)


def likely(session: PlannedSession, run: Run, now: datetime, known: Learned, *, guard: bool = True) -> ExpectedSession:
    """The forecast of a session if its talks run over as those before did; the plain one where nothing is known.

    Each talk to come is taken to be as much longer as its kind was, and the one on stage as far as it has not been
    given that much already; how that spreads is the forecast's own business. A talk on stage is not taken to be
    shorter: its console stands unedited while its time runs, and would show an end that has passed.
    """
    actual = _as_of(session, run, now, guard=guard)
    plain = forecast(session, actual, now, guard=False)
    concerned = _concerned(plain, actual, known)
    if not concerned:
        return plain
    lengths = {e.talk.id: _length(e, actual, known[kind_of(e.talk)].by) for e in concerned}
    if not actual.is_started:
        return _once_begun(session, actual, plain, lengths)
    return forecast(session, replace(actual, lengths={**actual.lengths, **lengths}), now, guard=False)


def _as_of(session: PlannedSession, run: Run, now: datetime, *, guard: bool) -> Run:
    return rolled_on(session, run, now) if guard and run.is_started else run


def _concerned(plain: ExpectedSession, run: Run, known: Learned) -> list[ExpectedTalk]:
    """The talks that a habit is known of, in order: on stage or to come; none where nobody keeps the clock."""
    talks = [e for e in plain.running_order if not e.talk.is_break]
    ahead = [e for e in talks if e.state is not TalkState.DONE]
    passed_by = run.is_forgotten if plain.is_started else ahead != talks
    if plain.is_over or passed_by:
        return []
    return [e for e in ahead if (habit := known.get(kind_of(e.talk))) and habit.is_clear]


def _length(e: ExpectedTalk, run: Run, by: timedelta) -> timedelta:
    """What a talk is likely to take, its extensions apart."""
    allotted = run.allotted(e.talk)
    stint = run.stint_of(e.talk.id)
    if stint is None:
        return max(allotted + by, NOTHING)
    return allotted + max(by - max(stint.extended, NOTHING), NOTHING)


def _once_begun(
    session: PlannedSession, run: Run, plain: ExpectedSession, lengths: Mapping[int, timedelta]
) -> ExpectedSession:
    """The same of a session that nobody has begun, as if its first talk began as planned.

    The plan where the forecast of that would differ from it, as where talks run beside each other.
    """
    first = next(e.talk for e in plain.running_order if not e.talk.is_break)
    begun = replace(run, stints=(Stint(first.id, first.starts_at),))
    if forecast(session, begun, first.starts_at, guard=False).ends_at != plain.ends_at:
        return plain
    return forecast(session, replace(begun, lengths=lengths), first.starts_at, guard=False)
