"""What happened at a conference as plain values that hold nothing about attendees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.rules.programme import ON, conference_day
from bot.rules.questions import QuestionState
from bot.rules.run import TimingEvent
from bot.rules.session_report import ReportedTalk, SessionReport
from bot.timezones import local


@dataclass(frozen=True, slots=True)
class ConferenceSession:
    """One session.

    Attributes:
        report: without the moderator's name where the server does not want it told.
        events: who tapped is a number that counts the moderators of this conference.
        allotted: by talk, the length it had after moderators shortened or a break gave way.
    """

    report: SessionReport
    events: tuple[TimingEvent, ...] = ()
    allotted: Mapping[int, timedelta] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        """Whether its clock was started, and it is not over yet."""
        return self.report.is_timed and not self.report.is_over

    @property
    def is_over(self) -> bool:
        """Whether it is over, by the plan where nobody started its clock."""
        return self.report.is_over if self.report.is_timed else self.planned_end <= self.report.at

    @property
    def planned_end(self) -> datetime:
        return max(talk.talk.ends_at for talk in self.report.talks)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """What became of a question, without its text and whoever asked it.

    Attributes:
        merged_into: the surviving question.
        votes: distinct people of the whole merged group; None for one that was merged, whose votes count there.
    """

    id: int
    session_id: int
    talk_id: int
    state: QuestionState
    pinned: bool
    merged_into: int | None
    entered_at: datetime
    asked_at: datetime | None
    votes: int | None


@dataclass(frozen=True, slots=True)
class ConferenceDelivery:
    """A message that was owed, without whom a direct one was for.

    Attributes:
        kind, state: as they are stored.
        is_direct: it is a direct message.
        channel_id: None for direct messages.
        sent_at, lateness: real.
    """

    session_id: int | None
    talk_id: int | None
    kind: str
    state: str
    is_direct: bool
    channel_id: int | None
    lead: timedelta
    due_at: datetime
    sent_at: datetime | None
    lateness: timedelta | None
    attempts: int


@dataclass(frozen=True, slots=True)
class ConferenceReport:
    """A whole conference until a moment.

    Attributes:
        timezone: the venue's.
        at: virtual.
        names_moderators: whether its sessions name who moderated them.
        sessions, questions, deliveries: in order of start, of asking, and of due time.
    """

    name: str
    timezone: str
    at: datetime
    names_moderators: bool
    sessions: tuple[ConferenceSession, ...]
    questions: tuple[AskedQuestion, ...] = ()
    deliveries: tuple[ConferenceDelivery, ...] = ()

    def talks(self) -> Iterator[tuple[ConferenceSession, ReportedTalk]]:
        """Every talk with its session, breaks among them, in the order of the sessions."""
        return ((each, talk) for each in self.sessions for talk in each.report.talks)

    def day_of(self, moment: datetime) -> date:
        """The conference day of a moment, at the venue."""
        return conference_day(local(moment, self.timezone))


def numbered(events: Iterable[TimingEvent]) -> dict[int, int]:
    """A number for each moderator who tapped, from 1, in the order of their first taps."""
    people = dict.fromkeys(e.by for e in sorted(events, key=lambda e: e.id) if e.by is not None)
    return {person: number for number, person in enumerate(people, 1)}


def without_people(events: Iterable[TimingEvent], numbers: Mapping[int, int]) -> tuple[TimingEvent, ...]:
    """The events with a moderator's number in place of their Discord id."""
    return tuple(replace(e, by=None if e.by is None else numbers[e.by]) for e in events)


def room_of(session: ConferenceSession, talk: ReportedTalk) -> str:
    """Where a talk was; empty where its programme names no room."""
    return talk.talk.room or session.report.session.room or ""


def is_on(talk: ReportedTalk) -> bool:
    """Whether it is on stage at the report's moment, so that its figures are those so far."""
    return talk.state in ON
