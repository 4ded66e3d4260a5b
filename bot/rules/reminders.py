"""Which deliveries a session owes: a pure function of its forecast, its place and the server's settings.

A reminder goes out `lead` before its talk, but never before the slot ahead of it has begun, so that "Up next" is true
when it is posted and short talks do not stack up; leads that fall on the same moment make one reminder. Talks that
start together share one. Breaks are shown on the board, not announced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.rules.programme import OFF, ON, ExpectedSession, ExpectedTalk, TalkState, fingerprint, slots

START_STILL_NEWS = timedelta(minutes=10)
OVER_STILL_NEWS = timedelta(minutes=30)
EVENT_STILL_NEWS = timedelta(hours=12)
"""How long what happened is worth telling those it concerns."""
BOARD_AHEAD = timedelta(minutes=15)
_SECOND = timedelta(seconds=1)


class Kind(StrEnum):
    """What a delivery says; the values are what the outbox stores."""

    SESSION_START = "session_start"
    UP_NEXT = "up_next"
    SESSION_OVER = "session_over"
    MOVED = "moved"
    CHANGES = "changes"
    FOUND = "found"
    NOTICE = "notice"
    AUDIT = "audit"
    WELCOME = "welcome"
    BOARD = "board"
    ROOMS = "rooms"
    CONSOLE = "console"
    REPORT = "report"
    CUE = "cue"
    ASK = "ask"
    QUESTION = "question"
    LEFTOVERS = "leftovers"
    LEFT_PART = "left_part"
    CLAIM = "claim"
    CHECK_IN = "check_in"
    CHASE = "chase"
    SPEAKER_CUE = "speaker_cue"
    SPEAKER_LEFT = "speaker_left"
    PERSONAL = "personal"
    MENTION = "mention"


URGENCY = {
    Kind.CUE: 0,
    Kind.ASK: 0,
    Kind.QUESTION: 1,
    Kind.SESSION_START: 1,
    Kind.UP_NEXT: 2,
    Kind.SESSION_OVER: 2,
    Kind.MOVED: 3,
    Kind.CHANGES: 3,
    Kind.FOUND: 4,
    Kind.NOTICE: 4,
    Kind.AUDIT: 5,
    Kind.WELCOME: 4,
    Kind.CONSOLE: 4,
    Kind.REPORT: 5,
    Kind.LEFTOVERS: 4,
    Kind.LEFT_PART: 4,
    Kind.CLAIM: 4,
    Kind.BOARD: 5,
    Kind.ROOMS: 5,
    Kind.SPEAKER_CUE: 6,
    Kind.CHASE: 7,
    Kind.CHECK_IN: 7,
    Kind.SPEAKER_LEFT: 7,
    Kind.MENTION: 6,
    Kind.PERSONAL: 8,
}
"""Who goes first when many are due."""
OF_EVENTS = frozenset({Kind.CHANGES, Kind.FOUND, Kind.NOTICE, Kind.AUDIT, Kind.WELCOME})
"""Owed because something happened, not because of the plan: no plan withdraws them."""
TO_PEOPLE = frozenset({Kind.PERSONAL, Kind.MENTION})
"""Owed to people who asked for it, by direct message or by a mention: bot/rules/personal_reminders.py plans them."""


TO_SPEAKERS = frozenset({Kind.CHECK_IN, Kind.CHASE, Kind.SPEAKER_CUE, Kind.SPEAKER_LEFT})
"""Owed to a talk's speakers by direct message: bot/rules/speakers.py."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session's deliveries go, and the zones its times are shown in."""

    server_id: int
    channel_id: int
    timezone: str
    page_timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """One message owed to one place.

    Attributes:
        subject: what it is about, `talk-7`, `session-3` or `board-2022-07-21`.
        due_at, expires_at: virtual; from `expires_at` on it would not help any more.
        starts_at: the expected start that the message tells, None where it tells none.
        text: digest of what else it shows.
        talk_ids: the talks of the slot it announces.
        user_id: whose direct message it is; None for what is posted in a channel.
        only_if_posted: owed as an edit of what stands already, never as a new message.
    """

    server_id: int
    channel_id: int
    kind: Kind
    subject: str
    due_at: datetime
    expires_at: datetime | None
    session_id: int | None = None
    talk_ids: tuple[int, ...] = ()
    lead: timedelta = timedelta(0)
    revision: int = 0
    starts_at: datetime | None = None
    text: str = ""
    user_id: int | None = None
    only_if_posted: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lead = self.lead // _SECOND
        key = f"{self.server_id}:{self.subject}:{self.kind}:{lead}:{self.channel_id}:{self.revision}"
        object.__setattr__(self, "key", key)  # a plan asks for it several times

    def revised(self, revision: int) -> Owed:
        """The same message owed once more, as another one."""
        return replace(self, revision=revision)


def owed_by_session(session: ExpectedSession, place: Place, leads: Sequence[timedelta]) -> list[Owed]:
    """Everything but the board that a session owes its channel, past and to come, in order of due time."""
    owed = [*_up_next(session, place, leads), *_cancelled(session, place, leads), *_frame(session, place)]
    return sorted(owed, key=lambda o: (o.due_at, URGENCY[o.kind]))


def _up_next(session: ExpectedSession, place: Place, leads: Sequence[timedelta]) -> Iterable[Owed]:
    before: datetime | None = None
    for slot in slots(session):
        announced = [
            e for e in slot if not e.talk.is_break and (e.state is TalkState.WAITING or not session.is_started)
        ]
        if announced:
            for due_at, lead in due_times(announced[0].starts_at, before, leads):
                yield _reminder(session, place, announced, due_at=due_at, lead=lead)
        before = slot[0].starts_at


def due_times(
    start: datetime, before: datetime | None, leads: Sequence[timedelta]
) -> Iterable[tuple[datetime, timedelta]]:
    """The moments at which a slot is announced, each with the shortest lead that falls on it."""
    by_moment: dict[datetime, timedelta] = {}
    for lead in sorted(leads, reverse=True):
        by_moment[max(start - lead, before) if before else start - lead] = lead
    return sorted(by_moment.items())


def _reminder(
    session: ExpectedSession, place: Place, slot: Sequence[ExpectedTalk], *, due_at: datetime, lead: timedelta
) -> Owed:
    return Owed(
        server_id=place.server_id,
        channel_id=place.channel_id,
        kind=Kind.UP_NEXT,
        subject=f"talk-{slot[0].talk.id}",
        session_id=session.session.id,
        talk_ids=tuple(expected.talk.id for expected in slot),
        lead=lead,
        due_at=due_at,
        expires_at=slot[0].starts_at,
        starts_at=slot[0].starts_at,
        text=_shown(session, place, slot),
    )


def _shown(session: ExpectedSession, place: Place, slot: Sequence[ExpectedTalk]) -> str:
    """Digest of what a reminder shows beside its start."""
    frame = [session.session.title, session.session.room, place.timezone, place.page_timezone]
    for expected in slot:
        talk = expected.talk
        cancelled = expected.state in OFF
        length = expected.ends_at - expected.starts_at
        frame.extend(map(str, (talk.kind, talk.title, talk.speakers, talk.room, length, cancelled)))
    return fingerprint(frame)


def _cancelled(session: ExpectedSession, place: Place, leads: Sequence[timedelta]) -> Iterable[Owed]:
    """A reminder that stands for a talk cancelled since is edited to say so."""
    for expected in session.talks:
        if expected.state not in OFF:
            continue
        for lead in leads:
            reminder = _reminder(session, place, [expected], due_at=expected.starts_at - lead, lead=lead)
            # a talk that is skipped on the day may be skipped after it should have begun
            late = reminder.expires_at if expected.state is TalkState.CANCELLED else None
            yield replace(reminder, only_if_posted=True, expires_at=late)


def _frame(session: ExpectedSession, place: Place) -> Iterable[Owed]:
    """The start of the session and its end, which a running clock decides; nothing if no talk takes place."""
    starts_at, ends_at = session.starts_at, session.ends_at
    if starts_at is None or ends_at is None:
        return
    over_is_known = session.is_over or not session.is_started
    text = fingerprint([session.session.title, session.session.room, place.timezone, place.page_timezone])
    for kind, due_at, news in (
        (Kind.SESSION_START, starts_at, START_STILL_NEWS),
        (Kind.SESSION_OVER, ends_at, OVER_STILL_NEWS),
    ):
        if kind is Kind.SESSION_OVER and not over_is_known:
            continue
        yield Owed(
            server_id=place.server_id,
            channel_id=place.channel_id,
            kind=kind,
            subject=f"session-{session.session.id}",
            session_id=session.session.id,
            due_at=due_at,
            expires_at=due_at + news,
            starts_at=due_at,
            text=text,
        )


def _minutes(session: ExpectedSession, expected: ExpectedTalk) -> tuple[object, ...]:
    """A talk's times as a board's digest counts them: by the minute once they move with the clock."""
    if not session.is_started:
        return expected.starts_at, expected.ends_at
    return tuple(f"{moment:%d %H:%M}" for moment in (expected.starts_at, expected.ends_at))


def _empty_board(sessions: Sequence[ExpectedSession], place: Place, day: date) -> Owed | None:
    planned = [session.session.starts_at for session in sessions if session.talks]
    if not planned:
        return None
    return Owed(
        server_id=place.server_id,
        channel_id=place.channel_id,
        kind=Kind.BOARD,
        subject=f"board-{day.isoformat()}",
        due_at=min(planned) - BOARD_AHEAD,
        expires_at=None,
        text=fingerprint([place.timezone, "nothing"]),
        only_if_posted=True,
        details={"day": day.isoformat()},
    )


def owed_board(sessions: Sequence[ExpectedSession], place: Place, day: date) -> Owed | None:
    """The live board of a channel on one conference day; where nothing takes place, one that stands says so."""
    running = [(session, e) for session in sessions for e in session.running_order]
    if not running:
        return _empty_board(sessions, place, day)
    goes_on = any(session.is_started and not session.is_over for session, _ in running)
    plan = [
        (
            session.session.room,
            e.talk.id,
            e.talk.title,
            e.talk.speakers,
            e.talk.kind,
            e.state.value if e.state in ON else "",
            *_minutes(session, e),
        )
        for session, e in running
    ]
    return Owed(
        server_id=place.server_id,
        channel_id=place.channel_id,
        kind=Kind.BOARD,
        subject=f"board-{day.isoformat()}",
        due_at=min(e.starts_at for _, e in running) - BOARD_AHEAD,
        expires_at=None if goes_on else max(e.ends_at for _, e in running),
        text=fingerprint([place.timezone, place.page_timezone, *plan]),
        details={"day": day.isoformat()},
    )
