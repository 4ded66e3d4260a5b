"""What a moderator's tap means: the timing event it makes, or why it makes none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import CommandError
from bot.rules.programme import OFF, ON, ExpectedSession, ExpectedTalk, PlannedSession, TalkState
from bot.rules.run import NOTHING, Run, TimingEvent, TimingKind
from bot.rules.timing import forecast, rebalance

SAME_DAY = timedelta(hours=12)
"""How long before its plan begins or after it ends a session may still be run."""
UNNUMBERED = 0
"""The id of an event that is not stored yet."""


@dataclass(frozen=True, slots=True)
class Tap:
    """What somebody asked for.

    Attributes:
        kind: what to do; `next` is a START that leaves the talk on stage, or a CLOSE after the last one.
        talk_id: the talk to start or skip; None takes the one that is up next.
        leaves: the talk on stage for whoever tapped; a stale one changes nothing. None where it was not said.
        ago: how long ago it happened.
        undoes: the event that is to be taken back, as shown to whoever tapped; None takes the last one.
        confirmed: whether they were asked and said yes.
    """

    kind: TimingKind
    by: int | None = None
    talk_id: int | None = None
    leaves: int | None = None
    ago: timedelta = NOTHING
    amount: timedelta = NOTHING
    undoes: int | None = None
    confirmed: bool = False


def decide(session: PlannedSession, run: Run, tap: Tap, now: datetime, *, guard: bool = True) -> TimingEvent:
    """The event that a tap makes, not stored yet.

    Raises:
        CommandError: it makes no sense now; says what is, and what to do.
    """
    forgotten = run.on_stage
    if forgotten is not None and tap.leaves == forgotten.talk_id:
        guard = False  # whoever taps says that it was on stage all along
    expected = forecast(session, run, now, guard=guard)
    _check_day(session, now)
    _check_open(run, tap)
    _check_stale(expected, tap)
    at = _moment(run, tap, now)
    event = TimingEvent(UNNUMBERED, tap.kind, at, now, by=tap.by, leaves=_left_by(expected, tap))
    match tap.kind:
        case TimingKind.START:
            return _start(expected, event, tap)
        case TimingKind.SKIP:
            return replace(event, talk_id=_to_skip(expected, tap))
        case TimingKind.UNDO:
            return replace(event, undoes=_to_undo(run, tap))
        case TimingKind.REBALANCE:
            return replace(event, lengths=_to_shorten(session, run, now, guard=guard))
        case TimingKind.END | TimingKind.PAUSE | TimingKind.RESUME | TimingKind.EXTEND:
            return _on_stage(expected, event, tap)
        case _:
            return event


def next_tap(expected: ExpectedSession, tap: Tap) -> Tap:
    """`next` as what it does: start the talk that follows, or close the session after the last one.

    One that leaves another talk than the one on stage is left to `decide`.
    """
    following, current = following_talk(expected), talk_on_stage(expected)
    if tap.leaves is not None and (current is None or current.talk.id != tap.leaves):
        return Tap(TimingKind.START, tap.by, leaves=tap.leaves, ago=tap.ago)
    if following is None:
        return Tap(TimingKind.CLOSE, tap.by, leaves=tap.leaves, ago=tap.ago)
    return Tap(TimingKind.START, tap.by, following.talk.id, tap.leaves, tap.ago)


def following_talk(expected: ExpectedSession) -> ExpectedTalk | None:
    """The talk that is expected next, which is the one that reminders announce; None after the last.

    Until the clock is started that is the first talk, whatever the plan says is on by now; a break begins by itself.
    """
    by_itself = (e for e in expected.talks if not (e.talk.is_break and e.state is not TalkState.WAITING))
    return next((e for e in by_itself if is_to_come(expected, e)), None)


def is_to_come(expected: ExpectedSession, talk: ExpectedTalk) -> bool:
    """Whether a talk can still be started or skipped: no clock has put it on stage yet."""
    return talk.state is TalkState.WAITING if expected.is_started else talk.state not in OFF


def talk_on_stage(expected: ExpectedSession) -> ExpectedTalk | None:
    """The talk that a moderator's clock has on stage, paused or not; the plan alone puts none there."""
    return next((e for e in expected.talks if e.state in ON), None) if expected.is_started else None


def _check_day(session: PlannedSession, now: datetime) -> None:
    starts_at = min((talk.starts_at for talk in session.talks), default=now)
    ends_at = max((talk.ends_at for talk in session.talks), default=now)
    if not starts_at - SAME_DAY <= now <= ends_at + SAME_DAY:
        raise CommandError(
            f"“{session.title}” is a session of another day (<t:{int(starts_at.timestamp())}:f>)",
            do="Run it on its day, or name the session you mean",
        )


def _check_open(run: Run, tap: Tap) -> None:
    if run.closed_at is not None and tap.kind not in (TimingKind.UNDO, TimingKind.OPEN):
        raise CommandError("the session is closed", do="Open it again with /session open, or undo the closing")
    is_open = run.opened_at is not None and run.closed_at is None
    # whoever says what is on stage answers for the clock; it opens nothing
    if tap.kind is TimingKind.OPEN and is_open and tap.leaves is None:
        raise CommandError("the session is open already")


def _check_stale(expected: ExpectedSession, tap: Tap) -> None:
    """Two hands on one clock are one step: a tap that leaves a talk which is not on stage any more changes nothing."""
    current = talk_on_stage(expected)
    if tap.leaves is None or (current is not None and current.talk.id == tap.leaves):
        return
    left = next((e.talk.title for e in expected.talks if e.talk.id == tap.leaves), "that talk")
    now_on = f"“{current.talk.title}” is on stage" if current else "nothing is on stage"
    raise CommandError(f"“{left}” was already left: {now_on}", do="Nothing was changed; the console shows what is true")


def _left_by(expected: ExpectedSession, tap: Tap) -> int | None:
    """What was on stage for whoever tapped, also where they did not say."""
    current = talk_on_stage(expected)
    return current.talk.id if tap.leaves is None and current is not None else tap.leaves


def _moment(run: Run, tap: Tap, now: datetime) -> datetime:
    """When the tap counts from; it may not reach before the event it follows."""
    at = now - tap.ago
    if tap.ago < NOTHING:
        raise CommandError("ago cannot be in the future", do="Give how long ago it was, such as 2 or 1:30")
    earliest = run.last.at if run.last is not None else at
    if at < earliest and tap.ago > NOTHING:
        raise CommandError(f"{_minutes(tap.ago)} ago is before the step it follows", do=_earliest(earliest, now))
    return max(at, earliest)  # a clock that was set back makes no tap run backwards


def _earliest(moment: datetime, now: datetime) -> str:
    return f"The earliest is <t:{int(moment.timestamp())}:T>, {_minutes(now - moment)} ago"


def _minutes(span: timedelta) -> str:
    """`2:30`."""
    seconds = int(span.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"


def _start(expected: ExpectedSession, event: TimingEvent, tap: Tap) -> TimingEvent:
    """The start of a talk; where none is named and none is left, the session is closed."""
    current = talk_on_stage(expected)
    if tap.talk_id is not None:
        return replace(event, talk_id=_to_start(expected, tap.talk_id))
    if current is not None and current.time_left is not None and tap.leaves is None:
        # of two who start the session at the same moment the second must not start its second talk
        raise CommandError(
            f"“{current.talk.title}” is on stage already", do="Go on with next, or name the talk to start"
        )
    following = following_talk(expected)
    if following is None and tap.leaves is not None:
        return replace(event, kind=TimingKind.CLOSE)
    if following is None:
        raise CommandError("no talk is left to start", do="Name one to go back to it, or close the session")
    return replace(event, talk_id=following.talk.id)


def _to_start(expected: ExpectedSession, talk_id: int) -> int:
    found = _talk(expected, talk_id)
    current = talk_on_stage(expected)
    if current is not None and current.talk.id == talk_id and not current.assumed:
        raise CommandError(f"“{found.talk.title}” is on stage already", do="Undo takes back its start")
    if found.state is TalkState.CANCELLED:
        raise CommandError(f"“{found.talk.title}” is cancelled", do="Start another, or import the programme anew")
    return talk_id


def _to_skip(expected: ExpectedSession, tap: Tap) -> int:
    found = _talk(expected, tap.talk_id) if tap.talk_id is not None else following_talk(expected)
    if found is None:
        raise CommandError("no talk is left to skip")
    begun_by_itself = found.state in ON and found.drift is None
    if not is_to_come(expected, found) and not begun_by_itself:
        remedy = "End it, or undo its start" if found.state in ON else None
        raise CommandError(f"“{found.talk.title}” is {found.state}, so it cannot be skipped", do=remedy)
    return found.talk.id


def _talk(expected: ExpectedSession, talk_id: int) -> ExpectedTalk:
    found = next((e for e in expected.talks if e.talk.id == talk_id), None)
    if found is None:
        raise CommandError("that talk is not in this session", do="Choose one that the command offers")
    return found


def _to_undo(run: Run, tap: Tap) -> int:
    if run.last is None:
        raise CommandError("there is nothing to undo")
    if tap.undoes is not None and tap.undoes != run.last.id:
        raise CommandError("that step was already taken back, or another came after it", do="Undo the last step first")
    return run.last.id


def _to_shorten(session: PlannedSession, run: Run, now: datetime, *, guard: bool) -> tuple[tuple[int, timedelta], ...]:
    plan = rebalance(session, run, now, guard=guard)
    if not plan.lengths:
        over = f": it stays {_minutes(plan.stays_over)} over" if plan.stays_over else "; the session ends in time"
        raise CommandError(f"there is nothing to shorten{over}")
    return plan.lengths


def _on_stage(expected: ExpectedSession, event: TimingEvent, tap: Tap) -> TimingEvent:
    """A tap about the talk on stage."""
    current = talk_on_stage(expected)
    if current is None or current.time_left is None:
        raise CommandError("nothing is on stage", do="Start a talk first")
    if event.at < current.starts_at:
        raise CommandError(
            f"{_minutes(tap.ago)} ago it was not on stage yet", do=_earliest(current.starts_at, event.tapped_at)
        )
    if tap.kind is TimingKind.PAUSE and current.state is TalkState.PAUSED:
        raise CommandError(f"“{current.talk.title}” is paused already", do="Resume it")
    if tap.kind is TimingKind.RESUME and current.state is not TalkState.PAUSED:
        raise CommandError(f"“{current.talk.title}” is not paused")
    if tap.kind is TimingKind.EXTEND:
        _check_extension(current, current.time_left, tap)
    return replace(event, talk_id=current.talk.id, amount=tap.amount)


def _check_extension(current: ExpectedTalk, left: timedelta, tap: Tap) -> None:
    if tap.amount == NOTHING:
        raise CommandError("that changes nothing", do="Give minutes to add, or with a minus to take away")
    if tap.amount < NOTHING and left + tap.amount < NOTHING and not tap.confirmed:
        raise CommandError(
            f"“{current.talk.title}” has {_minutes(max(left, NOTHING))} left, so that would put it over its time",
            do="Confirm it, or take away less",
        )
