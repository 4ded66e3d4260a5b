"""How long a moderator waits after a tap: until it is acknowledged, the console is redrawn, the reminder is right."""

from __future__ import annotations

import asyncio
import math
from datetime import datetime, timedelta

from benchmarks.bench import Bench, bench, wait, wait_until
from benchmarks.figures import Figure, spread
from benchmarks.programmes import long_session, running_sessions
from bot.clock import real_now
from bot.rehearsal.loopback import Message, MessageEdited, Person, Subscription, TextChannel

SESSIONS, TALKS = 100, 6
TALK = timedelta(minutes=1)
"""A fifth of the shortest real ones: a hundred sessions change talks five times as often as a conference's would."""
LONG_TALK = timedelta(minutes=20)
UNTIL_SETTLED = timedelta(seconds=14)
TAPS, SECONDS_BETWEEN = 100, 2.1
"""A channel takes 5 edits in 5 s, and a tap edits its reminder and its board: faster taps would measure that limit."""
ACKNOWLEDGED_P99, REDRAWN_P99 = 25.0, 150.0


async def tapping() -> list[Figure]:
    """+1 min on the console, again and again: alone, then with 100 sessions announced beside it."""
    alone = await _tapped(0)
    return [*alone, *await _tapped(SESSIONS)]


async def _tapped(sessions: int) -> list[Figure]:
    async with bench(sessions + 1, lead_minutes=30) as made:
        first = real_now() + UNTIL_SETTLED
        if sessions:
            await made.fill(running_sessions(sessions, TALKS, first - TALK, TALK))
        await made.fill(long_session(f"Room {sessions + 1}", first, LONG_TALK))
        moderator = made.server.add_member("Robin", manages_server=True)
        async with made.running(until=first):
            await wait_until(first)
            channel = made.channels[-1]
            console = await started(moderator, channel)
            reminder = await channel.wait_for(
                lambda message: "Talk two" in message.content and "Up next" in message.content
            )
            return await _measured(made, moderator, console, reminder, f"{sessions} sessions" if sessions else "alone")


async def started(moderator: Person, channel: TextChannel) -> Message:
    """The console of the long session with its first talk on stage."""
    await (await moderator.slash(channel, "session console")).final(within=10)
    thread = channel.threads[-1]
    await thread.wait_for(lambda message: "Start" in message.labels, within=10)
    await (await moderator.slash(channel, "timer start")).final(within=10)
    return await thread.wait_for(lambda message: "+1 min" in message.labels, within=10)


async def _measured(made: Bench, moderator: Person, console: Message, reminder: Message, where: str) -> list[Figure]:
    acknowledged: list[float] = []
    edited: dict[int, list[float]] = {console.id: [], reminder.id: []}
    for _ in range(TAPS):
        await wait(SECONDS_BETWEEN)
        tapped = real_now()
        seen = [asyncio.create_task(_edited(made.loopback.subscribe(), m, tapped)) for m in (console, reminder)]
        reply = await moderator.press(console, "+1 min")
        acknowledged.append((reply.acknowledged_after or math.nan) * 1000)
        for message, waited in zip((console, reminder), await asyncio.gather(*seen), strict=True):
            edited[message.id].append(waited)
    return [
        *spread(f"tap to acknowledgement, {where}", acknowledged, p99=ACKNOWLEDGED_P99),
        *spread(f"tap to console redrawn, {where}", edited[console.id], p99=REDRAWN_P99),
        *spread(f"tap to corrected reminder, {where}", edited[reminder.id]),
    ]


async def _edited(events: Subscription, message: Message, since: datetime) -> float:
    """Milliseconds until a message is edited."""
    with events:
        async for event in events:
            if isinstance(event, MessageEdited) and event.message is message:
                return (real_now() - since).total_seconds() * 1000
    return math.nan
