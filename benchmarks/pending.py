"""What 100,000 reminders pending cost more than 100: from start to ready, from start to work, and while idle."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta

from benchmarks.bench import READY_SECONDS, Bench, bench, wait
from benchmarks.figures import Figure, middle
from benchmarks.pending_rows import fill_with_pending
from benchmarks.processes import cpu_seconds, number_of, resident_mib
from benchmarks.programmes import single_talks
from bot.clock import AnchoredClock, real_now
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.loopback import MessageCreated
from bot.services.importing import import_schedule
from bot.services.sources import ImportRequest

FEW, MANY = 100, 100_000
STARTS = 5
IDLE_SECONDS = 30
SETTLE_SECONDS = 5
SLOWER, SLOWER_MS, MORE_POINTS = 1.1, 100.0, 0.5


@dataclass(slots=True)
class Subject:
    """A bot with so many reminders pending, and what was measured of it; seconds."""

    bench: Bench
    pending: int
    ready: list[float] = field(default_factory=list)
    at_work: list[float] = field(default_factory=list)

    async def start(self) -> BotProcess:
        """Start the bot while one reminder is due: when is it connected, and when is that reminder posted?"""
        await self._owe_one_now()
        bot = self.bench.bot
        loopback = self.bench.loopback
        posted = loopback.subscribe()
        began = time.perf_counter()
        await bot.start()
        await loopback.wait_until_ready(within=READY_SECONDS)
        self.ready.append(time.perf_counter() - began)
        async for event in posted:
            if isinstance(event, MessageCreated) and event.message.content.startswith("Up next"):
                break
        self.at_work.append(time.perf_counter() - began)
        posted.close()
        return bot

    async def _owe_one_now(self) -> None:
        soon = single_talks(1, 1, real_now() + timedelta(minutes=4), timedelta(seconds=1))
        request = ImportRequest(self.bench.server.id, soon, source_name=f"start {len(self.ready)}")
        async with self.bench.store() as db:
            await import_schedule(db, AnchoredClock(), request)


async def pending() -> list[Figure]:
    """Start both bots in turn, then let both idle at once."""
    async with AsyncExitStack() as stack:
        few, many = [Subject(await stack.enter_async_context(bench(1)), number) for number in (FEW, MANY)]
        for subject in (few, many):
            await fill_with_pending(subject.bench, subject.pending)
        for _ in range(STARTS - 1):
            for subject in (few, many):
                await (await subject.start()).stop()
        bots = [await subject.start() for subject in (few, many)]
        try:
            idle = await _idle(bots)
        finally:
            for bot in bots:
                await bot.stop()
    return [
        *_starts("start to connected", few.ready, many.ready),
        *_starts("start to an overdue reminder posted", few.at_work, many.at_work),
        *idle,
    ]


def _starts(name: str, few: Sequence[float], many: Sequence[float]) -> list[Figure]:
    with_few, with_many = middle(few) * 1000, middle(many) * 1000
    return [
        Figure(f"{name}, {FEW:,} pending, median of {len(few)}", with_few, "ms"),
        Figure(f"{name}, {MANY:,} pending, median of {len(many)}", with_many, "ms", SLOWER * with_few + SLOWER_MS),
        Figure(f"{name}, ratio", with_many / with_few, ""),
    ]


async def _idle(bots: Sequence[BotProcess]) -> list[Figure]:
    """Both at the same time, so that whatever else the machine does is the same for both."""
    await wait(SETTLE_SECONDS)
    pids = [number_of(bot) for bot in bots]
    before = [cpu_seconds(pid) for pid in pids]
    began = time.perf_counter()
    await wait(IDLE_SECONDS)
    seconds = time.perf_counter() - began
    few, many = ((cpu_seconds(pid) - used) / seconds * 100 for pid, used in zip(pids, before, strict=True))
    memory = [resident_mib(pid) for pid in pids]
    return [
        Figure(f"idle, {FEW:,} pending", few, "% of a core"),
        Figure(f"idle, {MANY:,} pending", many, "% of a core", few + MORE_POINTS),
        Figure(f"memory, {FEW:,} pending", memory[0], "MiB"),
        Figure(f"memory, {MANY:,} pending", memory[1], "MiB"),
    ]
