"""What the bot takes while nothing happens: processor time and memory, beside the smallest discord.py bot."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

from benchmarks.bare_client import bare_client
from benchmarks.bench import READY_SECONDS, bench, wait
from benchmarks.figures import Figure
from benchmarks.processes import cpu_seconds, number_of, resident_mib
from benchmarks.programmes import running_sessions
from bot.clock import real_now

ROOMS, TALKS = 24, 20
TALK = timedelta(minutes=20)
UNTIL_THE_FIRST = timedelta(days=2)
SETTLE_SECONDS, IDLE_SECONDS = 10, 60
CPU, MEMORY = 0.5, 128.0
"""Of one core in percent; MiB."""


async def idling() -> list[Figure]:
    """A conference of 24 rooms in two days' time; a server where nothing is set up; a bot that only connects."""
    async with bench(ROOMS) as full, bench(1) as empty, bench(1) as small, bare_client(small, []) as bare:
        await full.fill(running_sessions(ROOMS, TALKS, real_now() + UNTIL_THE_FIRST, TALK))
        until = real_now() + timedelta(seconds=READY_SECONDS)
        async with full.running(until=until) as with_talks, empty.running(until=until) as without:
            return await _measured([number_of(with_talks), number_of(without), bare])


async def _measured(pids: Sequence[int]) -> list[Figure]:
    """All three at the same time, so that whatever else the machine does is the same for each."""
    await wait(SETTLE_SECONDS)
    before = [cpu_seconds(pid) for pid in pids]
    began = time.perf_counter()
    await wait(IDLE_SECONDS)
    seconds = time.perf_counter() - began
    full, empty, bare = ((cpu_seconds(pid) - used) / seconds * 100 for pid, used in zip(pids, before, strict=True))
    memory = [resident_mib(pid) for pid in pids]
    return [
        Figure(f"idle, {ROOMS} rooms, {ROOMS * TALKS} talks to come", full, "% of a core", CPU),
        Figure("idle, no programme", empty, "% of a core"),
        Figure("idle, bare discord.py", bare, "% of a core"),
        Figure(f"memory, {ROOMS} rooms, {ROOMS * TALKS} talks to come", memory[0], "MiB", MEMORY),
        Figure("memory, no programme", memory[1], "MiB"),
        Figure("memory, bare discord.py", memory[2], "MiB"),
        Figure("memory, as a ratio to bare discord.py's", memory[0] / memory[2], ""),
    ]
