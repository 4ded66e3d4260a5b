"""The verdict of a rehearsal: what is lost, and what could not be said in time at such a speed."""

from __future__ import annotations

from datetime import datetime

from bot.rehearsal.summary import Summary, summarise
from bot.rules.outbox import State
from bot.rules.reminders import Kind, Owed
from bot.services.planning import row_of
from db.database import NOBODY, Database
from db.tables import Delivery, Server
from tests.builders import CHANNEL, SERVER, at


async def given_up(db: Database, kind: Kind, *, until: datetime, speed: float, state: State = State.SKIPPED) -> Summary:
    """The summary of a rehearsal that gave up one delivery, due at 12:25, and owed one reminder."""
    item = Owed(SERVER, CHANNEL, kind, "talk-1", due_at=at("12:25"), expires_at=until)
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=SERVER))
        await session.flush()
        session.add(Delivery(**row_of(item, planned_at=at("12:20")) | {"state": state.value, "reason": "too late"}))
    expected = 1 if kind is Kind.UP_NEXT else 0
    return await summarise(talks=1, expected=expected, messages=[], db=db, refused=0, speed=speed)


async def test_reminder_that_was_skipped_is_not_as_it_should_be(db: Database) -> None:
    summary = await given_up(db, Kind.UP_NEXT, until=at("12:30"), speed=600)
    assert not summary.is_clean
    assert "1 message given up" in str(summary)
    assert "given up: up next: too late" in str(summary)


async def test_time_signal_of_half_a_minute_may_be_overtaken_at_600_times_the_speed(db: Database) -> None:
    summary = await given_up(db, Kind.CUE, until=at("12:25:30"), speed=600)
    assert summary.is_clean
    assert "overtaken, as at this speed they held for less than 0.4 s: 1 cue" in str(summary)


async def test_time_signal_of_half_a_minute_may_not_be_skipped_at_60_times_the_speed(db: Database) -> None:
    assert not (await given_up(db, Kind.CUE, until=at("12:25:30"), speed=60)).is_clean


async def test_reminder_that_the_moderator_was_ahead_of_is_none_lost(db: Database) -> None:
    summary = await given_up(db, Kind.UP_NEXT, until=at("12:30"), speed=60, state=State.WITHDRAWN)
    assert summary.is_clean
    assert "withdrawn, as the moderator was ahead of them: 1 reminder" in str(summary)
