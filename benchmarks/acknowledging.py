"""How long a person waits for the bot to acknowledge a command while 100 sessions run; and for the answer itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from benchmarks.bare_client import bare_client
from benchmarks.bench import Bench, bench, wait, wait_until
from benchmarks.figures import Figure, spread
from benchmarks.programmes import jitter, running_sessions
from benchmarks.waiting import Waited, timed
from bot.clock import real_now

SESSIONS, TALKS = 100, 15
TALK = timedelta(seconds=16)
"""As in the benchmark of lateness: 12 messages and edits a second go out beside the answers."""
UNTIL_SETTLED = timedelta(seconds=14)
ASKED, A_SECOND = 200, 10
COMMANDS: tuple[tuple[str, dict[str, object]], ...] = (
    ("now", {}),
    ("upnext", {}),
    ("agenda", {}),
    ("talk", {"talk": "invariant"}),
)
P99 = 25.0
WITHIN = 10.0


async def acknowledging() -> list[Figure]:
    """10 commands a second, whether or not those before are answered; then the same to a bare discord.py bot."""
    return [*await _with_sessions(), *await _bare()]


async def _with_sessions() -> list[Figure]:
    async with bench(SESSIONS) as made:
        first = real_now() + UNTIL_SETTLED
        await made.fill(running_sessions(SESSIONS, TALKS, first - TALK, TALK))
        async with made.running(until=first):
            await wait_until(first)
            waited = await _ask(made, COMMANDS)
    answered = [
        figure
        for command, _ in COMMANDS
        for figure in spread(f"/{command} answered in full", [w.answered for w in waited if w.what == command])[:2]
    ]
    return [
        *spread(f"acknowledged, {SESSIONS} sessions running", [w.acknowledged for w in waited], p99=P99),
        Figure("commands not acknowledged or answered", ASKED - len(waited), "", 0),
        *answered,
    ]


async def _bare() -> list[Figure]:
    async with bench(1) as made, bare_client(made, []):
        await wait(1)
        waited = await _ask(made, COMMANDS[:1])
    return spread("bare discord.py, acknowledged", [w.acknowledged for w in waited])


async def _ask(made: Bench, commands: Sequence[tuple[str, dict[str, object]]]) -> list[Waited]:
    """Use the commands in turn, in another channel each time; what was never acknowledged is left out."""
    asking: list[asyncio.Task[Waited | None]] = []
    for number in range(ASKED):
        command, options = commands[number % len(commands)]
        channel = made.channels[number % len(made.channels)]
        use = timed(command, made.attendee.slash(channel, command, **options), within=WITHIN)
        asking.append(asyncio.create_task(use))
        await wait(2 * jitter(number) / A_SECOND)
    return [waited for waited in await asyncio.gather(*asking) if waited]
