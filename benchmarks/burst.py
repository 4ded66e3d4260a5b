"""500 channels in which a reminder falls due at the same moment: how long until all are posted, and at what price."""

from __future__ import annotations

from datetime import datetime, timedelta

from benchmarks.bare_client import Post, bare_client
from benchmarks.bench import Bench, bench, wait, wait_until
from benchmarks.figures import Figure, percentile, spread
from benchmarks.programmes import single_talks
from bot.clock import real_now

CHANNELS = 500
A_SECOND = 50
LEAD_MINUTES = 15
"""As long before as the boards: both fall due at once, and the boards have to wait."""
UNTIL_CONNECTED = timedelta(seconds=12)
AT_MOST_SECONDS, QUIET_SECONDS = 45, 15
SLOWER = 1.10


async def burst() -> list[Figure]:
    """The bot, then bare discord.py, which is let run into the limits."""
    return [*await _bot(), *await _bare()]


async def _bot() -> list[Figure]:
    async with bench(CHANNELS, lead_minutes=LEAD_MINUTES) as made:
        due = real_now() + UNTIL_CONNECTED
        starts = due + timedelta(minutes=LEAD_MINUTES)
        await made.fill(single_talks(CHANNELS, CHANNELS, starts, timedelta(0)))
        async with made.running(until=due):
            await wait_until(due)
            await _until_posted(made, 2 * CHANNELS)
            rows = await made.deliveries("up_next", due)
        arrivals = made.arrivals()
    reminders = sorted(arrivals[row.message_id] for row in rows if row.message_id in arrivals)
    boards = sorted(set(arrivals.values()) - set(reminders))
    late = [(at - due).total_seconds() * 1000 - place / A_SECOND * 1000 for place, at in enumerate(reminders, start=1)]
    return [
        *_drained("posted", due, reminders),
        *spread("behind its place at 50 a second", late),
        Figure("boards before the last reminder", _before_the_last(reminders, boards), "", 0),
        Figure("boards posted within", _seconds(due, boards), "s"),
        Figure("429s", made.loopback.requests.rate_limited, "", 0),
    ]


async def _bare() -> list[Figure]:
    async with bench(CHANNELS) as made:
        due = real_now() + UNTIL_CONNECTED / 2
        posts: list[Post] = [(due, channel.id, "Up next") for channel in made.channels]
        async with bare_client(made, posts):
            await wait_until(due)
            await _until_posted(made, CHANNELS)
        arrivals = sorted(made.arrivals().values())
    return [
        Figure(f"bare discord.py, posted of {CHANNELS}", len(arrivals), ""),
        Figure("bare discord.py, the last after", _seconds(due, arrivals), "s"),
        Figure("bare discord.py, 429s", made.loopback.requests.rate_limited, ""),
    ]


def _drained(name: str, due: datetime, posted: list[datetime]) -> list[Figure]:
    """How long all took, against the least that Discord allows."""
    least, all_of_them = CHANNELS / A_SECOND, posted if len(posted) == CHANNELS else []
    return [
        Figure(f"{CHANNELS} channels, all {name} within", _seconds(due, all_of_them), "s", SLOWER * least),
        Figure(f"{CHANNELS} channels, not {name}", CHANNELS - len(posted), "", 0),
        Figure("the first after", (posted[0] - due).total_seconds() * 1000 if posted else percentile([], 50), "ms"),
    ]


def _before_the_last(reminders: list[datetime], boards: list[datetime]) -> float:
    return sum(at < reminders[-1] for at in boards) if reminders else percentile([], 50)


def _seconds(due: datetime, moments: list[datetime]) -> float:
    return (moments[-1] - due).total_seconds() if moments else percentile([], 50)


async def _until_posted(made: Bench, number: int) -> None:
    """Until so many messages stand there, or nothing was asked for in a while."""
    requests, quiet = made.loopback.requests, 0
    for _ in range(AT_MOST_SECONDS):
        before = len(requests)
        await wait(1)
        quiet = quiet + 1 if len(requests) == before else 0
        if sum(len(channel.posted) for channel in made.channels) >= number or quiet >= QUIET_SECONDS:
            return
