"""One rehearsal: a Discord on this machine, the real bot as a process, a cast, and a clock that runs fast."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.beside import until_first_ends
from bot.errors import CommandError, ConfigurationError
from bot.rehearsal.asking import if_possible
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.cast import ANSWER_SECONDS, Cast, Hall, Handout, build_hall, set_up
from bot.rehearsal.control import Control
from bot.rehearsal.lanes import Lanes
from bot.rehearsal.loopback.errors import LoopbackTimeoutError
from bot.rehearsal.loopback.gateway.gateway import GatewaySettings
from bot.rehearsal.loopback.loopback import Loopback
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.outlook import Upcoming, anything_due, next_after
from bot.rehearsal.question_figures import figures
from bot.rehearsal.reckoning import Played, posted_nonces
from bot.rehearsal.restarts import READY_SECONDS, BotEndedError
from bot.rehearsal.script import CLOCK, UNHURRIED, Step, over_at, steps
from bot.rehearsal.stage_port import StagePort
from bot.rehearsal.summary import Summary, summarise
from bot.rehearsal.timetable import RehearsalClock, Stretch, expected_reminders, stretches
from bot.rules.session_log_json import as_json_file
from bot.schedules.schedule import Schedule
from bot.services.question_export import exportable_sessions
from bot.services.session_logs import session_log
from db.database import Database

SETTLED_WITHIN_SECONDS, LOOK_SECONDS = 5, 0.05
AFTER_TROUBLE_SECONDS = 45
"""Real time in which the bot has surely done what trouble kept it from."""
LATEST = timedelta(minutes=2)
"""By how much, in virtual time, somebody of the cast may be late for what they meant to do."""
SETTLE_SECONDS = 0.5
"""Real time for the last answers to come in, once the session is over."""


@dataclass(slots=True)
class Rehearsal:
    """Use it as an async context manager, then `play` it once.

    Attributes:
        gateway: how the loopback's gateway is set up.
        control: what those who look on may change.
        ends_at: the virtual moment at which all is over; later than planned where the cast is.
    """

    schedule: Schedule
    handout: Handout
    folder: Path
    gateway: GatewaySettings = field(default_factory=GatewaySettings)
    clock: RehearsalClock = field(init=False)
    loopback: Loopback = field(init=False)
    bot: BotProcess = field(init=False)
    hall: Hall = field(init=False)
    control: Control = field(init=False)
    ends_at: datetime = field(init=False)
    _stage_port: StagePort = field(init=False)
    _store: Database = field(init=False)
    _stretches: list[Stretch] = field(init=False)
    _waiting: list[Step] = field(default_factory=list, init=False)
    _speed: float = field(default=UNHURRIED, init=False)
    _lanes: Lanes = field(default_factory=Lanes, init=False)

    def __post_init__(self) -> None:
        self._stretches = stretches(self.schedule)
        self.ends_at = self._stretches[-1].ends_at
        self.clock = RehearsalClock(self.folder / "clock.json", self.begins_at)
        self.loopback = Loopback(speed=self.hurry, present=self.clock.now, gateway=self.gateway)
        self.hall = build_hall(self.loopback, self.schedule, self.schedule.conference or self.handout.conference)
        self.control = Control(self.clock, self.loopback, self.hall)

    @property
    def begins_at(self) -> datetime:
        """The virtual moment at which the clock stands until all is set up."""
        return self._stretches[0].starts_at

    @property
    def bots_clock(self) -> str:
        """What the bot's CLOCK is set to."""
        return self.clock.setting

    def hurry(self) -> float:
        """By how much Discord's limits are shorter here."""
        return max(self.clock.speed, 1.0)

    async def __aenter__(self) -> Self:
        await self.loopback.start()
        self._stage_port = StagePort()
        self.bot = BotProcess(
            self.folder,
            self.loopback.token,
            self.loopback.api_base,
            self.bots_clock,
            stage_address=self._stage_port.address,
        )
        self._store = Database(self.bot.database_url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.bot.kill()
        self._stage_port.close()
        await self._store.close()
        await self.loopback.stop()

    async def play(self, cast: Cast, speed: float) -> Summary:
        """Start the bot, let the manager set it up, play to the end, and count.

        Raises:
            ChairsideError: the bot does not start, refuses the schedule, or ends in the middle.
        """
        self.ends_at = max(self.ends_at, over_at(cast, self.schedule))
        await self.bot.start()
        try:
            await until_first_ends(
                play=self._play(cast, speed), watch=self._watch_bot(), control=self.control.run(self.bot)
            )
        finally:
            await self._lanes.stop()
        await self.bot.stop()
        return await self._summary()

    async def recorded(self) -> bytes:
        """What happened in the first session, as `chairside replay` takes it."""
        first = (await exportable_sessions(self._store))[0]
        now = self.clock.now()
        return as_json_file(await session_log(self._store, server_id=first.server_id, session_id=first.id, now=now))

    async def look_ahead(self) -> Upcoming | None:
        """What comes next: for the bot, by the plan, or of the cast; None if nothing more does."""
        return await next_after(self._store, self.clock.now(), self._known())

    async def jump(self) -> None:
        """Go to one real second before what comes next; standing still so near to it, go to its very moment.

        Raises:
            CommandError: something is still being done, or nothing more comes.
        """
        self.control.require_open()
        await self._lanes.idle(within=SETTLED_WITHIN_SECONDS)
        if not await self._settled(SETTLED_WITHIN_SECONDS):
            raise CommandError("what is due now is still to be posted", do="Jump again once it is")
        upcoming = await self.look_ahead()
        if upcoming is None:
            raise CommandError("nothing more comes", do="End the rehearsal")
        before = self.control.pace.a_second_before(upcoming.at)
        is_near = before <= self.clock.now()
        self.control.require_open()  # somebody may have ended it meanwhile
        self.control.pace.go_to(upcoming.at if is_near and self.control.pace.paused else before)
        self.control.clock_changed()

    async def _watch_bot(self) -> None:
        """Raise if the bot ends and nobody killed it."""
        code = await self.bot.ended_by_itself()
        raise BotEndedError(f"the bot ended with exit code {code}. Its log ends: {self.bot.log_tail()}")

    async def _play(self, cast: Cast, speed: float) -> None:
        try:
            await self.loopback.wait_until_ready(within=READY_SECONDS)
        except LoopbackTimeoutError as error:
            raise ConfigurationError(f"the bot did not connect. Its log ends: {self.bot.log_tail()}") from error
        control, self._speed = self.control, speed
        self._waiting = await self._prepared(cast, speed)
        control.open(cast, speed)
        await until_first_ends(course=self._course(), end=control.finished.wait())
        await self._end()

    async def _prepared(self, cast: Cast, speed: float) -> list[Step]:
        """Let the manager set it up; what the cast will do."""
        await set_up(self.hall, self.handout, self.schedule)
        heard, restart = self.control.heard, self.control.restart_for_cast
        return steps(cast, self.hall, self.schedule, heard=heard, restart=restart, speed=speed)

    async def _course(self) -> None:
        """Let everybody act at their moments; over once nobody acts any more, or never, if somebody took part."""
        for stretch in self._stretches:
            if not self.control.took_part:
                self.control.pace.go_to(stretch.starts_at)
            await self._until(stretch.ends_at)
        await self._until(self.ends_at)
        if self.control.took_part:
            await self.control.finished.wait()

    async def _until(self, virtual: datetime) -> None:
        while self._waiting and self._waiting[0].at <= virtual:
            await self.clock.reach(self._waiting[0].at)
            await self._perform(self._waiting.pop(0))
        await self.clock.reach(virtual)

    async def _perform(self, step: Step) -> None:
        """Let somebody act who can; nobody acts while the bot is restarted."""
        await self.control.restarts.over()
        if not self.control.may_act(step.by) or self._is_hurried(step):
            return
        if step.lane is not None:
            self._lanes.do(step.lane, if_possible(partial(self._in_time, step)))
            return
        await self._lanes.idle()
        await step.act()

    async def _in_time(self, step: Step) -> None:
        """Act, unless its moment has long passed because somebody at the page kept the bot, or Discord, away."""
        if not self.control.took_part or self.clock.now() - step.at <= LATEST:
            await step.act()

    def _is_hurried(self, step: Step) -> bool:
        """Whether they would have to do two things at once, as time runs faster than people act."""
        lane = step.lane
        is_fast = self.clock.speed > max(self._speed, UNHURRIED)
        return is_fast and lane not in (None, CLOCK) and self._lanes.is_busy(lane)

    async def _end(self) -> None:
        """Let everything come to rest."""
        self.control.close()
        within = AFTER_TROUBLE_SECONDS if self.control.troubles.absences() else SETTLED_WITHIN_SECONDS
        await self.control.restarts.over()
        with contextlib.suppress(LoopbackTimeoutError):
            await self.loopback.wait_until_ready(within=READY_SECONDS)
        await self._lanes.idle(within=ANSWER_SECONDS)
        self.control.pace.stop()
        await self._settled(within)
        await pause(RealMoments(), SETTLE_SECONDS)

    async def _settled(self, within: float) -> bool:
        """Wait until the bot has posted all that is due, for so many real seconds at most; whether it has."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while await anything_due(self._store, self.clock.now()):
                    await pause(RealMoments(), LOOK_SECONDS)
                return True
        return False

    def _known(self) -> Iterator[Upcoming]:
        """What is to come beside what the bot's store holds."""
        step = next((step for step in self._waiting if self.control.may_act(step.by)), None)
        if step is not None:
            who = self.loopback.world.users[step.by[0]].name if step.by else None
            yield Upcoming(step.at, f"The cast: {who}" if who else "The bot is killed and started again")
        if not self.control.took_part:
            yield from (Upcoming(stretch.ends_at, "The day is over") for stretch in self._stretches)
            yield Upcoming(self.ends_at, "The rehearsal is over")

    async def _summary(self) -> Summary:
        control, places = self.control, self.loopback.world.channels.values()
        messages = [message for place in places for message in place.messages]
        played = Played(
            control.pace.fastest,
            stood_at=frozenset(control.pace.stood_at),
            absences=control.troubles.absences(),
            moved_until=self.clock.now() if control.took_part else None,
            restarts=control.restarts.number,
            had_trouble=control.troubles.had_any,
            is_even=control.pace.is_even,
        )
        return await summarise(
            talks=len(self.schedule.talks),
            expected=expected_reminders(self.schedule),
            messages=messages,
            nonces=posted_nonces(places),
            db=self._store,
            refused=self.loopback.requests.rate_limited,
            played=played,
            questions=await figures(self._store, messages, control.heard, by_plan=not control.took_part),
        )
