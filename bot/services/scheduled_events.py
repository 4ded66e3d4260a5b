"""Discord's scheduled events: what each session is owed is written where it changes, and done step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.rules.scheduled_events import (
    EVENTS_AT_ONCE,
    OwedEvent,
    ShownEvent,
    Status,
    Step,
    next_step,
    times_to_create,
)
from bot.services.event_planning import event_owed, event_shown, plan_events
from bot.services.programme import load_sessions
from bot.services.servers import server_row
from db.database import Database
from db.event_tables import ScheduledEvent, StageTopic
from db.tables import Server

_STANDING = (Status.ASKED.value, Status.SCHEDULED.value, Status.ACTIVE.value)


@dataclass(frozen=True, slots=True)
class EventTask:
    """A step with one event, as it stood when that was decided; `owed` is None where it is to be taken away."""

    id: int
    server_id: int
    step: Step
    owed: OwedEvent | None
    shown: ShownEvent | None
    discord_id: int | None


@dataclass(frozen=True, slots=True)
class NoRoom:
    """An event is to be made, and the server has as many as it may."""


async def keep_events(db: Database, clock: Clock, *, server_id: int, keeps: bool) -> None:
    """Give each session an event from now on, or take them all away."""
    mine = col(ScheduledEvent.server_id) == server_id
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.keeps_events = keeps
        # who removed one by hand, and turns this on again, wants it again
        gone = or_(col(ScheduledEvent.shown_status).is_(None), col(ScheduledEvent.shown_status).not_in(_STANDING))
        await session.exec(delete(ScheduledEvent).where(mine, gone))
        await session.flush()
        if keeps:
            placed = await load_sessions(session, server=server, now=clock.now())
            await plan_events(session, server=server, now=clock.now(), placed=placed)
            return
        nothing = {"facts": None, "starts_at": None, "ends_at": None, "is_active": False, "look_at": None, "due": True}
        await session.exec(update(ScheduledEvent).where(mine).values(**nothing))


async def anything_to_do(db: Database, now: datetime) -> bool:
    """Whether an event or a stage is to be looked at: one statement, as it is asked after all that people do."""
    event, topic = select(ScheduledEvent.id), select(StageTopic.channel_id)
    waiting = event.where(or_(col(ScheduledEvent.due), col(ScheduledEvent.look_at) <= now))
    async with db.reading() as session:
        found = await session.exec(select(or_(waiting.exists(), topic.where(col(StageTopic.due)).exists())))
        return bool(found.one())


async def let_time_pass(db: Database, now: datetime) -> None:
    """Write anew what passing time alone changes: the ends of events that go on beyond their forecast."""
    late = col(ScheduledEvent.look_at) <= now
    async with db.reading() as session:
        servers = sorted(set(await session.exec(select(ScheduledEvent.server_id).where(late))))
    for server_id in servers:
        async with db.transaction(server_id) as session:
            rows = list(await session.exec(select(ScheduledEvent).where(late, ScheduledEvent.server_id == server_id)))
            for row in rows:
                row.look_at = None
            session_ids = sorted(row.session_id for row in rows if row.session_id is not None)
            if session_ids:
                server = await server_row(session, server_id)
                placed = await load_sessions(session, server=server, now=now, session_ids=session_ids)
                await plan_events(session, server=server, now=now, placed=placed, session_ids=session_ids)


async def servers_with_due_events(db: Database, owns: ColumnElement[bool] | None) -> dict[int, bool]:
    """The servers that the bot is on, and that are not paused, where something may be to be done.

    With each, whether it wants events: where it does not any more, what stands is taken away.
    """
    query = select(Server.id, Server.keeps_events).join(ScheduledEvent, col(ScheduledEvent.server_id) == Server.id)
    query = query.where(col(ScheduledEvent.due), col(Server.left_at).is_(None), col(Server.paused_at).is_(None))
    async with db.reading() as session:
        return dict((await session.exec((query if owns is None else query.where(owns)).distinct())).all())


async def due_events(db: Database, server_id: int) -> list[int]:
    """The events of a server with which something may be to be done: those that stand first, then the next to begin."""
    query = select(ScheduledEvent.id).where(ScheduledEvent.server_id == server_id, col(ScheduledEvent.due))
    stands = func.coalesce(col(ScheduledEvent.shown_status), "").in_(_STANDING)
    query = query.order_by(stands.desc(), col(ScheduledEvent.starts_at))
    async with db.reading() as session:
        return [key for key in await session.exec(query) if key is not None]


async def next_task(db: Database, event_id: int, now: datetime) -> EventTask | NoRoom | None:
    """What is to be done with an event; None once nothing is, until something else is owed.

    One that is to be made is shown as it would be asked for.
    """
    async with db.transaction(await _turn_of(db, event_id)) as session:
        row = await session.get(ScheduledEvent, event_id)
        if row is None:
            return None
        owed, shown = event_owed(row), event_shown(row)
        step = next_step(owed, shown, now)
        if step is None:
            row.due = False
            return None
        if step is Step.CREATE and owed is not None:
            if await _standing(session, row.server_id, now) >= EVENTS_AT_ONCE:
                return NoRoom()
            shown = ShownEvent(owed.facts, *times_to_create(owed, now), Status.ASKED)
        return EventTask(event_id, row.server_id, step, owed, shown, row.discord_id)


async def _turn_of(db: Database, event_id: int) -> list[int]:
    """The server of an event; none where it is gone."""
    async with db.reading() as session:
        return list(await session.exec(select(ScheduledEvent.server_id).where(ScheduledEvent.id == event_id)))


async def _standing(session: AsyncSession, server_id: int, now: datetime) -> int:
    theirs = col(ScheduledEvent.server_id) == server_id, col(ScheduledEvent.shown_status).in_(_STANDING)
    query = select(func.count()).where(*theirs, col(ScheduledEvent.shown_ends_at) > now)
    return (await session.exec(query)).one()


async def events_held(db: Database, server_id: int) -> frozenset[int]:
    """Discord's ids of the events that are known to be a session's."""
    query = select(ScheduledEvent.discord_id).where(
        ScheduledEvent.server_id == server_id, col(ScheduledEvent.discord_id).is_not(None)
    )
    async with db.reading() as session:
        return frozenset(key for key in await session.exec(query) if key is not None)


async def about_to_create(db: Database, task: EventTask) -> None:
    """Note what is asked for before it is: after a crash it is looked for, and not made twice."""
    await step_done(db, task.id, task.shown, None)


async def step_done(db: Database, event_id: int, shown: ShownEvent | None, discord_id: int | None) -> None:
    """Note what stands after a step; None for nothing."""
    async with db.transaction(await _turn_of(db, event_id)) as session:
        row = await session.get(ScheduledEvent, event_id)
        if row is not None:
            row.discord_id = discord_id
            _show(row, shown)


def _show(row: ScheduledEvent, shown: ShownEvent | None) -> None:
    row.shown_status = shown.status.value if shown else None
    facts: Mapping[str, Any] | None = shown.facts if shown else None
    row.shown_facts = dict(facts) if facts is not None else None
    row.shown_starts_at, row.shown_ends_at = (shown.starts_at, shown.ends_at) if shown else (None, None)
