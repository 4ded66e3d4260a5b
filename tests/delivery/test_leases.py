"""Edits between two processes with the same shards: one of them edits, and the newest state comes last."""

from __future__ import annotations

from datetime import timedelta

from bot.delivery.leases import LEASE, let_go
from bot.delivery.outbox import Outbox
from bot.delivery.shards import Shards
from bot.services.servers import set_timezone
from tests.builders import NEW_YORK, SERVER, at
from tests.clocks import SteppedClock
from tests.delivery.desk import Desk

FIRST, SECOND = "first", "second"


async def outdated(desk: Desk) -> tuple[Outbox, Outbox]:
    """The outboxes of two processes while posted messages are to be edited."""
    await desk.until(at("12:26"))
    await set_timezone(desk.db, desk.clock, server_id=SERVER, timezone=NEW_YORK)
    return Outbox(desk.db, FIRST, Shards()), Outbox(desk.db, SECOND, Shards())


async def test_edit_that_one_process_leased_is_not_the_others_until_the_lease_runs_out(
    desk: Desk, clock: SteppedClock
) -> None:
    first, second = await outdated(desk)
    now, real = clock.now(), clock.real()
    rows = await second.edits_due(now, real)
    leased = await first.lease_edits(await first.edits_due(now, real), real)
    assert {row.kind for row in leased} == {"board", "up_next"}
    assert await second.lease_edits(rows, real) == []
    assert await second.edits_due(now, real) == []
    assert [row.id for row in await first.edits_due(now, real)] == [row.id for row in leased]
    # woken at once for what it may not do, it would go round without end
    assert (await second.next_due((), real, clock.now())).edit_at is None
    assert (await first.next_due((), real, clock.now())).edit_at is not None
    later = real + LEASE
    assert len(await second.lease_edits(await second.edits_due(now, later), later)) == len(leased)


async def test_edit_that_is_over_is_nobodys_and_one_that_another_process_made_is_not_made_again(
    desk: Desk, clock: SteppedClock
) -> None:
    first, second = await outdated(desk)
    now, real = clock.now(), clock.real()
    read_before = await second.edits_due(now, real)
    for row in await first.lease_edits(await first.edits_due(now, real), real):
        await first.edited(row, now, shown_start=row.shown_start, shown_text="new", edit_at=None)
    assert await second.lease_edits(read_before, real) == []
    await set_timezone(desk.db, clock, server_id=SERVER, timezone="Europe/Berlin")
    (row, *_) = await second.lease_edits(await second.edits_due(now, real), real)
    assert row.shown_text == "new"
    await second.edit_later(row, real + timedelta(seconds=1))
    assert row.id in {again.id for again in await first.edits_due(now, real + timedelta(seconds=1))}


async def test_process_is_woken_when_what_another_one_is_at_may_be_abandoned(desk: Desk, clock: SteppedClock) -> None:
    first, second = (Outbox(desk.db, name, Shards()) for name in (FIRST, SECOND))
    assert await first.claim(at("12:25"), clock.real())
    assert (await second.next_due((), clock.real(), clock.now())).lease_until == clock.real() + LEASE
    assert (await first.next_due((), clock.real(), clock.now())).lease_until is None


async def test_what_is_let_go_can_be_claimed_at_once_and_what_is_on_its_way_or_anothers_cannot(
    desk: Desk, clock: SteppedClock
) -> None:
    first, second = (Outbox(desk.db, name, Shards()) for name in (FIRST, SECOND))
    claimed, real = await first.claim(at("12:35"), clock.real()), clock.real()
    ids = [row.id for row in claimed]
    on_its_way, *others = claimed
    await first.begin_sending([on_its_way], real)
    await let_go(desk.db, ids, SECOND)
    assert await second.claim(at("12:35"), real) == []
    await let_go(desk.db, ids, FIRST)
    assert [row.id for row in await second.claim(at("12:35"), real)] == [row.id for row in others]
    assert others
    (doubtful,) = await first.claim(at("12:35"), real + LEASE, limit=1)
    await let_go(desk.db, [doubtful.id], FIRST)
    (again,) = await second.claim(at("12:35"), real, limit=1)
    assert (again.id, again.state) == (doubtful.id, "doubtful")
