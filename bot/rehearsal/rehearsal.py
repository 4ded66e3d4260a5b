"""One rehearsal: a Discord on this machine, the real bot as a process, a cast, and a clock that runs fast."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import ChairsideError, ConfigurationError
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.cast import Cast, Hall, Handout, build_hall, set_up
from bot.rehearsal.loopback.errors import LoopbackTimeoutError
from bot.rehearsal.loopback.loopback import Loopback
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.script import Step, steps
from bot.rehearsal.summary import Summary, summarise
from bot.rehearsal.timetable import RehearsalClock, expected_reminders, stretches
from bot.schedules.schedule import Schedule
from db.database import Database

READY_SECONDS = 30
RESTART_SPEED = 30
"""A bot needs some real seconds to come back; at 600x a whole talk would pass meanwhile."""
SETTLE_SECONDS = 0.5
"""Real time for the last answers to come in, once the session is over."""


class BotEndedError(ChairsideError):
    """The bot ended by itself in the middle of a rehearsal."""


@dataclass(slots=True)
class Rehearsal:
    """Use it as an async context manager, then `play` it once."""

    schedule: Schedule
    handout: Handout
    folder: Path
    clock: RehearsalClock = field(init=False)
    loopback: Loopback = field(init=False)
    bot: BotProcess = field(init=False)
    hall: Hall = field(init=False)
    on_restart: list[Callable[[], None]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        begin = stretches(self.schedule)[0].starts_at
        self.clock = RehearsalClock(self.folder / "clock.json", begin)
        self.loopback = Loopback(speed=lambda: max(self.clock.speed, 1.0))
        self.hall = build_hall(self.loopback, self.schedule, self.schedule.conference or self.handout.conference)

    async def __aenter__(self) -> Self:
        await self.loopback.start()
        self.bot = BotProcess(self.folder, self.loopback.token, self.loopback.api_base, self.clock.setting)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.bot.kill()
        await self.loopback.stop()

    @property
    def ends_at(self) -> datetime:
        """The virtual moment at which all is over."""
        return stretches(self.schedule)[-1].ends_at

    async def play(self, cast: Cast, speed: float) -> Summary:
        """Start the bot, let the manager set it up, play to the end, and count.

        Raises:
            ChairsideError: the bot does not start, refuses the schedule, or ends in the middle.
        """
        await self.bot.start()
        playing = asyncio.create_task(self._play(cast, speed))
        watching = asyncio.create_task(self._watch_bot())
        try:
            await asyncio.wait([playing, watching], return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
            await playing
        finally:
            for task in (playing, watching):
                task.cancel()
            await asyncio.gather(playing, watching, return_exceptions=True)
        await self.bot.stop()
        return await self._summary(speed)

    async def _watch_bot(self) -> None:
        """Raise if the bot ends and nobody killed it."""
        code = await self.bot.ended_by_itself()
        raise BotEndedError(f"the bot ended with exit code {code}. Its log ends: {self.bot.log_tail()}")

    async def _play(self, cast: Cast, speed: float) -> None:
        try:
            await self.loopback.wait_until_ready(within=READY_SECONDS)
        except LoopbackTimeoutError as error:
            raise ConfigurationError(f"the bot did not connect. Its log ends: {self.bot.log_tail()}") from error
        await set_up(self.hall, self.handout)
        waiting = steps(cast, self.hall, self.schedule, self._restart)
        for stretch in stretches(self.schedule):
            self.clock.run_from(stretch.starts_at, speed)
            while waiting and waiting[0].at <= stretch.ends_at:
                await self._perform(waiting.pop(0))
            await self._until(stretch.ends_at)
        for step in waiting:
            await self._perform(step)
        self.clock.run_from(self.ends_at, 0)
        await pause(RealMoments(), SETTLE_SECONDS)

    async def _perform(self, step: Step) -> None:
        await self._until(step.at)
        await step.act()

    async def _until(self, virtual: datetime) -> None:
        while (seconds := self.clock.seconds_until(virtual)) > 0:
            await pause(RealMoments(), min(seconds, 1.0))

    async def _restart(self) -> None:
        """Kill the bot and start it again, at a speed at which one can watch it come back."""
        speed = self.clock.speed
        self.clock.run_from(self.clock.now(), min(speed, RESTART_SPEED))
        for callback in self.on_restart:
            callback()
        await self.bot.kill()
        await self.bot.start()
        await self.loopback.wait_until_gone(within=READY_SECONDS)
        await self.loopback.wait_until_ready(within=READY_SECONDS)
        self.clock.run_from(self.clock.now(), speed)

    async def _summary(self, speed: float) -> Summary:
        db = Database(self.bot.database_url)
        try:
            return await summarise(
                talks=len(self.schedule.talks),
                expected=expected_reminders(self.schedule),
                messages=[message for channel in self.hall.server.channels.values() for message in channel.messages],
                db=db,
                refused=self.loopback.requests.rate_limited,
                speed=speed,
            )
        finally:
            await db.close()
