"""Builds what tells a channel that its programme changed: from what its talks were and what they are now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.delivery.composed import Composed
from bot.messages.programme_changes import programme_changed
from bot.rules.programme_diff import TalkChange, TalkFacts, change_of, is_news
from bot.services.telling import talks_now
from db.tables import Conference, Delivery, Session, Source


@dataclass(frozen=True, slots=True)
class ToldChanges:
    """What became of the talks that a message is about, how many more, and the zones that its times are shown in."""

    changes: tuple[TalkChange, ...]
    more: int
    timezone: str
    page_timezone: str | None


async def changes_told(session: AsyncSession, rows: Sequence[Delivery], now: datetime) -> dict[str, ToldChanges]:
    """What each of these deliveries tells at a virtual moment, by its id; nothing for one that is no news any more."""
    keys = {int(key) for row in rows for key in row.details["before"]}
    talks = await talks_now(session, keys)
    zones = await _zones(session, {talk.session_id for talk in talks.values()})
    found: dict[str, ToldChanges] = {}
    for row in rows:
        before = {int(key): stored for key, stored in row.details["before"].items() if int(key) in talks}
        changes = [
            change_of(TalkFacts.from_json(stored) if stored else None, talks[key].facts)
            for key, stored in before.items()
        ]
        news = tuple(change for change in changes if is_news(change, now))
        if news:
            timezone, page_timezone = zones[talks[next(iter(before))].session_id]
            found[row.id] = ToldChanges(news, row.details.get("more", 0), timezone, page_timezone)
    return found


def of_changes(told: ToldChanges | None, row: Delivery) -> Composed | None:
    """The message; None where everything is as it was."""
    if told is None:
        return None
    message = programme_changed(told.changes, told.timezone, told.page_timezone, row.id, more=told.more)
    return Composed(message, None, "")


async def _zones(session: AsyncSession, session_ids: set[int]) -> dict[int, tuple[str, str | None]]:
    query = select(Session.id, Conference.timezone, Source.page_timezone)
    query = query.where(col(Session.source_id) == Source.id, col(Session.conference_id) == Conference.id)
    rows = await session.exec(query.where(col(Session.id).in_(session_ids)))
    return {key or 0: (timezone, page) for key, timezone, page in rows}
