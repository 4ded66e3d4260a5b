"""The outbox's sender: prepare what is nearly due, send what is due, edit what changed, arm the next instant.

One task does this in rounds; the alarm and every change of the store only wake it. Each request runs in a task of its
own, so that a slow channel holds up no other.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock, wait_until
from bot.delivery.alarm import Alarm
from bot.delivery.channel import Channels, DeliveryFailed
from bot.delivery.composed import Prepared
from bot.delivery.editor import Editor
from bot.delivery.lanes import Lanes
from bot.delivery.outbox import Outbox, Sent, thread_parent
from bot.delivery.preparing import PREPARE_AHEAD, Preparer, claimed_until
from bot.delivery.recorder import Recorder
from bot.delivery.shards import Shards
from bot.delivery.store_away import StoreAway
from bot.delivery.tasks import Tasks
from bot.delivery.trouble import Trouble
from bot.rules.outbox import State
from bot.rules.reminders import Kind
from bot.services.replanning import CatchUp
from db.database import Database
from db.tables import Conference

FENCE_AHEAD = timedelta(milliseconds=250)
"""Real time before the moment at which a row is marked as sending; a change in between is an edit.

Beside 20 votes a second the store lets a writer wait for 200 ms.
"""
HEARTBEAT_SECONDS = 30


class Sender:
    """Sends what the database says is owed, on time and once."""

    def __init__(self, db: Database, clock: Clock, alarm: Alarm, channels: Channels, shards: Shards) -> None:
        self._db = db
        self._clock = clock
        self._alarm = alarm
        self._channels = channels
        self._catch_up = CatchUp(db, shards.owns(Conference.server_id))
        self._outbox = Outbox(db, db.process, shards)
        self.lanes = Lanes(shards)
        self._budget = self.lanes.common
        self._wake, self._prepared_more, self._edits = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._replan_at: datetime | None = None
        self._wants_round = False
        self._arming, self._fencing = asyncio.Lock(), asyncio.Lock()
        self.recorder = Recorder(clock, self._outbox)
        self.store, self._tasks = StoreAway(), Tasks()
        self.trouble = Trouble(db, clock, channels, self._outbox, wake=self.wake)
        self._preparer = Preparer(
            db, clock, channels, self._outbox, trouble=self.trouble, tasks=self._tasks, wake=self.wake
        )
        self._editor = Editor(
            db, clock, channels, self._outbox, lanes=self.lanes, tasks=self._tasks, wake=self._edits.set
        )

    def wake(self) -> None:
        """Something changed or is due: look again at once."""
        self._wants_round = True
        self._edits.set()
        self._prepared_more.set()

    async def run(self) -> None:
        """Send until cancelled. The store's lock must be held: what another process left is taken over."""
        await self.take_over()
        self._clock.on_change(self._alarm.anew)
        self._clock.on_change(self.wake)
        self._alarm.start(self.wake)
        self._alarm.every(HEARTBEAT_SECONDS, "heartbeat", self._heartbeat)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look_again(), name="rounds")
            tasks.create_task(self._keep_time(), name="on time")
            tasks.create_task(self._keep_current(), name="edits")

    async def _look_again(self) -> None:
        """A round whenever something may have changed."""
        while True:
            # cleared before reading what is due, or a wake in between is lost
            self._wake.clear()
            try:
                await self.round()
                self.store.answered()
            except SQLAlchemyError as error:
                self.store.failed(error)
                self._alarm.arm(self._clock.real() + timedelta(seconds=1))
            await self._wake.wait()

    async def _keep_time(self) -> None:
        """Send what is prepared at its moment, whatever a round is reading meanwhile."""
        while True:
            self._prepared_more.clear()
            seconds = self._seconds_until_next()
            try:
                await self._send_due()
                seconds = self._seconds_until_next()
            except SQLAlchemyError as error:
                self.store.failed(error)
                seconds = 1.0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._prepared_more.wait()

    async def _keep_current(self) -> None:
        """Edit what a tap changed, whatever a round is preparing meanwhile; then a round sees to the rest."""
        while True:
            await self._edits.wait()
            self._edits.clear()
            wants_round, self._wants_round = self._wants_round, False
            try:
                # what waits for the budget is the round's to weigh
                if not self._preparer.more_waits:
                    await self._editor.edit_due(reserved=self._soon_due())
                # an edit that is over leaves nothing to prepare
                if not wants_round:
                    await self._arm()
            except SQLAlchemyError:
                # the round tries a store that does not answer again, and logs it
                wants_round = True
            if wants_round:
                self._wake.set()

    @property
    def _prepared(self) -> Collection[Prepared]:
        return self._preparer.prepared.values()

    @property
    def _holds_direct(self) -> bool:
        """Whether direct messages wait for what channels are owed."""
        return self._preparer.more_waits or self._editor.more_waits

    def _next_to_go(self, ahead: timedelta = timedelta(0)) -> datetime | None:
        """The real moment, `ahead` of its own, at which the next prepared message is due and the budget has room."""
        real, held = self._clock.real(), self._holds_direct
        moments = (
            max(at - ahead, self.lanes.free_at(prepared, real))
            for prepared in self._prepared
            if not (held and prepared.is_direct) and (at := self._clock.real_at(prepared.row.due_at))
        )
        return min(moments, default=None)

    def _seconds_until_next(self) -> float | None:
        """Real seconds until the next prepared message is to be fenced, or the budget has room for it."""
        moment = self._next_to_go(FENCE_AHEAD)
        return max(0.0, (moment - self._clock.real()).total_seconds()) if moment else None

    def count_request(self) -> None:
        """Somebody else is about to send a request to Discord."""
        self._budget.take(1, self._clock.real())

    def spare_request(self) -> bool:
        """Take room for a request that can wait; whether there is any beside what is due."""
        return not self._holds_direct and self.lanes.spare(self._clock.real(), len(self._prepared))

    async def take_over(self) -> None:
        """What a process that is gone has claimed waits again; what it may have sent is doubtful."""
        await self._outbox.release()

    async def stop(self) -> None:
        """Let requests that are under way finish."""
        self._alarm.stop()
        await self._tasks.finish(seconds=1)

    async def retry_now(self, server_id: int) -> None:
        """Permissions or channels of a server changed: try what was blocked there."""
        await self._outbox.retry_now(server_id)
        self.wake()

    async def _heartbeat(self) -> None:
        self.wake()

    async def round(self) -> None:
        """Do once what is due now, and arm the alarm for what comes next; requests go on beside it."""
        self._replan_at = await self._catch_up.until(self._clock.now())
        await self._send_due()
        async for _ in self._preparer.prepare():
            self._prepared_more.set()
            await self._send_due()
        self._settle_doubtful()
        await self._editor.edit_due(reserved=self._soon_due())
        self._prepared_more.set()  # what was held back for channels may go now
        await self._arm()

    def _soon_due(self) -> int:
        """Messages for channels that are written already: an edit must not take the room of one due in a moment."""
        return sum(not prepared.is_direct for prepared in self._prepared)

    async def requests_answered(self) -> None:
        """Wait for the requests that are under way, and what is written after each."""
        await self._tasks.finish()

    async def _send_due(self) -> None:
        """Fence what is prepared and due, the most urgent first, as far as the budget goes; each goes at its moment."""
        async with self._fencing:
            real = self._clock.real()
            until = self._clock.now() + FENCE_AHEAD * self._clock.speed
            due = [prepared for prepared in self._prepared if prepared.row.due_at <= until]
            going = self.lanes.going(due, real, hold_direct=self._holds_direct)
            if not going:
                return
            try:
                sending = await self._outbox.begin_sending([prepared.row for prepared in going], real)
            finally:
                self.lanes.let_go(going)
            for prepared in going:
                self._preparer.prepared.pop(prepared.row.id, None)
                if prepared.row.id in sending:
                    self.lanes.begin(prepared)
                    self._tasks.start(self._send(prepared), prepared.row)
        if self._preparer.wants_more:
            self._wake.set()

    async def _send(self, prepared: Prepared) -> None:
        try:
            message_id = await self._post(prepared)
        finally:
            self._budget.end(self._clock.real())
            self._prepared_more.set()
        if message_id is not None:
            await self._posted(prepared, message_id)

    async def _post(self, prepared: Prepared) -> int | None:
        """Wait for the moment and post; None if it was not."""
        row = prepared.row
        await wait_until(self._clock, row.due_at)  # the fence came a little before it
        self.lanes.leaves(prepared, self._clock.real())
        if row.lease_until is not None and row.lease_until <= self._clock.real():
            # this process stood still, and another may have sent it: whoever looks next searches for it
            self.wake()
            return None
        if self._clock.now() < row.due_at:
            # the clock was stopped or set back in the last moment
            await self._outbox.put_back(row, State.PENDING, "the clock was set back", self._clock.real())
            return None
        if row.expires_at is not None and row.expires_at <= self._clock.now():
            await self._outbox.skip_late(row)
            return None
        try:
            if (parent := thread_parent(row)) is not None:
                name = prepared.composed.thread_name
                row.channel_id = await self._channels.open_thread(parent, row.channel_id, name)
            return await self._channels.post(row.channel_id, prepared.composed.message, row.id)
        except DeliveryFailed as failure:
            await self.trouble.not_sent(row, failure)
            return None

    async def _posted(self, prepared: Prepared, message_id: int) -> None:
        row = prepared.row
        real = self._clock.real()
        lateness = self.recorder.lateness_ms(row, real)
        edit_at = prepared.composed.edit_at
        owes_more = await self.recorder.record(Sent(row, message_id, real, lateness, edit_at))
        if row.kind == Kind.CUE:
            await self._editor.remove_signals_before(row)
        if row.kind == Kind.LEFTOVERS or owes_more:
            self.wake()
        elif edit_at is not None:
            self._edits.set()

    def _settle_doubtful(self) -> None:
        """Search for what may have been posted, as far as the budget goes."""
        real = self._clock.real()
        for row in list(self._preparer.doubtful.values())[: self._budget.free(real)]:
            del self._preparer.doubtful[row.id]
            self._budget.take(1, real)
            self._tasks.start(self.trouble.settle(row), row)

    async def _arm(self) -> None:
        """Ring when the next message or edit is due, when one is to be prepared, or when the budget allows more."""
        async with self._arming:  # or what was read earlier might be armed later
            real = self._clock.real()
            due = await self._outbox.next_due(self._editor.editing, real, claimed_until(self._clock))
            moments: list[datetime | None] = [due.retry_at, due.lease_until, real if self._preparer.doubtful else None]
            direct_waits = self._preparer.direct_waits or self._holds_direct
            waits_of = self._preparer.more_waits, direct_waits, self._preparer.report_waits
            for due_at, waits in zip((due.due_at, due.direct_due_at, due.report_due_at), waits_of, strict=True):
                at = self._clock.real_at(due_at) if due_at else None
                # what there is no room for is claimed once something prepared went out
                moments.append(at - PREPARE_AHEAD if at and not (waits and at - PREPARE_AHEAD <= real) else None)
            moments.append(self._clock.real_at(self._replan_at) if self._replan_at else None)
            if due.edit_at and (at := self._clock.real_at(due.edit_at)):
                moments.append(max(at, self._budget.free_at(real, beside=self._soon_due())))
            # one that is under way wakes by itself
            no_edits = self._holds_direct or self._editor.editing
            if due.direct_edit_at and not no_edits and (at := self._clock.real_at(due.direct_edit_at)):
                moments.append(max(at, self.lanes.direct.free_at(real)))
            moments.append(self._next_to_go())
            earliest = min((moment for moment in moments if moment), default=None)
            self._alarm.arm(max(earliest, self._budget.free_at(real)) if earliest else None)
