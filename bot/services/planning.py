"""Brings the outbox in line with the programme: what is owed is computed, compared, and the difference written.

Private steps of other services: they take the open session and never commit.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, insert, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import give_way
from bot.rules.left_boards import left_boards
from bot.rules.outbox import Edit, Move, OutboxChange, Shelve, State, compare
from bot.rules.programme import conference_day
from bot.rules.question_deliveries import with_threads
from bot.rules.reminders import Kind, Owed, Place, owed_board, owed_by_session
from bot.rules.rooms_board import owed_rooms_board
from bot.rules.timing import next_instant
from bot.services.board_days import boards_without_a_session, mark_left
from bot.services.event_planning import plan_elsewhere
from bot.services.outbox_rows import stored_rows
from bot.services.personal_following import follow_forecast
from bot.services.programme import PlacedSession, load_sessions
from bot.services.queues import SessionQueues, edit_soon, load_queues
from bot.services.session_owed import owed_report_of, owed_to_its_speakers, owed_to_moderators, owed_to_room
from bot.timezones import local
from db.bulk import in_parts, insert_rows
from db.columns import METADATA
from db.tables import Delivery, Server, Session

DELIVERY_ID_BYTES = 16
DELIVERY_ID_LENGTH = 22
"""What 16 bytes are in URL-safe characters: a nonce holds 25 at most."""
SESSIONS_AT_ONCE = 10
"""Sessions planned in one go: hundreds would hold up everybody's answer."""


def new_delivery_id() -> str:
    """22 random URL-safe characters."""
    return secrets.token_urlsafe(DELIVERY_ID_BYTES)


def _new_delivery_ids(number: int) -> Iterator[str]:
    """As many ids, cut from one draw: asking the system for each is a fifth of what a row costs."""
    drawn = secrets.token_urlsafe(number * (DELIVERY_ID_BYTES + 1))
    return (
        drawn[first : first + DELIVERY_ID_LENGTH] for first in range(0, number * DELIVERY_ID_LENGTH, DELIVERY_ID_LENGTH)
    )


async def replan(
    session: AsyncSession,
    *,
    server: Server,
    now: datetime,
    session_ids: Sequence[int] | None = None,
    loaded: Sequence[PlacedSession] | None = None,
    told: frozenset[int] = frozenset(),
    plan_changed: bool = False,
) -> OutboxChange:
    """Write the difference between what a server's sessions owe and what its outbox holds.

    Args:
        session: the open writing transaction.
        server: whose sessions; its channels and lead times count.
        now: virtual.
        session_ids: only these sessions and the boards they appear on; None for all of the server's.
        loaded: those sessions as they are now, where the caller has them already.
        told: the talks whose change is told by a message of its own.
        plan_changed: whether boards may be owed at other moments or on other days, which no tap does.
    """
    placed = loaded or await load_sessions(session, server=server, now=now, session_ids=session_ids)
    queues = await load_queues(session, placed, now, with_votes=False)
    owed = await _owed(placed, queues, now)
    boards = await _boards(session, server=server, now=now, placed=placed, whole=session_ids is None)
    if session_ids is None:
        boards += _rooms_boards(server, placed)
    elif server.board_channel_id is not None:
        boards += _rooms_boards(server, await load_sessions(session, server=server, now=now)) if plan_changed else []
        await edit_soon(session, and_(col(Delivery.server_id) == server.id, col(Delivery.kind) == Kind.ROOMS), now)
    stored = await stored_rows(session, server_id=server.id, session_ids=session_ids, boards=boards)
    change = await _write(session, compare([*with_threads(owed, stored), *boards], stored, now, told), now)
    if session_ids is None:
        await mark_left(session, left_boards(boards, stored, now), now)
    elif plan_changed:
        await mark_left(session, await boards_without_a_session(session, server, boards, now), now)
    await follow_people(session, server, placed, now)
    await plan_elsewhere(session, server=server, now=now, placed=placed, session_ids=session_ids)
    await _remember_instants(session, list(queues.values()))
    return change


async def follow_people(session: AsyncSession, server: Server, placed: Sequence[PlacedSession], now: datetime) -> None:
    """Bring what people asked for about these sessions' talks in line with their forecast."""
    await _insert(session, await follow_forecast(session, server, placed, now), now)


async def _owed(placed: Sequence[PlacedSession], queues: Mapping[int, SessionQueues], now: datetime) -> list[Owed]:
    """What sessions owe their channels by the plan, and then what they owe to moderators, the room and speakers."""
    owed: list[Owed] = []
    for number, some in enumerate(in_parts(placed, SESSIONS_AT_ONCE)):
        if number:
            await give_way()
        owed += [item for p in some if p.place for item in owed_by_session(p.expected, p.place, p.leads)]
    owed += [item for p in placed for item in owed_to_moderators(p, now)]
    for of_session in queues.values():
        owed += [*owed_to_room(of_session), *owed_report_of(of_session.placed, of_session.questions, now)]
    return owed + [
        item for p in placed if p.speakers for item in owed_to_its_speakers(p, queues.get(p.session.id), now)
    ]


async def _remember_instants(session: AsyncSession, queues: Sequence[SessionQueues]) -> None:
    for of_session in queues:
        p, now = of_session.placed, of_session.now
        moments = [next_instant(p.session, p.run, now, guard=p.guarded), of_session.closes_next()]
        instant = min((moment for moment in moments if moment), default=None)
        if instant != p.replan_at:
            await session.exec(update(Session).where(col(Session.id) == p.session.id).values(replan_at=instant))


async def consoles_changed(session: AsyncSession, now: datetime, *which: ColumnElement[bool]) -> None:
    """Bring the consoles that stand, as far as they fit the conditions, up to date."""
    standing = col(Delivery.kind) == Kind.CONSOLE, col(Delivery.state) == State.SENT
    await session.exec(update(Delivery).where(*standing, *which).values(edit_at=now))


async def _boards(
    session: AsyncSession, *, server: Server, now: datetime, placed: Sequence[PlacedSession], whole: bool
) -> list[Owed]:
    """The boards of every channel and day that the given sessions appear on, with all the sessions they show."""
    days = {p.session.id: board_day(p) for p in placed if p.place}
    touched = {(p.place.channel_id, day) for p in placed if p.place for day in [days[p.session.id]]}
    if not touched:
        return []
    everything = placed
    if not whole:
        everything = await load_sessions(
            session,
            server=server,
            now=now,
            around=_span(touched),
            channel_ids={channel_id for channel_id, _ in touched},
            known={p.session.id: p for p in placed},
        )
    shown: dict[tuple[int, date], list[PlacedSession]] = defaultdict(list)
    for p in everything:
        day = days[p.session.id] if p.session.id in days else board_day(p)
        if p.place and (p.place.channel_id, day) in touched:
            shown[p.place.channel_id, day].append(p)
    boards = (owed_board([p.expected for p in ps], _place(ps), day) for (_, day), ps in shown.items())
    return [board for board in boards if board]


def _rooms_boards(server: Server, placed: Sequence[PlacedSession]) -> list[Owed]:
    """The boards of all rooms, one a day, where the server wants them."""
    if server.board_channel_id is None:
        return []
    by_day: dict[date, list[PlacedSession]] = defaultdict(list)
    for p in placed:
        by_day[board_day(p)].append(p)
    place = Place(server.id, server.board_channel_id, "UTC")
    owed = (
        owed_rooms_board([p.expected for p in theirs], replace(place, timezone=theirs[0].timezone), day)
        for day, theirs in by_day.items()
    )
    return [board for board in owed if board]


def _place(placed: Sequence[PlacedSession]) -> Place:
    place = placed[0].place
    assert place is not None  # noqa: S101 - only placed sessions are grouped
    return place


def day_of(placed: PlacedSession) -> date | None:
    """The conference day of a session, in its venue's zone; None where nothing of it takes place."""
    starts_at = placed.expected.starts_at
    return conference_day(local(starts_at, placed.timezone)) if starts_at else None


def board_day(placed: PlacedSession) -> date:
    """The day of the board that shows a session: also of one that was called off, whose board says so."""
    return day_of(placed) or conference_day(local(placed.session.starts_at, placed.timezone))


def _span(touched: Iterable[tuple[int, date]]) -> tuple[datetime, datetime]:
    """Instants that surely hold the given days in any zone."""
    days = [day for _, day in touched]
    first = datetime.combine(min(days), datetime.min.time(), UTC) - timedelta(days=1)
    last = datetime.combine(max(days), datetime.min.time(), UTC) + timedelta(days=3)
    return first, last


async def _write(session: AsyncSession, change: OutboxChange, now: datetime) -> OutboxChange:
    """Write what differs, and give it back."""
    deliveries = METADATA.tables["deliveries"]
    await _insert(session, change.new, now)
    changed = [
        *((move.id, _moved_values(move, now)) for move in change.moved),
        *((edit.id, _edit_values(edit, now)) for edit in change.edits),
        *((shelve.id, _shelve_values(shelve)) for shelve in change.shelved),
    ]
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for delivery_id, values in changed:
        by_columns[tuple(values)].append({"delivery_id": delivery_id, **values})
    # one statement for all that change the same columns: a tap moves several signals at once
    for rows in by_columns.values():
        await session.exec(update(deliveries).where(deliveries.c.id == bindparam("delivery_id")), params=rows)
    return change


async def _insert(session: AsyncSession, new: Sequence[Owed], now: datetime) -> None:
    if new:
        rows = zip(new, _new_delivery_ids(len(new)), strict=True)
        made = (row_of(item, planned_at=now, delivery_id=key) for item, key in rows)
        await insert_rows(session, METADATA.tables["deliveries"], made)


async def owe(session: AsyncSession, item: Owed) -> None:
    """Write one message that something that happened owes at once."""
    await session.exec(insert(METADATA.tables["deliveries"]).values(**row_of(item, planned_at=item.due_at)))


def row_of(item: Owed, *, planned_at: datetime, delivery_id: str | None = None) -> dict[str, Any]:
    """The outbox row of something newly owed, with an id of its own where none was drawn for it."""
    return {
        "id": delivery_id or new_delivery_id(),
        "key": item.key,
        "server_id": item.server_id,
        "channel_id": item.channel_id,
        "user_id": item.user_id,
        "kind": item.kind.value,
        "state": State.PENDING.value,
        "lead_seconds": int(item.lead.total_seconds()),
        "revision": item.revision,
        "due_at": item.due_at,
        "expires_at": item.expires_at,
        "planned_at": planned_at,
        "attempts": 0,
        **_about(item),
    }


def _about(item: Owed) -> dict[str, Any]:
    """The columns that say what a delivery is about; they follow a talk into another session or slot."""
    return {
        "session_id": item.session_id,
        "talk_id": item.talk_ids[0] if item.talk_ids else None,
        "details": _details(item),
    }


def _details(item: Owed) -> dict[str, Any]:
    return {**item.details, "talk_ids": list(item.talk_ids)} if item.talk_ids else dict(item.details)


def _moved_values(move: Move, now: datetime) -> dict[str, Any]:
    return {
        "state": State.PENDING.value,
        "reason": None,
        "due_at": move.owed.due_at,
        "expires_at": move.owed.expires_at,
        "planned_at": now,
        **_about(move.owed),
        "claimed_by": None,
        "lease_until": None,
        "retry_at": None,
    }


def _edit_values(edit: Edit, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"edit_at": now, **_about(edit.owed)}
    if edit.announced_start is not None:
        values |= {"announced_start": edit.announced_start, "revision": edit.revision}
    return values


def _shelve_values(shelve: Shelve) -> dict[str, Any]:
    values = {"state": shelve.state.value, "reason": shelve.reason, "claimed_by": None, "lease_until": None}
    return values | ({"expires_at": shelve.expires_at} if shelve.expires_at else {})
