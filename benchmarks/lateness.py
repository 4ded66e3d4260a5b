"""How long after its moment a reminder reaches Discord: alone, beside 100 sessions, and from bare discord.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from benchmarks.bare_client import Post, bare_client
from benchmarks.bench import Bench, bench, milliseconds, wait_until
from benchmarks.figures import Figure, spread
from benchmarks.programmes import running_sessions, single_talks
from bot.clock import real_now
from db.tables import Delivery

REMINDERS = 200
ROOMS = 40
LEAD = timedelta(minutes=5)
WITHIN = timedelta(seconds=20)
"""200 reminders in 20 s are 10 requests a second; each channel takes one in 4 s."""
UNTIL_CONNECTED = timedelta(seconds=10)

SESSIONS = 100
TALK = timedelta(seconds=16)
"""100 talks in 16 s are 6 reminders and 6 edits of boards a second, far denser than any conference."""
UNTIL_SETTLED = timedelta(seconds=14)
"""Longer: what is owed at the start, 300 messages, goes out first."""

P50, P99 = 15.0, 50.0


async def lateness() -> list[Figure]:
    """200 reminders alone, 200 from bare discord.py at the same spacing, and 200 while 100 sessions run."""
    return [*await _alone(), *await _bare(), *await _beside_sessions()]


async def _alone() -> list[Figure]:
    async with bench(ROOMS) as made:
        first = real_now() + UNTIL_CONNECTED
        await made.fill(single_talks(REMINDERS, ROOMS, first + LEAD, WITHIN))
        return await _measured(made, first, first + WITHIN, "alone")


async def _beside_sessions() -> list[Figure]:
    async with bench(SESSIONS) as made:
        first = real_now() + UNTIL_SETTLED
        # the second talk of each is announced as its first begins: the first two of four are before what is measured
        await made.fill(running_sessions(SESSIONS, 4, first - TALK, TALK))
        return await _measured(made, first, first + 2 * TALK, f"{SESSIONS} sessions running")


async def _measured(made: Bench, first: datetime, last: datetime, name: str) -> list[Figure]:
    async with made.running(until=first):
        await wait_until(last + timedelta(seconds=1))
        rows = [row for row in await made.deliveries("up_next", first) if row.due_at < last]
    arrivals = made.arrivals()
    sent = [row for row in rows if row.message_id in arrivals]
    late = milliseconds([(row.due_at, arrivals[row.message_id or 0]) for row in sent])
    return [
        *spread(f"posted after its moment, {name}", late, p50=P50, p99=P99),
        *_own(sent, name),
        Figure(f"reminders not posted, {name}", REMINDERS - len(sent), "", 0),
    ]


def _own(rows: Sequence[Delivery], name: str) -> list[Figure]:
    """What the bot itself noted: until Discord's answer, not until the request arrived."""
    noted = [row.lateness_ms for row in rows if row.lateness_ms is not None]
    return spread(f"the bot's own figure, with Discord's answer, {name}", noted)


async def _bare() -> list[Figure]:
    async with bench(ROOMS) as made:
        first = real_now() + UNTIL_CONNECTED / 2
        talks = single_talks(REMINDERS, ROOMS, first, WITHIN).talks
        posts: list[Post] = [
            (talk.starts_at, made.channels[number % ROOMS].id, f"Up next: {talk.title}")
            for number, talk in enumerate(talks)
        ]
        async with bare_client(made, posts):
            await wait_until(first + WITHIN + timedelta(seconds=1))
    arrivals = sorted(made.arrivals().values())
    late = milliseconds(list(zip((talk.starts_at for talk in talks), arrivals, strict=False)))
    return spread("bare discord.py with timers, no store", late)
