"""Claims what is nearly due and writes its messages, so that at the moment only the request is left to do."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock, give_way
from bot.delivery.backoff import backoff
from bot.delivery.channel import Channels
from bot.delivery.compose import Material, gather, gather_if_all_can_be, write
from bot.delivery.composed import Composed, Prepared
from bot.delivery.leases import let_go
from bot.delivery.logged import logged
from bot.delivery.next_due import Lane
from bot.delivery.outbox import Outbox, thread_parent
from bot.delivery.report_pictures import with_picture
from bot.delivery.tasks import Tasks
from bot.delivery.trouble import Trouble
from bot.rules.outbox import State
from bot.rules.reminders import Kind
from db.database import Database
from db.tables import Delivery

log = logging.getLogger(__name__)

PREPARE_AHEAD = timedelta(seconds=2)
"""Real time before the moment at which a message is claimed and written."""
DIRECT_PREPARED_AT_MOST = 60
"""Two seconds of direct messages' budget."""
PREPARED_AT_MOST = 100
"""Two seconds of the budget: what waits longer is claimed later, with its lease fresh and what is urgent before it."""


def claimed_until(clock: Clock) -> datetime:
    """The virtual moment until which messages are claimed and written now."""
    return clock.now() + PREPARE_AHEAD * max(clock.speed, 0.0)


class Preparer:
    """Holds what is prepared and what is doubtful; `more_waits` tells that there is more than it has room for.

    `direct_waits` tells the same of direct messages, which are claimed only while nothing else waits, and
    `report_waits` of reports, of which one is claimed at a time: drawing its picture takes seconds.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        channels: Channels,
        outbox: Outbox,
        *,
        trouble: Trouble,
        tasks: Tasks,
        wake: Callable[[], None],
    ) -> None:
        self._db = db
        self._clock = clock
        self._channels = channels
        self._outbox = outbox
        self._trouble = trouble
        self._tasks = tasks
        self._wake = wake
        self._drawing: set[str] = set()
        self.prepared: dict[str, Prepared] = {}
        self.doubtful: dict[str, Delivery] = {}
        self._unwritten: set[str] = set()
        self.more_waits = self.direct_waits = self.report_waits = False

    async def prepare(self) -> AsyncIterator[None]:
        """Claim what is nearly due and write its messages; gives way after each part, what is urgent first."""
        real, now = self._clock.real(), self._clock.now()
        until = claimed_until(self._clock)
        rows = await self._claim(until, real)
        covered = _covered(rows, now)
        writing: dict[tuple[int, datetime], list[Delivery]] = defaultdict(list)
        for row in rows:
            if row.state == State.DOUBTFUL:
                self.doubtful[row.id] = row
            elif row.expires_at is not None and row.expires_at <= now:
                await self._outbox.skip_late(row)
            elif row.id in covered:
                await self._outbox.give_up(row, State.SKIPPED, "too late: a later reminder of the same talk is due")
            else:
                writing[_turn(row), max(now, row.due_at)].append(row)
        for (_, moment), group in sorted(writing.items(), key=lambda part: part[0]):
            material = await gather_if_all_can_be(self._db, group, moment)
            for row in await self._reachable(group, material):
                await self._try_to_prepare(row, material, moment)
                await give_way()  # a hundred boards must not hold up a tap
            yield
        self._unwritten.clear()
        if self.report_waits and not self._has_report and not self.more_waits:
            self._wake()  # it needs no drawing, and another may wait

    async def _claim(self, until: datetime, real: datetime) -> list[Delivery]:
        """No more than goes out in the next seconds: boards only where no reminder waits for the budget."""
        self.more_waits = self.direct_waits = self.report_waits = False
        await self._let_go_of_what_need_not_be_held(until)
        if not await self._outbox.any_to_claim(until, real):
            return []
        boards = sum(prepared.row.kind == Kind.BOARD for prepared in self.prepared.values())
        direct = sum(prepared.is_direct for prepared in self.prepared.values())
        room = PREPARED_AT_MOST - (len(self.prepared) - boards - direct)
        rows = await self._claim_of(Lane.REMINDERS, room, until, real)
        self.more_waits = len(rows) >= room
        room = PREPARED_AT_MOST // 2 - boards
        if not self.more_waits and room > 0:
            rows += (found := await self._claim_of(Lane.BOARDS, room, until, real))
            self.more_waits = len(found) >= room
        if await self._outbox.any_to_claim(until, real, Lane.REPORTS):
            rows += await self._claim_of(Lane.REPORTS, 0 if self._has_report or self.more_waits else 1, until, real)
            self.report_waits = True
        if await self._outbox.any_to_claim(until, real, Lane.DIRECT):
            room = 0 if self.more_waits else DIRECT_PREPARED_AT_MOST - direct
            rows += (found := await self._claim_of(Lane.DIRECT, room, until, real))
            self.direct_waits = len(found) >= room
        return rows

    @property
    def wants_more(self) -> bool:
        """Whether, once something went out, there is room for what waits."""
        direct = sum(prepared.is_direct for prepared in self.prepared.values())
        has_room = self.direct_waits and 2 * direct <= DIRECT_PREPARED_AT_MOST
        return self.more_waits or self.report_waits or has_room

    @property
    def _has_report(self) -> bool:
        """Whether one is being drawn, or waits to be sent."""
        return bool(self._drawing) or any(prepared.row.kind == Kind.REPORT for prepared in self.prepared.values())

    async def _let_go_of_what_need_not_be_held(self, until: datetime) -> None:
        """End the leases of what was claimed when the clock ran faster, and of what the store failed to tell of."""
        early = [key for key, prepared in self.prepared.items() if prepared.row.due_at > until]
        for key in early:
            del self.prepared[key]
        self._unwritten.update(early)
        held = self._unwritten - self.prepared.keys() - self.doubtful.keys()
        if held:
            await let_go(self._db, held, self._db.process)
        self._unwritten.clear()

    async def _claim_of(self, lane: Lane, room: int, until: datetime, real: datetime) -> list[Delivery]:
        rows = await self._outbox.claim(until, real, lane, limit=room) if room > 0 else []
        self._unwritten.update(row.id for row in rows)
        return rows

    async def _try_to_prepare(self, row: Delivery, material: Material | None, now: datetime) -> None:
        """One delivery that cannot be written holds up no other."""
        try:
            await self._prepare_one(row, material or await gather(self._db, [row], now))
        except SQLAlchemyError:
            raise
        except Exception as error:
            log.exception("delivery %s cannot be written", row.id, extra=logged(row))
            retry_at = self._clock.real() + backoff(row.attempts)
            await self._outbox.put_back(row, State.PENDING, f"it cannot be written ({type(error).__name__})", retry_at)

    async def _reachable(self, rows: Sequence[Delivery], material: Material | None) -> Sequence[Delivery]:
        """Those that can be sent as far as is known: to others, direct messages are closed."""
        people = material.people.closed if material is not None else ()
        closed = [row for row in rows if row.kind == Kind.PERSONAL and row.user_id in people]
        if closed:
            await self._trouble.unreachable(closed)
        return [row for row in rows if row not in closed] if closed else rows

    async def _prepare_one(self, row: Delivery, material: Material) -> None:
        parent = thread_parent(row)
        problem = self._channels.problem(row.server_id, parent or row.channel_id, opens_thread=parent is not None)
        if problem is not None:
            # beside the round: telling the managers may take a request
            self._tasks.start(self._trouble.block(row, problem), row)
            return
        composed = write(material, row)
        if composed is None:
            await self._outbox.give_up(row, State.WITHDRAWN, "what it announced is gone")
            return
        row.shown_start, row.shown_text = composed.shown_start, composed.shown_text
        if composed.picture is None:
            self.prepared[row.id] = Prepared(row, composed)
            return
        self._drawing.add(row.id)
        self._tasks.start(self._draw(row, composed), row)

    async def _draw(self, row: Delivery, composed: Composed) -> None:
        """Beside the round, which goes on with everything else meanwhile."""
        try:
            message = await with_picture(composed.message, composed.picture)
            self.prepared[row.id] = Prepared(row, replace(composed, message=message))
        finally:
            self._drawing.discard(row.id)
            self._wake()


def _turn(row: Delivery) -> int:
    """Boards are written after reminders, and direct messages after those."""
    return 2 if row.user_id is not None else int(row.kind == Kind.BOARD)


def _covered(rows: Sequence[Delivery], now: datetime) -> set[str]:
    """Reminders whose talk has a later one that is due as well: after an outage one says all that is left to say."""
    kinds = Kind.UP_NEXT, Kind.PERSONAL
    due = [row for row in rows if row.kind in kinds and row.state == State.CLAIMED and row.due_at <= now]
    latest: dict[tuple[int, int | None], Delivery] = {}
    for row in sorted(due, key=lambda row: row.due_at):
        latest[row.channel_id, row.talk_id] = row
    return {row.id for row in due} - {row.id for row in latest.values()}
