"""What it takes to draw a console with a hint from 5,000 talks before: the wait, and how long others are held up."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.figures import Figure, percentile
from benchmarks.made_days import Habits, Played, World, played_days
from benchmarks.programmes import long_session
from bot.clock import AnchoredClock, give_way, real_now
from bot.delivery.compose import gather, write
from bot.rules.reminders import Kind
from bot.services.importing import import_schedule
from bot.services.moderators import set_moderators
from bot.services.report_settings import set_reports
from bot.services.servers import set_channel
from bot.services.sources import ImportRequest
from bot.services.timing_rows import row_of
from db.database import NOBODY, Database
from db.tables import Conference, Delivery, Session, Source, Talk

SERVER, CHANNEL = 1, 2
TALKS, TALKS_A_SESSION = 5_000, 15
DRAWINGS = 50
PAUSE_MS = 10.0


async def reading() -> list[Figure]:
    """The first console after a start, then many: with hints, and without."""
    with TemporaryDirectory(prefix="chairside-bench-") as folder:
        db = Database(f"sqlite+aiosqlite:///{Path(folder) / 'chairside.sqlite3'}")
        try:
            await db.open()
            console = await _fill(db)
            without = await _processor_time(db, console)
            await set_reports(db, AnchoredClock(), server_id=SERVER, chosen={"hints": True})
            gc.freeze()  # as the bot does after its start
            async with watched() as held_up:
                first = await _draw(db, console)
            after = await _processor_time(db, console)
        finally:
            await db.close()
    return [
        Figure(f"{TALKS:,} talks before: the first console with a hint after a start, drawn within", first, "ms"),
        Figure("others held up meanwhile: p99", percentile(held_up, 99), "ms"),
        Figure("others held up meanwhile: max", max(held_up), "ms", PAUSE_MS),
        Figure("each later console with a hint: processor time", after, "ms"),
        Figure("a console without hints: processor time", without, "ms"),
    ]


async def _processor_time(db: Database, console: Delivery) -> float:
    """Milliseconds a drawing, of the thread that everybody's answer waits for."""
    began = time.thread_time()
    for _ in range(DRAWINGS):
        await _draw(db, console)
    return (time.thread_time() - began) * 1000 / DRAWINGS


async def _draw(db: Database, console: Delivery) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    material = await gather(db, [console], real_now())
    composed = write(material, console)
    took = (time.perf_counter() - began) * 1000
    assert composed is not None
    wanted = any(placed.reports.hints for placed in material.sessions.values())
    assert ("Hint" in composed.message.content) == wanted
    return took


@asynccontextmanager
async def watched() -> AsyncIterator[list[float]]:
    """How many milliseconds of the processor's time others took at a time meanwhile; other processes' is not theirs."""
    held_up: list[float] = []

    async def watch() -> None:
        while True:
            began = time.thread_time()
            await give_way()
            held_up.append((time.thread_time() - began) * 1000)

    watching = asyncio.create_task(watch())
    try:
        yield held_up
    finally:
        watching.cancel()


async def _fill(db: Database) -> Delivery:
    """A session of now with its console, and sessions of years ago."""
    clock = AnchoredClock()
    await set_channel(db, clock, server_id=SERVER, channel_id=CHANNEL)
    await set_moderators(db, clock, server_id=SERVER, channel_id=CHANNEL, role_id=None)
    soon = real_now() + timedelta(minutes=5)
    await import_schedule(db, clock, ImportRequest(SERVER, long_session("Room 1", soon, timedelta(minutes=30))))
    sessions = TALKS // TALKS_A_SESSION + 1
    # both of the kind that is on now
    world = World({"Oral": Habits(1.7, 2.0)}, talks=(TALKS_A_SESSION, TALKS_A_SESSION), past=1, rooms=sessions)
    past, _ = played_days(world, seed=1)
    async with db.transaction(NOBODY) as session:
        conference = Conference(server_id=SERVER, name="Before", timezone="UTC", archived_at=past[-1].ended_at)
        session.add(conference)
        await session.flush()
        source = Source(conference_id=conference.id or 0, name="before", format="made-up", imported_at=past[0].ended_at)
        session.add(source)
        await session.flush()
        for played in past:
            await _store(session, played, conference.id or 0, source.id or 0)
        return (await session.exec(select(Delivery).where(col(Delivery.kind) == Kind.CONSOLE.value))).one()


async def _store(session: AsyncSession, played: Played, conference_id: int, source_id: int) -> None:
    plan = played.session
    row = Session(conference_id=conference_id, source_id=source_id, title=plan.title)
    row.starts_at, row.ends_at = plan.starts_at, max(talk.ends_at for talk in plan.talks)
    session.add(row)
    await session.flush()
    talks = {
        t.id: Talk(session_id=row.id or 0, title=t.title, kind=t.kind, starts_at=t.starts_at, ends_at=t.ends_at)
        for t in plan.talks
    }
    session.add_all(talks.values())
    await session.flush()
    for event in played.events:
        stored = row_of(event, row.id or 0)
        stored.talk_id = talks[event.talk_id].id if event.talk_id else None
        session.add(stored)
        await session.flush()
