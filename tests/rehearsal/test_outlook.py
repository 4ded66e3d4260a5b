"""What comes next, so that a jump passes nothing over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select, update

from bot.rehearsal.outlook import Upcoming, anything_due, next_after
from bot.rules.outbox import State
from bot.rules.reminders import Kind
from db.database import NOBODY, Database
from db.tables import Delivery, Server, Session, Talk
from tests.builders import SERVER, at
from tests.clocks import SteppedClock
from tests.services.store import import_page, use_channel


@pytest.fixture
async def stored(db: Database, clock: SteppedClock) -> Database:
    """The ICML session as it is stored at 12:20, with what it owes; nothing was posted."""
    await use_channel(db, clock)
    await import_page(db, clock)
    return db


async def change(db: Database, where: object, **values: object) -> None:
    async with db.transaction(NOBODY) as session:
        await session.exec(update(Delivery).where(where).values(values))  # type: ignore[arg-type] # a condition


async def what(db: Database, time: str, *others: Upcoming) -> tuple[datetime, str] | None:
    return await next_after(db, at(time), others)


async def test_next_is_what_the_bot_owes_first(stored: Database) -> None:
    assert await what(stored, "12:21") == (at("12:25"), "Up next: Talk 1")


async def test_next_is_what_the_cast_does_first(stored: Database) -> None:
    cast = Upcoming(at("12:24"), "The cast: Ada")
    assert await what(stored, "12:21", cast) == cast
    assert await what(stored, "12:24", cast) == (at("12:25"), "Up next: Talk 1")


async def test_next_is_an_edit_or_a_start_or_an_end_by_the_plan(stored: Database) -> None:
    await change(stored, col(Delivery.kind) == Kind.BOARD, state=State.SENT, edit_at=at("12:23"))
    assert await what(stored, "12:21") == (at("12:23"), "Board brought up to date")
    await change(stored, col(Delivery.state) != State.WITHDRAWN, state=State.WITHDRAWN)
    async with stored.transaction(NOBODY) as session:
        await session.exec(update(Session).values(replan_at=None))
    assert await what(stored, "12:21") == (at("12:30"), "Planned start: Talk 1")
    last = (await what(stored, "13:59")) or (at("0:00"), "")
    assert (last[0], last[1].startswith("Planned end: ")) == (at("14:00"), True)
    assert await what(stored, "14:00") is None


async def test_nothing_that_is_owed_is_passed_over(stored: Database) -> None:
    """From each moment to the next, every delivery and every start and end by the plan is met."""
    async with stored.reading() as session:
        due = set(await session.exec(select(Delivery.due_at)))
        planned = {moment for talk in await session.exec(select(Talk)) for moment in (talk.starts_at, talk.ends_at)}
    met, now = set(), at("12:10")
    while (upcoming := await next_after(stored, now)) is not None:
        met.add(upcoming.at)
        now = upcoming.at
    assert {moment for moment in due | planned if moment > at("12:10")} <= met


async def test_anything_due_is_posted_or_edited_at_once(stored: Database) -> None:
    await change(stored, col(Delivery.due_at) <= at("12:21"), state=State.SENT)
    assert not await anything_due(stored, at("12:24"))
    assert await anything_due(stored, at("12:25"))
    await change(stored, col(Delivery.due_at) == at("12:25"), state=State.SENT, edit_at=at("12:26"))
    assert not await anything_due(stored, at("12:25:30"))
    assert await anything_due(stored, at("12:26"))


async def test_what_a_manager_has_paused_is_not_waited_for(stored: Database) -> None:
    async with stored.transaction(NOBODY) as session:
        await session.exec(update(Server).where(col(Server.id) == SERVER).values(paused_at=at("12:20")))
    assert not await anything_due(stored, at("13:00"))
    upcoming = await next_after(stored, at("12:21"))
    assert upcoming is not None
    assert upcoming.at > at("12:21") + timedelta(minutes=4)
