"""A run: what a session's timing events fold to. Events are only ever appended; an undo is an event too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.rules.programme import PlannedSession, PlannedTalk, in_order, place_in_order
from bot.rules.stints import Extension, Lift, Pause, Stint

NOTHING = timedelta(0)
GUARD_AT_LEAST, GUARD_AT_MOST = timedelta(minutes=3), timedelta(minutes=15)
ANSWER_TIME = timedelta(minutes=3)
"""How long the console waits for an answer before a forgotten clock rolls on by the plan."""


class TimingKind(StrEnum):
    """What a moderator did; an OPEN that names what is on stage says that it still is."""

    OPEN = "open"
    START = "start"
    END = "end"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    SKIP = "skip"
    REBALANCE = "rebalance"
    CLOSE = "close"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class TimingEvent:
    """One action of a moderator.

    Attributes:
        id: its place in the sequence; order comes from it, never from the moments.
        at: when it counts from; earlier than `tapped_at` where somebody said "two minutes ago".
        talk_id: the talk it is about.
        leaves: the talk that was on stage for whoever tapped, whatever it is about.
        by: Discord user id.
        amount: how much an extension adds; may be negative.
        lengths: new allotted lengths by talk, of a rebalance.
        undoes: the event that an undo takes back.
    """

    id: int
    kind: TimingKind
    at: datetime
    tapped_at: datetime
    talk_id: int | None = None
    leaves: int | None = None
    by: int | None = None
    amount: timedelta = NOTHING
    lengths: tuple[tuple[int, timedelta], ...] = ()
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What happened in a session so far.

    Attributes:
        stints: in order; only the last one may still be on stage.
        skipped: talks that will not take place.
        lengths: allotted lengths that differ from the plan's, after a rebalance.
        is_forgotten: the clock goes by the plan until somebody taps what is on stage.
        last: the last event that was not taken back.
        last_tapped_at: when anybody last tapped anything, an undo included.
        begun, lifts: how often each talk was put on stage, and what made time left rise. An undo takes neither back:
            a signal that was given must not pass for one that is owed.
    """

    stints: tuple[Stint, ...] = ()
    skipped: frozenset[int] = frozenset()
    lengths: Mapping[int, timedelta] = field(default_factory=dict)
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    is_forgotten: bool = False
    last: TimingEvent | None = None
    last_tapped_at: datetime | None = field(default=None, compare=False)
    begun: Mapping[int, int] = field(default_factory=dict, compare=False)
    lifts: tuple[Lift, ...] = field(default=(), compare=False)

    @property
    def on_stage(self) -> Stint | None:
        return self.stints[-1] if self.stints and self.stints[-1].ends_at is None else None

    @property
    def is_started(self) -> bool:
        return bool(self.stints)

    def stint_of(self, talk_id: int) -> Stint | None:
        """A talk's latest time on stage."""
        return next((stint for stint in reversed(self.stints) if stint.talk_id == talk_id), None)

    def allotted(self, talk: PlannedTalk, starts_at: datetime | None = None) -> timedelta:
        """A talk's length; a Break that starts late gives up to half of it to absorb the delay."""
        planned = talk.ends_at - talk.starts_at
        if talk.id in self.lengths:
            return self.lengths[talk.id]
        if not talk.is_break or starts_at is None:
            return planned
        return min(planned, max(planned / 2, talk.ends_at - starts_at))

    def runs_out_at(self, talk: PlannedTalk, stint: Stint, now: datetime) -> datetime:
        """When a stint's time is up."""
        return stint.runs_out_at(self.allotted(talk, stint.starts_at), now)


def fold(session: PlannedSession, events: Sequence[TimingEvent], *, guard: bool = True) -> Run:
    """The run that a session's stored events make; the same events always give the same run.

    Args:
        session: its plan.
        events: all of its events.
        guard: whether a forgotten clock rolls on by the plan.
    """
    runs = [Run()]
    for event in sorted(events, key=lambda e: e.id):
        run = runs[-1]
        if event.kind is not TimingKind.UNDO:
            runs.append(followed_by(session, run, event, guard=guard))
        elif run.last is not None and run.last.id == event.undoes:
            runs[-2:] = [_taken_back(session, runs[-2], run, event, guard=guard)]
        else:
            runs[-1] = replace(run, last_tapped_at=event.tapped_at)
    return runs[-1]


def followed_by(session: PlannedSession, run: Run, event: TimingEvent, *, guard: bool = True) -> Run:
    """The run after one more event that is no undo: what folding all of them would give."""
    before = _as_seen(session, run, event) if guard else run
    return _remembered(session, before, _applied(session, before, event), event.tapped_at)


def _as_seen(session: PlannedSession, run: Run, event: TimingEvent) -> Run:
    """The run that whoever tapped saw; a tap about a forgotten talk says that it was on stage all along."""
    stint = run.on_stage
    about = event.talk_id if event.kind not in (TimingKind.START, TimingKind.SKIP) else None
    if stint is not None and stint.talk_id in (event.leaves, about):
        return run
    return rolled_on(session, run, event.tapped_at)


def _taken_back(session: PlannedSession, before: Run, undone: Run, event: TimingEvent, *, guard: bool) -> Run:
    """The run before the step that an undo takes back; a clock that was forgotten by then still is."""
    step = undone.last
    forgotten = guard and step is not None and _as_seen(session, before, step) is not before
    if not forgotten:
        before = replace(before, last_tapped_at=event.tapped_at)
    return _remembered(session, undone, replace(before, begun=undone.begun), event.tapped_at)


def _remembered(session: PlannedSession, before: Run, after: Run, now: datetime) -> Run:
    """The run after a step, which keeps note of a rise of the time left."""
    old, new = before.on_stage, after.on_stage
    talk = session.talk(new.talk_id) if new else None
    lifts = before.lifts
    if old and new and talk and (old.talk_id, old.number) == (new.talk_id, new.number):
        left, lifted = before.runs_out_at(talk, old, now) - now, after.runs_out_at(talk, new, now) - now
        if lifted > left:
            lifts = (*lifts, Lift(new.talk_id, new.number, left, lifted))
    return replace(after, lifts=lifts)


def _applied(session: PlannedSession, run: Run, event: TimingEvent) -> Run:
    """The run after one more event."""
    run = replace(run, last=event, last_tapped_at=event.tapped_at)
    match event.kind:
        case TimingKind.OPEN:
            return replace(run, opened_at=(not run.closed_at and run.opened_at) or event.at, closed_at=None)
        case TimingKind.END | TimingKind.CLOSE:
            closed_at = event.at if event.kind is TimingKind.CLOSE else None
            return replace(_ended(_put_right(session, run, event), event.at), closed_at=closed_at)
        case TimingKind.REBALANCE:
            return replace(run, lengths={**run.lengths, **dict(event.lengths)})
        case TimingKind.START if event.talk_id is not None:
            return _started(_put_right(session, run, event), event.talk_id, event.at)
        case TimingKind.SKIP if event.talk_id is not None:
            return replace(run, skipped=run.skipped | {event.talk_id})
        case _:
            return _on_stage_changed(run, event)


def _started(run: Run, talk_id: int, at: datetime) -> Run:
    """The run with a talk on stage; what was there before ends at the same moment."""
    run = _with_stint(_ended(run, at), Stint(talk_id, at))
    return replace(run, skipped=run.skipped - {talk_id}, opened_at=run.opened_at or at)


def _with_stint(run: Run, stint: Stint) -> Run:
    """The run with one more time on stage."""
    number = run.begun.get(stint.talk_id, 0) + 1
    stints = (*run.stints, replace(stint, number=number))
    return replace(run, stints=stints, begun={**run.begun, stint.talk_id: number})


def _on_stage_changed(run: Run, event: TimingEvent) -> Run:
    """The run after a pause, a resumption or an extension of the talk on stage: it is there for certain."""
    stint = run.on_stage
    if stint is None:
        return run
    if event.kind is TimingKind.PAUSE:
        stint = replace(stint, pauses=(*stint.pauses, Pause(event.at)))
    elif event.kind is TimingKind.RESUME and stint.is_paused:
        stint = replace(stint, pauses=(*stint.pauses[:-1], Pause(stint.pauses[-1].starts_at, event.at)))
    elif event.kind is TimingKind.EXTEND:
        stint = replace(stint, extensions=(*stint.extensions, Extension(event.at, event.amount)))
    stint = replace(stint, assumed=False, by_plan=False)
    return replace(run, stints=(*run.stints[:-1], stint), is_forgotten=False)


def _ended(run: Run, at: datetime) -> Run:
    """The run with nothing on stage from a moment on, as somebody tapped; a pause ends with its talk."""
    stint = run.on_stage
    run = replace(run, is_forgotten=False)
    if stint is None:
        return run
    return replace(run, stints=(*run.stints[:-1], replace(stint.ended(at), by_plan=False)))


def asks_at(session: PlannedSession, run: Run) -> datetime | None:
    """When the console asks whether the talk on stage is still going on; None while that is no question."""
    stint = run.on_stage
    talk = session.talk(stint.talk_id) if stint else None
    if stint is None or talk is None or stint.is_paused or stint.assumed:
        return None
    runs_out_at = run.runs_out_at(talk, stint, stint.starts_at)
    patience = min(max(run.allotted(talk, stint.starts_at), GUARD_AT_LEAST), GUARD_AT_MOST)
    return max(runs_out_at, run.last_tapped_at or runs_out_at) + patience


def rolls_on_at(session: PlannedSession, run: Run) -> datetime | None:
    """When a clock that nobody answers for rolls on by the plan."""
    asked = asks_at(session, run)
    return asked + ANSWER_TIME if asked else None


def rolled_on(session: PlannedSession, run: Run, now: datetime) -> Run:
    """The run as it is assumed to be at `now` if its clock was forgotten; unchanged if it was not.

    The talk ends where it was expected to before it ran over; what the plan has after it is taken as having happened.
    """
    at, stint = rolls_on_at(session, run), run.on_stage
    if at is not None and stint is not None and now >= at:
        ends_at = _over_by_plan(session, run, stint)
        stints = (*run.stints[:-1], replace(stint.ended(ends_at), assumed=True))
        run = replace(run, stints=stints, is_forgotten=True)
    return _by_plan(session, run, now) if run.is_forgotten else run


def _over_by_plan(session: PlannedSession, run: Run, stint: Stint) -> datetime:
    """When a stint that nobody ends is over: when its time is up, but not before somebody last tapped about it."""
    talk = session.talk(stint.talk_id)
    taps = (*(pause.ends_at or pause.starts_at for pause in stint.pauses), *(e.at for e in stint.extensions))
    return max(run.runs_out_at(talk, stint, stint.starts_at) if talk else stint.starts_at, stint.starts_at, *taps)


def _by_plan(session: PlannedSession, run: Run, now: datetime) -> Run:
    """The run with what the plan has after its last talk taken as having happened, up to `now`."""
    last = session.talk(run.stints[-1].talk_id)
    following = [talk for talk in in_order(session.talks) if last and place_in_order(talk) > place_in_order(last)]
    for talk in (None, *following):
        free_at = run.stints[-1].ends_at
        absent = talk is None or talk.cancelled or talk.id in run.skipped or run.stint_of(talk.id) is not None
        if talk is not None and not absent and free_at is not None and max(talk.starts_at, free_at) <= now:
            run = _with_stint(run, _assumed(run, talk, max(talk.starts_at, free_at)))
        stint = run.on_stage
        if stint is not None and (ends_at := _over_by_plan(session, run, stint)) <= now:
            run = replace(run, stints=(*run.stints[:-1], stint.ended(ends_at)))
    return run


def _assumed(run: Run, talk: PlannedTalk, starts_at: datetime) -> Stint:
    """A time on stage by the plan: however late it starts, it ends as planned."""
    length = max(talk.ends_at - starts_at, NOTHING)
    taken = length - run.allotted(talk, starts_at)
    extensions = (Extension(starts_at, taken),) if taken else ()
    return Stint(talk.id, starts_at, extensions=extensions, assumed=True, by_plan=True)


def _put_right(session: PlannedSession, run: Run, event: TimingEvent) -> Run:
    """The run without what was assumed but cannot be: after a tap's moment, or of the talk it starts and later ones."""
    started = session.talk(event.talk_id) if event.kind is TimingKind.START and event.talk_id else None
    stints = run.stints
    while stints and stints[-1].by_plan and _is_wrong(session, stints[-1], event, started):
        stints = stints[:-1]
    ends_at = stints[-1].ends_at if stints else None
    if ends_at is not None and ends_at > event.at:
        stints = (*stints[:-1], replace(stints[-1], ends_at=event.at))
    return replace(run, stints=stints)


def _is_wrong(session: PlannedSession, stint: Stint, event: TimingEvent, started: PlannedTalk | None) -> bool:
    assumed = session.talk(stint.talk_id)
    is_later = started is not None and assumed is not None and place_in_order(assumed) >= place_in_order(started)
    return is_later or stint.starts_at > event.at
