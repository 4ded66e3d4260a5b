"""What a session's plan was before each change of it, as far as the programme's versions tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.programme_diff import Origin
from bot.schedules import schedule as read
from bot.schedules.as_json import as_json
from bot.services.versions import Before
from db.programme_tables import ProgrammeVersion
from db.tables import Conference, Session, Source, Talk

FORMAT = "chairside"
_TALK = ("title", "starts_at", "ends_at", "kind", "speakers", "room", "abstract", "url", "file_id", "cancelled")
_SESSION = ("title", "room", "moderator")
Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlanFrom:
    """A session's plan from a moment on.

    Attributes:
        at: virtual; when it was imported or changed; None where no version tells.
        on_the_day: it came of `/session edit`.
        session: title, room and moderator.
        talks: by key, in order of start.
    """

    at: datetime | None
    on_the_day: bool
    session: Mapping[str, Any]
    talks: Mapping[int, Columns]

    def is_same(self, other: PlanFrom) -> bool:
        """Whether it says the same."""
        return self.session == other.session and dict(self.talks) == dict(other.talks)


@dataclass(frozen=True, slots=True)
class Plans:
    """All plans of a session, the first one first; `undone` are the moments of changes that were taken back again."""

    plans: list[PlanFrom]
    undone: list[datetime]


async def plans_of(session: AsyncSession, row: Session) -> Plans:
    """A session's plans, read from what is stored now and what each change replaced."""
    query = select(Talk).join(Session).where(Session.conference_id == row.conference_id)
    talks = {talk.id or 0: _columns(talk) for talk in await session.exec(query)}
    versions = list(
        await session.exec(
            select(ProgrammeVersion)
            .where(ProgrammeVersion.conference_id == row.conference_id)
            .order_by(col(ProgrammeVersion.id).desc())
        )
    )
    key = row.id or 0
    frame: Columns = {name: getattr(row, name) for name in _SESSION}
    plans: list[PlanFrom] = []
    undone: list[datetime] = []
    for version in versions:
        before = Before.from_json(version.before)
        after = _plan(version, key, frame, talks)
        frame, talks = _earlier(before, key, frame, talks)
        if after.is_same(_plan(version, key, frame, talks)):
            continue
        if version.undone_at is not None:
            undone.append(version.made_at)
            continue
        plans.append(after)
        if key in before.new.get("sessions", ()) or not _of(key, talks):
            return Plans(plans[::-1], undone)
    plans.append(PlanFrom(None, on_the_day=False, session=frame, talks=_of(key, talks)))
    return Plans(plans[::-1], undone)


def _columns(talk: Talk) -> Columns:
    return {"session_id": talk.session_id, **{name: getattr(talk, name) for name in _TALK}}


def _of(session_id: int, talks: Mapping[int, Columns]) -> dict[int, Columns]:
    mine = [(key, talk) for key, talk in talks.items() if talk["session_id"] == session_id]
    mine.sort(key=lambda pair: (pair[1]["starts_at"], pair[1]["ends_at"], pair[0]))
    return dict(mine)


def _plan(version: ProgrammeVersion, key: int, frame: Columns, talks: Mapping[int, Columns]) -> PlanFrom:
    on_the_day = version.kind == Origin.ON_THE_DAY
    return PlanFrom(version.made_at, on_the_day=on_the_day, session=frame, talks=_of(key, talks))


def _earlier(
    before: Before, key: int, frame: Columns, talks: Mapping[int, Columns]
) -> tuple[Columns, dict[int, Columns]]:
    """The session and all talks as they were before a change."""
    new = frozenset(before.new.get("talks", ()))
    of_talks, of_sessions = before.of("talks"), before.of("sessions")
    was = {talk: {**columns, **_known(columns, of_talks.get(talk, {}))} for talk, columns in talks.items()}
    old_frame = {**frame, **_known(frame, of_sessions.get(key, {}))}
    return old_frame, {talk: columns for talk, columns in was.items() if talk not in new}


def _known(columns: Mapping[str, Any], values: Mapping[str, Any]) -> Columns:
    return {name: value for name, value in values.items() if name in columns}


def programme_of(plan: PlanFrom, conference: Conference, source: Source) -> dict[str, Any]:
    """A plan in Chairside's own JSON: one conference with this one session."""
    names: Iterable[str] = _TALK
    talks = tuple(
        read.Talk(**{**{name: talk[name] for name in names}, "speakers": tuple(talk["speakers"])})
        for talk in plan.talks.values()
    )
    session = read.Session(talks=talks, source=source.name, **plan.session)
    schedule = read.Schedule(
        format=FORMAT,
        conference=conference.name,
        timezone=conference.timezone,
        page_timezone=source.page_timezone,
        sessions=(session,),
    )
    return as_json(schedule)
