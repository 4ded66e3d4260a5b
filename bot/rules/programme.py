"""The programme as plain values, and what is on stage and what comes next at a moment.

Until a moderator starts the clock the plan is the forecast.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

DAY_BEGINS = timedelta(hours=4)
BREAK_KINDS = frozenset({"break", "coffee break", "lunch", "lunch break", "pause"})


class TalkState(StrEnum):
    """Where a talk stands at a moment."""

    WAITING = "waiting"
    ON_STAGE = "on stage"
    PAUSED = "paused"
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


ON = frozenset({TalkState.ON_STAGE, TalkState.PAUSED})
OFF = frozenset({TalkState.SKIPPED, TalkState.CANCELLED})


@dataclass(frozen=True, slots=True)
class PlannedTalk:
    """A stored talk; `id` is its key. Times are planned, aware, UTC."""

    id: int
    session_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    kind: str | None = None
    speakers: tuple[str, ...] = ()
    room: str | None = None
    cancelled: bool = False

    @property
    def is_break(self) -> bool:
        return (self.kind or "").casefold() in BREAK_KINDS


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A stored session with its talks in order of start; `room` falls back to its talks' own."""

    id: int
    title: str
    talks: tuple[PlannedTalk, ...]
    room: str | None = None
    moderator: str | None = None

    @property
    def starts_at(self) -> datetime:
        """The planned start of its first talk."""
        return min(talk.starts_at for talk in self.talks)

    @property
    def is_cancelled(self) -> bool:
        """Whether none of its talks takes place."""
        return all(talk.cancelled for talk in self.talks)

    def talk(self, talk_id: int) -> PlannedTalk | None:
        """One of its talks; None where it is not, or no longer, one of them."""
        return next((talk for talk in self.talks if talk.id == talk_id), None)


@dataclass(frozen=True, slots=True)
class ExpectedTalk:
    """A talk with the forecast of its start and end; what happened, where it has.

    Attributes:
        assumed: its times are the plan's, taken as having happened after a forgotten clock.
        time_left: of the talk on stage; below zero when it is over its time. None for all others.
        drift: how much later than planned it started and ran, of a talk that is or was on stage.
    """

    talk: PlannedTalk
    starts_at: datetime
    ends_at: datetime
    state: TalkState
    assumed: bool = False
    time_left: timedelta | None = None
    drift: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ExpectedSession:
    """A session with the forecast of each of its talks, in order of expected start."""

    session: PlannedSession
    talks: tuple[ExpectedTalk, ...]
    is_started: bool = False
    is_over: bool = False

    @property
    def running_order(self) -> tuple[ExpectedTalk, ...]:
        """The talks that took or will take place."""
        return tuple(expected for expected in self.talks if expected.state not in OFF)

    @property
    def starts_at(self) -> datetime | None:
        """The expected start; None where no talk takes place."""
        return min((expected.starts_at for expected in self.running_order), default=None)

    @property
    def ends_at(self) -> datetime | None:
        """The expected end; None where no talk takes place."""
        return max((expected.ends_at for expected in self.running_order), default=None)


def by_plan(session: PlannedSession, now: datetime) -> ExpectedSession:
    """The forecast of a session whose clock nobody has started: its plan."""
    expected = (
        ExpectedTalk(talk=talk, starts_at=talk.starts_at, ends_at=talk.ends_at, state=_planned_state(talk, now))
        for talk in session.talks
    )
    return ExpectedSession(session=session, talks=tuple(sorted(expected, key=lambda e: (e.starts_at, e.talk.id))))


def place_in_order(talk: PlannedTalk) -> tuple[datetime, int]:
    """What the plan's order of talks goes by."""
    return talk.starts_at, talk.id


def in_order(talks: Iterable[PlannedTalk]) -> list[PlannedTalk]:
    """Talks in the plan's order."""
    return sorted(talks, key=place_in_order)


def _planned_state(talk: PlannedTalk, now: datetime) -> TalkState:
    if talk.cancelled:
        return TalkState.CANCELLED
    if now < talk.starts_at:
        return TalkState.WAITING
    return TalkState.ON_STAGE if now < talk.ends_at else TalkState.DONE


def on_stage(sessions: Iterable[ExpectedSession]) -> list[ExpectedTalk]:
    """The talks on stage, in order of start."""
    talks = (e for session in sessions for e in session.talks if e.state in ON)
    return sorted(talks, key=lambda e: (e.starts_at, e.talk.id))


def up_next(sessions: Iterable[ExpectedSession]) -> list[ExpectedTalk]:
    """The talks of the next slot: those waiting with the earliest expected start; empty when nothing follows."""
    waiting = [e for session in sessions for e in session.talks if e.state is TalkState.WAITING]
    first = min((e.starts_at for e in waiting), default=None)
    return sorted((e for e in waiting if e.starts_at == first), key=lambda e: e.talk.id)


def next_change(sessions: Iterable[ExpectedSession], now: datetime) -> datetime | None:
    """When `on_stage` or `up_next` will next differ by time alone; None when nothing follows."""
    moments = (
        moment
        for session in sessions
        for expected in session.running_order
        for moment in (expected.starts_at, expected.ends_at)
        if moment > now
    )
    return min(moments, default=None)


def slots(session: ExpectedSession) -> list[tuple[ExpectedTalk, ...]]:
    """The talks grouped by expected start: a poster session's hundred talks are one slot."""
    grouped: dict[datetime, list[ExpectedTalk]] = {}
    for expected in session.running_order:
        grouped.setdefault(expected.starts_at, []).append(expected)
    return [tuple(grouped[start]) for start in sorted(grouped)]


def conference_day(local: datetime) -> date:
    """The conference day that a local time belongs to: a day begins at 04:00, so the late night is yesterday's."""
    return (local.replace(tzinfo=None) - DAY_BEGINS).date()


def fingerprint(parts: Sequence[object]) -> str:
    """A short digest of what a message shows, to tell when a posted one must be edited."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]
