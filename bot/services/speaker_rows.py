"""Reads who speaks in which talk, as the rules take it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.outbox import State
from bot.rules.reminders import Kind
from bot.rules.speakers import Speaker, still_here
from db.bulk import in_parts
from db.people_tables import Person, SpeakerLink
from db.tables import Delivery, Talk


async def speakers_by_session(session: AsyncSession, session_ids: Sequence[int]) -> dict[int, tuple[Speaker, ...]]:
    """The speakers of the sessions that have any, in the order in which they were linked."""
    found: dict[int, list[Speaker]] = defaultdict(list)
    for part in in_parts(session_ids):
        query = select(SpeakerLink, Talk.session_id, Person.dm_channel_id, Talk.starts_at).join(
            Talk, col(SpeakerLink.talk_id) == Talk.id
        )
        query = query.outerjoin(Person, col(SpeakerLink.user_id) == Person.id).where(col(Talk.session_id).in_(part))
        for row, session_id, channel_id, starts_at in await session.exec(query.order_by(col(SpeakerLink.id))):
            found[session_id].append(speaker_of(row, channel_id, starts_at))
    return {session_id: tuple(speakers) for session_id, speakers in found.items()}


def speaker_of(row: SpeakerLink, direct_channel_id: int | None, starts_at: datetime) -> Speaker:
    """A stored link as the rules take it; `starts_at` is the talk's planned start."""
    return Speaker(
        link=row.id or 0,
        talk_id=row.talk_id,
        user_id=row.user_id,
        claimed_at=row.claimed_at,
        direct_channel_id=direct_channel_id,
        linked_at=row.linked_at,
        checked_in_at=still_here(row.checked_in_at, starts_at),
        wants_cues=row.wants_cues,
    )


async def claim_settled(session: AsyncSession, link: int, now: datetime) -> None:
    """A claim was decided, or taken back, elsewhere than under the message that asks moderators about it."""
    asks = col(Delivery.kind) == Kind.CLAIM, col(Delivery.key).contains(f":claim-{link}:")
    of_link = select(col(SpeakerLink.talk_id)).where(SpeakerLink.id == link)
    posted = col(Delivery.state) == State.SENT, col(Delivery.talk_id).in_(of_link)
    await session.exec(update(Delivery).where(*asks, *posted).values(edit_at=now))
