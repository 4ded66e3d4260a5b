"""What sessions owe beside messages: Discord's list of events, and the topics of stages; written where it changes.

Private steps of other services: they take the open session and never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.scheduled_events import OwedEvent, ShownEvent, Status, look_at, owed_event
from bot.rules.stage_topics import owed_topic
from bot.services.programme import PlacedSession
from db.event_tables import ScheduledEvent, StageTopic
from db.tables import Server


async def plan_elsewhere(
    session: AsyncSession,
    *,
    server: Server,
    now: datetime,
    placed: Sequence[PlacedSession],
    session_ids: Sequence[int] | None = None,
) -> None:
    """Write what sessions owe beside messages, as `plan_events` and `plan_topics` do."""
    await plan_events(session, server=server, now=now, placed=placed, session_ids=session_ids)
    await plan_topics(session, server=server, placed=placed, session_ids=session_ids)


async def plan_events(
    session: AsyncSession,
    *,
    server: Server,
    now: datetime,
    placed: Sequence[PlacedSession],
    session_ids: Sequence[int] | None = None,
) -> None:
    """Write what sessions owe the list of events, where it differs from what was written before.

    Args:
        session: the open writing transaction.
        server: whose.
        now: virtual.
        placed: the sessions as they are now.
        session_ids: only these; None for all of the server's.
    """
    if not server.keeps_events:
        return
    query = select(ScheduledEvent).where(ScheduledEvent.server_id == server.id)
    if session_ids is not None:
        theirs = col(ScheduledEvent.session_id)
        query = query.where(or_(theirs.in_(session_ids), theirs.is_(None)))
    rows = list(await session.exec(query))
    known = {row.session_id: row for row in rows if row.session_id is not None}
    owed = {p.session.id: owed_event(p.expected, p.conference, now) for p in placed}
    for session_id, event in owed.items():
        row = known.get(session_id)
        if row is None and event is not None:
            row = ScheduledEvent(server_id=server.id, session_id=session_id)
            session.add(row)
        if row is not None:
            _owe_event(row, event)
    for row in rows:
        if row.session_id not in owed:
            _owe_event(row, None)


def _owe_event(row: ScheduledEvent, owed: OwedEvent | None) -> None:
    if owed == event_owed(row):
        return
    row.facts = dict(owed.facts) if owed else None
    row.starts_at, row.ends_at = (owed.starts_at, owed.ends_at) if owed else (None, None)
    row.is_active = owed is not None and owed.is_active
    row.look_at, row.due = look_at(owed), True


def event_owed(row: ScheduledEvent) -> OwedEvent | None:
    """What a row says is owed."""
    if row.facts is None or row.starts_at is None or row.ends_at is None:
        return None
    return OwedEvent(row.facts, row.starts_at, row.ends_at, row.is_active)


def event_shown(row: ScheduledEvent) -> ShownEvent | None:
    """What a row says stands, or was asked for."""
    if row.shown_status is None or row.shown_starts_at is None or row.shown_ends_at is None:
        return None
    return ShownEvent(row.shown_facts or {}, row.shown_starts_at, row.shown_ends_at, Status(row.shown_status))


async def plan_topics(
    session: AsyncSession, *, server: Server, placed: Sequence[PlacedSession], session_ids: Sequence[int] | None = None
) -> None:
    """Write what the stages of sessions' rooms are owed; of all that a server has where no `session_ids` are given."""
    if not server.stages:
        return
    query = select(StageTopic).where(StageTopic.server_id == server.id)
    rows = {row.channel_id: row for row in await session.exec(query)}
    topics = {p.session.id: owed_topic(p.expected) for p in placed}
    for p in placed:
        channel_id, topic = server.stages.get((p.session.room or "").casefold()), topics[p.session.id]
        if channel_id is None or topic is None:
            continue
        row = rows.get(channel_id)
        if row is None:
            row = rows[channel_id] = StageTopic(channel_id=channel_id, server_id=server.id)
            session.add(row)
        row.session_id = p.session.id
        _owe_topic(row, topic)
    for row in rows.values():
        is_meant = session_ids is None or row.session_id is None or row.session_id in session_ids
        if row.channel_id not in server.stages.values() or (is_meant and topics.get(row.session_id or 0) is None):
            _owe_topic(row, None)


def _owe_topic(row: StageTopic, topic: str | None) -> None:
    if row.topic != topic:
        row.topic, row.due = topic, True
