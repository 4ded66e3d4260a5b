"""What becomes of a delivery that was not posted, or of which nobody knows whether it was."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.client import no_console
from bot.clock import Clock
from bot.delivery.backoff import BLOCKED_RETRY, backoff
from bot.delivery.channel import Channels, DeliveryFailed, Outcome
from bot.delivery.channel_problems import Problem, forbidden, gone
from bot.delivery.logged import logged
from bot.delivery.notices import report_problem
from bot.delivery.outbox import Outbox, Sent, thread_parent
from bot.rules.outbox import State
from bot.rules.reminders import Kind
from bot.rules.server_check import Purpose, chosen_with
from bot.services.mentions import cannot_be_reached
from bot.services.people import note_closed, person_row
from db.database import Database
from db.tables import Delivery

log = logging.getLogger(__name__)

_OUT_OF_REACH = frozenset({Outcome.CLOSED, Outcome.FORBIDDEN, Outcome.CHANNEL_GONE})
"""What keeps a direct message from its reader for good."""
_PURPOSES = {
    Kind.ROOMS: Purpose.BOARD,
    Kind.AUDIT: Purpose.AUDIT,
    **dict.fromkeys((Kind.CONSOLE, Kind.CUE, Kind.ASK, Kind.CLAIM, Kind.REPORT), Purpose.MODERATORS),
}


class ReplaceConsole(Protocol):
    """Takes a thread that is there no more: see bot.delivery.console_place.replace_console."""

    async def __call__(self, *, server_id: int, thread_id: int) -> bool | Problem: ...


def _gone(row: Delivery) -> Problem:
    return gone(row.channel_id, chosen_with([_PURPOSES.get(Kind(row.kind), Purpose.SESSIONS)]))


class Trouble:
    """Puts deliveries back, holds or gives them up, searches for the doubtful, and tells managers what is wrong."""

    def __init__(
        self, db: Database, clock: Clock, channels: Channels, outbox: Outbox, *, wake: Callable[[], None]
    ) -> None:
        self._db = db
        self._clock = clock
        self._channels = channels
        self._outbox = outbox
        self._wake = wake
        self.console_gone: ReplaceConsole = no_console

    async def not_sent(self, row: Delivery, failure: DeliveryFailed) -> None:
        log.warning(
            "%s delivery %s not sent to channel %s: %s", row.kind, row.id, row.channel_id, failure, extra=logged(row)
        )
        retry_at = self._clock.real() + backoff(row.attempts)
        if failure.outcome is Outcome.NOT_SENT:
            await self._outbox.put_back(row, State.PENDING, str(failure), retry_at)
        elif failure.outcome is Outcome.UNKNOWN:
            await self._outbox.put_back(row, State.DOUBTFUL, str(failure), retry_at)
        elif row.user_id is not None and failure.outcome in _OUT_OF_REACH:
            await self.unreachable([row])
        elif failure.outcome is Outcome.CHANNEL_GONE:
            if not await self._went_with_console(row):
                await self.block(row, _gone(row))
        elif failure.outcome is Outcome.FORBIDDEN:
            parent = thread_parent(row)
            await self.block(row, forbidden(parent or row.channel_id, opens_thread=parent is not None))
        else:
            await self._outbox.give_up(row, State.FAILED, str(failure))
        self._wake()

    async def _went_with_console(self, row: Delivery) -> bool:
        """Whether it was for a console's thread that is gone; another then has what that one was owed.

        Until there is another, it waits: each time that it is tried, so is opening one.
        """
        if _PURPOSES.get(Kind(row.kind)) is not Purpose.MODERATORS:
            return False
        try:
            found = await self.console_gone(server_id=row.server_id, thread_id=row.channel_id)
        except DeliveryFailed as failure:
            retry_at = self._clock.real() + backoff(row.attempts)
            await self._outbox.put_back(row, State.PENDING, str(failure), retry_at)
            return True
        if isinstance(found, Problem):
            await self.block(row, found)
        elif found:
            await self._outbox.give_up(row, State.WITHDRAWN, "the console's thread was deleted")
        return bool(found)

    async def unreachable(self, rows: Sequence[Delivery]) -> None:
        """Direct messages that do not reach people: they are tried no more, and who agreed is mentioned instead."""
        now = self._clock.now()
        people = {row.user_id for row in rows if row.user_id is not None}
        async with self._db.transaction({row.server_id for row in rows} | people) as session:
            for user_id in people:
                note_closed(await person_row(session, user_id), now, told=False)
            await cannot_be_reached(session, rows, now)
        self._wake()

    async def block(self, row: Delivery, problem: Problem) -> None:
        """Hold it until the server puts the problem right, and tell its managers once."""
        await self._outbox.put_back(row, State.BLOCKED, problem.what, self._clock.real() + BLOCKED_RETRY)
        if row.kind not in (Kind.NOTICE, Kind.WELCOME):
            await report_problem(self._db, self._clock, self._channels, row, problem)
        self._wake()

    async def settle(self, row: Delivery) -> None:
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
            log.info("delivery %s was posted after all, as message %s", row.id, message_id, extra=logged(row))
            real, now = self._clock.real(), self._clock.now()
            await self._outbox.sent([Sent(row, message_id, real, None, now)], now)
        else:
            await self._outbox.put_back(row, State.PENDING, "not found in the channel", self._clock.real())
        self._wake()

    async def _not_settled(self, row: Delivery, failure: DeliveryFailed) -> None:
        if row.user_id is not None and failure.outcome in _OUT_OF_REACH:
            # nobody but its reader could put that right
            await self._outbox.give_up(row, State.FAILED, "it may have been sent, and could not be looked for")
        elif failure.outcome in (Outcome.NOT_SENT, Outcome.UNKNOWN):
            retry_at = self._clock.real() + backoff(row.attempts)
            await self._outbox.put_back(row, State.DOUBTFUL, str(failure), retry_at)
            self._wake()
        elif failure.outcome is Outcome.CHANNEL_GONE and thread_parent(row) is not None:
            # its thread was not opened yet, so it holds nothing; should it be gone, posting tells
            await self._outbox.put_back(row, State.PENDING, "its thread is not there", self._clock.real())
            self._wake()
        elif failure.outcome is Outcome.CHANNEL_GONE:
            if not await self._went_with_console(row):
                await self._cannot_search(row, _gone(row))
            self._wake()
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
        self._wake()
