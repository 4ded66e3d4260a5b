"""Reads what the outbox holds as the values that a plan is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import give_way
from bot.rules.left_boards import BOARDS
from bot.rules.outbox import State, Stored
from bot.rules.reminders import OF_EVENTS, TO_PEOPLE, Kind, Owed
from bot.services.programme import ROWS_AT_ONCE
from db.tables import Delivery, Talk


async def stored_rows(
    session: AsyncSession, *, server_id: int, session_ids: Sequence[int] | None, boards: Sequence[Owed]
) -> list[Stored]:
    # what is owed to people is planned apart, and may be thousands of rows a talk
    by_plan = col(Delivery.kind).not_in(TO_PEOPLE)
    # columns, not rows: what _write changes by statements would stay behind in a row that the session remembers
    of_server = select(*_COMPARED).where(Delivery.server_id == server_id, by_plan)  # type: ignore[call-overload] # more columns than SQLModel types
    if session_ids is None:
        return await _read(session, of_server.where(col(Delivery.kind).not_in(OF_EVENTS)))
    # a talk may have come from another session, whose rows stand for it still
    talks = select(Talk.id).where(col(Talk.session_id).in_(session_ids))
    conditions = (
        col(Delivery.session_id).in_(session_ids),
        col(Delivery.talk_id).in_(talks),
        col(Delivery.key).in_([board.key for board in boards]),
    )
    # one query each: joined by "or" they are looked for among all that the server's people are owed
    of_these = select(*_COMPARED).where(by_plan)  # type: ignore[call-overload] # as above
    found = {row.id: row for which in conditions for row in await _read(session, of_these.where(which))}
    return list(found.values())


async def standing_boards(session: AsyncSession, server_id: int) -> list[Stored]:
    """The boards of a server that are posted."""
    boards = select(*_COMPARED).where(Delivery.server_id == server_id, Delivery.state == State.SENT)  # type: ignore[call-overload] # as above
    return await _read(session, boards.where(col(Delivery.kind).in_(BOARDS)))


async def _read(session: AsyncSession, query: Any) -> list[Stored]:  # noqa: ANN401 - more columns than SQLModel types
    stored: list[Stored] = []
    for number, some in enumerate((await session.exec(query)).partitions(ROWS_AT_ONCE)):
        if number:
            await give_way()
        stored += map(_as_stored, some)
    return stored


_COMPARED = (
    Delivery.id,
    Delivery.key,
    Delivery.kind,
    Delivery.state,
    Delivery.due_at,
    Delivery.expires_at,
    Delivery.channel_id,
    Delivery.session_id,
    Delivery.details,
    Delivery.revision,
    Delivery.shown_start,
    Delivery.announced_start,
    Delivery.shown_text,
    Delivery.message_id,
)


def _as_stored(row: Any) -> Stored:  # noqa: ANN401 - a row of the columns above
    # taken apart, not asked for by name, which costs a look-up each: an import compares thousands
    key_of_row, key, kind, state, due_at, expires_at, channel_id, session_id, details, revision, *shown = row
    shown_start, announced_start, shown_text, message_id = shown
    return Stored(
        id=key_of_row,
        key=key,
        kind=Kind(kind),
        state=State(state),
        due_at=due_at,
        expires_at=expires_at,
        channel_id=channel_id,
        session_id=session_id,
        talk_ids=tuple(details.get("talk_ids", ())),
        revision=revision,
        shown_start=shown_start,
        announced_start=announced_start,
        shown_text=shown_text,
        message_id=message_id,
        details=details,
    )
