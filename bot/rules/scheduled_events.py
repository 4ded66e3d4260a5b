"""Which of Discord's scheduled events a session is owed, and what is to be done next about the one that stands.

Discord begins such an event by itself at its start and ends it at its end. A start is refused once it is past or the
event has begun; what was ended cannot be taken up again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.rules.programme import ExpectedSession, in_order
from bot.rules.timing import MINUTE

EVENTS_AT_ONCE = 80
"""A server has room for 100; the rest is the organisers' own."""
AHEAD = MINUTE
"""How far ahead a start must lie: Discord's clock may be a little ahead of this one."""
GRACE = timedelta(minutes=5)
"""An event that goes on beyond its forecast end is kept open until the next multiple of this."""
FIRST_TALKS = 8
TITLE_KEPT = 200


class Status(StrEnum):
    """How an event stands as far as is known.

    ASKED: it was to be made, and no answer came. OVER: it ended, or was called off. LEFT: somebody else ended or
    deleted it, so that it is not made again.
    """

    ASKED = "asked"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    OVER = "over"
    LEFT = "left"


class Step(StrEnum):
    """What is to be done with an event."""

    FIND = "find"
    CREATE = "create"
    START = "start"
    EDIT = "edit"
    END = "end"


@dataclass(frozen=True, slots=True)
class OwedEvent:
    """What an event should say; `facts` as they are stored, times as forecast."""

    facts: Mapping[str, Any]
    starts_at: datetime
    ends_at: datetime
    is_active: bool


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """What stands, or was asked for."""

    facts: Mapping[str, Any]
    starts_at: datetime
    ends_at: datetime
    status: Status

    def has_begun(self, now: datetime) -> bool:
        """Whether Discord, at the latest, has begun it."""
        return self.status is Status.ACTIVE or self.starts_at <= now

    def stands(self, now: datetime) -> bool:
        """Whether it is in Discord's list."""
        return self.status in (Status.SCHEDULED, Status.ACTIVE) and now < self.ends_at


@dataclass(frozen=True, slots=True)
class Difference:
    """What of a standing event is not as it should be, and may be changed now; times differ by a minute at least."""

    facts: bool
    starts: bool
    ends: bool

    def __bool__(self) -> bool:
        return self.facts or self.starts or self.ends


def owed_event(expected: ExpectedSession, conference: str, now: datetime) -> OwedEvent | None:
    """The event of a session that is not over; active once its moderator began it.

    Until then the plan is the forecast, so a session that nobody begins is over when its plan is.
    """
    starts_at, ends_at = expected.starts_at, expected.ends_at
    if starts_at is None or ends_at is None or expected.is_over:
        return None
    if expected.is_started and ends_at <= now + MINUTE:
        ends_at = _next_grace(now + 2 * MINUTE)
    if ends_at <= now:
        return None
    return OwedEvent(event_facts(expected, conference), starts_at, ends_at, expected.is_started)


def _next_grace(moment: datetime) -> datetime:
    """The first multiple of GRACE that is not before a moment, so that it moves once in so many minutes only."""
    over = timedelta(seconds=moment.timestamp() % GRACE.total_seconds())
    return moment + (GRACE - over if over else over)


def event_facts(expected: ExpectedSession, conference: str) -> dict[str, Any]:
    """What an event tells of its session, as it is stored; no times, which Discord shows itself."""
    session = expected.session
    talks = in_order(e.talk for e in expected.running_order if not e.talk.is_break)
    return {
        "title": session.title,
        "place": session.room or conference,
        "moderator": session.moderator,
        "talks": len(talks),
        "first": [talk.title[:TITLE_KEPT] for talk in talks[:FIRST_TALKS]],
    }


def look_at(owed: OwedEvent | None) -> datetime | None:
    """When passing time alone changes what is owed: shortly before an event that goes on would end by itself."""
    return owed.ends_at - MINUTE if owed is not None and owed.is_active else None


def next_step(owed: OwedEvent | None, shown: ShownEvent | None, now: datetime) -> Step | None:
    """What is to be done now; None where nothing is, or nothing can be."""
    if shown is not None and shown.status in (Status.ASKED, Status.LEFT):
        return Step.FIND if shown.status is Status.ASKED else None
    if shown is None or not shown.stands(now):
        # one that should have begun by the plan is made when its moderator begins it
        creatable = owed is not None and owed.ends_at > now and (owed.is_active or owed.starts_at >= now + AHEAD)
        return Step.CREATE if creatable else None
    if owed is None:
        return Step.END
    if owed.is_active and shown.status is Status.SCHEDULED:
        return Step.START
    return Step.EDIT if difference(owed, shown, now) else None


def times_to_create(owed: OwedEvent, now: datetime) -> tuple[datetime, datetime]:
    """The start and end to ask for: one that goes on already is made a little ahead, and begun at once."""
    starts_at = max(owed.starts_at, now + AHEAD)
    return starts_at, max(owed.ends_at, starts_at + MINUTE)


def difference(owed: OwedEvent, shown: ShownEvent, now: datetime) -> Difference:
    """What is to be changed of an event that stands."""
    starts = (
        not (owed.is_active or shown.has_begun(now))
        and owed.starts_at >= now + AHEAD
        and _differ(owed.starts_at, shown.starts_at)
    )
    begins = owed.starts_at if starts else shown.starts_at
    ends = owed.ends_at > max(now, begins) and _differ(owed.ends_at, shown.ends_at)
    return Difference(owed.facts != shown.facts, starts, ends)


def _differ(one: datetime, other: datetime) -> bool:
    return abs(one - other) >= MINUTE
