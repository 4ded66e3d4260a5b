"""What is learned from a server's sessions that are over: read once, kept in memory, and followed by what is tapped."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import case, func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import give_way
from bot.rules.hints import Hint, Learned, TimedTalk, hint, learned, timed_talks
from bot.rules.programme import PlannedSession, PlannedTalk, in_order
from bot.rules.run import TimingKind, fold
from bot.rules.taps import SAME_DAY
from bot.services.programme import PlacedSession
from bot.services.timekeeping import Live
from bot.services.timing_rows import events_by_session
from db import tables
from db.bulk import in_parts
from db.database import Database
from db.tables import Conference, Server, Session, Talk

log = logging.getLogger(__name__)

MOST_TALKS = 1_000
"""The newest that are learned from: of a kind that is a fiftieth of them there are still enough."""
MOST_SESSIONS = 2_000
"""The newest that are looked at for them."""
MOST_SERVERS = 200
"""Those whose consoles were drawn last; of others it is read anew."""
READ_AT_ONCE = 4
"""Sessions read and folded in one go: more would hold up everybody's answer."""
SETTLED_AFTER = timedelta(hours=1)
"""After its planned end, and between two looks, a session that nobody closed may be over by the plan."""


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
Over = dict[int, tuple[datetime, Sequence[TimedTalk]]]
"""Of each session its planned end, and the talks that count."""


@dataclass(slots=True)
class _Past:
    """What is known of one server.

    Attributes:
        newest: the store's last timing event when it was looked at; seen: the server's own. Another server's
            may be stored before one with a smaller number.
        over: the sessions that are over, as far as anything of them counts.
        look_at: virtual; when each other session with events is looked at next.
        learned: from all of them.
        guard: what their clocks were folded with.
    """

    guard: bool
    newest: int = 0
    seen: int = 0
    over: Over = field(default_factory=dict)
    look_at: dict[int, datetime] = field(default_factory=dict)
    learned: Learned = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def without(self, session_id: int) -> Learned:
        """What the other sessions taught."""
        if session_id not in self.over:
            return self.learned
        return learned(talk for key, (_, talks) in self.over.items() if key != session_id for talk in talks)


_PASTS: WeakKeyDictionary[Database, dict[int, _Past]] = WeakKeyDictionary()
"""Beside each store, by server; gone with it."""


async def with_past(
    db: Database, session: AsyncSession, server: Server, placed: Sequence[PlacedSession], now: datetime
) -> list[PlacedSession]:
    """Sessions of a server with what its others taught; as they are where it wants no hints.

    Args:
        db: the store.
        session: open on it.
        server: whose.
        placed: those that are shown.
        now: virtual.
    """
    if not any(p.reports.hints for p in placed):
        return list(placed)
    past = _past_of(db, server)
    try:
        async with past.turn:
            await _bring_up_to_date(session, server.id, past, now)
    except SQLAlchemyError:
        raise
    except Exception:
        # a damaged row of last year's holds up nobody's console today
        log.exception("what is past on server %s could not be read; no hints from it", server.id)
    return [replace(p, learned=past.without(p.session.id)) for p in placed]


def _past_of(db: Database, server: Server) -> _Past:
    pasts = _PASTS.setdefault(db, {})
    past = pasts.pop(server.id, None)
    if past is None or past.guard != server.guards_clock:
        past = _Past(server.guards_clock)
    pasts[server.id] = past
    while len(pasts) > MOST_SERVERS:
        del pasts[next(iter(pasts))]
    return past


async def with_hint(db: Database, live: Live) -> Live:
    """A session for showing, with what its server's others taught where that is wanted."""
    if not live.placed.reports.hints:
        return live
    async with db.reading() as session:
        server = await session.get(Server, live.placed.server_id)
        placed = await with_past(db, session, server, [live.placed], live.now) if server else [live.placed]
    return replace(live, placed=placed[0])


def hint_for(placed: PlacedSession, now: datetime) -> Hint | None:
    """What a session's console says of the past, where its server wants that."""
    if not placed.reports.hints:
        return None
    return hint(placed.session, placed.run, now, placed.learned, guard=placed.guarded)


async def _bring_up_to_date(session: AsyncSession, server_id: int, past: _Past, now: datetime) -> None:
    """Look at what was tapped since, and at what may be over by the plan; at nothing where there is neither."""
    newest = (await session.exec(select(func.max(tables.TimingEvent.id)))).one() or 0
    seen, tapped = await _tapped(session, server_id, past.seen) if newest != past.newest else (past.seen, {})
    # what counted as over was opened again, or its closing was taken back
    look_at = past.look_at | {key: now if key in past.over else at for key, at in tapped.items()}
    due = [key for key, at in look_at.items() if at <= now]
    if due:
        found = await _looked_at(session, due, now, guard=past.guard)
        over = {key: kept for key, kept in past.over.items() if key not in found} | found
        for key in due:
            ends_at, talks = found.get(key, (None, ()))
            del look_at[key]
            if ends_at is not None and not talks and now < ends_at + SAME_DAY:
                look_at[key] = now + SETTLED_AFTER
        past.over = _newest({key: kept for key, kept in over.items() if kept[1]})
        past.learned = learned(talk for _, talks in past.over.values() for talk in talks)
    past.look_at, past.newest, past.seen = look_at, newest, seen


async def _tapped(session: AsyncSession, server_id: int, seen: int) -> tuple[int, dict[int, datetime]]:
    """The server's last timing event, and when to look at each session that was tapped since, the newest first."""
    closed = func.max(case((col(tables.TimingEvent.kind) == TimingKind.CLOSE.value, 1), else_=0))
    last = func.max(tables.TimingEvent.id)
    query = (
        select(Session.id, Session.ends_at, closed, last)
        .join(tables.TimingEvent, col(tables.TimingEvent.session_id) == Session.id)
        .join(Conference, col(Conference.id) == Session.conference_id)
        .where(Conference.server_id == server_id, col(tables.TimingEvent.id) > seen)
        .group_by(col(Session.id), col(Session.ends_at))
        .order_by(col(Session.ends_at).desc(), col(Session.id).desc())
        .limit(MOST_SESSIONS)
    )
    rows = list(await session.exec(query))
    look_at = {key or 0: LONG_AGO if is_closed else ends_at + SETTLED_AFTER for key, ends_at, is_closed, _ in rows}
    return max((number or seen for *_, number in rows), default=seen), look_at


async def _looked_at(session: AsyncSession, session_ids: Sequence[int], now: datetime, *, guard: bool) -> Over:
    """When each of these was planned to end, and what counts of it: nothing while it goes on. The newest are enough."""
    found: Over = {}
    number = 0
    for part in in_parts(session_ids, READ_AT_ONCE):
        talks, events = await _talks(session, part), await events_by_session(session, part)
        for key in part:
            if number < MOST_TALKS and talks[key]:
                planned = PlannedSession(key, "", tuple(in_order(talks[key])))
                timed = timed_talks(planned, fold(planned, events[key], guard=guard), now, guard=guard)
                found[key] = max(talk.ends_at for talk in planned.talks), timed
                number += len(timed)
                await give_way()
        if number >= MOST_TALKS:
            break
    return found


async def _talks(session: AsyncSession, session_ids: Sequence[int]) -> Mapping[int, list[PlannedTalk]]:
    """What the clock goes by, titles and people left out."""
    found: dict[int, list[PlannedTalk]] = defaultdict(list)
    query = select(Talk.id, Talk.session_id, Talk.starts_at, Talk.ends_at, Talk.kind, Talk.cancelled).where(  # type: ignore[call-overload] # more columns than SQLModel types
        col(Talk.session_id).in_(session_ids)
    )
    for key, session_id, starts_at, ends_at, kind, cancelled in await session.exec(query):
        talk = PlannedTalk(key, session_id, "", starts_at, ends_at, kind, cancelled=cancelled)
        found[session_id].append(talk)
    return found


def _newest(over: Over) -> Over:
    """As many of the sessions that ended last as hold talks enough."""
    kept: Over = {}
    number = 0
    for key, (ends_at, talks) in sorted(over.items(), key=lambda item: (item[1][0], item[0]), reverse=True):
        if number + len(talks) > MOST_TALKS:
            break
        kept[key] = ends_at, talks
        number += len(talks)
    return kept
