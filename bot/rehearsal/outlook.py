"""What comes next in a rehearsal: read from the bot's store, so that a jump of the clock passes nothing over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.outbox import State
from bot.rules.reminders import Kind
from db.database import Database
from db.tables import Delivery, Server, Session, Talk

NAMES = {
    Kind.UP_NEXT: "Up next",
    Kind.CUE: "Time signal",
    Kind.SPEAKER_CUE: "Time signal",
    Kind.QUESTION: "A question",
    Kind.LEFTOVERS: "Questions that were not reached",
    Kind.SPEAKER_LEFT: "Questions that were not reached",
    Kind.CHECK_IN: "Is the speaker here?",
    Kind.CHASE: "Is the speaker here?",
}
"""What some kinds of delivery are called here; the others go by their own names."""


class Upcoming(NamedTuple):
    """What comes next, in a few words, and its virtual moment."""

    at: datetime
    what: str


def named(kind: str) -> str:
    """A kind of delivery as people call it."""
    return NAMES.get(Kind(kind), kind.replace("_", " ").capitalize())


async def anything_due(db: Database, now: datetime) -> bool:
    """Whether a message is still to be posted or edited; what a manager has paused is not."""
    unsent = col(Delivery.state).in_([State.PENDING, State.CLAIMED, State.SENDING, State.DOUBTFUL])
    due = or_(
        and_(unsent, col(Delivery.due_at) <= now),
        and_(col(Delivery.state) == State.SENT, col(Delivery.edit_at) <= now),
    )
    async with db.reading() as session:
        return (await session.exec(_posted(select(Delivery.id)).where(due).limit(1))).first() is not None


async def next_after(db: Database, now: datetime, others: Iterable[Upcoming] = ()) -> Upcoming | None:
    """The earliest of what the bot's store holds and of what else is known; None if nothing more comes."""
    async with db.reading() as session:
        stored = [*await _deliveries(session, now), *await _planned(session, now)]
    ahead = (upcoming for upcoming in (*stored, *others) if upcoming.at > now)
    return min(ahead, key=lambda upcoming: upcoming.at, default=None)


async def _deliveries(session: AsyncSession, now: datetime) -> list[Upcoming]:
    """The next message, and the next edit of one."""
    unsent = col(Delivery.state).in_([State.PENDING, State.CLAIMED])
    about = _posted(select(Delivery.due_at, Delivery.kind, Talk.title).join(Talk, isouter=True))
    posts = await _first(session, about.where(unsent), Delivery.due_at, now)
    about = _posted(select(Delivery.edit_at, Delivery.kind, Talk.title).join(Talk, isouter=True))
    edits = await _first(session, about.where(col(Delivery.state) == State.SENT), Delivery.edit_at, now)
    return [
        *(Upcoming(at, f"{named(kind)}: {title}" if title else named(kind)) for at, kind, title in posts),
        *(Upcoming(at, f"{named(kind)} brought up to date") for at, kind, _ in edits),
    ]


async def _planned(session: AsyncSession, now: datetime) -> list[Upcoming]:
    """The next start and end by the plan, and the next look at what passing time changes."""
    taking_place = col(Talk.cancelled).is_(False)
    starts = await _first(session, select(Talk.starts_at, Talk.title).where(taking_place), Talk.starts_at, now)
    ends = await _first(session, select(Talk.ends_at, Talk.title).where(taking_place), Talk.ends_at, now)
    looks = await _first(session, select(Session.replan_at, Session.title), Session.replan_at, now)
    return [
        *(Upcoming(at, f"Planned start: {title}") for at, title in starts),
        *(Upcoming(at, f"Planned end: {title}") for at, title in ends),
        *(Upcoming(at, f"The clock of {title}") for at, title in looks),
    ]


async def _first(session: AsyncSession, query: Any, column: Any, now: datetime) -> list[Any]:  # noqa: ANN401 - columns and what is selected of them have no one type
    return list(await session.exec(query.where(col(column) > now).order_by(column).limit(1)))


def _posted(query: Any) -> Any:  # noqa: ANN401 - as above
    """Of servers where posting is not paused."""
    return query.join(Server, col(Server.id) == Delivery.server_id).where(col(Server.paused_at).is_(None))
