"""Keeps what people are owed about a talk in line with its forecast: by one statement for all who get the same.

A step of other services: it takes the open writing session and never commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.outbox import State
from bot.rules.personal_reminders import Aim, Corrected, Group, aim_of, change_of
from bot.rules.reminders import Kind
from bot.services.programme import PlacedSession
from db.bulk import in_parts
from db.people_tables import Subscription
from db.tables import Delivery

_Condition = ColumnElement[bool]


async def follow_forecast(session: AsyncSession, placed: Sequence[PlacedSession], now: datetime) -> None:
    """Bring what people are owed about these sessions' talks in line with their forecast."""
    aims = {talk_id: aim for p in placed for talk_id, aim in aims_of(p).items()}
    servers = {p.server_id for p in placed}
    anybody = select(Subscription.id).where(col(Subscription.server_id).in_(servers)).limit(1)
    if not aims or (await session.exec(anybody)).first() is None:
        return
    for part in in_parts(sorted(aims)):
        for of_people in (True, False):
            for group in await _groups(session, part, of_people=of_people):
                await _apply(session, group, aims[group.talk_id], now)


def aims_of(placed: PlacedSession) -> dict[int, Aim]:
    """By talk, what direct messages are to say of it."""
    place = placed.place.channel_id if placed.place else None
    frame = (placed.timezone, placed.page_timezone, place)
    return {e.talk.id: aim_of(placed.expected, e, frame) for e in placed.expected.talks}


def _whose(kind: Kind, talk_ids: Sequence[int]) -> list[_Condition]:
    """Rows for people about talks, in the words of the index that holds them."""
    about = col(Delivery.talk_id).in_(talk_ids)
    if kind is Kind.PERSONAL:
        return [about, col(Delivery.user_id).is_not(None), col(Delivery.kind) == kind]
    return [about, col(Delivery.user_id).is_(None), col(Delivery.kind) == kind]


async def _groups(session: AsyncSession, talk_ids: Sequence[int], *, of_people: bool) -> list[Group]:
    kind = Kind.PERSONAL if of_people else Kind.MENTION
    same = (
        Delivery.talk_id,
        Delivery.lead_seconds,
        Delivery.state,
        Delivery.due_at,
        Delivery.shown_start,
        Delivery.shown_text,
        Delivery.reason,
    )
    columns = (*same, func.min(Delivery.edit_at), func.count(col(Delivery.edit_at)), func.count())
    query = select(*columns).where(*_whose(kind, talk_ids)).group_by(*same)  # type: ignore[call-overload] # more columns than SQLModel types
    found = []
    for talk_id, lead, state, due_at, start, text, reason, edit_at, waiting, number in await session.exec(query):
        earliest = edit_at if waiting == number else None
        found.append(Group(talk_id, kind, timedelta(seconds=lead), State(state), due_at, start, text, earliest, reason))
    return found


async def _apply(session: AsyncSession, group: Group, aim: Aim, now: datetime) -> None:
    change = change_of(group, aim, now)
    if change is None:
        return
    which = [
        *_whose(group.kind, [group.talk_id]),
        col(Delivery.lead_seconds) == int(group.lead.total_seconds()),
        col(Delivery.state) == group.state,
    ]
    if isinstance(change, Corrected):
        shown = (col(Delivery.shown_start), group.shown_start), (col(Delivery.shown_text), group.shown_text)
        which += [column.is_(None) if value is None else column == value for column, value in shown]
        await session.exec(update(Delivery).where(*which).values(edit_at=now))
        return
    values: dict[str, Any] = {"claimed_by": None, "lease_until": None, "retry_at": None, "planned_at": now}
    values |= {"state": change.state.value, "due_at": change.due_at, "expires_at": change.expires_at}
    which.append(col(Delivery.due_at) == group.due_at)
    which.append(col(Delivery.reason).is_(None) if group.reason is None else col(Delivery.reason) == group.reason)
    await session.exec(update(Delivery).where(*which).values(**values, reason=change.reason))
