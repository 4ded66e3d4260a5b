"""What happened in a session: each talk as planned and as it was, and the figures that are told of all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.programme import OFF, ON, ExpectedSession, ExpectedTalk, PlannedSession, PlannedTalk, TalkState, in_order
from bot.rules.questions import Question, QuestionCounts, count
from bot.rules.run import NOTHING, Run, rolled_on
from bot.rules.stints import Stint
from bot.rules.timing import forecast


@dataclass(frozen=True, slots=True)
class ReportedTalk:
    """One talk of a session.

    Attributes:
        number: its place in the plan, from 1.
        stints: each time that it was on stage; the one that still is ends at the report's moment.
        starts_at, ends_at: when it first began and last ended; None where it did not take place, or not yet. What is
            taken as having happened without a tap, as a break that began by itself, has both and no stint.
        assumed: nobody tapped its end, or anything about it.
        drift: how much later than planned it started and ran, as the console told it; None where it has no stint. A
            break's is how much later than planned it ended.
    """

    number: int
    talk: PlannedTalk
    state: TalkState
    stints: tuple[Stint, ...]
    starts_at: datetime | None
    ends_at: datetime | None
    assumed: bool
    drift: timedelta | None
    questions: QuestionCounts

    @property
    def planned(self) -> timedelta:
        """Its length in the plan."""
        return self.talk.ends_at - self.talk.starts_at

    @property
    def extended(self) -> timedelta:
        """What was given to it, less what was taken away."""
        return sum((stint.extended for stint in self.stints if not stint.by_plan), NOTHING)

    @property
    def paused(self) -> timedelta:
        return sum((stint.paused(stint.ends_at or stint.starts_at) for stint in self.stints), NOTHING)

    @property
    def took(self) -> timedelta | None:
        """Its time on stage without pauses; None where it was not."""
        if not self.stints:
            return None
        whole = sum((stint.ends_at - stint.starts_at for stint in self.stints if stint.ends_at), NOTHING)
        return whole - self.paused

    @property
    def overran(self) -> timedelta | None:
        """How much longer than planned it took, pauses apart; below zero where it was shorter."""
        took = self.took
        return None if took is None else took - self.planned

    @property
    def is_timed(self) -> bool:
        """Whether somebody tapped both its start and its end."""
        return bool(self.stints) and not self.assumed and self.state is TalkState.DONE


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of a whole session.

    Attributes:
        started_late: how much later than planned the first talk began; below zero is early. None if none began.
        ended_late: the same of the end; None while the session goes on, or where nobody tapped the last talk's end.
        longest: the talk that ran over by most, breaks and assumed times left out; None if none did.
        recovered: how much less late the session ended than its latest talk did; None as above.
        paused, extended: in all.
        timed: talks of which somebody tapped start and end; assumed: those with times of the plan. No breaks.
        skipped, cancelled: talks that did not take place.
        questions: of all talks.
    """

    started_late: timedelta | None
    ended_late: timedelta | None
    longest: ReportedTalk | None
    recovered: timedelta | None
    paused: timedelta
    extended: timedelta
    timed: int
    assumed: int
    skipped: int
    cancelled: int
    questions: QuestionCounts


@dataclass(frozen=True, slots=True)
class SessionReport:
    """A session as planned and as it was.

    Attributes:
        at: the moment that it tells of; virtual.
        talks: in the plan's order.
        is_timed: whether a moderator ever started the clock; without, the plan is all there is.
        closed_at: when a moderator closed it.
    """

    session: PlannedSession
    at: datetime
    talks: tuple[ReportedTalk, ...]
    is_timed: bool
    is_over: bool
    closed_at: datetime | None
    figures: Figures


def session_report(
    session: PlannedSession, run: Run, questions: Iterable[Question], now: datetime, *, guard: bool = True
) -> SessionReport:
    """What happened in a session until a moment.

    Args:
        session: its plan.
        run: what its timing events fold to.
        questions: all that were asked in it.
        now: virtual; later than the end gives the same as the end.
        guard: whether a forgotten clock rolls on by the plan.
    """
    expected = forecast(session, run, now, guard=guard)
    actual = rolled_on(session, run, now) if guard and run.is_started else run
    asked: dict[int, list[Question]] = defaultdict(list)
    for question in questions:
        asked[question.talk_id].append(question)
    by_id = {e.talk.id: e for e in expected.talks}
    talks = tuple(
        _reported(number, by_id[talk.id], actual, count(asked[talk.id]), now)
        for number, talk in enumerate(in_order(session.talks), 1)
    )
    counts = count(question for each in asked.values() for question in each)
    return SessionReport(
        session=session,
        at=now,
        talks=talks,
        is_timed=run.is_started,
        is_over=expected.is_over,
        closed_at=run.closed_at,
        figures=_figures(expected, talks, counts),
    )


def _reported(number: int, e: ExpectedTalk, run: Run, questions: QuestionCounts, now: datetime) -> ReportedTalk:
    stints = tuple(
        stint if stint.ends_at is not None else stint.ended(now) for stint in run.stints if stint.talk_id == e.talk.id
    )
    happened = run.is_started and e.state in (*ON, TalkState.DONE)
    return ReportedTalk(
        number=number,
        talk=e.talk,
        state=e.state if run.is_started or e.state in OFF else TalkState.WAITING,
        stints=stints,
        starts_at=(stints[0].starts_at if stints else e.starts_at) if happened else None,
        ends_at=(stints[-1].ends_at if stints else min(e.ends_at, now)) if happened else None,
        assumed=run.is_started and e.assumed,
        drift=_drift(e, stints),
        questions=questions,
    )


def _drift(e: ExpectedTalk, stints: Sequence[Stint]) -> timedelta | None:
    """As the console told it; of a break, which gives of its own length to make up for a late start, its end's."""
    ends_at = stints[-1].ends_at if stints else None
    return ends_at - e.talk.ends_at if e.talk.is_break and ends_at is not None else e.drift


def _figures(expected: ExpectedSession, talks: Sequence[ReportedTalk], questions: QuestionCounts) -> Figures:
    last = max((each for each in talks if each.ends_at), key=lambda each: (each.ends_at, each.number), default=None)
    over = expected.is_over and last is not None and (last.talk.is_break or not last.assumed)
    spoken = [each for each in talks if not each.talk.is_break]
    return Figures(
        started_late=_started_late(talks),
        ended_late=_ended_late(talks) if over else None,
        longest=_longest(spoken),
        recovered=_recovered(talks) if over else None,
        paused=sum((each.paused for each in talks), NOTHING),
        extended=sum((each.extended for each in talks), NOTHING),
        timed=sum(each.is_timed for each in spoken),
        assumed=sum(each.assumed for each in spoken),
        skipped=sum(each.state is TalkState.SKIPPED for each in talks),
        cancelled=sum(each.state is TalkState.CANCELLED for each in talks),
        questions=questions,
    )


def _started_late(talks: Sequence[ReportedTalk]) -> timedelta | None:
    planned = [each.talk.starts_at for each in talks if _counts(each)]
    actual = [each.starts_at for each in talks if each.starts_at is not None]
    return min(actual) - min(planned) if actual and planned else None


def _ended_late(talks: Sequence[ReportedTalk]) -> timedelta | None:
    planned = [each.talk.ends_at for each in talks if _counts(each)]
    actual = [each.ends_at for each in talks if each.ends_at is not None]
    return max(actual) - max(planned) if actual and planned else None


def _counts(reported: ReportedTalk) -> bool:
    """Whether the plan had it to the end, or it was on stage before it was called off."""
    return not reported.talk.cancelled or reported.starts_at is not None


def _recovered(talks: Sequence[ReportedTalk]) -> timedelta:
    """Against the plan at the first end of each talk: one that came back for a question was not late all the while."""
    first_ends = ((each.stints[0].ends_at if each.stints else each.ends_at, each.talk.ends_at) for each in talks)
    ends = sorted((ends_at, planned) for ends_at, planned in first_ends if ends_at is not None)
    late = [max(ends_at - planned, NOTHING) for ends_at, planned in ends]
    return max(late) - late[-1] if late else NOTHING


def _longest(talks: Sequence[ReportedTalk]) -> ReportedTalk | None:
    over = [each for each in talks if each.is_timed and (each.overran or NOTHING) > NOTHING]
    return max(over, key=lambda each: (each.overran or NOTHING, -each.number), default=None)
