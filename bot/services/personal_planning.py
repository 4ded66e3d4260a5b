"""Makes and takes away rows so that people are owed what they asked for: when they ask, and when the plan changes.

A step of other services: it takes the open writing session and never commits. What a moved talk means for rows that
are there already is bot/services/personal_following.py's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import give_way
from bot.rules.outbox import SHELVED, UNSENT, State, too_late
from bot.rules.personal_reminders import TAKEN_OFF, Aim
from bot.rules.reminders import Kind, Owed
from bot.rules.subscriptions import BY_WORDS, Offered, OfferedTalk, Reminding, Wanted, Wish
from bot.services.personal_following import aims_of
from bot.services.planning import row_of
from bot.services.programme import ROWS_AT_ONCE, PlacedSession, load_sessions
from db.bulk import in_parts, insert_rows
from db.columns import METADATA
from db.people_tables import Mention, Person, Subscription
from db.tables import Conference, Delivery, Server, Session, Talk

WISHES_AT_ONCE = 50
"""Looked up in one go among all talks: a crowd's words would hold up everybody's answer."""


async def plan_people(
    session: AsyncSession,
    server: Server,
    now: datetime,
    *,
    user_id: int | None = None,
    session_ids: Collection[int] | None = None,
) -> None:
    """Make and take away rows so that they are what people asked for: of one person, or about some sessions' talks."""
    of_server = [col(Subscription.server_id) == server.id]
    if user_id is None:
        # no change of the plan makes somebody who named a talk want another one
        others = select(Subscription.id).where(*of_server, col(Subscription.kind) != Wanted.TALK).limit(1)
        if (await session.exec(others)).first() is None:
            return
    who = of_server if user_id is None else [*of_server, col(Subscription.user_id) == user_id]
    wishes = [wish_of(row) for row in await session.exec(select(Subscription).where(*who))]
    offered = await offered_to(session, server.id, wishes)
    # a name that fits too many talks counts with the earliest, which any session's change may shift
    bounded = any(len(offered.all_of(wish)) != len(offered.of(wish)) for wish in wishes)
    only = None if bounded or session_ids is None else await _talks_in(session, session_ids)
    wanted: set[Reminding] = set()
    for some in in_parts(wishes, WISHES_AT_ONCE):
        wanted |= {one for one in offered.remindings(some) if only is None or one.talk_id in only}
        await give_way()
    stored = await _stored(session, server.id, user_id, only)
    surplus = [key for one, (key, state) in stored.items() if one not in wanted and state in UNSENT | SHELVED]
    for part in in_parts(surplus):
        await session.exec(delete(Delivery).where(col(Delivery.id).in_(part)))
    await _insert(session, server, [one for one in wanted if one not in stored], now)
    if user_id is not None:
        await leave_mentions(session, server.id, user_id, wanted)


def wish_of(row: Subscription) -> Wish:
    """A stored subscription as the rules take it."""
    kind = Wanted(row.kind)
    about = row.talk_id if kind is Wanted.TALK else row.session_id
    return Wish(row.id or 0, row.user_id, kind, timedelta(seconds=row.lead_seconds), about, row.words or "")


async def offered_to(session: AsyncSession, server_id: int, wishes: Sequence[Wish]) -> Offered:
    """The talks of a server's open conferences that these wishes may be about."""
    columns = (Talk.id, Talk.session_id, Talk.title, Talk.speakers, Talk.starts_at, Talk.kind, Talk.cancelled)
    query = select(*columns).where(  # type: ignore[call-overload] # more columns than SQLModel types
        Talk.session_id == Session.id,
        Session.conference_id == Conference.id,
        Conference.server_id == server_id,
        col(Conference.archived_at).is_(None),
    )
    if not any(wish.kind in BY_WORDS for wish in wishes):
        talks = {wish.about for wish in wishes if wish.kind is Wanted.TALK}
        sessions = {wish.about for wish in wishes if wish.kind is Wanted.SESSION}
        query = query.where(or_(col(Talk.id).in_(talks), col(Talk.session_id).in_(sessions)))
    found: list[OfferedTalk] = []
    for number, some in enumerate((await session.exec(query)).partitions(ROWS_AT_ONCE)):
        if number:
            await give_way()
        found += (OfferedTalk(key, of, title, tuple(who), at, kind, off) for key, of, title, who, at, kind, off in some)
    offered = Offered(found)
    for some in in_parts(wishes, WISHES_AT_ONCE):
        for wish in some:
            offered.all_of(wish)  # which is looked up once, here in turns
        await give_way()
    return offered


async def _talks_in(session: AsyncSession, session_ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for part in in_parts(sorted(session_ids)):
        keys = await session.exec(select(Talk.id).where(col(Talk.session_id).in_(part)))
        found |= {key for key in keys if key is not None}
    return found


async def _stored(
    session: AsyncSession, server_id: int, user_id: int | None, talk_ids: Collection[int] | None
) -> dict[Reminding, tuple[str, State]]:
    """The key and standing of what people are owed: of one person, about some talks, or all of a server's."""
    query = select(Delivery.id, Delivery.user_id, Delivery.talk_id, Delivery.lead_seconds, Delivery.state).where(  # type: ignore[call-overload] # more columns than SQLModel types
        Delivery.server_id == server_id, Delivery.kind == Kind.PERSONAL
    )
    query = query.where(col(Delivery.user_id).is_not(None) if user_id is None else Delivery.user_id == user_id)
    parts = [[]] if talk_ids is None else list(in_parts(sorted(talk_ids)))
    found: dict[Reminding, tuple[str, State]] = {}
    for part in parts:
        rows = await session.exec(query if talk_ids is None else query.where(col(Delivery.talk_id).in_(part)))
        for some in rows.partitions(ROWS_AT_ONCE):
            await give_way()
            for key, user, talk_id, lead, state in some:
                found[Reminding(user, talk_id, timedelta(seconds=lead))] = key, State(state)
    return found


@dataclass(frozen=True, slots=True)
class _Facts:
    """What new rows are made from: by talk what is to be said of it, by person the channel of their messages."""

    aims: Mapping[int, Aim]
    channels: Mapping[int, int]


async def _insert(session: AsyncSession, server: Server, new: Sequence[Reminding], now: datetime) -> None:
    if not new:
        return
    facts = await _facts(session, server, new, now)
    # somebody whose channel is not known, or a talk whose session is not open, is planned once that is so
    new = sorted(
        (one for one in new if one.talk_id in facts.aims and one.user_id in facts.channels),
        key=lambda one: (facts.aims[one.talk_id].starts_at, one.talk_id, one.user_id, one.lead),
    )
    if not new:
        return
    rows = (_row(server.id, one, facts, now) for one in new)
    await insert_rows(session, METADATA.tables["deliveries"], rows)


async def _facts(session: AsyncSession, server: Server, new: Sequence[Reminding], now: datetime) -> _Facts:
    sessions: set[int] = set()
    for part in in_parts(sorted({one.talk_id for one in new})):
        sessions |= set(await session.exec(select(Talk.session_id).where(col(Talk.id).in_(part))))
    placed: list[PlacedSession] = []
    for part in in_parts(sorted(sessions)):
        placed += await load_sessions(session, server=server, now=now, session_ids=part)
    channels: dict[int, int] = {}
    for part in in_parts(sorted({one.user_id for one in new})):
        rows = await session.exec(select(Person.id, Person.dm_channel_id).where(col(Person.id).in_(part)))
        channels |= {user: channel for user, channel in rows if channel is not None}
    return _Facts({talk_id: aim for p in placed for talk_id, aim in aims_of(p).items()}, channels)


def _row(server_id: int, one: Reminding, facts: _Facts, now: datetime) -> dict[str, Any]:
    aim = facts.aims[one.talk_id]
    owed = Owed(
        server_id=server_id,
        channel_id=facts.channels[one.user_id],
        kind=Kind.PERSONAL,
        subject=f"talk-{one.talk_id}",
        due_at=aim.due_at(one.lead),
        expires_at=aim.starts_at,
        talk_ids=(one.talk_id,),
        lead=one.lead,
    )
    state = aim.state(now)
    reason = {State.WITHDRAWN: TAKEN_OFF, State.SKIPPED: too_late(Kind.PERSONAL, aim.starts_at)}.get(state)
    row = row_of(owed, planned_at=now)
    return {**row, "user_id": one.user_id, "state": state.value, "reason": reason}


async def leave_mentions(
    session: AsyncSession, server_id: int, user_id: int, wanted: Collection[Reminding] = ()
) -> None:
    """Take a person out of a server's mentions that wait, but for those of talks that they want to be reminded of."""
    keep = {(one.talk_id, int(one.lead.total_seconds())) for one in wanted}
    waiting = select(Delivery.id, Delivery.talk_id, Delivery.lead_seconds).where(
        Mention.delivery_id == Delivery.id,
        Mention.user_id == user_id,
        Delivery.server_id == server_id,
        col(Delivery.state).in_([State.PENDING, State.BLOCKED, State.WITHDRAWN]),
    )
    left = [key for key, talk_id, lead in await session.exec(waiting) if (talk_id, lead) not in keep]
    if left:
        await session.exec(delete(Mention).where(col(Mention.user_id) == user_id, col(Mention.delivery_id).in_(left)))
