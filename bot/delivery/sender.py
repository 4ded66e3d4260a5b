"""The outbox's sender: prepare what is nearly due, send what is due, edit what changed, arm the next instant.

One task does this in rounds; the alarm and every change of the store only wake it. Each request runs in a task of its
own, so that a slow channel holds up no other.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.delivery.alarm import Alarm
from bot.delivery.budget import REQUESTS_PER_SECOND, Budget
from bot.delivery.channel import Channels, DeliveryFailed, Outcome, Problem, forbidden, gone
from bot.delivery.compose import Composed, compose
from bot.delivery.editor import Editor, backoff
from bot.delivery.notices import report_problem
from bot.delivery.outbox import BATCH, Outbox, Shards
from bot.delivery.tasks import Tasks
from bot.rules.outbox import State
from bot.rules.reminders import URGENCY, Kind
from bot.services.replanning import catch_up
from db.database import Database
from db.tables import Delivery

log = logging.getLogger(__name__)

PREPARE_AHEAD = timedelta(seconds=2)
"""Real time before the moment at which a message is claimed and written, so that only the request is left to do."""
BLOCKED_RETRY = timedelta(seconds=30)
HEARTBEAT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claimed row with its message."""

    row: Delivery
    composed: Composed

    @property
    def urgency(self) -> tuple[int, datetime]:
        return URGENCY[Kind(self.row.kind)], self.row.due_at


class Sender:
    """Sends what the database says is owed, on time and once."""

    def __init__(self, db: Database, clock: Clock, alarm: Alarm, channels: Channels, shards: Shards) -> None:
        self._db = db
        self._clock = clock
        self._alarm = alarm
        self._channels = channels
        self._outbox = Outbox(db, secrets.token_urlsafe(8), shards)
        self._budget = Budget(shards.share_of(REQUESTS_PER_SECOND))
        self._wake = asyncio.Event()
        self._replan_at: datetime | None = None
        self._prepared: dict[str, Prepared] = {}
        self._doubtful: dict[str, Delivery] = {}
        self._tasks = Tasks()
        self._editor = Editor(db, clock, channels, self._outbox, budget=self._budget, tasks=self._tasks, wake=self.wake)

    def wake(self) -> None:
        """Something changed or is due: look again at once."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled. The store's lock must be held: what another process left is taken over."""
        await self.take_over()
        self._clock.on_change(self.wake)
        self._alarm.start(self.wake)
        self._alarm.every(HEARTBEAT_SECONDS, "heartbeat", self._heartbeat)
        while True:
            # cleared before reading what is due, or a wake in between is lost
            self._wake.clear()
            try:
                await self.round()
            except SQLAlchemyError:
                log.exception("the store did not answer; trying again in a second")
                self._alarm.arm(self._clock.real() + timedelta(seconds=1))
            await self._wake.wait()

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
        self._replan_at = await catch_up(self._db, self._clock.now())
        await self._send_due()
        await self._prepare()
        await self._send_due()
        self._settle_doubtful()
        await self._editor.edit_due()
        await self._arm()

    async def requests_answered(self) -> None:
        """Wait for the requests that are under way, and what is written after each."""
        await self._tasks.finish()

    async def _prepare(self) -> None:
        """Claim what is nearly due and write its messages."""
        real, now = self._clock.real(), self._clock.now()
        until = now + PREPARE_AHEAD * max(self._clock.speed, 0.0)
        rows = await self._outbox.claim(until, real)
        covered = _covered(rows, now)
        for row in sorted(rows, key=lambda row: URGENCY[Kind(row.kind)]):
            if row.state == State.DOUBTFUL:
                self._doubtful[row.id] = row
            elif row.expires_at is not None and row.expires_at <= now:
                await self._outbox.skip_late(row)
            elif row.id in covered:
                await self._outbox.give_up(row, State.SKIPPED, "too late: a later reminder of the same talk is due")
            else:
                await self._try_to_prepare(row, max(now, row.due_at))
        if len(rows) == BATCH:
            self.wake()

    async def _try_to_prepare(self, row: Delivery, now: datetime) -> None:
        """One delivery that cannot be written holds up no other, nor do two hundred boards what is due beside them."""
        if row.kind == Kind.BOARD:
            await self._send_due()
        try:
            await self._prepare_one(row, now)
        except SQLAlchemyError:
            raise
        except Exception as error:
            log.exception("delivery %s cannot be written", row.id)
            retry_at = self._clock.real() + backoff(row.attempts)
            await self._outbox.put_back(row, State.PENDING, f"it cannot be written ({type(error).__name__})", retry_at)

    async def _prepare_one(self, row: Delivery, now: datetime) -> None:
        problem = self._channels.problem(row.server_id, row.channel_id)
        if problem is not None:
            # beside the round: telling the managers may take a request
            self._tasks.start(self._block(row, problem))
            return
        composed = await compose(self._db, row, now)
        if composed is None:
            await self._outbox.give_up(row, State.WITHDRAWN, "what it announced is gone")
            return
        row.shown_start, row.shown_text = composed.shown_start, composed.shown_text
        self._prepared[row.id] = Prepared(row, composed)

    async def _send_due(self) -> None:
        """Send what is prepared and due, the most urgent first, as far as the budget goes."""
        now, real = self._clock.now(), self._clock.real()
        due = sorted((p for p in self._prepared.values() if p.row.due_at <= now), key=lambda p: p.urgency)
        going = due[: self._budget.free(real)]
        if not going:
            return
        self._budget.hold(len(going))
        try:
            sending = await self._outbox.begin_sending([prepared.row for prepared in going], real)
        finally:
            self._budget.let_go(len(going))
        for prepared in going:
            self._prepared.pop(prepared.row.id, None)
        self._budget.take(len(sending), self._clock.real())
        for prepared in going:
            if prepared.row.id in sending:
                self._tasks.start(self._send(prepared))

    async def _send(self, prepared: Prepared) -> None:
        row = prepared.row
        if row.expires_at is not None and row.expires_at <= self._clock.now():
            await self._outbox.skip_late(row)
            return
        try:
            message_id = await self._channels.post(row.channel_id, prepared.composed.message, row.id)
        except DeliveryFailed as failure:
            await self._not_sent(row, failure)
            return
        real = self._clock.real()
        lateness = self._lateness_ms(row, real)
        edit_at = prepared.composed.edit_at
        await self._outbox.sent(row, message_id, real, lateness_ms=lateness, edit_at=edit_at)
        log.info("sent %s delivery %s to channel %s, %.0f ms late", row.kind, row.id, row.channel_id, lateness or 0)
        if row.kind == Kind.CUE:
            await self._editor.remove_signals_before(row)
        self.wake()

    def _lateness_ms(self, row: Delivery, real: datetime) -> float | None:
        """Real milliseconds from the moment it was due, or was planned if that came later."""
        moment = self._clock.real_at(max(row.due_at, row.planned_at))
        return max(0.0, (real - moment).total_seconds() * 1000) if moment else None

    async def _not_sent(self, row: Delivery, failure: DeliveryFailed) -> None:
        log.warning("%s delivery %s not sent to channel %s: %s", row.kind, row.id, row.channel_id, failure)
        retry_at = self._clock.real() + backoff(row.attempts)
        if failure.outcome is Outcome.NOT_SENT:
            await self._outbox.put_back(row, State.PENDING, str(failure), retry_at)
        elif failure.outcome is Outcome.UNKNOWN:
            await self._outbox.put_back(row, State.DOUBTFUL, str(failure), retry_at)
        elif failure.outcome is Outcome.CHANNEL_GONE:
            await self._block(row, gone(row.channel_id))
        elif failure.outcome is Outcome.FORBIDDEN:
            await self._block(row, forbidden(row.channel_id))
        else:
            await self._outbox.give_up(row, State.FAILED, str(failure))
        self.wake()

    async def _block(self, row: Delivery, problem: Problem) -> None:
        """Hold it until the server puts the problem right, and tell its managers once."""
        await self._outbox.put_back(row, State.BLOCKED, problem.what, self._clock.real() + BLOCKED_RETRY)
        if row.kind != Kind.NOTICE:
            await report_problem(self._db, self._clock, self._channels, row, problem)
        self.wake()

    def _settle_doubtful(self) -> None:
        """Search for what may have been posted, as far as the budget goes."""
        real = self._clock.real()
        for row in list(self._doubtful.values())[: self._budget.free(real)]:
            del self._doubtful[row.id]
            self._budget.take(1, real)
            self._tasks.start(self._settle(row))

    async def _settle(self, row: Delivery) -> None:
        """Nobody knows whether it was posted: look in the channel before sending it again."""
        problem = self._channels.problem(row.server_id, row.channel_id)
        if problem is not None:
            # without Read Message History the search answers that there is nothing
            await self._cannot_search(row, problem)
            return
        try:
            since = row.claimed_at or self._clock.real()
            message_id = await self._channels.find(row.channel_id, row.id, since)
        except DeliveryFailed as failure:
            await self._not_settled(row, failure)
            return
        if message_id is not None:
            log.info("delivery %s was posted after all, as message %s", row.id, message_id)
            await self._outbox.sent(row, message_id, self._clock.real(), lateness_ms=None, edit_at=self._clock.now())
        else:
            await self._outbox.put_back(row, State.PENDING, "not found in the channel", self._clock.real())
        self.wake()

    async def _not_settled(self, row: Delivery, failure: DeliveryFailed) -> None:
        if failure.outcome in (Outcome.NOT_SENT, Outcome.UNKNOWN):
            retry_at = self._clock.real() + backoff(row.attempts)
            await self._outbox.put_back(row, State.DOUBTFUL, str(failure), retry_at)
            self.wake()
        elif failure.outcome is Outcome.CHANNEL_GONE:
            await self._cannot_search(row, gone(row.channel_id))
        else:
            await self._cannot_search(row, forbidden(row.channel_id))

    async def _cannot_search(self, row: Delivery, problem: Problem) -> None:
        """Not repeated, but reported; searched once more when the server has put it right in time."""
        reason = f"it may have been posted, and the channel could not be searched: {problem.what}"
        if row.expires_at is None or row.expires_at <= self._clock.now():
            await self._outbox.give_up(row, State.FAILED, reason)
        else:
            await self._outbox.put_back(row, State.DOUBTFUL, reason, self._clock.real() + BLOCKED_RETRY)
        await report_problem(self._db, self._clock, self._channels, row, problem)
        self.wake()

    async def _arm(self) -> None:
        """Ring when the next message or edit is due, when one is to be prepared, or when the budget allows more."""
        real = self._clock.real()
        due = await self._outbox.next_due(self._editor.editing)
        moments: list[datetime | None] = [due.retry_at, real if self._doubtful else None]
        if due.due_at is not None:
            at = self._clock.real_at(due.due_at)
            moments.append(at - PREPARE_AHEAD if at else None)
        virtual = (due.edit_at, self._replan_at, *(prepared.row.due_at for prepared in self._prepared.values()))
        moments.extend(self._clock.real_at(moment) for moment in virtual if moment is not None)
        earliest = min((moment for moment in moments if moment), default=None)
        self._alarm.arm(max(earliest, self._budget.free_at(real)) if earliest else None)


def _covered(rows: Sequence[Delivery], now: datetime) -> set[str]:
    """Reminders whose talk has a later one that is due as well: after an outage one says all that is left to say."""
    due = [row for row in rows if row.kind == Kind.UP_NEXT and row.state == State.CLAIMED and row.due_at <= now]
    latest: dict[tuple[int, int | None], Delivery] = {}
    for row in sorted(due, key=lambda row: row.due_at):
        latest[row.channel_id, row.talk_id] = row
    return {row.id for row in due} - {row.id for row in latest.values()}
