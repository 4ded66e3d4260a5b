"""Reads the stored programme into the plain values that rules and messages take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, false, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import give_way
from bot.errors import CommandError
from bot.rules.cues import DEFAULT_CUES, CueSettings
from bot.rules.hints import Learned
from bot.rules.moderator_names import people_named
from bot.rules.programme import ExpectedSession, PlannedSession, PlannedTalk, in_order
from bot.rules.queue_times import QuestionSettings
from bot.rules.reminders import Place
from bot.rules.report_settings import DEFAULT_REPORTS, ReportSettings
from bot.rules.run import Run, TimingEvent, TimingKind, fold, followed_by
from bot.rules.speakers import Speaker
from bot.rules.timing import forecast
from bot.services.chosen import Chosen, chosen_by
from bot.services.question_settings import DEFAULT_QUESTIONS, question_settings_of
from bot.services.speaker_rows import speakers_by_session
from bot.services.timing_rows import events_by_session
from db.bulk import in_parts
from db.tables import Conference, Server, Session, Source, Talk

ROWS_AT_ONCE = 200
"""Rows read in one go: thousands would hold up everybody's answer."""


@dataclass(frozen=True, slots=True)
class PlacedSession:
    """A session's run and forecast, where its deliveries go (None while no channel is set), and its zones.

    Attributes:
        console_id: the channel or thread of its console; None where one has yet to be opened.
        console_in_thread: that place is a thread of the session's own, which may be gone.
        events: what its run is folded from.
        moderator_ids: the Discord users who moderate it, beside those with the role `moderators_role_id`.
        guarded: whether a forgotten clock rolls on by the plan.
        leads: the server's lead times; question_settings: its choices for queues, with the session's own order.
        replan_at: when passing time alone was last expected to change what it owes.
        cues: the server's ladders of time signals; cues_in_channel: the session's channel gets them as well.
        speakers: who is known on Discord of those who speak in it; chases_speakers: a missing one is asked once more.
        reports: what the server chose for reports and hints.
        learned: what its other sessions taught, where bot.services.hints put it.
    """

    expected: ExpectedSession
    place: Place | None
    timezone: str
    page_timezone: str | None
    conference: str
    run: Run = field(default_factory=Run)
    events: tuple[TimingEvent, ...] = ()
    console_id: int | None = None
    console_in_thread: bool = False
    moderator_ids: tuple[int, ...] = ()
    moderators_role_id: int | None = None
    guarded: bool = True
    leads: tuple[timedelta, ...] = ()
    question_settings: QuestionSettings = DEFAULT_QUESTIONS
    server_id: int = 0
    replan_at: datetime | None = None
    cues: CueSettings = DEFAULT_CUES
    cues_in_channel: bool = False
    speakers: tuple[Speaker, ...] = ()
    chases_speakers: bool = True
    reports: ReportSettings = DEFAULT_REPORTS
    learned: Learned = field(default_factory=dict)

    @property
    def session(self) -> PlannedSession:
        return self.expected.session

    def with_event(self, event: TimingEvent, now: datetime) -> PlacedSession:
        """The session once one more event is stored."""
        events = (*self.events, event)
        if event.kind is TimingKind.UNDO:
            run = fold(self.session, events, guard=self.guarded)
        else:
            run = followed_by(self.session, self.run, event, guard=self.guarded)
        return replace(self, events=events, run=run, expected=forecast(self.session, run, now, guard=self.guarded))


async def load_sessions(
    session: AsyncSession,
    *,
    server: Server,
    now: datetime,
    session_ids: Sequence[int] | None = None,
    around: tuple[datetime, datetime] | None = None,
    channel_ids: Collection[int] | None = None,
    known: Mapping[int, PlacedSession] = MappingProxyType({}),
    archived: bool = False,
) -> list[PlacedSession]:
    """The sessions of a server's open conferences with their forecast at `now`, in order of start.

    Args:
        session: an open session.
        server: whose.
        now: virtual.
        session_ids: only these.
        around: only those that touch this span.
        channel_ids: only those that are announced in these channels.
        known: sessions that were loaded already in this transaction; they are not read again.
        archived: those of archived conferences as well.
    """
    chosen = await chosen_by(session, server, now)
    meant = _meant(server, session_ids, around, archived=archived)
    if channel_ids is not None:
        rooms = await session.exec(select(col(Session.room)).where(*meant).distinct())
        meant.append(_in_rooms([room for room in rooms if chosen.channel_of(room) in channel_ids]))
    query = select(*_PLACED).where(*meant).order_by(col(Session.starts_at), col(Session.id))
    rows = list(await session.exec(query))
    ids = [row.id for row in rows if row.id not in known]
    talks, events = await _talks_by_session(session, ids), await events_by_session(session, ids)
    speakers = await speakers_by_session(session, ids)
    found: list[PlacedSession] = []
    for row in rows:
        if row.id in known or talks[row.id]:  # nothing is left of one that was joined to another
            of_session = talks[row.id], events[row.id], speakers.get(row.id, ())
            found.append(known.get(row.id) or _placed(row, *of_session, chosen))
        await give_way()  # a thousand forecasts in one go would hold up everybody's answer
    return found


async def load_session(session: AsyncSession, server: Server | None, session_id: int, now: datetime) -> PlacedSession:
    """One session of a server with its forecast at `now`, virtual.

    Raises:
        CommandError: the server has no such session in an open conference.
    """
    found = await load_sessions(session, server=server, now=now, session_ids=[session_id]) if server else []
    if not found:
        raise CommandError("that session is not in this server's programme", do="Choose one that the command offers")
    return found[0]


def _meant(
    server: Server, session_ids: Sequence[int] | None, around: tuple[datetime, datetime] | None, *, archived: bool
) -> list[ColumnElement[bool]]:
    """The conditions on a server's sessions, with their source and conference."""
    meant = [
        col(Session.source_id) == Source.id,
        col(Session.conference_id) == Conference.id,
        col(Conference.server_id) == server.id,
    ]
    if not archived:
        meant.append(col(Conference.archived_at).is_(None))
    if session_ids is not None:
        meant.append(col(Session.id).in_(session_ids))
    if around is not None:
        meant += [col(Session.starts_at) < around[1], col(Session.ends_at) > around[0]]
    return meant


def _in_rooms(rooms: Sequence[str | None]) -> ColumnElement[bool]:
    """The room decides, by its case-folded name: rows are read whole only once they are known to be meant."""
    no_room = col(Session.room).is_(None) if None in rooms else false()
    return or_(col(Session.room).in_([room for room in rooms if room is not None]), no_room)


_PLACED: tuple[Any, ...] = (
    Session.id,
    Session.title,
    Session.room,
    Session.moderator,
    Session.moderator_ids,
    Session.console_thread_id,
    Session.question_order,
    Session.replan_at,
    Source.page_timezone,
    Conference.timezone,
    Conference.name,
)


def _placed(
    row: Row[Any],
    talks: Sequence[PlannedTalk],
    events: Sequence[TimingEvent],
    speakers: tuple[Speaker, ...],
    chosen: Chosen,
) -> PlacedSession:
    server, now, channel_id = chosen.server, chosen.now, chosen.channel_of(row.room)
    planned = PlannedSession(row.id, row.title, tuple(in_order(talks)), row.room, row.moderator)
    run = fold(planned, events, guard=server.guards_clock)
    return PlacedSession(
        expected=forecast(planned, run, now, guard=server.guards_clock),
        place=Place(server.id, channel_id, row.timezone, row.page_timezone) if channel_id else None,
        timezone=row.timezone,
        page_timezone=row.page_timezone,
        conference=row.name,
        run=run,
        events=tuple(events),
        console_id=server.moderators_channel_id or row.console_thread_id,
        console_in_thread=server.moderators_channel_id is None and row.console_thread_id is not None,
        # whom it was handed to, else whoever its schedule names
        moderator_ids=tuple(row.moderator_ids) or people_named(row.moderator, chosen.moderator_names),
        moderators_role_id=server.moderators_role_id,
        guarded=server.guards_clock,
        leads=tuple(timedelta(minutes=minutes) for minutes in server.lead_minutes),
        question_settings=question_settings_of(server, row.question_order),
        server_id=server.id,
        replan_at=row.replan_at,
        cues=cues_of(server),
        cues_in_channel=bool(server.cue_settings.get("in_channel")),
        speakers=speakers,
        chases_speakers=server.chases_speakers,
        reports=ReportSettings(**server.report_settings),
    )


async def _talks_by_session(session: AsyncSession, session_ids: Sequence[int]) -> dict[int, list[PlannedTalk]]:
    talks: dict[int, list[PlannedTalk]] = defaultdict(list)
    for part in in_parts(session_ids):
        query = select(*_PLANNED).where(col(Talk.session_id).in_(part))  # type: ignore[call-overload] # more columns than SQLModel types
        rows = await session.exec(query)
        for number, some in enumerate(rows.partitions(ROWS_AT_ONCE)):
            if number:
                await give_way()
            for talk in map(_talk_of, some):
                talks[talk.session_id].append(talk)
    return talks


_PLANNED = (
    Talk.id,
    Talk.session_id,
    Talk.title,
    Talk.starts_at,
    Talk.ends_at,
    Talk.kind,
    Talk.speakers,
    Talk.room,
    Talk.cancelled,
)


def _talk_of(row: Any) -> PlannedTalk:  # noqa: ANN401 - a row of the columns above
    # taken apart, not asked for by name, which costs a look-up each: a programme has thousands
    key, session_id, title, starts_at, ends_at, kind, speakers, room, cancelled = row
    return PlannedTalk(key, session_id, title, starts_at, ends_at, kind, tuple(speakers), room, cancelled)


def cues_of(server: Server) -> CueSettings:
    """A server's ladders of time signals and how it splits its kinds of talk; the default where it chose nothing."""
    chosen = server.cue_settings
    if not chosen:
        return DEFAULT_CUES
    ladders = {
        kind: tuple(timedelta(seconds=mark) for mark in marks) for kind, marks in chosen.get("ladders", {}).items()
    }
    questions = {kind: timedelta(seconds=seconds) for kind, seconds in chosen.get("questions", {}).items()}
    return CueSettings(ladders, questions)
