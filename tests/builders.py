"""Values for tests, with keyword defaults: a test names what matters to it and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.rules.programme import ExpectedSession, PlannedSession, PlannedTalk, by_plan
from bot.rules.reminders import Place
from bot.schedules.schedule import Schedule, Session, Talk

LOS_ANGELES, NEW_YORK = "America/Los_Angeles", "America/New_York"
SERVER, CHANNEL = 81384788765712384, 381870129706958858
FIRST_START = datetime.fromisoformat("2022-07-21T19:30:00+00:00")
"""When the ICML session's first talk begins: 12:30 PDT."""
DURING_BREAK = datetime.fromisoformat("2022-07-21T19:20:00+00:00")


def at(time: str, day: str = "2022-07-21") -> datetime:
    """A moment of the session's day, as its page prints it and in UTC: `12:30` is 12:30 PDT."""
    return datetime.fromisoformat(f"{day}T{time}-07:00").astimezone(UTC)


def minutes(*numbers: int) -> list[timedelta]:
    return [timedelta(minutes=number) for number in numbers]


def a_talk(
    title: str = "Convergence of Invariant Graph Networks",
    *,
    starts_at: datetime = FIRST_START,
    minutes: float = 5,
    kind: str | None = "Spotlight",
    speakers: Sequence[str] = ("Chen Cai", "Yusu Wang"),
    room: str | None = None,
    abstract: str | None = None,
    url: str | None = None,
    file_id: str | None = None,
    cancelled: bool = False,
) -> Talk:
    return Talk(
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        kind=kind,
        speakers=tuple(speakers),
        room=room,
        abstract=abstract,
        url=url,
        file_id=file_id,
        cancelled=cancelled,
    )


def fifteen_talks(starts_at: datetime = FIRST_START) -> tuple[Talk, ...]:
    """The shape of the ICML session: seven Spotlights of 5 minutes, an Oral of 20, seven Spotlights."""
    talks = []
    for number in range(1, 16):
        oral = number == 8
        talk = a_talk(f"Talk {number}", starts_at=starts_at, minutes=20 if oral else 5, kind=_kind(oral=oral))
        talks.append(replace(talk, speakers=(f"Speaker {number}",)))
        starts_at = talk.ends_at
    return tuple(talks)


def _kind(*, oral: bool) -> str:
    return "Oral" if oral else "Spotlight"


def a_session(
    *talks: Talk,
    title: str = "Deep Learning",
    room: str | None = "Hall F",
    moderator: str | None = "Robin Walters",
) -> Session:
    """The ICML session, unless talks are given."""
    return Session(title=title, talks=talks or fifteen_talks(), room=room, moderator=moderator)


def a_schedule(
    *sessions: Session,
    conference: str | None = None,
    timezone: str | None = LOS_ANGELES,
    page_timezone: str | None = LOS_ANGELES,
) -> Schedule:
    """A page with the ICML session, unless sessions are given."""
    return Schedule(
        format="icml-text",
        conference=conference,
        timezone=timezone,
        page_timezone=page_timezone,
        sessions=sessions or (a_session(),),
    )


def a_planned_session(
    *talks: Talk, session_id: int = 3, title: str = "Deep Learning", room: str | None = "Hall F", first_id: int = 1
) -> PlannedSession:
    """A session as it is stored, with talks numbered from `first_id`; the ICML session unless talks are given."""
    planned = [
        PlannedTalk(
            id=number,
            session_id=session_id,
            title=talk.title,
            starts_at=talk.starts_at,
            ends_at=talk.ends_at,
            kind=talk.kind,
            speakers=talk.speakers,
            room=talk.room,
            cancelled=talk.cancelled,
        )
        for number, talk in enumerate(talks or fifteen_talks(), first_id)
    ]
    return PlannedSession(id=session_id, title=title, talks=tuple(planned), room=room, moderator="Robin Walters")


def expected(*talks: Talk, now: datetime = DURING_BREAK, session_id: int = 3, first_id: int = 1) -> ExpectedSession:
    """The forecast of a session at a moment."""
    return by_plan(a_planned_session(*talks, session_id=session_id, first_id=first_id), now)


def a_place(channel_id: int = CHANNEL, timezone: str = LOS_ANGELES, page_timezone: str | None = LOS_ANGELES) -> Place:
    return Place(server_id=SERVER, channel_id=channel_id, timezone=timezone, page_timezone=page_timezone)
