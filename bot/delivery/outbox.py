"""The outbox's rows as the sender moves them: claimed, sending, sent, or put aside with a reason.

Leases and retries are in real time. One transaction a function; nothing is sent inside one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, update
from sqlmodel import col, select

from bot.delivery.backoff import is_up
from bot.delivery.leases import LEASE, free_or_own, lease_edits
from bot.delivery.next_due import IS_REPORT, Lane, NextDue, next_due
from bot.delivery.shards import Shards
from bot.rules.outbox import State, too_late
from bot.rules.reminders import URGENCY, Kind
from bot.services.people import were_reached
from bot.services.planning import new_delivery_id
from bot.services.queues import MEANWHILE, SETTLES
from db.database import Database
from db.tables import Delivery, Server, Session
from db.types import UTCDateTime

BATCH = 500
MEANWHILES = timedelta(milliseconds=10)
"""More than changes can add to an edit that is under way; an edit wanted at once is later than that."""
_URGENCY = case({kind.value: urgency for kind, urgency in URGENCY.items()}, value=col(Delivery.kind))
_NEVER_SENT = {
    "state": State.PENDING.value,
    "message_id": None,
    "edit_at": None,
    "claimed_by": None,
    "claimed_at": None,
    "lease_until": None,
    "retry_at": None,
    "attempts": 0,
    "sent_at": None,
    "lateness_ms": None,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery whose message stands in its row's channel."""

    row: Delivery
    message_id: int
    real: datetime
    lateness_ms: float | None
    edit_at: datetime | None


def thread_parent(row: Delivery) -> int | None:
    """The channel of the message that the thread hangs on which a delivery goes to; None for any other."""
    parent = row.details.get("thread_of")
    return None if parent is None else int(parent)


class Outbox:
    """The rows of one process: `claimant` is a fresh name for each start."""

    def __init__(self, db: Database, claimant: str, shards: Shards) -> None:
        self._db = db
        self._claimant = claimant
        self._mine: list[ColumnElement[bool]] = [owned] if (owned := shards.owns()) is not None else []
        self._posting = select(Server.id).where(col(Server.left_at).is_(None), col(Server.paused_at).is_(None))
        self._mine.append(col(Delivery.server_id).in_(self._posting))
        self._direct: list[ColumnElement[bool]] = [col(Delivery.user_id).is_not(None)]
        self._in_channels = [col(Delivery.user_id).is_(None)]

    async def release(self) -> None:
        """Take over from processes that are gone: what they prepared or edited waits, what they sent is doubtful."""
        async with self._db.reading() as session:
            living = await self._db.living(session)
            theirs = or_(col(Delivery.claimed_by).is_(None), col(Delivery.claimed_by).not_in(living))
            gone = [*self._mine, theirs, col(Delivery.lease_until).is_not(None)]
            servers = set(await session.exec(select(Delivery.server_id).where(*gone).distinct()))
        becomes: dict[State, dict[str, str | None]] = {
            State.CLAIMED: {"state": State.PENDING.value, "claimed_by": None},
            State.SENDING: {"state": State.DOUBTFUL.value},
            State.SENT: {},
        }
        async with self._db.transaction(servers, is_news=False) as session:
            for state, values in becomes.items():
                at_it = update(Delivery).where(col(Delivery.state) == state, *gone)
                await session.exec(at_it.values(**values, lease_until=None))

    def _claimable(self, until: datetime, real: datetime) -> ColumnElement[bool]:
        waiting = and_(
            col(Delivery.state).in_([State.PENDING, State.BLOCKED]),
            col(Delivery.due_at) <= until,
            is_up(Delivery.retry_at, real),
        )
        abandoned = and_(
            col(Delivery.state).in_([State.CLAIMED, State.SENDING, State.DOUBTFUL]),
            is_up(Delivery.lease_until, real),
            is_up(Delivery.retry_at, real),
        )
        return and_(or_(waiting, abandoned), *self._mine)

    def _in_lane(self, lane: Lane) -> list[ColumnElement[bool]]:
        if lane is Lane.DIRECT:
            return self._direct
        is_board = col(Delivery.kind) == Kind.BOARD
        kinds = {Lane.BOARDS: is_board, Lane.REPORTS: IS_REPORT, Lane.REMINDERS: ~or_(is_board, IS_REPORT)}
        return [kinds[lane], *self._in_channels]

    async def any_to_claim(self, until: datetime, real: datetime, lane: Lane | None = None) -> bool:
        """Whether `claim` would find something, in one lane or any: reads only, so that it waits for no writer."""
        query = select(Delivery.id).where(self._claimable(until, real)).limit(1)
        query = query if lane is None else query.where(*self._in_lane(lane))
        async with self._db.reading() as session:
            return (await session.exec(query)).first() is not None

    async def claim(
        self, until: datetime, real: datetime, lane: Lane = Lane.REMINDERS, *, limit: int = BATCH
    ) -> list[Delivery]:
        """Lease what is due until a virtual moment, and what a dead process left; the rows as they are now.

        A row that may already be on its way comes back as doubtful; its claim's first moment is kept for the search.
        """
        claimable = self._claimable(until, real), *self._in_lane(lane)
        # of what is due together, the parts of one message are in their order: part 10 has the longer key
        in_order = _URGENCY, col(Delivery.due_at), func.length(col(Delivery.key)), col(Delivery.key)
        async with self._db.reading() as session:
            waiting = select(Delivery.server_id).where(*claimable).order_by(*in_order).limit(limit)
            servers = set(await session.exec(waiting))
        if not servers:
            return []
        query = select(Delivery).where(*claimable, col(Delivery.server_id).in_(servers)).order_by(*in_order)
        async with self._db.transaction(servers, is_news=False) as session:
            # what another process claims meanwhile is its own
            rows = list(await session.exec(query.limit(limit).with_for_update(skip_locked=True)))
            for row in rows:
                doubtful = row.state in (State.SENDING, State.DOUBTFUL)
                row.state = State.DOUBTFUL.value if doubtful else State.CLAIMED.value
                row.claimed_by = self._claimant
                row.claimed_at = row.claimed_at if doubtful and row.claimed_at else real
                row.lease_until = real + LEASE
                row.retry_at = None
        return rows

    async def begin_sending(self, rows: Sequence[Delivery], real: datetime) -> set[str]:
        """Fence before the request: which of these are still this process's to send, and are now sending."""
        sending: set[str] = set()
        async with self._db.transaction({row.server_id for row in rows}, is_news=False) as session:
            # a server may have paused since its rows were claimed
            posting = set(await session.exec(self._posting.where(col(Server.id).in_({row.server_id for row in rows}))))
            for row in (row for row in rows if row.server_id in posting):
                values = {
                    "state": State.SENDING.value,
                    "claimed_at": real,
                    "lease_until": real + LEASE,
                    "shown_start": row.shown_start,
                    "announced_start": row.shown_start,
                    "shown_text": row.shown_text,
                }
                ours = and_(
                    col(Delivery.id) == row.id,
                    col(Delivery.claimed_by) == self._claimant,
                    col(Delivery.due_at) == row.due_at,
                    col(Delivery.state).in_([State.CLAIMED, State.DOUBTFUL]),
                )
                fenced = update(Delivery).where(ours).values(**values).returning(col(Delivery.id))
                sending.update((await session.exec(fenced)).scalars())
                row.lease_until = real + LEASE
        return sending

    async def _set(self, row: Delivery, **values: Any) -> None:  # noqa: ANN401 - column values
        async with self._db.transaction(row.server_id, is_news=False) as session:
            await session.exec(update(Delivery).where(col(Delivery.id) == row.id).values(**values))

    async def sent(self, sent: Sequence[Sent], now: datetime) -> bool:
        """Record messages; an edit that was asked for meanwhile is kept. `now` is virtual.

        Returns whether one reached somebody whose direct messages were closed, to whom more may be owed now.
        """
        reached = [one.row.user_id for one in sent if one.row.user_id is not None]
        turns = {one.row.server_id for one in sent} | set(reached)
        async with self._db.transaction(turns, is_news=False) as session:
            for one in sent:
                values = {
                    "state": State.SENT.value,
                    "message_id": one.message_id,
                    "channel_id": one.row.channel_id,
                    "sent_at": one.real,
                    "lateness_ms": one.lateness_ms,
                    "edit_at": func.coalesce(Delivery.edit_at, one.edit_at),
                    "reason": None,
                    "retry_at": None,
                    "lease_until": None,
                }
                await session.exec(update(Delivery).where(col(Delivery.id) == one.row.id).values(**values))
            for one in sent:
                if one.row.kind == Kind.LEFTOVERS:  # its thread is owed more at once
                    replanned = update(Session).where(col(Session.id) == one.row.session_id)
                    await session.exec(replanned.values(replan_at=datetime.min.replace(tzinfo=UTC)))
            return bool(reached) and await were_reached(session, reached, now)

    async def put_back(self, row: Delivery, state: State, reason: str, retry_at: datetime) -> None:
        """Wait and try again: pending (surely not sent), doubtful (perhaps sent) or blocked (not allowed)."""
        await self._set(
            row,
            state=state.value,
            reason=reason[:500],
            retry_at=retry_at,
            lease_until=None,
            attempts=Delivery.attempts + 1,
        )

    async def give_up(self, row: Delivery, state: State, reason: str) -> None:
        """Never send it: skipped, withdrawn or failed, with its reason."""
        await self._set(row, state=state.value, reason=reason[:500], retry_at=None, lease_until=None)

    async def skip_late(self, row: Delivery) -> None:
        """It came too late to help."""
        if row.expires_at is not None:
            await self.give_up(row, State.SKIPPED, too_late(Kind(row.kind), row.expires_at))

    async def edits_due(
        self, now: datetime, real: datetime, *, direct: bool = False, limit: int = BATCH
    ) -> list[Delivery]:
        """Posted messages that are to be brought up to date, in channels or direct ones."""
        query = (
            select(Delivery)
            .where(Delivery.state == State.SENT, col(Delivery.edit_at) <= now, *self._mine)
            .where(is_up(Delivery.retry_at, real))
            .where(free_or_own(self._claimant, real))
            .where(*(self._direct if direct else self._in_channels))
            .order_by(col(Delivery.edit_at))
            .limit(limit)
        )
        async with self._db.reading() as session:
            return list(await session.exec(query))

    async def lease_edits(self, rows: Sequence[Delivery], real: datetime) -> list[Delivery]:
        return await lease_edits(self._db, rows, self._claimant, real)

    async def edited(
        self, row: Delivery, now: datetime, *, shown_start: datetime | None, shown_text: str, edit_at: datetime | None
    ) -> None:
        """Record what the message shows now; an edit asked for while this one was under way is kept."""
        asked = col(Delivery.edit_at)
        follows = [(asked == row.edit_at, literal(edit_at, UTCDateTime))]
        if row.edit_at is not None:
            meanwhile = asked.between(row.edit_at + MEANWHILE, row.edit_at + MEANWHILES)
            follows.append((meanwhile, literal(now + SETTLES, UTCDateTime)))
        done = {"retry_at": None, "lease_until": None, "attempts": 0}
        shows = {"shown_start": shown_start, "shown_text": shown_text, **done}
        await self._set(row, edit_at=case(*follows, else_=asked), **shows)

    async def edit_later(self, row: Delivery, retry_at: datetime) -> None:
        """Discord did not take the edit; try again."""
        await self._set(row, retry_at=retry_at, lease_until=None, attempts=Delivery.attempts + 1)

    async def stop_editing(self, row: Delivery, reason: str) -> None:
        """The message is gone or may not be edited."""
        await self._set(row, edit_at=None, reason=reason[:500], retry_at=None, lease_until=None)

    async def signals_before(self, row: Delivery) -> list[Delivery]:
        """The time signals of a session that stand in a channel beside this one."""
        standing = and_(col(Delivery.message_id).is_not(None), col(Delivery.id) != row.id)
        query = select(Delivery).where(Delivery.session_id == row.session_id, Delivery.kind == Kind.CUE, standing)
        async with self._db.reading() as session:
            return list(await session.exec(query.where(Delivery.channel_id == row.channel_id)))

    async def removed(self, row: Delivery) -> None:
        """Its message was taken away again; it stays sent."""
        await self._set(row, message_id=None)

    async def post_again(self, row: Delivery, now: datetime) -> None:
        """The message was deleted by hand: owe it anew, under another id, in the same row's place."""
        async with self._db.transaction(row.server_id, is_news=False) as session:
            gone = await session.get(Delivery, row.id)
            if gone is None:
                return
            anew = gone.model_dump() | _NEVER_SENT | {"id": new_delivery_id(), "due_at": now, "planned_at": now}
            await session.delete(gone)
            await session.flush()
            session.add(Delivery(**anew))

    async def retry_now(self, server_id: int) -> None:
        """Something changed on a server: what was blocked there, or could not be searched for, is tried at once."""
        held = col(Delivery.state).in_([State.BLOCKED, State.DOUBTFUL])
        async with self._db.transaction(server_id, is_news=False) as session:
            blocked = and_(col(Delivery.server_id) == server_id, held)
            await session.exec(update(Delivery).where(blocked).values(retry_at=None))

    async def next_due(self, editing: Collection[str], real: datetime, until: datetime) -> NextDue:
        """What to wake for next, beside the deliveries whose edit is under way and what is claimed `until` then."""
        lanes, own = (self._in_channels, self._direct), col(Delivery.claimed_by) == self._claimant
        to_edit = free_or_own(self._claimant, real)
        async with self._db.reading() as session:
            return await next_due(session, editing, self._mine, lanes=lanes, own=own, to_edit=to_edit, until=until)
