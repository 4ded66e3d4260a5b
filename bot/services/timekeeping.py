"""A moderator's tap: append the timing event, fold the run, re-plan what is owed, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.programme import ExpectedSession, TalkState
from bot.rules.run import TimingEvent
from bot.rules.taps import Tap, decide, next_tap
from bot.rules.timing import Rebalance, over_by, rebalance
from bot.services.personal_planning import follow_first_talk
from bot.services.planning import consoles_changed, replan
from bot.services.programme import PlacedSession, load_session, load_sessions
from bot.services.timing_rows import row_of
from db import tables
from db.database import Database

LIVE_BEFORE, LIVE_AFTER = timedelta(hours=1), timedelta(hours=1)
"""How long before its start and after its end a session is one that a moderator may mean without naming it."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """What a tap did: the event as stored, and the session after it."""

    event: TimingEvent
    after: PlacedSession


Check = Callable[[PlacedSession], None]
"""Whether a person may run a session; raises CommandError if not."""


@dataclass(frozen=True, slots=True)
class Live:
    """A session with its run at a moment, for showing."""

    placed: PlacedSession
    now: datetime

    @property
    def expected(self) -> ExpectedSession:
        return self.placed.expected

    @property
    def over_by(self) -> timedelta:
        """How far the forecast end is past the planned end."""
        return over_by(self.placed.session, self.placed.expected)


async def tap_clock(
    db: Database, clock: Clock, *, server_id: int, session_id: int, tap: Tap, check: Check, is_next: bool = False
) -> Tapped:
    """Do what a moderator asked for, or refuse and change nothing.

    Args:
        db: the store.
        clock: virtual now.
        server_id: whose session; another server's is not found.
        session_id: which.
        tap: what was asked for.
        check: refuses who may not run the session.
        is_next: end the talk on stage and start the following one; the session after the last.

    Raises:
        CommandError: it makes no sense now; says what is.
    """
    async with db.transaction(server_id) as session:
        server = await session.get(tables.Server, server_id)
        now = clock.now()
        placed = await load_session(session, server, session_id, now)
        check(placed)
        asked = next_tap(placed.expected, tap) if is_next else tap
        event = decide(placed.session, placed.run, asked, now, guard=placed.guarded)
        row = row_of(event, session_id)
        session.add(row)
        await session.flush()
        assert server is not None  # noqa: S101 - the session was found on it
        stored = replace(event, id=row.id or 0)
        after = placed.with_event(stored, now)
        await replan(session, server=server, now=now, session_ids=[session_id], loaded=[after])
        if after.run.skipped != placed.run.skipped:
            await follow_first_talk(session, server, session_id, now)
        return Tapped(stored, after)


async def redraw_console(db: Database, clock: Clock, *, server_id: int, session_id: int) -> None:
    """Bring a session's console to what is true: somebody pressed what no longer was."""
    async with db.transaction(server_id) as session:
        mine = col(tables.Delivery.server_id) == server_id, col(tables.Delivery.session_id) == session_id
        await consoles_changed(session, clock.now(), *mine)


async def live_session(db: Database, clock: Clock, *, server_id: int, session_id: int) -> Live:
    """One session as it stands now.

    Raises:
        CommandError: this server has no such session.
    """
    now = clock.now()
    async with db.reading() as session:
        server = await session.get(tables.Server, server_id)
        return Live(await load_session(session, server, session_id, now), now)


async def preview_rebalance(db: Database, clock: Clock, *, server_id: int, session_id: int) -> Rebalance:
    """What a rebalance would do now; changes nothing."""
    live = await live_session(db, clock, server_id=server_id, session_id=session_id)
    return rebalance(live.placed.session, live.placed.run, live.now, guard=live.placed.guarded)


async def session_meant(db: Database, clock: Clock, *, server_id: int, channel_id: int) -> Live:
    """The session that a command in a channel is about, where it names none.

    That is the one on stage there, else the only one that is live about now, else the only one of the server.

    Raises:
        CommandError: there is none, or there are several.
    """
    now = clock.now()
    async with db.reading() as session:
        server = await session.get(tables.Server, server_id)
        around = (now - LIVE_AFTER, now + LIVE_BEFORE)
        placed = await load_sessions(session, server=server, now=now, around=around) if server else []
        placed = [p for p in placed if not (p.run.closed_at and p.run.closed_at < now - LIVE_AFTER)]
        if not placed and server is not None:
            placed = await _running(session, server, now)
    here = [p for p in placed if channel_id in _places(p, server)] or placed
    for wanted in (_is_on_stage, _is_started, _any):
        found = [p for p in here if wanted(p)]
        if len(found) == 1:
            return Live(found[0], now)
        if found:
            names = ", ".join(f"“{p.session.title}”" for p in found[:4])
            raise CommandError(f"several sessions are live here: {names}", do="Name the one you mean with session")
    raise CommandError("no session is live here about now", do="Name the one you mean with session")


async def _running(session: AsyncSession, server: tables.Server, now: datetime) -> list[PlacedSession]:
    """Sessions whose clock runs although their plan is long over."""
    everything = await load_sessions(session, server=server, now=now)
    return [p for p in everything if p.run.on_stage is not None]


def _places(placed: PlacedSession, server: tables.Server | None) -> set[int | None]:
    channel = placed.place.channel_id if placed.place else None
    return {channel, placed.console_id, server.moderators_channel_id if server else None} - {None}


def _is_on_stage(placed: PlacedSession) -> bool:
    return any(e.state in (TalkState.ON_STAGE, TalkState.PAUSED) for e in placed.expected.talks)


def _is_started(placed: PlacedSession) -> bool:
    return placed.run.is_started and placed.run.closed_at is None


def _any(_placed: PlacedSession) -> bool:
    return True
