"""Sessions that were run before, put into a store as if somebody had tapped through them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.rules.run import TimingKind
from db.database import NOBODY, Database
from db.tables import Conference, Session, Source, Talk, TimingEvent
from tests.builders import LOS_ANGELES, SERVER, at

MINUTE = timedelta(minutes=1)
LAST_MONTH = at("09:00", day="2022-06-21")


async def put_past(
    db: Database,
    overruns: Sequence[float],
    *,
    server_id: int = SERVER,
    kind: str | None = "Spotlight",
    starts_at: datetime = LAST_MONTH,
    archived: bool = True,
    closed: bool = True,
) -> int:
    """One session of talks of five minutes, each so many minutes over; its key. The server is there already."""
    async with db.transaction(NOBODY) as session:
        conference = Conference(server_id=server_id, name=f"Before {starts_at}", timezone=LOS_ANGELES)
        conference.archived_at = starts_at + timedelta(days=8) if archived else None
        session.add(conference)
        await session.flush()
        source = Source(conference_id=conference.id or 0, name="page", format="icml-text", imported_at=starts_at)
        session.add(source)
        await session.flush()
        ends_at = starts_at + 5 * MINUTE * len(overruns)
        row = Session(conference_id=conference.id or 0, source_id=source.id or 0, title="Before")
        row.starts_at, row.ends_at = starts_at, ends_at
        session.add(row)
        await session.flush()
        assert row.id is not None
        talks = [_talk(row.id, starts_at + 5 * MINUTE * number, kind) for number in range(len(overruns))]
        session.add_all(talks)
        await session.flush()
        now = starts_at
        for talk, over in zip(talks, overruns, strict=True):
            session.add(_event(row.id, TimingKind.START, now, talk.id))
            await session.flush()
            now += (5 + over) * MINUTE
        session.add(_event(row.id, TimingKind.CLOSE if closed else TimingKind.END, now))
        return row.id


def _talk(session_id: int, starts_at: datetime, kind: str | None) -> Talk:
    return Talk(session_id=session_id, kind=kind, title="Before", starts_at=starts_at, ends_at=starts_at + 5 * MINUTE)


def _event(session_id: int, kind: TimingKind, at: datetime, talk_id: int | None = None) -> TimingEvent:
    return TimingEvent(session_id=session_id, kind=kind.value, at=at, tapped_at=at, talk_id=talk_id)
