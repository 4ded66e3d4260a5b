"""What a hall's screen shows of its session: the talk, what it counts down to, its warnings, and what comes next.

All of it stands still between two moments that `changes_at` names: whoever has it counts on alone, from instants.
That a talk is over its time is therefore no phase of its own: time alone leads there, also where nobody can be asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.rules.cues import DEFAULT_CUES, TIME, CueSettings, marks_before
from bot.rules.programme import ExpectedSession, ExpectedTalk, PlannedTalk, TalkState, next_change, on_stage, up_next
from bot.rules.run import Run
from bot.rules.timing import MINUTE, next_instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = timedelta(microseconds=1)


class Phase(StrEnum):
    """What a session is doing."""

    BEFORE = "before"
    ON_STAGE = "on stage"
    PAUSED = "paused"
    BREAK = "break"
    BETWEEN = "between"
    OVER = "over"


class Level(StrEnum):
    """How urgent a signal is; its words say it too."""

    CALM = "calm"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Signal:
    """What is shown from a mark of the time left on, until the next one."""

    mark: timedelta
    level: Level
    is_questions: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A talk, and how many more are on, or begin, at the same time as it."""

    talk: PlannedTalk
    beside: int = 0


@dataclass(frozen=True, slots=True)
class StageState:
    """What is shown from now on until it changes.

    Attributes:
        on: the talk or break that is on.
        counts_to: its expected end, or the start of what follows; None where that is not known, or while it is paused.
        left: of what is paused; below zero is over.
        signals: of a talk that a moderator's clock has on stage, the longest mark first; none goes by the plan.
        by_plan: nobody said that it is on: the plan does.
        follows_at: when what follows is expected, to the whole minute that was last reached.
        late: whole minutes off the plan; below zero is early.
        planned_end, expected_end: of the session, the latter as `follows_at`.
    """

    phase: Phase
    on: Shown | None = None
    counts_to: datetime | None = None
    left: timedelta | None = None
    signals: tuple[Signal, ...] = ()
    by_plan: bool = False
    following: Shown | None = None
    follows_at: datetime | None = None
    late: int = 0
    planned_end: datetime | None = None
    expected_end: datetime | None = None


def stage_state(session: ExpectedSession, run: Run, now: datetime, cues: CueSettings = DEFAULT_CUES) -> StageState:
    """What is shown of a session as it is expected at `now`, virtual."""
    on, following = on_stage([session]), up_next([session])
    current = on[0] if on else None
    phase = _phase(session, current)
    return StageState(
        phase=phase,
        on=_shown(on) if phase is not Phase.OVER else None,
        counts_to=_counts_to(phase, current, following, now),
        left=current.time_left if phase is Phase.PAUSED and current else None,
        signals=_signals(run, current, cues),
        by_plan=phase is Phase.ON_STAGE and current is not None and _is_by_plan(current),
        following=_shown(following) if phase is not Phase.OVER else None,
        follows_at=_minute(following[0].starts_at) if following else None,
        late=int(_drift(current, following) / MINUTE),
        planned_end=max((talk.ends_at for talk in session.session.talks if not talk.cancelled), default=None),
        expected_end=_minute(session.ends_at) if session.ends_at else None,
    )


def changes_at(session: ExpectedSession, run: Run, now: datetime, *, guard: bool = True) -> datetime:
    """A moment until which `stage_state` stays as it is, by time alone; later than `now` by a minute at most."""
    moments = [next_instant(session.session, run, now, guard=guard), next_change([session], now)]
    return min(moment for moment in (*moments, *_minutes_reached(session, now)) if moment is not None)


def _minutes_reached(session: ExpectedSession, now: datetime) -> Iterator[datetime]:
    """When what is told in whole minutes may tell another one: none of it moves faster than time."""
    on, following = on_stage([session]), up_next([session])
    for moves in (now, session.ends_at, *(e.starts_at for e in following[:1])):
        if moves is not None:
            yield now + (MINUTE - (moves - _EPOCH) % MINUTE)
    current = on[0] if on else None
    drift = _drift(current, following)
    yield now + (MINUTE - drift % MINUTE)
    if drift < TIME and (drift % MINUTE or _drifts(current, following, now)):
        # early counts towards zero: it tells less only once the whole minute is left behind
        yield now + -drift % MINUTE + _MOMENT


def is_over(session: ExpectedSession) -> bool:
    """Whether its screen shows nothing more than that."""
    return session.is_over or not (on_stage([session]) or up_next([session]))


def _phase(session: ExpectedSession, current: ExpectedTalk | None) -> Phase:
    if current is not None and not session.is_over:
        if current.state is TalkState.PAUSED:
            return Phase.PAUSED
        return Phase.BREAK if current.talk.is_break else Phase.ON_STAGE
    if is_over(session):
        return Phase.OVER
    has_begun = any(e.state is TalkState.DONE for e in session.talks)
    return Phase.BETWEEN if has_begun else Phase.BEFORE


def _shown(together: list[ExpectedTalk]) -> Shown | None:
    return Shown(together[0].talk, len(together) - 1) if together else None


def _is_by_plan(current: ExpectedTalk) -> bool:
    return current.assumed or current.time_left is None


def _counts_to(
    phase: Phase, current: ExpectedTalk | None, following: list[ExpectedTalk], now: datetime
) -> datetime | None:
    """Where it is over its time the end that it had: `ends_at` goes with the clock then."""
    if phase in (Phase.OVER, Phase.PAUSED):
        return None
    if current is not None:
        return current.ends_at if current.time_left is None else now + current.time_left
    return next((e.starts_at for e in following[:1] if e.starts_at > now), None)


def _drift(current: ExpectedTalk | None, following: list[ExpectedTalk]) -> timedelta:
    if current is not None and current.drift is not None:
        return current.drift
    return following[0].starts_at - following[0].talk.starts_at if following else timedelta(0)


def _drifts(current: ExpectedTalk | None, following: list[ExpectedTalk], now: datetime) -> bool:
    """Whether it grows by the moment: paused, over its time, or waiting to be started."""
    if current is None:
        return any(e.starts_at <= now for e in following[:1])
    is_over = current.time_left is not None and current.time_left <= TIME
    return current.state is TalkState.PAUSED or is_over


def _signals(run: Run, current: ExpectedTalk | None, cues: CueSettings) -> tuple[Signal, ...]:
    """Amber from the first mark on, red from the last one; where there is but one, red once the time is up."""
    stint = run.on_stage
    if current is None or stint is None or current.talk.is_break or _is_by_plan(current):
        return ()
    marks, questions = marks_before(run, current.talk, stint, cues)
    # where questions begin is a mark for the speaker, but no warning
    last = marks[-1] if len(marks) > 1 else TIME
    all_marks = sorted({*marks, *([questions] if questions else []), TIME}, reverse=True)
    return tuple(Signal(mark, _level(mark, marks, last), mark == questions) for mark in all_marks)


def _level(mark: timedelta, marks: tuple[timedelta, ...], last: timedelta) -> Level:
    if mark <= last:
        return Level.RED
    return Level.AMBER if marks and mark <= marks[0] else Level.CALM


def _minute(moment: datetime) -> datetime:
    """The whole minute that a moment has reached."""
    return moment - (moment - _EPOCH) % MINUTE
