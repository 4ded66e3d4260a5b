"""Makes and takes away rows so that people are owed what they asked for: when they ask, and when the plan changes.

A step of other services: it takes the open writing session and never commits. What a moved talk means for rows that
are there already is bot/services/personal_following.py's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import give_way
from bot.rules.outbox import SHELVED, UNSENT, State, too_late
from bot.rules.personal_reminders import TAKEN_OFF, Aim
from bot.rules.reminders import Kind, Owed
from bot.rules.subscriptions import Reminding, Wanted
from bot.services.personal_following import aims_of
from bot.services.planning import row_of
from bot.services.programme import ROWS_AT_ONCE, PlacedSession, load_sessions
from bot.services.wishes import WISHES_AT_ONCE, offered_to, wish_of
from db.bulk import in_parts, insert_rows
from db.columns import METADATA
from db.people_tables import Mention, Person, Subscription
from db.tables import Delivery, Server, Talk


async def plan_people(
    session: AsyncSession,
    server: Server,
    now: datetime,
    *,
    user_id: int | None = None,
    session_ids: Collection[int] | None = None,
) -> None:
    """Make and take away rows so that they are what people asked for: of one person, or about some sessions' talks."""
    if user_id is None:
        # no change of the plan makes somebody who named a talk want another one
        of_server = Subscription.server_id == server.id
        others = select(Subscription.id).where(of_server, Subscription.kind != Wanted.TALK).limit(1)
        if (await session.exec(others)).first() is None:
            return
    whose = None if user_id is None else [user_id]
    wanted = await _plan(session, server, now, whose, session_ids)
    if user_id is not None:
        await leave_mentions(session, server.id, user_id, wanted)


async def follow_first_talk(session: AsyncSession, server: Server, session_id: int, now: datetime) -> None:
    """A talk of a session was skipped, or is no longer: who wants its start is reminded of the first one to come."""
    wanting = select(Subscription.user_id).where(
        Subscription.server_id == server.id, Subscription.kind == Wanted.SESSION, Subscription.session_id == session_id
    )
    people = list(await session.exec(wanting.distinct()))
    for some in in_parts(people):
        await _plan(session, server, now, some, [session_id])


async def _plan(
    session: AsyncSession,
    server: Server,
    now: datetime,
    people: Sequence[int] | None,
    session_ids: Collection[int] | None,
) -> set[Reminding]:
    """What these people, all of the server's for None, are to be reminded of, once the rows are so."""
    who = [col(Subscription.server_id) == server.id, *_of(col(Subscription.user_id), people)]
    wishes = [wish_of(row) for row in await session.exec(select(Subscription).where(*who))]
    offered = await offered_to(session, server, wishes, now)
    # a name that fits too many talks counts with the earliest, which any session's change may shift
    bounded = any(len(offered.all_of(wish)) != len(offered.of(wish)) for wish in wishes)
    only = None if bounded or session_ids is None else await _talks_in(session, session_ids)
    wanted: set[Reminding] = set()
    for some in in_parts(wishes, WISHES_AT_ONCE):
        wanted |= {one for one in offered.remindings(some) if only is None or one.talk_id in only}
        await give_way()
    stored = await _stored(session, server.id, people, only)
    surplus = [key for one, key, state in stored if one not in wanted and state in UNSENT | SHELVED]
    for part in in_parts(surplus):
        await session.exec(delete(Delivery).where(col(Delivery.id).in_(part)))
    known = {one for one, _, _ in stored}
    await _insert(session, server, [one for one in wanted if one not in known], now)
    return wanted


def _of(column: Any, people: Sequence[int] | None) -> list[ColumnElement[bool]]:  # noqa: ANN401 - a column
    return [] if people is None else [column.in_(people)]


async def _talks_in(session: AsyncSession, session_ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for part in in_parts(sorted(session_ids)):
        keys = await session.exec(select(Talk.id).where(col(Talk.session_id).in_(part)))
        found |= {key for key in keys if key is not None}
    return found


async def _stored(
    session: AsyncSession, server_id: int, people: Sequence[int] | None, talk_ids: Collection[int] | None
) -> list[tuple[Reminding, str, State]]:
    """What people are owed or were sent, of some, about some talks, or all of a server's; with key and standing."""
    query = select(Delivery.id, Delivery.user_id, Delivery.talk_id, Delivery.lead_seconds, Delivery.state).where(  # type: ignore[call-overload] # more columns than SQLModel types
        Delivery.server_id == server_id, Delivery.kind == Kind.PERSONAL
    )
    query = query.where(col(Delivery.user_id).is_not(None), *_of(col(Delivery.user_id), people))
    parts = [[]] if talk_ids is None else list(in_parts(sorted(talk_ids)))
    found: list[tuple[Reminding, str, State]] = []
    for part in parts:
        rows = await session.exec(query if talk_ids is None else query.where(col(Delivery.talk_id).in_(part)))
        for some in rows.partitions(ROWS_AT_ONCE):
            await give_way()
            for key, user, talk_id, lead, state in some:
                found.append((Reminding(user, talk_id, timedelta(seconds=lead)), key, State(state)))
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
