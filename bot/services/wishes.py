"""Reads what people want to be reminded of, and the talks that it may be about, as the rules take them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import give_way
from bot.rules.run import TimingKind
from bot.rules.subscriptions import BY_WORDS, Offered, OfferedTalk, Wanted, Wish
from bot.services.programme import ROWS_AT_ONCE, load_sessions
from db.bulk import in_parts
from db.people_tables import Subscription
from db.tables import Conference, Server, Session, Talk, TimingEvent

WISHES_AT_ONCE = 50
"""Looked up in one go among all talks: a crowd's words would hold up everybody's answer."""


def wish_of(row: Subscription) -> Wish:
    """A stored subscription as the rules take it."""
    kind = Wanted(row.kind)
    about = row.talk_id if kind is Wanted.TALK else row.session_id
    return Wish(row.id or 0, row.user_id, kind, timedelta(seconds=row.lead_seconds), about, row.words or "")


async def offered_to(
    session: AsyncSession,
    server: Server,
    wishes: Sequence[Wish],
    now: datetime,
    *,
    session_ids: Collection[int] | None = None,
) -> Offered:
    """The talks of a server's open conferences that these wishes may be about; only those of some sessions if given."""
    columns = (Talk.id, Talk.session_id, Talk.title, Talk.speakers, Talk.starts_at, Talk.kind, Talk.cancelled)
    query = select(*columns).where(  # type: ignore[call-overload] # more columns than SQLModel types
        Talk.session_id == Session.id,
        Session.conference_id == Conference.id,
        Conference.server_id == server.id,
        col(Conference.archived_at).is_(None),
    )
    sessions = {wish.about for wish in wishes if wish.kind is Wanted.SESSION and wish.about is not None}
    if session_ids is not None:
        query = query.where(col(Talk.session_id).in_(session_ids))
    elif not any(wish.kind in BY_WORDS for wish in wishes):
        talks = {wish.about for wish in wishes if wish.kind is Wanted.TALK}
        query = query.where(or_(col(Talk.id).in_(talks), col(Talk.session_id).in_(sessions)))
    skipped = await _skipped(session, server, sorted(sessions), now)
    found: list[OfferedTalk] = []
    for number, some in enumerate((await session.exec(query)).partitions(ROWS_AT_ONCE)):
        if number:
            await give_way()
        for key, of, title, who, at, kind, cancelled in some:
            found.append(OfferedTalk(key, of, title, tuple(who), at, kind, cancelled or key in skipped))
    offered = Offered(found)
    for some in in_parts(wishes, WISHES_AT_ONCE):
        for wish in some:
            offered.all_of(wish)  # which is looked up once, here in turns
        await give_way()
    return offered


async def _skipped(session: AsyncSession, server: Server, session_ids: Sequence[int], now: datetime) -> set[int]:
    """The talks of these sessions that were skipped on the day."""
    found: set[int] = set()
    for part in in_parts(session_ids):
        skips = TimingEvent.kind == TimingKind.SKIP, col(TimingEvent.session_id).in_(part)
        having = list(await session.exec(select(TimingEvent.session_id).where(*skips).distinct()))
        if having:
            placed = await load_sessions(session, server=server, now=now, session_ids=having)
            found |= {talk_id for p in placed for talk_id in p.run.skipped}
    return found
