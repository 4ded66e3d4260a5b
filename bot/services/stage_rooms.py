"""Reads what the screens of rooms show: of the sessions around now in each room, the one that is its turn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.rules.stage_rooms import AROUND, session_shown
from bot.services.stage_views import StageView, views_of
from db.bulk import in_parts
from db.database import Database
from db.stage_tables import StageLink
from db.tables import Session


async def room_views(db: Database, clock: Clock, link_ids: Collection[int]) -> dict[int, StageView]:
    """What the pages of these rooms' links show now, by the link; one whose room has no session is left out."""
    now = clock.now()
    async with db.reading() as session:
        sessions = {link.id or 0: await _sessions(session, link, now) for link in await _links(session, link_ids)}
        views = await views_of(session, {key for keys in sessions.values() for key in keys}, now)
    shown = {link: _shown([views[key] for key in keys if key in views]) for link, keys in sessions.items()}
    return {link: view for link, view in shown.items() if view is not None}


async def _links(session: AsyncSession, link_ids: Collection[int]) -> list[StageLink]:
    parts = [await session.exec(select(StageLink).where(col(StageLink.id).in_(part))) for part in in_parts([*link_ids])]
    return [link for part in parts for link in part]


async def _sessions(session: AsyncSession, link: StageLink, now: datetime) -> list[int]:
    """The keys of those in a room that may be shown: around now, and the first that begins later or else the last."""
    of_conference = Session.conference_id == link.room_of
    rooms = await session.exec(select(Session.room).where(of_conference).distinct())
    # the store's own idea of lower case is another one
    named = [room for room in rooms if room and room.casefold() == link.room]
    its_own = select(Session.id).where(of_conference, col(Session.room).in_(named))
    begins, ends = col(Session.starts_at), col(Session.ends_at)
    around = await session.exec(its_own.where(ends > now - AROUND, begins < now + AROUND))
    later = await session.exec(its_own.where(begins >= now + AROUND).order_by(begins).limit(1))
    found = [*around, *later]
    return [key or 0 for key in found or await session.exec(its_own.order_by(ends.desc()).limit(1))]


def _shown(views: Sequence[StageView]) -> StageView | None:
    """The view of the session whose turn it is; by time alone that is over only when it changes itself."""
    session = session_shown([view.placed.expected for view in views])
    return next((view for view in views if view.placed.expected is session), None)
