"""Owes the channels one message about what changed in their programme. A step of other services: never commits.

What the talks were before is kept with the message and compared with what they are when it is sent, so that several
changes before that are told as one, and one that was taken back is not told at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.rules.outbox import UNSENT, State
from bot.rules.programme_diff import TalkFacts, change_of, is_news
from bot.rules.reminders import Kind, Owed
from bot.services.chosen import chosen_by
from bot.services.planning import owe
from bot.services.versions import Before
from db.bulk import in_parts
from db.tables import Delivery, Server, Session, Talk

MOST_TOLD = 100
"""A message shows a dozen and counts the others; a programme that is new in all its parts needs no more."""


@dataclass(frozen=True, slots=True)
class TalkNow:
    """A talk as it is, and the session that it is in."""

    facts: TalkFacts
    session_id: int
    conference_id: int


async def talks_now(session: AsyncSession, talk_ids: Collection[int]) -> dict[int, TalkNow]:
    """The talks of these keys that there are, as they are stored."""
    columns = (Talk.id, Talk.session_id, Talk.title, Talk.starts_at, Talk.ends_at, Talk.room, Talk.cancelled)
    found: dict[int, TalkNow] = {}
    for part in in_parts(sorted(talk_ids)):
        query = select(*columns, Session.conference_id).where(col(Talk.session_id) == Session.id)  # type: ignore[call-overload] # more columns than SQLModel types
        for row in await session.exec(query.where(col(Talk.id).in_(part)).order_by(col(Talk.id))):
            facts = TalkFacts(row.title, row.starts_at, row.ends_at, row.room, row.cancelled)
            found[row.id] = TalkNow(facts, row.session_id, row.conference_id)
    return found


def facts_before(talks: Mapping[int, TalkNow], before: Before) -> dict[int, TalkFacts | None]:
    """What talks were before a change that noted what it replaced; None for one that is new."""
    old, new = before.of("talks"), {table: frozenset(keys) for table, keys in before.new.items()}
    was: dict[int, TalkFacts | None] = {}
    for key, talk in talks.items():
        is_new = key in new.get("talks", ()) or talk.session_id in new.get("sessions", ())
        replaced = {name: value for name, value in old.get(key, {}).items() if name in _FACTS}
        was[key] = None if is_new and key not in old else replace(talk.facts, **replaced)
    return was


_FACTS = frozenset(field.name for field in fields(TalkFacts))


async def owe_changes(
    session: AsyncSession, server: Server, talk_ids: Sequence[int], before: Before, now: datetime
) -> frozenset[int]:
    """Owe each channel concerned a message about the talks whose change is news; which talks those are."""
    talks = await talks_now(session, talk_ids)
    was = facts_before(talks, before)
    news = {key: talk for key, talk in talks.items() if is_news(change_of(was[key], talk.facts), now)}
    if not news:
        return frozenset()
    channels = await chosen_by(session, server, now)
    rooms = await _rooms(session, news, before)
    by_channel: dict[int, list[int]] = defaultdict(list)
    for talk_id in news:
        for channel_id in {channels.channel_of(room) for room in rooms[talk_id]} - {None}:
            by_channel[channel_id or 0].append(talk_id)
    for channel_id, told in by_channel.items():
        shown = sorted(told, key=lambda key: news[key].facts.starts_at)[:MOST_TOLD]
        changes = {key: (was[key], news[key].facts) for key in shown}
        owed = _message(server.id, channel_id, news[shown[0]].conference_id, changes, now)
        owed.details["more"] = len(told) - len(shown)
        await _owe(session, owed)
    return frozenset(key for told in by_channel.values() for key in told)


async def _rooms(session: AsyncSession, talks: Mapping[int, TalkNow], before: Before) -> dict[int, set[str | None]]:
    """By talk, the rooms of the session that it is in and of the one that it was in."""
    old_rooms, noted = before.rows.get("sessions", {}), before.rows.get("talks", {})
    sessions = {
        key: {talk.session_id, noted.get(key, {}).get("session_id", talk.session_id)} for key, talk in talks.items()
    }
    keys = {key for of_talk in sessions.values() for key in of_talk}
    rooms: dict[int, set[str | None]] = {}
    for part in in_parts(sorted(keys)):
        query = select(Session.id, Session.room).where(col(Session.id).in_(part))
        rows = [(key or 0, room) for key, room in await session.exec(query)]
        rooms |= {key: {room, old_rooms.get(key, {}).get("room", room)} for key, room in rows}
    return {key: {room for one in of_talk for room in rooms.get(one, ())} for key, of_talk in sessions.items()}


def _message(
    server_id: int,
    channel_id: int,
    conference_id: int,
    changes: Mapping[int, tuple[TalkFacts | None, TalkFacts]],
    now: datetime,
) -> Owed:
    """The message owed to one channel; it helps nobody once the last of its talks is over."""
    ends = [facts.ends_at for pair in changes.values() for facts in pair if facts is not None]
    return Owed(
        server_id=server_id,
        channel_id=channel_id,
        kind=Kind.CHANGES,
        subject=f"programme-{conference_id}",
        due_at=now,
        expires_at=max(ends),
        details={"before": {str(key): was.as_json() if was else None for key, (was, _) in changes.items()}},
    )


async def _owe(session: AsyncSession, owed: Owed) -> None:
    """Write the message, or add to the one that waits for the same channel already."""
    query = select(Delivery).where(Delivery.server_id == owed.server_id, Delivery.channel_id == owed.channel_id)
    rows = list(await session.exec(query.where(Delivery.kind == Kind.CHANGES)))
    waiting = next((row for row in rows if row.state in UNSENT and row.key.split(":")[1] == owed.subject), None)
    if waiting is None:
        owed = owed.revised(max((row.revision for row in rows), default=-1) + 1)
        await owe(session, owed)
        return
    before = {**owed.details["before"], **waiting.details["before"]}
    more = max(owed.details["more"], waiting.details.get("more", 0))
    waiting.details = {"before": before, "more": more}
    waiting.expires_at = max(moment for moment in (waiting.expires_at, owed.expires_at) if moment)
    if waiting.state == State.CLAIMED:
        # its message was written already, from the programme as it was before
        waiting.state, waiting.claimed_by, waiting.lease_until = State.PENDING.value, None, None
    await session.flush()
