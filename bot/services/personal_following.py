"""Keeps what people are owed about a talk in line with its forecast: by one statement for all who get the same.

A step of other services: it takes the open writing session and never commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, literal, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.outbox import POSTED, State
from bot.rules.personal_reminders import MENTIONED, Aim, Corrected, Group, aim_of, change_of, is_owed_again
from bot.rules.reminders import Kind, Owed
from bot.services.further_reminders import owed_again
from bot.services.programme import PlacedSession
from db.bulk import in_parts
from db.people_tables import Subscription
from db.tables import Delivery, Server

_Condition = ColumnElement[bool]


async def follow_forecast(
    session: AsyncSession, server: Server, placed: Sequence[PlacedSession], now: datetime
) -> list[Owed]:
    """Bring what people are owed about these sessions' talks in line with their forecast; what to owe them beside."""
    aims = {talk_id: aim for p in placed for talk_id, aim in aims_of(p).items()}
    anybody = select(Subscription.id).where(Subscription.server_id == server.id).limit(1)
    if not aims or (await session.exec(anybody)).first() is None:
        return []
    again: list[Group] = []
    for part in in_parts(sorted(aims)):
        for of_people in (True, False):
            for group in await _groups(session, part, of_people=of_people):
                await _apply(session, group, aims[group.talk_id], now)
                if is_owed_again(group, aims[group.talk_id], now):
                    again.append(group)
    return await owed_again(session, server, again, aims, now)


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


def _sent_for() -> Any:  # noqa: ANN401 - an expression
    """When the person of a further reminder was last reminded of its talk before."""
    earlier = aliased(Delivery)
    same = [
        col(getattr(earlier, name)) == col(getattr(Delivery, name))
        for name in ("user_id", "talk_id", "lead_seconds", "kind")
    ]
    mentioned = and_(col(earlier.state) == State.FAILED, col(earlier.reason) == MENTIONED)
    reminded = or_(col(earlier.state).in_(POSTED), mentioned)
    query = select(func.max(earlier.due_at)).where(*same, col(earlier.revision) < col(Delivery.revision), reminded)
    return query.correlate(Delivery).scalar_subquery()


async def _groups(session: AsyncSession, talk_ids: Sequence[int], *, of_people: bool) -> list[Group]:
    kind = Kind.PERSONAL if of_people else Kind.MENTION
    revision = col(Delivery.revision) if of_people else literal(0)  # of mentions it tells fifty people from others
    columns: tuple[Any, ...] = (
        Delivery.talk_id,
        Delivery.lead_seconds,
        Delivery.state,
        Delivery.due_at,
        Delivery.shown_start,
        Delivery.shown_text,
        Delivery.reason,
        revision.label("revision"),
        case((revision > 0, _sent_for())).label("sent_for"),
        Delivery.edit_at,
    )
    row = select(*columns).where(*_whose(kind, talk_ids)).subquery().c
    same: list[Any] = [column for column in row if column is not row.edit_at]
    waiting: Any = case((func.count(row.edit_at) == func.count(), func.min(row.edit_at)))
    query = select(*same, waiting.label("edit_at")).group_by(*same)  # type: ignore[call-overload] # more columns than SQLModel types
    return [_group(kind, found) for found in await session.exec(query)]


def _group(kind: Kind, found: Row[Any]) -> Group:
    return Group(
        talk_id=found.talk_id,
        kind=kind,
        lead=timedelta(seconds=found.lead_seconds),
        state=State(found.state),
        due_at=found.due_at,
        shown_start=found.shown_start,
        shown_text=found.shown_text,
        edit_at=found.edit_at,
        reason=found.reason,
        revision=found.revision,
        sent_for=found.sent_for,
    )


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
        which += [_is(column, value) for column, value in shown]
        await session.exec(update(Delivery).where(*which).values(edit_at=now))
        return
    values: dict[str, Any] = {"claimed_by": None, "lease_until": None, "retry_at": None, "planned_at": now}
    values |= {"state": change.state.value, "due_at": change.due_at, "expires_at": change.expires_at}
    which += [col(Delivery.due_at) == group.due_at, _is(col(Delivery.reason), group.reason)]
    if group.kind is Kind.PERSONAL:
        which.append(col(Delivery.revision) == group.revision)
    if group.revision:
        which.append(_is(_sent_for(), group.sent_for))
    await session.exec(update(Delivery).where(*which).values(**values, reason=change.reason))


def _is(column: Any, value: object) -> _Condition:  # noqa: ANN401 - a column or an expression
    found: _Condition = column.is_(None) if value is None else column == value
    return found
