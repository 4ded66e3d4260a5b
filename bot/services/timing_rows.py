"""Timing events as they are stored, and as the rules take them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.run import TimingEvent, TimingKind
from db import tables
from db.bulk import in_parts


async def events_by_session(session: AsyncSession, session_ids: Sequence[int]) -> dict[int, list[TimingEvent]]:
    """The events of these sessions, each session's in their order."""
    events: dict[int, list[TimingEvent]] = defaultdict(list)
    for part in in_parts(session_ids):
        query = select(tables.TimingEvent).where(col(tables.TimingEvent.session_id).in_(part))
        for row in await session.exec(query.order_by(col(tables.TimingEvent.id))):
            events[row.session_id].append(event_of(row))
    return events


def row_of(event: TimingEvent, session_id: int) -> tables.TimingEvent:
    """A timing event as it is stored; the store gives it its number."""
    return tables.TimingEvent(
        session_id=session_id,
        kind=event.kind.value,
        at=event.at,
        tapped_at=event.tapped_at,
        talk_id=event.talk_id,
        leaves=event.leaves,
        by=event.by,
        amount_seconds=event.amount.total_seconds(),
        lengths=[[talk_id, length.total_seconds()] for talk_id, length in event.lengths],
        undoes=event.undoes,
    )


def event_of(row: tables.TimingEvent) -> TimingEvent:
    """A stored timing event as the rules take it."""
    return TimingEvent(
        id=row.id or 0,
        kind=TimingKind(row.kind),
        at=row.at,
        tapped_at=row.tapped_at,
        talk_id=row.talk_id,
        leaves=row.leaves,
        by=row.by,
        amount=timedelta(seconds=row.amount_seconds),
        lengths=tuple((int(talk_id), timedelta(seconds=seconds)) for talk_id, seconds in row.lengths),
        undoes=row.undoes,
    )
