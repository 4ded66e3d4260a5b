"""The clock: from plan, run and now to what is on stage, what is expected when, and how far off the plan it all is.

How delay spreads is decided here and nowhere else. All in instants: midnight, summer time and restarts change nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.rules.programme import (
    ON,
    ExpectedSession,
    ExpectedTalk,
    PlannedSession,
    PlannedTalk,
    TalkState,
    by_plan,
    in_order,
    place_in_order,
)
from bot.rules.run import NOTHING, Run, rolled_on, rolls_on_at
from bot.rules.stints import Stint

MINUTE = timedelta(minutes=1)


def forecast(session: PlannedSession, run: Run, now: datetime, *, guard: bool = True) -> ExpectedSession:
    """A session's talks with their state and times at `now`.

    Args:
        session: its plan.
        run: what its timing events fold to.
        now: virtual.
        guard: whether a forgotten clock rolls on by the plan.
    """
    if not run.is_started:
        return _not_started(session, run, now)
    actual = rolled_on(session, run, now) if guard else run
    expected = [*_happened(session, actual, now), *_not_begun(session, actual, now)]
    order = tuple(sorted(expected, key=lambda e: (e.starts_at, *place_in_order(e.talk))))
    goes_on = any(e.state in ON or e.state is TalkState.WAITING for e in expected)
    return ExpectedSession(session, order, is_started=True, is_over=run.closed_at is not None or not goes_on)


def _not_started(session: PlannedSession, run: Run, now: datetime) -> ExpectedSession:
    """Until a moderator starts the clock the plan is the forecast; only what was skipped or closed is left out."""
    plan = by_plan(session, min(now, run.closed_at or now))
    talks = tuple(_left_out(e, run) for e in plan.talks)
    return replace(plan, talks=talks, is_over=run.closed_at is not None)


def _left_out(e: ExpectedTalk, run: Run) -> ExpectedTalk:
    closed = run.closed_at is not None
    if not e.talk.cancelled and (e.talk.id in run.skipped or (closed and e.state is TalkState.WAITING)):
        return replace(e, state=TalkState.SKIPPED)
    return replace(e, ends_at=run.closed_at, state=TalkState.DONE) if run.closed_at and e.state in ON else e


def _happened(session: PlannedSession, run: Run, now: datetime) -> list[ExpectedTalk]:
    """The talks that were or are on stage, each by its latest time there."""
    stints = [(talk, stint) for talk in session.talks if (stint := run.stint_of(talk.id)) is not None]
    return [
        on_stage_talk(talk, stint, run, now) if stint.ends_at is None else _done(talk, stint, run, stint.ends_at)
        for talk, stint in stints
    ]


def on_stage_talk(talk: PlannedTalk, stint: Stint, run: Run, now: datetime) -> ExpectedTalk:
    """The talk on stage: it ends when its time is up, and never before now."""
    runs_out_at = run.runs_out_at(talk, stint, now)
    ends_at = max(runs_out_at, now)
    return ExpectedTalk(
        talk=talk,
        starts_at=stint.starts_at,
        ends_at=ends_at,
        state=TalkState.PAUSED if stint.is_paused else TalkState.ON_STAGE,
        assumed=stint.assumed,
        time_left=runs_out_at - now,
        drift=_drift(talk, stint, ends_at - runs_out_at, now),
    )


def _done(talk: PlannedTalk, stint: Stint, run: Run, ends_at: datetime) -> ExpectedTalk:
    over = ends_at - run.runs_out_at(talk, stint, ends_at)
    drift = _drift(talk, stint, over, ends_at)
    return ExpectedTalk(talk, stint.starts_at, ends_at, TalkState.DONE, assumed=stint.assumed, drift=drift)


def _drift(talk: PlannedTalk, stint: Stint, over: timedelta, now: datetime) -> timedelta:
    """Late start, extensions, pauses so far and time over; plus is late."""
    return (stint.starts_at - talk.starts_at) + stint.extended + stint.paused(now) + over


def _not_begun(session: PlannedSession, run: Run, now: datetime) -> list[ExpectedTalk]:
    """The talks that were not on stage: left out, taken as over by the plan, or still to come."""
    absent: list[ExpectedTalk] = []
    coming: list[PlannedTalk] = []
    passed_until: datetime | None = None
    for talk in in_order(session.talks):
        if run.stint_of(talk.id) is not None:
            continue
        if talk.cancelled or talk.id in run.skipped:
            state = TalkState.CANCELLED if talk.cancelled else TalkState.SKIPPED
            absent.append(ExpectedTalk(talk, talk.starts_at, talk.ends_at, state))
        elif over := _over(session, run, talk, passed_until):
            passed_until = over.ends_at if over.state is TalkState.DONE else passed_until
            absent.append(over)
        else:
            coming.append(talk)
    if run.closed_at is not None:
        return [*absent, *(ExpectedTalk(talk, talk.starts_at, talk.ends_at, TalkState.SKIPPED) for talk in coming)]
    return [*absent, *_to_come(coming, run, now, free_at=_free_at(session, run, now))]


def _over(session: PlannedSession, run: Run, talk: PlannedTalk, passed_until: datetime | None) -> ExpectedTalk | None:
    """A talk that nobody started and that is not to come any more, since a later one was.

    That is one whose time by the plan was over before the clock was started, a break that began by itself, and
    whatever was passed over while the clock goes by the plan.
    """
    later = [
        number
        for number, stint in enumerate(run.stints)
        if (other := session.talk(stint.talk_id)) and place_in_order(other) > place_in_order(talk)
    ]
    if 0 in later and talk.ends_at <= run.stints[0].starts_at:
        return ExpectedTalk(talk, talk.starts_at, talk.ends_at, TalkState.DONE, assumed=True)
    number = next((number for number in later if run.stints[number].starts_at >= talk.starts_at), None)
    if talk.is_break and number is not None:
        return _passed_break(run, talk, number, passed_until)
    if later and run.is_forgotten:
        return ExpectedTalk(talk, talk.starts_at, talk.ends_at, TalkState.DONE, assumed=True)
    return None


def _passed_break(run: Run, talk: PlannedTalk, number: int, passed_until: datetime | None) -> ExpectedTalk:
    """A break that lasted until somebody started a later talk; left out where that left it no time."""
    before = run.stints[number - 1].ends_at if number else None
    starts_at = max(talk.starts_at, before or talk.starts_at, passed_until or talk.starts_at)
    ends_at = min(starts_at + run.allotted(talk, starts_at), run.stints[number].starts_at)
    if ends_at <= starts_at:
        return ExpectedTalk(talk, talk.starts_at, talk.ends_at, TalkState.SKIPPED, assumed=True)
    return ExpectedTalk(talk, starts_at, ends_at, TalkState.DONE, assumed=True)


def _free_at(session: PlannedSession, run: Run, now: datetime) -> datetime:
    """When the stage is expected to be free."""
    last = run.stints[-1]
    talk = session.talk(last.talk_id)
    if last.ends_at is not None:
        return last.ends_at
    return on_stage_talk(talk, last, run, now).ends_at if talk else now


def _to_come(talks: Sequence[PlannedTalk], run: Run, now: datetime, *, free_at: datetime) -> list[ExpectedTalk]:
    """One after the other behind what is on stage, those of one slot together; gaps and breaks absorb delay."""
    expected = []
    free_for: dict[datetime, datetime] = {}
    for talk in talks:
        free = free_for.setdefault(talk.starts_at, free_at)
        # a break begins by itself; a talk nobody has started yet cannot have begun in the past
        starts_at = max(talk.starts_at, free) if talk.is_break else max(talk.starts_at, free, now)
        length = run.allotted(talk, starts_at)
        if run.is_forgotten:
            length = max(talk.ends_at - starts_at, NOTHING)
        e = ExpectedTalk(talk, starts_at, starts_at + length, TalkState.WAITING)
        expected.append(_begun_by_itself(e, run, now))
        free_at = max(free_at, e.ends_at)
    return expected


def _begun_by_itself(e: ExpectedTalk, run: Run, now: datetime) -> ExpectedTalk:
    """A break that nobody started is on once its time has come and the stage is free."""
    if not e.talk.is_break or run.on_stage is not None or now < e.starts_at:
        return e
    return replace(e, state=TalkState.ON_STAGE if now < e.ends_at else TalkState.DONE, assumed=True)


@dataclass(frozen=True, slots=True)
class Rebalance:
    """What a rebalance would do.

    Attributes:
        lengths: the new allotted length of each talk that is shortened.
        saved: how much earlier the session ends.
        stays_over: how much over it stays, since no talk goes below its floor.
    """

    lengths: tuple[tuple[int, timedelta], ...]
    saved: timedelta
    stays_over: timedelta


def over_by(session: PlannedSession, expected: ExpectedSession) -> timedelta:
    """How far the forecast end is past the planned end; zero or less is in time."""
    planned = max((talk.ends_at for talk in session.talks if not talk.cancelled), default=None)
    ends_at = expected.ends_at
    return ends_at - planned if planned and ends_at else NOTHING


def rebalance(
    session: PlannedSession, run: Run, now: datetime, *, floor: timedelta = MINUTE, guard: bool = True
) -> Rebalance:
    """Shorten what remains in proportion, in whole seconds, none below the floor, so that the session ends in time."""
    run = rolled_on(session, run, now) if guard else run
    expected = forecast(session, run, now, guard=False)
    over = over_by(session, expected)
    remaining = _that_count(expected)
    wanted = max(0, -(-over // timedelta(seconds=1)))
    spare = [max(0, int((length - floor).total_seconds())) for _, length in remaining]
    cuts = _shared_out(wanted, [length.total_seconds() for _, length in remaining], spare)
    lengths = tuple(
        (e.talk.id, run.allotted(e.talk, e.starts_at) - timedelta(seconds=cut))
        for (e, _), cut in zip(remaining, cuts, strict=True)
        if cut
    )
    saved = timedelta(seconds=sum(cuts))
    applied = replace(run, lengths={**run.lengths, **dict(lengths)})
    return Rebalance(lengths, saved, max(over_by(session, forecast(session, applied, now, guard=False)), NOTHING))


def _that_count(expected: ExpectedSession) -> list[tuple[ExpectedTalk, timedelta]]:
    """What remains and pushes the end: the talks from the last gap on, each with the length that is left of it.

    Not those that run beside each other: to shorten one brings nothing forward.
    """
    remaining: list[tuple[ExpectedTalk, timedelta]] = []
    waiting = [e for e in expected.running_order if e.state is TalkState.WAITING]
    together = Counter(e.starts_at for e in waiting)
    for e in expected.running_order:
        if e.time_left is not None:
            remaining = [(e, e.time_left)]
        elif e.state is TalkState.WAITING:
            if e.starts_at <= e.talk.starts_at:
                remaining = []  # it starts as planned, so nothing before it delays the end
            if together[e.starts_at] == 1:
                remaining.append((e, e.ends_at - e.starts_at))
    return remaining


def _shared_out(wanted: int, weights: Sequence[float], spare: Sequence[int]) -> list[int]:
    """`wanted` whole seconds in proportion to the weights, none above what it can spare; the sum is exact."""
    left = min(wanted, sum(spare))
    cuts = [0] * len(weights)
    free = [i for i, room in enumerate(spare) if room > 0]
    while left:
        total = sum(weights[i] for i in free)
        exact = {i: left * weights[i] / total for i in free}
        full = [i for i in free if exact[i] >= spare[i]]
        if not full:
            short = left - sum(int(share) for share in exact.values())
            largest_rest = sorted(free, key=lambda i: (int(exact[i]) - exact[i], i))
            cuts = [int(exact.get(i, cut)) + (i in largest_rest[:short]) for i, cut in enumerate(cuts)]
            break
        for i in full:
            cuts[i] = spare[i]
            left -= spare[i]
        free = [i for i in free if i not in full]
    return cuts


def next_instant(session: PlannedSession, run: Run, now: datetime, *, guard: bool = True) -> datetime | None:
    """When the forecast next differs by time alone in a way that matters: each whole minute over, paused or waited.

    Also when a session is over that nobody ends: what a forgotten clock goes through, or a break after the last talk.
    """
    if not run.is_started or run.closed_at is not None:
        return None
    actual = rolled_on(session, run, now) if guard else run
    moments = [_next_whole_minute(since, now)] if (since := _moves_since(session, actual, now)) is not None else []
    rolls_at = rolls_on_at(session, actual) if guard else None
    goes_on_by_itself = actual.is_forgotten or actual.on_stage is None
    ends_at = forecast(session, actual, now, guard=False).ends_at if goes_on_by_itself else None
    moments += [moment for moment in (rolls_at, ends_at) if moment is not None and moment > now]
    return min(moments, default=None)


def _moves_since(session: PlannedSession, run: Run, now: datetime) -> datetime | None:
    """The moment from which passing time alone has moved, or will move, what is to come."""
    stint = run.on_stage
    if run.is_forgotten:
        return None
    if stint is not None:
        talk = session.talk(stint.talk_id)
        if talk is None or stint.is_paused:
            return stint.pauses[-1].starts_at if stint.is_paused else stint.starts_at
        return run.runs_out_at(talk, stint, now)
    # as seen when the stage became free: until when nothing but the plan holds up the first talk
    free_at = _free_at(session, run, now)
    waiting = [e for e in _not_begun(session, run, free_at) if not e.talk.is_break and e.state is TalkState.WAITING]
    return min((e.starts_at for e in waiting), default=None)


def _next_whole_minute(since: datetime, now: datetime) -> datetime:
    """The next moment after `now` that is a whole number of minutes, at least one, after `since`."""
    whole = max(0, (now - since) // MINUTE)
    return since + (whole + 1) * MINUTE
