"""A recorded session played once more: the same taps at the same moments, on a Discord of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from sqlmodel import col, select

from bot.beside import until_first_ends
from bot.rehearsal.cast import Cast
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.outlook import Upcoming, anything_due, next_after
from bot.rehearsal.rehearsal import Rehearsal
from bot.rehearsal.replaying.bots_clock import BotsClock
from bot.rehearsal.replaying.plan_changes import change_again
from bot.rehearsal.replaying.questions import ask_again, put_again, step_again
from bot.rehearsal.replaying.scene import Scene
from bot.rehearsal.replaying.settings_again import set_up_as
from bot.rehearsal.replaying.taps import tap_again
from bot.rehearsal.script import Step
from bot.rules.log_comparison import Comparison, compare_logs
from bot.rules.session_log import SessionLog
from bot.services.session_logs import session_log
from db.tables import Server, Session

AT_REST_WITHIN_SECONDS = 30
"""Real time in which the bot surely does what is due."""
IDLE = timedelta(minutes=10)
"""So long a stretch in which nothing is due is passed over but for its last seconds."""
WATCHED_SECONDS, LOOK_SECONDS = 2, 0.02
HURRY = 600.0
"""Discord's limits are those of a fast clock: what is owed at one moment is not to wait for them."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was recorded.

    Attributes:
        what: as it is told where nothing comes of it.
        by_moderator: whose part it is; else an attendee's, or the manager's.
    """

    at: datetime
    what: str
    do: Callable[[], Awaitable[bool]]
    people: tuple[int, ...] = ()


@dataclass(slots=True)
class Replay(Rehearsal):
    """Use it as an async context manager, then `replay` it once.

    Attributes:
        compared: what the replay differs in; None where people took part, or until it is over.
    """

    log: SessionLog = field(kw_only=True)
    plan: Callable[[int], bytes] = field(kw_only=True)
    compared: Comparison | None = field(default=None, init=False)
    _bots: BotsClock = field(init=False)
    _scene: Scene = field(init=False)
    _ahead: list[Deed] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        Rehearsal.__post_init__(self)
        self.ends_at = self.log.until
        self._bots = BotsClock(self.folder / "bots-clock.json", self.clock)

    @property
    def begins_at(self) -> datetime:
        return self.log.starts_at

    @property
    def bots_clock(self) -> str:
        return self._bots.setting

    def hurry(self) -> float:
        return HURRY

    async def replay(self, speed: float) -> Comparison | None:
        """Start the bot, set it up, do all that is recorded, and compare; None where people took part.

        Raises:
            ChairsideError: the bot does not start, refuses the plan, or ends in the middle.
        """
        await self.bot.start()
        control = self.control
        await until_first_ends(
            play=self._play(Cast.LIVELY, speed), watch=self._watch_bot(), control=control.run(self.bot)
        )
        await self.bot.stop()
        if not control.took_part:
            self.compared = compare_logs(self.log, await self._recorded())
        return self.compared

    async def _recorded(self) -> SessionLog:
        """What the replay left in the store, as a log."""
        async with self._store.reading() as session:
            server_id = (await session.exec(select(Server.id))).one()
        return await session_log(
            self._store, server_id=server_id, session_id=self._scene.session_id, now=self.log.until
        )

    async def _prepared(self, _cast: Cast, _speed: float) -> list[Step]:
        self._scene = Scene.of(self.hall, self.log, self._store)
        await set_up_as(self.hall, self.log, self.plan(0))
        await self._scene.find_talks(self.log.plans[0].talks)
        self._ahead = sorted(self._deeds(), key=lambda deed: deed.at)
        self.control.on_change.append(self._changed)
        return []

    def _changed(self) -> None:
        if self.control.took_part:
            self._bots.follow()

    def _deeds(self) -> Iterator[Deed]:
        """All that is recorded; what happened at one moment in the order in which it may have."""
        scene, log = self._scene, self.log
        moderator, manager = (self.hall.moderator.id,), ()
        for number, plan in enumerate(log.plans):
            if plan.at is not None:
                change = partial(change_again, scene, number, self.plan(number))
                yield Deed(plan.at, f"plan {number + 1}", change, manager)
        for event in log.events:
            yield Deed(event.tapped_at, f"event {event.id} ({event.kind})", partial(tap_again, scene, event), moderator)
        for queue in log.queues:
            yield Deed(queue.at, f"the queue of talk {queue.talk}", partial(put_again, scene, queue), moderator)
        for asked in log.questions:
            people = (scene.attendees[asked.asker - 1].id,) if asked.asker else moderator
            yield Deed(asked.entered_at, f"question {asked.number}", partial(ask_again, scene, asked), people)
        for step in log.steps:
            yield Deed(step.at, f"step {step.number} with a question", partial(step_again, scene, step), moderator)

    async def _course(self) -> None:
        for moment, deeds in groupby(list(self._ahead), key=lambda deed: deed.at):
            await self._to(moment)
            await self._do(list(deeds))
        await self._to(self.log.until)
        if self.control.took_part:
            await self.control.finished.wait()

    async def _do(self, deeds: Sequence[Deed]) -> None:
        """Do what was done at one moment, while the clock stands; what is refused once more after all else."""
        waiting = [deed for deed in deeds if self.control.may_act(deed.people)]
        self._ahead = self._ahead[len(deeds) :]
        for attempt in range(2):
            failed = [deed for deed in waiting if not await deed.do()]
            if not failed or (attempt and len(failed) == len(waiting)):
                break
            waiting = failed
        for deed in failed if waiting else ():
            self.control.note(f"{deed.what} could not be done again")
        if self.control.took_part:
            self.control.pace.release()

    async def _to(self, moment: datetime) -> None:
        """Go from one moment at which anything is due to the next; the bot does it before the clock runs on."""
        pace = self.control.pace
        while not self.control.took_part:
            await self._at_rest()
            upcoming = await next_after(self._store, self._bots.now)
            stop = min(upcoming.at, moment) if upcoming else moment
            pace.release()
            if stop - self.clock.now() > IDLE:
                pace.go_to(stop - timedelta(seconds=WATCHED_SECONDS * pace.running))
            await self.clock.reach(stop)
            if self.control.took_part:
                break
            pace.hold(stop)
            self._bots.stand(stop)
            if stop >= moment:
                await self._bots.noticed()
                await self._at_rest()
                return
        pace.release()
        await self.clock.reach(moment)

    async def _at_rest(self) -> None:
        """Wait until the bot has posted, edited and planned anew all that is due."""
        try:
            async with asyncio.timeout(AT_REST_WITHIN_SECONDS):
                while await anything_due(self._store, self._bots.now) or await self._looks_again():
                    await pause(RealMoments(), LOOK_SECONDS)
        except TimeoutError:
            self.control.note(f"after {AT_REST_WITHIN_SECONDS} s the bot has not done all that is due: it goes on")

    async def _looks_again(self) -> bool:
        """Whether passing time is still to be looked at."""
        async with self._store.reading() as session:
            due = select(Session.id).where(col(Session.replan_at) <= self._bots.now).limit(1)
            return (await session.exec(due)).first() is not None

    def _known(self) -> Iterator[Upcoming]:
        if self._ahead:
            yield Upcoming(self._ahead[0].at, f"Recorded: {self._ahead[0].what}")
        if not self.control.took_part:
            yield Upcoming(self.ends_at, "The replay is over")
