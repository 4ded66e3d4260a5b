"""A recorded session as plain values: what was planned, set, tapped and asked, and which deliveries came of it.

Nobody is named in it but public speakers: people, talks and events are numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.rules.programme import PlannedSession, PlannedTalk
from bot.rules.reminders import Kind
from bot.rules.run import TimingEvent

RECORDED = (
    Kind.SESSION_START,
    Kind.UP_NEXT,
    Kind.SESSION_OVER,
    Kind.MOVED,
    Kind.CONSOLE,
    Kind.CUE,
    Kind.ASK,
    Kind.QUESTION,
    Kind.LEFTOVERS,
    Kind.LEFT_PART,
    Kind.REPORT,
)
"""What a session's plan, clock and questions decide; not what people and speakers asked for, nor boards."""


class Change(StrEnum):
    """How a later plan came: by `/session edit`, or by a file, an address or a manager."""

    EDIT = "edit"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class LoggedPlan:
    """The session's plan from a moment on.

    Attributes:
        at: virtual; None of the first one.
        talks: the number of each of its talks, in the order that `programme` has them.
        programme: one session in Chairside's own JSON, as `/schedule import` reads it.
    """

    at: datetime | None
    how: Change
    talks: tuple[int, ...]
    programme: Mapping[str, Any]

    @property
    def session(self) -> Mapping[str, Any]:
        """Its one session."""
        found: Mapping[str, Any] = self.programme["sessions"][0]
        return found


@dataclass(frozen=True, slots=True)
class LoggedSettings:
    """What the server chose that bears on the run or on deliveries.

    Attributes:
        ladders, kept: marks and time kept for questions, by case-folded kind ("" for every kind), in seconds.
        question_choices: as `/setup questions` takes them, by its options.
        channel, room_channel, moderators_channel: whether there is one for every room, for this room, for moderators.
        posts_reports: the report goes to the moderators by itself.
    """

    lead_minutes: tuple[int, ...] = (5,)
    ladders: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    kept: Mapping[str, float] = field(default_factory=dict)
    in_channel: bool = False
    guards_clock: bool = True
    question_choices: Mapping[str, str | bool | int] = field(default_factory=dict)
    channel: bool = True
    room_channel: bool = False
    moderators_channel: bool = True
    posts_reports: bool = True


@dataclass(frozen=True, slots=True)
class LoggedQuestion:
    """A question, whose text stays where it was asked.

    Attributes:
        asker: which attendee; None for somebody in the hall.
        entered_by: the moderator who entered it for them.
        from_message: a moderator queued what the asker had written in the channel.
    """

    number: int
    talk: int
    entered_at: datetime
    asker: int | None = None
    anonymous: bool = False
    entered_by: int | None = None
    from_message: bool = False


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """Where a question stands after a step."""

    question: int
    state: str
    pinned: bool = False
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class LoggedStep:
    """What a moderator did with a talk's questions."""

    number: int
    talk: int
    kind: str
    at: datetime
    by: int | None = None
    changes: tuple[LoggedChange, ...] = ()
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class LoggedQueue:
    """What a moderator last chose for a talk's queue."""

    talk: int
    phase: str
    at: datetime
    by: int | None = None


@dataclass(frozen=True, slots=True)
class LoggedDelivery:
    """One message that was owed.

    Attributes:
        place: `room`, `moderators`, or `thread` under leftovers.
        lead: seconds.
        revision: of the question whether a talk is still on stage it is the number of the event before it.
        mark: of a time signal, in seconds left.
        stint: which of its talk's times on stage a signal is for.
        question, part: which question, or which part of a thread.
    """

    kind: str
    place: str
    talks: tuple[int, ...]
    due_at: datetime
    state: str
    lead: int = 0
    revision: int = 0
    mark: float | None = None
    stint: int | None = None
    question: int | None = None
    part: int | None = None
    reason: str | None = None

    @property
    def subject(self) -> tuple[object, ...]:
        """What tells it from every other one of its session, but for one that was owed anew."""
        about = (self.mark, self.stint, self.question, self.part)
        return (self.kind, self.place, self.talks, self.lead, self.revision, *about)


@dataclass(frozen=True, slots=True)
class SessionLog:
    """One session as it was recorded. Numbers begin at 1; moments are virtual, aware, UTC.

    Attributes:
        starts_at, until: from which moment on it was recorded, and up to which.
        plans: as it was first, then each later one.
        events: talks and undone events by their numbers, `by` is which moderator.
        left_out: what no log holds, a clause each.
    """

    starts_at: datetime
    until: datetime
    timezone: str
    plans: tuple[LoggedPlan, ...]
    settings: LoggedSettings = field(default_factory=LoggedSettings)
    events: tuple[TimingEvent, ...] = ()
    questions: tuple[LoggedQuestion, ...] = ()
    steps: tuple[LoggedStep, ...] = ()
    queues: tuple[LoggedQueue, ...] = ()
    deliveries: tuple[LoggedDelivery, ...] = ()
    page_timezone: str | None = None
    left_out: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return str(self.plans[0].session["title"])

    @property
    def talks(self) -> int:
        """How many talks any of its plans had: their numbers go up to that."""
        return max(number for plan in self.plans for number in plan.talks)

    @property
    def moderators(self) -> int:
        """How many people tapped."""
        taps = [event.by for event in self.events] + [question.entered_by for question in self.questions]
        others = [step.by for step in self.steps] + [queue.by for queue in self.queues]
        return max((by for by in (*taps, *others) if by), default=0)

    @property
    def attendees(self) -> int:
        """How many people asked."""
        return max((question.asker for question in self.questions if question.asker), default=0)

    def plan_at(self, moment: datetime) -> LoggedPlan:
        """The plan as it was at a moment: a change counts from its own."""
        return [plan for plan in self.plans if plan.at is None or plan.at <= moment][-1]


def planned(plan: LoggedPlan) -> PlannedSession:
    """A plan as the rules take it, each talk by its number."""
    stated = plan.session
    talks = tuple(
        PlannedTalk(
            id=number,
            session_id=1,
            title=talk["title"],
            starts_at=datetime.fromisoformat(talk["starts_at"]),
            ends_at=datetime.fromisoformat(talk["ends_at"]),
            kind=talk.get("kind"),
            cancelled=bool(talk.get("cancelled")),
        )
        for number, talk in zip(plan.talks, stated["talks"], strict=True)
    )
    return PlannedSession(1, stated.get("title") or "", talks, stated.get("room"))
