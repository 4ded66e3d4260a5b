"""Brings posted messages up to date, with what the budget leaves beside new ones."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection

from bot.clock import Clock
from bot.delivery.backoff import backoff
from bot.delivery.channel import Channels, DeliveryFailed, Outcome
from bot.delivery.compose import Material, gather, gather_if_all_can_be, write
from bot.delivery.composed import Composed
from bot.delivery.lanes import Lanes
from bot.delivery.logged import logged
from bot.delivery.outbox import Outbox
from bot.delivery.report_pictures import with_picture
from bot.delivery.tasks import Tasks
from bot.rules.reminders import URGENCY, Kind
from db.database import Database
from db.tables import Delivery

log = logging.getLogger(__name__)

LIVE = frozenset({Kind.BOARD, Kind.ROOMS, Kind.CONSOLE, Kind.QUESTION, Kind.LEFT_PART, Kind.SPEAKER_LEFT})
"""What shows more than its owed text tells, such as questions and votes: told to edit, it is edited."""


class Editor:
    """Edits what was posted; `editing` holds the ids of the deliveries whose edit is under way.

    `more_waits` tells that there are more edits in channels than the budget had room for.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        channels: Channels,
        outbox: Outbox,
        *,
        lanes: Lanes,
        tasks: Tasks,
        wake: Callable[[], None],
    ) -> None:
        self._db = db
        self._clock = clock
        self._channels = channels
        self._outbox = outbox
        self._budget = lanes.common
        self._direct = lanes.direct
        self._tasks = tasks
        self._wake = wake
        self.editing: set[str] = set()
        self.more_waits = False
        self._starting = asyncio.Lock()

    async def edit_due(self, *, reserved: int = 0) -> None:
        """Start the edits that are due, no more than the budget has room for beside `reserved` new messages."""
        async with self._starting:
            real, now = self._clock.real(), self._clock.now()
            room = max(0, self._budget.free(real) - reserved)
            # noted before reading: an edit that ends meanwhile leaves a row here that is out of date already
            busy = set(self.editing)
            rows = [row for row in await self._outbox.edits_due(now, real) if row.id not in busy]
            self.more_waits = len(rows) > room
            rows = sorted(rows, key=lambda row: URGENCY[Kind(row.kind)])[:room]
            rows = await self._outbox.lease_edits(rows + await self._direct_edits(room - len(rows), busy), real)
            consoles = [row for row in rows if row.kind == Kind.CONSOLE]
            # the console first, by itself: somebody has just pressed a button on it
            for group in (consoles, [row for row in rows if row.kind != Kind.CONSOLE]):
                material = await gather_if_all_can_be(self._db, group, now)
                for row in group:
                    self.editing.add(row.id)
                    self._tasks.start(self._edit(row, material), row)

    async def _direct_edits(self, room: int, busy: Collection[str]) -> list[Delivery]:
        """Direct messages that are to be edited, as far as their own budget goes as well."""
        real = self._clock.real()
        room = min(room, self._direct.free(real)) - sum(key in busy for key in self.editing)
        if room <= 0:
            return []
        rows = await self._outbox.edits_due(self._clock.now(), real, direct=True, limit=room + len(busy))
        return [row for row in rows if row.id not in busy][:room]

    async def remove_signals_before(self, row: Delivery) -> None:
        """Keep the moderators' place readable: a new time signal takes the place of the one before."""
        for before in await self._outbox.signals_before(row):
            with contextlib.suppress(DeliveryFailed):  # it stays, which does no harm
                await self._channels.remove(before.channel_id, before.message_id or 0)
                await self._outbox.removed(before)

    async def _edit(self, row: Delivery, material: Material | None) -> None:
        try:
            await self._bring_up_to_date(row, material)
        except DeliveryFailed as failure:
            await self._not_edited(row, failure)
        except Exception:
            log.exception("delivery %s could not be edited; trying again later", row.id, extra=logged(row))
            await self._outbox.edit_later(row, self._clock.real() + backoff(row.attempts))
        finally:
            self.editing.discard(row.id)
        # not after an error of the store's: what fails at once and wakes would go round without end
        self._wake()

    async def _bring_up_to_date(self, row: Delivery, material: Material | None) -> None:
        shown = await self._show(row, material or await gather(self._db, [row], self._clock.now()))
        # while the clock stands still, a change made meanwhile asks for its edit at the same moment as this one
        while shown is not None and row.edit_at == self._clock.now():
            row.shown_start, row.shown_text = shown.shown_start, shown.shown_text
            newer = await gather(self._db, [row], self._clock.now())
            composed = write(newer, row)
            if composed is None or composed.message == shown.message:
                return
            shown = await self._show(row, newer)

    async def _show(self, row: Delivery, material: Material) -> Composed | None:
        """Edit a message and record what it shows; None where it shows nothing new."""
        composed = write(material, row)
        if composed is None or row.message_id is None:
            await self._outbox.stop_editing(row, "what it announced is gone")
            return None
        if row.kind in LIVE or not _shows(row, composed):
            message = await with_picture(composed.message, composed.picture)
            # asked again: other requests may have gone out while this one was written
            budgets = (self._budget, self._direct) if row.user_id is not None else (self._budget,)
            if any(budget.free(self._clock.real()) <= 0 for budget in budgets):
                return None
            for budget in budgets:
                budget.take(1, self._clock.real())
            await self._channels.edit(row.channel_id, row.message_id, message)
        await self._outbox.edited(
            row,
            self._clock.now(),
            shown_start=composed.shown_start,
            shown_text=composed.shown_text,
            edit_at=composed.edit_at,
        )
        return composed

    async def _not_edited(self, row: Delivery, failure: DeliveryFailed) -> None:
        log.warning("message %s of delivery %s not edited: %s", row.message_id, row.id, failure, extra=logged(row))
        still_helps = row.expires_at is None or row.expires_at > self._clock.now()
        # a permission may come back, as the sender's own posts expect
        again = (Outcome.NOT_SENT, Outcome.UNKNOWN, *((Outcome.FORBIDDEN,) if still_helps else ()))
        if failure.outcome in again:
            await self._outbox.edit_later(row, self._clock.real() + backoff(row.attempts))
        elif failure.outcome is Outcome.MESSAGE_GONE and row.kind in (Kind.BOARD, Kind.ROOMS, Kind.CONSOLE):
            await self._outbox.post_again(row, self._clock.now())
        elif failure.outcome is Outcome.CHANNEL_GONE and row.kind == Kind.CONSOLE:
            # posting it finds it another thread
            await self._outbox.post_again(row, self._clock.now())
        else:
            await self._outbox.stop_editing(row, str(failure))


def _shows(row: Delivery, composed: Composed) -> bool:
    return (row.shown_start, row.shown_text) == (composed.shown_start, composed.shown_text)
