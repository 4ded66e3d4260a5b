"""Finds whom a talk that moved far after they were reminded of it owes one more reminder.

A step of other services: it takes the open session and only reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.personal_reminders import Aim, Group
from bot.rules.reminders import Kind, Owed
from bot.rules.subscriptions import Reminding
from bot.services.wishes import offered_to, wish_of
from db.bulk import in_parts
from db.people_tables import Subscription
from db.tables import Delivery, Server, Talk


@dataclass(frozen=True, slots=True)
class _Reminded:
    """Somebody's latest reminder of a talk."""

    about: Reminding
    channel_id: int
    revision: int


async def owed_again(
    session: AsyncSession, server: Server, groups: Sequence[Group], aims: Mapping[int, Aim], now: datetime
) -> list[Owed]:
    """One more reminder for those of these groups who still want one and have none coming.

    Args:
        session: the open session.
        server: whose talks they are about.
        groups: rows that reminded people of another time; every one is asked about with one query.
        aims: by talk, what is to be said of it now.
        now: virtual.
    """
    # what an earlier one was sent for tells groups apart, not whom this one reminded
    alike = dict.fromkeys(replace(group, sent_for=None, edit_at=None) for group in groups)
    reminded = [one for group in alike for one in await _latest(session, group)]
    if not reminded:
        return []
    wanted = await _still_wanted(session, server, reminded, now)
    return [_further(server.id, one, aims[one.about.talk_id]) for one in reminded if one.about in wanted]


async def _latest(session: AsyncSession, group: Group) -> list[_Reminded]:
    """Those of a group's rows that no later one follows."""
    later = aliased(Delivery)
    followed = exists().where(
        col(later.user_id) == col(Delivery.user_id),
        col(later.talk_id) == col(Delivery.talk_id),
        col(later.lead_seconds) == col(Delivery.lead_seconds),
        col(later.kind) == col(Delivery.kind),
        col(later.revision) > col(Delivery.revision),
    )
    query = select(Delivery.user_id, Delivery.channel_id).where(
        Delivery.talk_id == group.talk_id,
        col(Delivery.user_id).is_not(None),
        Delivery.kind == group.kind,
        Delivery.lead_seconds == int(group.lead.total_seconds()),
        Delivery.state == group.state,
        Delivery.due_at == group.due_at,
        col(Delivery.shown_start).is_(None) if group.shown_start is None else Delivery.shown_start == group.shown_start,
        col(Delivery.shown_text).is_(None) if group.shown_text is None else Delivery.shown_text == group.shown_text,
        col(Delivery.reason).is_(None) if group.reason is None else Delivery.reason == group.reason,
        Delivery.revision == group.revision,
        ~followed,
    )
    return [
        _Reminded(Reminding(user_id or 0, group.talk_id, group.lead), channel_id, group.revision)
        for user_id, channel_id in await session.exec(query)
    ]


async def _still_wanted(
    session: AsyncSession, server: Server, reminded: Sequence[_Reminded], now: datetime
) -> set[Reminding]:
    """What these people want to be reminded of among the talks that they were reminded of."""
    talks = {one.about.talk_id for one in reminded}
    sessions = set(await session.exec(select(Talk.session_id).where(col(Talk.id).in_(talks))))
    wishes = []
    for part in in_parts(sorted({one.about.user_id for one in reminded})):
        theirs = Subscription.server_id == server.id, col(Subscription.user_id).in_(part)
        wishes += [wish_of(row) for row in await session.exec(select(Subscription).where(*theirs))]
    offered = await offered_to(session, server, wishes, now, session_ids=sessions)
    return offered.remindings(wishes)


def _further(server_id: int, one: _Reminded, aim: Aim) -> Owed:
    return Owed(
        server_id=server_id,
        channel_id=one.channel_id,
        kind=Kind.PERSONAL,
        subject=f"talk-{one.about.talk_id}",
        due_at=aim.due_at(one.about.lead),
        expires_at=aim.starts_at,
        talk_ids=(one.about.talk_id,),
        lead=one.about.lead,
        revision=one.revision + 1,
        user_id=one.about.user_id,
    )
