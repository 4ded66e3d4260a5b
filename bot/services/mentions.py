"""What becomes of a direct message to somebody whose messages are closed: a mention where they agreed to one.

One message in the session's channel mentions up to fifty people who wanted the same reminder. It waits a few seconds
for more of them, as closed messages are noticed one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.outbox import State
from bot.rules.personal_reminders import CLOSED, MENTIONED
from bot.rules.reminders import Kind, Owed
from bot.services.planning import owe
from bot.services.programme import load_sessions
from db.columns import METADATA
from db.people_tables import Mention, Subscription
from db.tables import Delivery, Server, Talk

MENTIONED_AT_MOST = 50
GATHERS = timedelta(seconds=5)
"""Virtual; how long a mention waits for others."""


async def cannot_be_reached(session: AsyncSession, rows: Sequence[Delivery], now: datetime) -> None:
    """Give up direct messages to people whose messages are closed; those who agreed are mentioned instead."""
    agreed = await _agreed(session, rows)
    by_message: dict[tuple[int, int, int], list[Delivery]] = defaultdict(list)
    closed: list[str] = []
    for row in rows:
        if row.kind == Kind.PERSONAL and (row.server_id, row.user_id) in agreed:
            by_message[row.server_id, row.talk_id or 0, row.lead_seconds].append(row)
        else:
            closed.append(row.id)
    for (server_id, talk_id, _), theirs in by_message.items():
        channel_id = await _channel_of(session, server_id, talk_id, now)
        if channel_id is None:
            closed += [row.id for row in theirs]
        else:
            await _mention(session, theirs, channel_id, now)
    await _give_up(session, closed, State.SKIPPED, CLOSED)


async def _agreed(session: AsyncSession, rows: Sequence[Delivery]) -> set[tuple[int, int]]:
    """The servers and people who agreed to be mentioned there."""
    people = {row.user_id for row in rows}
    query = select(Subscription.server_id, Subscription.user_id).where(col(Subscription.mentions).is_(True))
    return set(await session.exec(query.where(col(Subscription.user_id).in_(people)).distinct()))


async def _channel_of(session: AsyncSession, server_id: int, talk_id: int, now: datetime) -> int | None:
    server, talk = await session.get(Server, server_id), await session.get(Talk, talk_id)
    if server is None or talk is None:
        return None
    placed = await load_sessions(session, server=server, now=now, session_ids=[talk.session_id])
    return placed[0].place.channel_id if placed and placed[0].place else None


async def _give_up(session: AsyncSession, keys: Sequence[str], state: State, reason: str) -> None:
    values = {"state": state.value, "reason": reason, "claimed_by": None, "lease_until": None, "retry_at": None}
    await session.exec(update(Delivery).where(col(Delivery.id).in_(keys)).values(**values))


async def _mention(session: AsyncSession, rows: Sequence[Delivery], channel_id: int, now: datetime) -> None:
    """Put people into the messages that wait, and into new ones; their own rows are done with."""
    left = list(rows)
    for key, number in await _waiting(session, rows[0], channel_id):
        await _join(session, key, left[: MENTIONED_AT_MOST - number])
        left = left[MENTIONED_AT_MOST - number :]
    while left:
        key = await _new_message(session, left[0], channel_id, now)
        await _join(session, key, left[:MENTIONED_AT_MOST])
        left = left[MENTIONED_AT_MOST:]
    # failed, not skipped: no move of the talk is to bring them back beside the mention
    await _give_up(session, [row.id for row in rows], State.FAILED, MENTIONED)


async def _waiting(session: AsyncSession, like: Delivery, channel_id: int) -> list[tuple[str, int]]:
    """The messages for the same that are not written yet and have room, with how many people each mentions."""
    number = func.count(col(Mention.user_id))
    query = (
        select(Delivery.id, number)
        .join(Mention, col(Mention.delivery_id) == Delivery.id, isouter=True)
        .where(
            Delivery.talk_id == like.talk_id,
            col(Delivery.user_id).is_(None),
            Delivery.kind == Kind.MENTION,
            Delivery.lead_seconds == like.lead_seconds,
            Delivery.channel_id == channel_id,
            Delivery.state == State.PENDING,
        )
        .group_by(col(Delivery.id))
        .having(number < MENTIONED_AT_MOST)
    )
    return [(key, found) for key, found in await session.exec(query)]


async def _join(session: AsyncSession, key: str, rows: Sequence[Delivery]) -> None:
    already = set((await mentioned_by(session, [key])).get(key, ()))
    people = sorted({row.user_id or 0 for row in rows} - already)
    if people:
        await session.exec(
            insert(METADATA.tables["mentions"]), params=[{"delivery_id": key, "user_id": one} for one in people]
        )


async def _new_message(session: AsyncSession, like: Delivery, channel_id: int, now: datetime) -> str:
    subject = f"talk-{like.talk_id}"
    about = f"{like.server_id}:{subject}:{Kind.MENTION}:{like.lead_seconds}:{channel_id}:"
    earlier = select(func.coalesce(func.max(Delivery.revision), -1)).where(col(Delivery.key).startswith(about))
    newest: int = (await session.exec(earlier)).one()
    gathered = max(like.due_at, now) + GATHERS
    expires_at = like.expires_at or gathered + GATHERS
    owed = Owed(
        server_id=like.server_id,
        channel_id=channel_id,
        kind=Kind.MENTION,
        subject=subject,
        due_at=gathered if gathered < expires_at else now,
        expires_at=expires_at,
        talk_ids=(like.talk_id or 0,),
        lead=timedelta(seconds=like.lead_seconds),
        revision=newest + 1,
    )
    await owe(session, owed)
    return (await session.exec(select(Delivery.id).where(Delivery.key == owed.key))).one()


async def mentioned_by(session: AsyncSession, delivery_ids: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """By message, whom it mentions."""
    found: dict[str, list[int]] = defaultdict(list)
    query = select(Mention.delivery_id, Mention.user_id).where(col(Mention.delivery_id).in_(delivery_ids))
    for key, user_id in await session.exec(query.order_by(col(Mention.user_id))):
        found[key].append(user_id)
    return {key: tuple(people) for key, people in found.items()}
