"""Keeps Discord's list of scheduled events, and the topics of stages, in step with the forecast.

What is to be done is in the store; this does it, one server beside the other, with what the budget leaves when nothing
else is due. A change that Discord refuses is not asked for again until something else is owed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.delivery.channel import Channels
from bot.delivery.channel_problems import Problem
from bot.delivery.discord_events import Events, NotDone, Why
from bot.delivery.holds import LONGEST, Holds
from bot.delivery.notices import Concerned, report_problem
from bot.delivery.shards import Shards
from bot.delivery.stage_topics import TopicKeeper
from bot.delivery.tasks import Tasks
from bot.messages.scheduled_events import event_texts
from bot.messages.text import joined
from bot.rules.scheduled_events import ShownEvent, Status, Step, difference
from bot.services.scheduled_events import (
    EventTask,
    NoRoom,
    about_to_create,
    anything_to_do,
    due_events,
    events_held,
    let_time_pass,
    next_task,
    servers_with_due_events,
    step_done,
)
from db.database import Database
from db.tables import Server

log = logging.getLogger(__name__)

LOOK_SECONDS = 5
"""Real: how often it is asked what passing time changes; what people do is looked at once it is done."""
STEPS_AT_ONCE = 6
"""More than an event takes from nothing to ended: one that takes more waits for the next look."""


class EventKeeper:
    """What APScheduler calls every few seconds, and whoever changes the store."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        events: Events,
        channels: Channels,
        *,
        shards: Shards,
        may_request: Callable[[], bool],
        wake_sender: Callable[[], None],
    ) -> None:
        self._db = db
        self._clock = clock
        self._events = events
        self._channels = channels
        self._owns = shards.owns(Server.id)
        self._may_request = may_request
        self._wake_sender = wake_sender
        self._holds = Holds()
        self._refused: dict[int, EventTask] = {}
        self._busy: set[int] = set()
        self._again: set[int] = set()
        self._awake = self._looking = False
        self._tasks = Tasks()
        self._topics = TopicKeeper(db, clock, events, owns=self._owns, may_request=may_request, tell=self._tell)

    def wake(self) -> None:
        """Something may have changed: look at once, and once more if it happens while looking."""
        self._awake = True
        if not self._looking:
            self._looking = True
            self._tasks.start(self._look_while_awake())

    async def _look_while_awake(self) -> None:
        try:
            while self._awake:
                self._awake = False
                await self.look()
        finally:
            self._looking = False

    async def look(self) -> None:
        """Do what is to be done; each server in a task of its own, as its requests may have to wait for their turn."""
        try:
            if not await anything_to_do(self._db, self._clock.now()):
                return
            await let_time_pass(self._db, self._clock.now())
            due = await servers_with_due_events(self._db, self._owns)
            await self._topics.look(self._tasks)
        except SQLAlchemyError:
            log.exception("the store did not answer; scheduled events are looked at later")
            return
        for server_id, wants in due.items():
            self._again.add(server_id)
            if server_id not in self._busy:
                self._busy.add(server_id)
                self._tasks.start(self._keep(server_id, wants=wants))

    async def finish(self) -> None:
        """Wait for what is under way."""
        while self._tasks.any:
            await self._tasks.finish()

    async def stop(self) -> None:
        """Give what is under way a moment to finish."""
        await self._tasks.finish(seconds=1)

    async def _keep(self, server_id: int, *, wants: bool) -> None:
        try:
            # of two processes with the same shards one is at it; the other looks again in a few seconds
            async with self._db.alone(server_id) as is_alone:
                while is_alone and server_id in self._again:
                    self._again.discard(server_id)
                    await self._keep_once(server_id, wants=wants)
        finally:
            self._busy.discard(server_id)

    async def _keep_once(self, server_id: int, *, wants: bool) -> None:
        missing = self._events.missing(server_id)
        if missing is None or self._holds.held(server_id, self._clock.real()):
            return
        if missing:
            if wants:
                await self._tell(server_id, 0, lacking(missing))
            return
        for event_id in await due_events(self._db, server_id):
            if not await self._keep_event(server_id, event_id):
                return

    async def _keep_event(self, server_id: int, event_id: int) -> bool:
        """Step by step until nothing is left to do with an event; whether to go on with the server's others."""
        for _ in range(STEPS_AT_ONCE):
            task = await next_task(self._db, event_id, self._clock.now())
            if task is None:
                return True
            if isinstance(task, NoRoom) or self._is_full(task) or not self._may_request():
                return False
            if self._refused.get(event_id) == _wanted(task):
                return True
            try:
                await self._do(task)
            except NotDone as failure:
                return await self._failed(task, failure)
            self._holds.free(server_id)
        return True

    def _is_full(self, task: EventTask) -> bool:
        return task.step is Step.CREATE and self._holds.held(("full", task.server_id), self._clock.real())

    async def _do(self, task: EventTask) -> None:
        shown, discord_id, now = task.shown, task.discord_id, self._clock.now()
        if task.step is Step.FIND and shown is not None:
            shown, discord_id = await self._find(task, shown)
        elif task.step is Step.CREATE and shown is not None:
            await about_to_create(self._db, task)
            texts = event_texts(shown.facts)
            discord_id = await self._events.create(task.server_id, texts, shown.starts_at, shown.ends_at)
            shown = replace(shown, status=Status.SCHEDULED)
        elif discord_id is not None and shown is not None:
            changed = self._edit if task.step is Step.EDIT else self._move
            shown = await changed(task, shown, discord_id, now)
        log.info(
            "scheduled event %s of server %s: %s",
            task.id,
            task.server_id,
            task.step,
            extra={"server": str(task.server_id)},
        )
        await step_done(self._db, task.id, shown, discord_id)

    async def _find(self, task: EventTask, shown: ShownEvent) -> tuple[ShownEvent | None, int | None]:
        """An event that may have been made: the answer to that was lost."""
        held = await events_held(self._db, task.server_id)
        found = await self._events.find(task.server_id, event_texts(shown.facts), shown.starts_at, held)
        return (replace(shown, status=found.status), found.id) if found else (None, None)

    async def _edit(self, task: EventTask, shown: ShownEvent, discord_id: int, now: datetime) -> ShownEvent:
        if task.owed is None:
            return shown
        owed, differs = task.owed, difference(task.owed, shown, now)
        if not differs:
            return shown  # a moment ago there was something
        await self._events.edit(
            task.server_id,
            discord_id,
            texts=event_texts(owed.facts) if differs.facts else None,
            starts_at=owed.starts_at if differs.starts else None,
            ends_at=owed.ends_at if differs.ends else None,
        )
        return replace(
            shown,
            facts=owed.facts if differs.facts else shown.facts,
            starts_at=owed.starts_at if differs.starts else shown.starts_at,
            ends_at=owed.ends_at if differs.ends else shown.ends_at,
        )

    async def _move(self, task: EventTask, shown: ShownEvent, discord_id: int, now: datetime) -> ShownEvent:
        """Begin it or end it; Discord may have done so by itself, at its time."""
        wanted = Status.ACTIVE if task.step is Step.START else Status.OVER
        status = shown.status
        if shown.has_begun(now) and status is Status.SCHEDULED:
            status = await self._events.status(task.server_id, discord_id)
        if status in (wanted, Status.OVER):
            return replace(shown, status=_ended_how(shown, status, now) if wanted is Status.ACTIVE else status)
        calls_off = wanted is Status.OVER and status is Status.SCHEDULED
        await self._events.move(task.server_id, discord_id, wanted, calls_off=calls_off)
        return replace(shown, status=wanted)

    async def _failed(self, task: EventTask, failure: NotDone) -> bool:
        """What a failed step means; whether to go on with the server's other events."""
        log.warning(
            "scheduled event %s of server %s, %s: %s",
            task.id,
            task.server_id,
            task.step,
            failure,
            extra={"server": str(task.server_id)},
        )
        real = self._clock.real()
        if failure.why is Why.AWAY:  # whether it was made is looked for
            self._holds.hold(task.server_id, real)
            return False
        if task.step is Step.CREATE:
            await step_done(self._db, task.id, None, None)
        if failure.why is Why.FORBIDDEN:
            self._holds.hold(task.server_id, real, at_least=LONGEST)
            await self._tell(task.server_id, 0, lacking(["Create Events"]))
            return False
        if failure.why is Why.FULL:
            self._holds.hold(("full", task.server_id), real, at_least=timedelta(minutes=1))
            return False
        await self._look_at_it(task, failure)
        return True

    async def _look_at_it(self, task: EventTask, failure: NotDone) -> None:
        """Somebody may have ended or deleted it; else what was refused is not asked for again."""
        status: Status | None = Status.OVER if failure.why is Why.GONE else None
        if task.discord_id is None or task.shown is None:
            self._refused[task.id] = _wanted(task)
            return
        try:
            status = status or await self._events.status(task.server_id, task.discord_id)
        except NotDone as again:
            status = Status.OVER if again.why is Why.GONE else task.shown.status
        # one that was to end did, and the answer to that was lost
        status = status if task.step is Step.END else _ended_how(task.shown, status, self._clock.now())
        if status is task.shown.status:
            self._refused[task.id] = _wanted(task)
        await step_done(self._db, task.id, replace(task.shown, status=status), task.discord_id)

    async def _tell(self, server_id: int, channel_id: int, problem: Problem) -> None:
        """Tell the managers once a day."""
        told = ("told", server_id, channel_id, problem.what)
        if self._holds.held(told, self._clock.real()):
            return
        self._holds.hold(told, self._clock.real(), at_least=LONGEST)
        await report_problem(self._db, self._clock, self._channels, Concerned(server_id, channel_id), problem)
        self._wake_sender()


def _wanted(task: EventTask) -> EventTask:
    """What tells one try from another; when an event would be made depends on the moment."""
    return replace(task, shown=None) if task.step is Step.CREATE else task


def _ended_how(shown: ShownEvent, status: Status, now: datetime) -> Status:
    """An event that is over before its end was ended by somebody, who does not want it made again."""
    return Status.LEFT if status is Status.OVER and now < shown.ends_at else status


def lacking(boxes: list[str]) -> Problem:
    """The problem of a server on which the bot may not keep events."""
    return Problem(
        code="events",
        what=f"its role lacks {joined(boxes)}.",
        remedy="Tick it under Server Settings → Roles → Chairside, or turn this off with /setup events.",
        cannot="keep scheduled events",
    )
