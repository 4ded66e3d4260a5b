"""The outbox's rows between two processes: who may send, and what a change meanwhile leaves to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.delivery.leases import LEASE
from bot.delivery.outbox import Outbox
from bot.delivery.shards import Shards
from db.database import Database
from tests.builders import CHANNEL, a_schedule, a_session, at, fifteen_talks
from tests.clocks import SteppedClock
from tests.delivery.desk import Desk
from tests.delivery.fakes import FakeChannels
from tests.services.store import deliveries, import_page


async def test_row_that_another_process_claimed_is_not_begun_by_the_first(desk: Desk, clock: SteppedClock) -> None:
    first, second = (Outbox(desk.db, name, Shards()) for name in ("first", "second"))
    mine = await first.claim(at("12:25"), clock.real())
    assert await second.claim(at("12:25"), clock.real()) == []
    real = clock.real() + LEASE
    theirs = await second.claim(at("12:25"), real)
    assert [row.key for row in theirs] == [row.key for row in mine]
    assert await first.begin_sending(mine, real) == set()
    assert await second.begin_sending(theirs, real) == {row.id for row in theirs}


async def test_row_that_was_moved_after_its_claim_is_not_begun(desk: Desk, clock: SteppedClock) -> None:
    outbox = Outbox(desk.db, "first", Shards())
    rows = [row for row in await outbox.claim(at("12:25"), clock.real()) if row.kind == "up_next"]
    later = a_schedule(a_session(*fifteen_talks(at("12:35"))))
    await import_page(desk.db, clock, later)
    assert await outbox.begin_sending(rows, clock.real()) == set()


async def test_row_that_may_be_on_its_way_comes_back_as_doubtful_with_its_first_claim(
    desk: Desk, clock: SteppedClock
) -> None:
    outbox = Outbox(desk.db, "first", Shards())
    rows = await outbox.claim(at("12:25"), clock.real())
    await outbox.begin_sending(rows, clock.real())
    again = await outbox.claim(at("12:25"), clock.real() + LEASE)
    assert {(row.state, row.claimed_at) for row in again} == {("doubtful", clock.real())}


async def test_next_due_tells_messages_edits_and_retries_apart(desk: Desk, clock: SteppedClock) -> None:
    outbox = Outbox(desk.db, "first", Shards())
    assert (await outbox.next_due((), clock.real(), clock.now())).due_at == at("12:15")
    await desk.until(at("12:26"))
    due = await outbox.next_due((), clock.real(), clock.now())
    assert (due.due_at, due.edit_at, due.retry_at) == (at("12:30"), at("12:30"), None)
    board = (await deliveries(desk.db, kind="board"))[0]
    assert (await outbox.next_due({board.id}, clock.real(), clock.now())).edit_at is None
    await outbox.edit_later(board, clock.real() + timedelta(seconds=3))
    assert (await outbox.next_due((), clock.real(), clock.now())).retry_at == clock.real() + timedelta(seconds=3)
    assert (await outbox.next_due({board.id}, clock.real(), clock.now())).retry_at is None


async def test_change_while_a_message_is_on_its_way_is_made_up_for_after_it(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:24:59"))
    channels.gates[CHANNEL] = asyncio.Event()
    clock.advance(seconds=1)
    await desk.sender.round()
    await import_page(desk.db, clock, a_schedule(a_session(*fifteen_talks(at("12:33")))))
    channels.gates[CHANNEL].set()
    await desk.sender.requests_answered()
    await desk.settle()
    reminder = channels.starting("Up next")[0]
    assert reminder.content.startswith("Up next <t:1658431800:R>")
    assert [edit.splitlines()[0] for edit in reminder.edits] == ["Up next <t:1658431980:R>: **Talk 1**"]


async def test_slow_edit_does_not_make_the_alarm_ring_without_end_nor_hold_up_others(
    desk: Desk, channels: FakeChannels, clock: SteppedClock
) -> None:
    await desk.until(at("12:26"))
    answer = asyncio.Event()

    async def slow() -> None:
        await answer.wait()

    channels.editing = slow
    await import_page(desk.db, clock, a_schedule(a_session(*fifteen_talks(at("12:33")))))
    await desk.sender.round()
    await desk.sender.round()
    # both messages are being edited; the next thing to do is the session's start
    assert desk.alarm.armed == clock.real_at(at("12:33") - timedelta(seconds=2))
    answer.set()
    await desk.settle()
    assert len(channels.starting("Up next")[0].edits) == 1


@pytest.fixture
async def other(db: Database) -> AsyncIterator[Database]:
    """The store as another process has it."""
    database = Database(db.url)
    yield database
    await database.close()


@pytest.mark.store("postgresql")
async def test_process_that_begins_leaves_alone_what_living_ones_are_at_and_takes_over_from_the_others(
    desk: Desk, clock: SteppedClock, other: Database
) -> None:
    begun = []
    for name in (desk.db.process, "dead"):
        outbox = Outbox(desk.db, name, Shards())
        rows = await outbox.claim(at("12:31"), clock.real(), limit=1)
        begun += [*await outbox.begin_sending(rows, clock.real())]
    await Outbox(other, other.process, Shards()).release()
    states = {row.id: row.state for row in await deliveries(desk.db)}
    assert [states[key] for key in begun] == ["sending", "doubtful"]
