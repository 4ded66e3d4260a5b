"""The moments at which the outbox next has something to do, and what of it is claimed apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.outbox import State
from bot.rules.reminders import Kind
from db.tables import Delivery

Conditions = Sequence[ColumnElement[bool]]
IS_REPORT: ColumnElement[bool] = col(Delivery.kind) == literal_column(f"'{Kind.REPORT.value}'")
"""Written out, so that a store finds the few by an index of their own, however much is pending."""


class Lane(Enum):
    """What is claimed apart, in this order."""

    REMINDERS = 0
    BOARDS = 1
    REPORTS = 2
    DIRECT = 3


@dataclass(frozen=True, slots=True)
class NextDue:
    """What to wake for: virtual moments of new messages and edits, real ones of retries and of others' leases."""

    due_at: datetime | None
    edit_at: datetime | None
    direct_due_at: datetime | None
    direct_edit_at: datetime | None
    report_due_at: datetime | None
    retry_at: datetime | None
    lease_until: datetime | None


async def next_due(
    session: AsyncSession,
    editing: Collection[str],
    mine: Conditions,
    *,
    lanes: tuple[Conditions, Conditions],
    own: ColumnElement[bool],
    to_edit: ColumnElement[bool],
    until: datetime,
) -> NextDue:
    """What to wake for next of the rows that fit `mine`, beside the deliveries whose edit is under way.

    `lanes` are channels and direct messages; reports are looked at apart. `own` is what this process is at, `to_edit`
    what no other one edits, `until` the virtual moment until which messages are claimed now.
    """
    never_tried = col(Delivery.retry_at).is_(None)
    # what was tried when the clock said a later time waits for its moment like any other
    later = col(Delivery.due_at) > until
    to_send = and_(col(Delivery.state) == State.PENDING, or_(never_tried, later))
    unsent = and_(col(Delivery.state).in_([State.PENDING, State.BLOCKED]), ~later)
    # what another process edits is looked at with the next heartbeat, should that one be gone
    editable = and_(col(Delivery.state) == State.SENT, col(Delivery.id).not_in(editing), to_edit)
    to_show = and_(editable, never_tried)
    doubtful, to_report = col(Delivery.state) == State.DOUBTFUL, and_(to_send, IS_REPORT)
    tried = and_(or_(unsent, doubtful, and_(editable, col(Delivery.edit_at).is_not(None))), ~never_tried)
    # somebody else is at it, and may end before it is done
    elsewhere = and_(col(Delivery.state).in_([State.CLAIMED, State.SENDING, State.DOUBTFUL]), ~own)

    def first(column: Any, rows: ColumnElement[bool], lane: Conditions = ()) -> Any:  # noqa: ANN401 - columns and what is selected of them have no one type
        return select(func.min(column)).where(rows, *mine, *lane).scalar_subquery()

    channels_and_people = [
        moment
        for lane in lanes
        for moment in (first(Delivery.due_at, and_(to_send, ~IS_REPORT), lane), first(Delivery.edit_at, to_show, lane))
    ]
    later_on = first(Delivery.retry_at, tried), first(Delivery.lease_until, elsewhere)
    moments = [*channels_and_people, first(Delivery.due_at, to_report), *later_on]
    return NextDue(*(await session.exec(select(*moments))).one())
