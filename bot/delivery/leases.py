"""Whose turn a message is: of processes with the same shards one edits it, so that the newest state comes last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import col, select

from bot.delivery.backoff import is_up
from bot.rules.outbox import State
from db.database import NOBODY, Database
from db.tables import Delivery

LEASE = timedelta(seconds=15)
"""Longer than a request may take (10 s), so that a lease that ran out means that nobody is at it any more."""


def free_or_own(claimant: str, real: datetime) -> ColumnElement[bool]:
    """Whether a posted message may be edited by a process at a real moment."""
    return or_(is_up(Delivery.lease_until, real), col(Delivery.claimed_by) == claimant)


async def lease_edits(db: Database, rows: Sequence[Delivery], claimant: str, real: datetime) -> list[Delivery]:
    """Those of the rows that are still to be edited and that nobody else edits, as they are now, in the same order."""
    if not rows:
        return []
    places = {row.id: place for place, row in enumerate(rows)}
    wanted = col(Delivery.id).in_(places), Delivery.state == State.SENT, col(Delivery.edit_at).is_not(None)
    query = select(Delivery).where(*wanted, free_or_own(claimant, real)).with_for_update(skip_locked=True)
    # what a writer holds now it marks anew, and tells of; waiting for it would hold up the console that was pressed
    async with db.transaction(NOBODY, is_news=False) as session:
        leased = list(await session.exec(query))
        for row in leased:
            row.claimed_by, row.lease_until = claimant, real + LEASE
    return sorted(leased, key=lambda row: places[row.id])


async def let_go(db: Database, ids: Collection[str], claimant: str) -> None:
    """Let what a process claimed and does not send now be claimed again, each at its time."""
    ours = col(Delivery.id).in_(ids), col(Delivery.claimed_by) == claimant
    becomes = {State.CLAIMED: State.PENDING, State.DOUBTFUL: State.DOUBTFUL}
    async with db.transaction(NOBODY, is_news=False) as session:
        for state, waits in becomes.items():
            held = update(Delivery).where(*ours, col(Delivery.state) == state)
            await session.exec(held.values(state=waits.value, lease_until=None))
