"""One rehearsal: a Discord on this machine, the real bot as a process, a cast, and a clock that runs fast."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import ChairsideError, ConfigurationError
from bot.rehearsal.asking import Heard
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.cast import Cast, Hall, Handout, build_hall, set_up
from bot.rehearsal.lanes import Lanes
from bot.rehearsal.loopback.errors import LoopbackTimeoutError
from bot.rehearsal.loopback.loopback import Loopback
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.loopback.world.channels import Channel
from bot.rehearsal.question_figures import figures
from bot.rehearsal.script import Step, over_at, steps
from bot.rehearsal.summary import Summary, anything_due, summarise
from bot.rehearsal.timetable import RehearsalClock, expected_reminders, stretches
from bot.schedules.schedule import Schedule
from db.database import Database

READY_SECONDS = 30
RESTART_SPEED = 30
"""A bot needs some real seconds to come back; at 600x a whole talk would pass meanwhile."""
SETTLED_WITHIN_SECONDS, LOOK_SECONDS = 5, 0.05
SETTLE_SECONDS = 0.5
"""Real time for the last answers to come in, once the session is over."""


class BotEndedError(ChairsideError):
    """The bot ended by itself in the middle of a rehearsal."""


@dataclass(slots=True)
class Rehearsal:
    """Use it as an async context manager, then `play` it once.

    Attributes:
        ends_at: the virtual moment at which all is over; later than planned where the cast is.
    """

    schedule: Schedule
    handout: Handout
    folder: Path
    clock: RehearsalClock = field(init=False)
    loopback: Loopback = field(init=False)
    bot: BotProcess = field(init=False)
    hall: Hall = field(init=False)
    ends_at: datetime = field(init=False)
    on_restart: list[Callable[[], None]] = field(default_factory=list, init=False)
    _heard: Heard = field(default_factory=Heard, init=False)
    _lanes: Lanes = field(default_factory=Lanes, init=False)
    _restarts: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        played = stretches(self.schedule)
        self.ends_at = played[-1].ends_at
        self.clock = RehearsalClock(self.folder / "clock.json", played[0].starts_at)
        self.loopback = Loopback(speed=lambda: max(self.clock.speed, 1.0), present=self.clock.now)
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

    async def play(self, cast: Cast, speed: float) -> Summary:
        """Start the bot, let the manager set it up, play to the end, and count.

        Raises:
            ChairsideError: the bot does not start, refuses the schedule, or ends in the middle.
        """
        self.ends_at = max(self.ends_at, over_at(cast, self.schedule))
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
            await self._lanes.stop()
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
        waiting = steps(cast, self.hall, self.schedule, heard=self._heard, restart=self._restart, speed=speed)
        for stretch in stretches(self.schedule):
            self.clock.run_from(stretch.starts_at, speed)
            while waiting and waiting[0].at <= stretch.ends_at:
                await self._perform(waiting.pop(0))
            await self._until(stretch.ends_at)
        for step in waiting:
            await self._perform(step)
        await self._until(self.ends_at)
        await self._lanes.idle()
        self.clock.run_from(max(self.clock.now(), self.ends_at), 0)
        await self._settled()

    async def _perform(self, step: Step) -> None:
        """Let somebody act at their moment; nobody acts while the bot is restarted."""
        await self._until(step.at)
        if step.lane is not None:
            self._lanes.do(step.lane, step.act)
            return
        await self._lanes.idle()
        await step.act()

    async def _settled(self) -> None:
        """Wait until the bot has posted all that is due, and the last answers are in."""
        db = Database(self.bot.database_url)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SETTLED_WITHIN_SECONDS):
                    while await anything_due(db, self.clock.now()):
                        await pause(RealMoments(), LOOK_SECONDS)
        finally:
            await db.close()
        await pause(RealMoments(), SETTLE_SECONDS)

    async def _until(self, virtual: datetime) -> None:
        while (seconds := self.clock.seconds_until(virtual)) > 0:
            await pause(RealMoments(), min(seconds, 1.0))

    async def _restart(self) -> None:
        """Kill the bot and start it again, at a speed at which one can watch it come back."""
        speed = self.clock.speed
        self._restarts += 1
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
            messages = [message for channel in self._channels() for message in channel.messages]
            return await summarise(
                talks=len(self.schedule.talks),
                expected=expected_reminders(self.schedule),
                messages=messages,
                db=db,
                refused=self.loopback.requests.rate_limited,
                speed=speed,
                restarts=self._restarts,
                questions=await figures(db, messages, self._heard),
            )
        finally:
            await db.close()

    def _channels(self) -> Iterable[Channel]:
        """The server's channels and their threads."""
        for channel in self.hall.server.channels.values():
            yield channel
            yield from channel.threads
