"""At most 50 requests in any second, the most urgent first."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import insert

from bot.delivery.budget import WINDOW, Budget
from bot.delivery.channel import Outcome
from bot.delivery.lanes import Lanes
from bot.delivery.shards import Shards
from bot.rules.reminders import Kind, Owed
from bot.services.planning import row_of
from bot.services.servers import set_channel, set_timezone
from db.database import NOBODY, Database
from db.tables import Delivery, RoomChannel
from tests.builders import NEW_YORK, SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import REAL_START, SteppedClock
from tests.delivery.desk import Desk
from tests.delivery.fakes import FakeChannels
from tests.services.store import import_page


def test_budget_gives_what_is_left_of_a_window() -> None:
    budget = Budget(allowed=3)
    assert budget.free(REAL_START) == 3
    budget.take(2, REAL_START)
    budget.hold(1)
    assert budget.free(REAL_START) == 0
    budget.let_go(1)
    assert (budget.free(REAL_START), budget.free_at(REAL_START)) == (1, REAL_START)
    budget.take(1, REAL_START + timedelta(milliseconds=500))
    assert budget.free_at(REAL_START + timedelta(milliseconds=500)) == REAL_START + WINDOW
    assert budget.free(REAL_START + WINDOW) == 2


def test_moment_a_little_older_than_the_last_request_makes_no_request_young_again() -> None:
    budget = Budget(allowed=3)
    budget.take(2, REAL_START)
    later = REAL_START + timedelta(milliseconds=900)
    budget.take(1, later)
    assert budget.free_at(later - timedelta(milliseconds=1)) == REAL_START + WINDOW
    assert budget.free(REAL_START + WINDOW) == 2


def test_budget_tells_when_there_is_room_beside_what_is_due_soon() -> None:
    budget = Budget(allowed=3)
    for number in range(3):
        budget.take(1, REAL_START + number * timedelta(milliseconds=100))
    now = REAL_START + timedelta(milliseconds=300)
    second_one_back = REAL_START + timedelta(milliseconds=100) + WINDOW
    assert budget.free_at(now, beside=1) == second_one_back
    assert (budget.free(second_one_back), budget.free_at(second_one_back, beside=1)) == (2, second_one_back)
    # more than there can ever be room for: asked again, not at once
    assert budget.free_at(second_one_back + WINDOW, beside=9) == second_one_back + 2 * WINDOW


def test_budget_that_was_overdrawn_gives_nothing() -> None:
    budget = Budget(allowed=3)
    budget.take(5, REAL_START)
    assert budget.free(REAL_START) == 0


def test_budget_with_everything_held_is_free_as_soon_as_that_is_decided() -> None:
    budget = Budget(allowed=1)
    budget.hold(1)
    assert budget.free_at(REAL_START) == REAL_START


def test_share_of_a_process_is_that_of_its_shards_and_at_least_one() -> None:
    shares = [Shards().share_of(50), Shards(4, (0,)).share_of(50), Shards(3, (0, 2)).share_of(50)]
    assert [*shares, Shards(100, (7,)).share_of(50)] == [50, 12, 33, 1]


async def many_rooms(db: Database, clock: SteppedClock, number: int) -> None:
    """A programme with a talk at 12:30 in each of many rooms, each with a channel of its own."""
    rooms = [
        a_session(
            a_talk(f"Talk {n}", starts_at=at("12:30"), speakers=(f"S{n}",)), title=f"Session {n}", room=f"Room {n}"
        )
        for n in range(number)
    ]
    await import_page(db, clock, a_schedule(*rooms, conference="Big"))
    async with db.transaction(NOBODY) as session:
        values = [{"server_id": SERVER, "room": f"room {n}", "channel_id": 1000 + n} for n in range(number)]
        await session.exec(insert(RoomChannel), params=values)
    await set_channel(db, clock, server_id=SERVER, channel_id=1)


def most_in_a_second(moments: list[datetime]) -> int:
    return max(sum(start <= moment < start + timedelta(seconds=1) for moment in moments) for start in moments)


async def many_notices(db: Database, due_at: datetime, number: int) -> None:
    """Messages that are due together, each in a channel of its own."""
    rows = [
        row_of(
            Owed(
                server_id=SERVER,
                channel_id=2000 + n,
                kind=Kind.NOTICE,
                subject=f"test-{n}",
                due_at=due_at,
                expires_at=None,
                details={"problem": f"problem {n}.", "remedy": "Put it right."},
            ),
            planned_at=due_at,
        )
        for n in range(number)
    ]
    async with db.transaction(NOBODY) as session:
        await session.exec(insert(Delivery), params=rows)


@pytest.mark.slow
async def test_500_messages_due_at_once_keep_to_the_budget_and_the_urgent_one_goes_first(
    desk: Desk, channels: FakeChannels
) -> None:
    await many_notices(desk.db, at("12:25"), 500)
    await desk.until(at("12:24:59"))
    before = len(channels.messages)
    await desk.until(at("12:25:12"))
    posted = channels.messages[before:]
    assert posted[0].content.startswith("Up next")
    assert len({message.channel_id for message in posted}) == len(posted) == 501
    moments = [moment for _, moment in channels.requests]
    assert most_in_a_second(moments) == 50
    # as fast as allowed: 501 messages are ten windows and one message
    assert posted[-1].posted_at == at("12:25") + 10 * WINDOW


async def test_edits_and_messages_together_keep_to_the_budget(db: Database, clock: SteppedClock) -> None:
    """30 boards are to be edited at the moment at which 30 sessions' starts are announced."""
    await many_rooms(db, clock, 30)
    channels = FakeChannels(clock)
    desk = Desk(db, clock, channels)
    await desk.until(at("12:29:59"))
    before = len(channels.requests)
    await desk.until(at("12:30:05"))
    requests = channels.requests[before:]
    assert most_in_a_second([moment for _, moment in requests]) == 50
    assert [kind for kind, _ in requests] == ["post"] * 30 + ["edit"] * 30


async def test_searches_keep_to_the_budget(desk: Desk, channels: FakeChannels) -> None:
    await many_notices(desk.db, at("12:22"), 60)
    channels.failures = {2000 + n: [Outcome.UNKNOWN] for n in range(60)}
    await desk.until(at("12:22:10"))
    assert most_in_a_second([moment for _, moment in channels.requests]) <= 50
    assert len(channels.starting("Chairside cannot post")) == 60
    assert [kind for kind, _ in channels.requests].count("find") == 60


async def test_edits_started_by_two_rounds_at_once_keep_to_the_share(db: Database, clock: SteppedClock) -> None:
    """30 boards and 30 reminders are to be edited by a process whose share is 25 requests a second."""
    await many_rooms(db, clock, 30)
    channels = FakeChannels(clock)
    desk = Desk(db, clock, channels, Shards(2, ((SERVER >> 22) % 2,)))
    await desk.until(at("12:26"))
    channels.requests.clear()
    await set_timezone(db, clock, server_id=SERVER, timezone=NEW_YORK)
    await desk.sender.round()
    await desk.sender.round()
    await desk.sender.requests_answered()
    assert [kind for kind, _ in channels.requests].count("edit") == 25


def test_budget_lets_requests_out_although_the_machines_clock_was_set_back() -> None:
    budget = Budget(allowed=3)
    budget.take(3, REAL_START)
    earlier = REAL_START - timedelta(hours=1)
    assert (budget.free(earlier), budget.free_at(earlier)) == (0, earlier + WINDOW)
    assert budget.free(earlier + WINDOW) == 3


@pytest.mark.slow
async def test_nothing_is_posted_or_edited_while_held_back_and_what_still_helps_comes_after(
    desk: Desk, channels: FakeChannels
) -> None:
    held = True
    desk.sender.lanes.common.is_shut = lambda: held
    await desk.until(at("12:24"))
    await desk.until(at("12:28"))
    assert channels.requests == []
    assert not desk.sender.spare_request()
    await desk.until(at("12:31"))
    held = False
    await desk.until(at("12:32"))
    reminded = [message.content.split("**")[1] for message in channels.starting("Up next")]
    assert reminded == ["Talk 2"]
    assert len(channels.starting("**Now and next**")) == 1


def test_shares_that_come_to_more_than_all_are_cut_in_proportion() -> None:
    """Two processes with all shards, or one with all beside one with half of them."""
    assert [Shards().share_of(50, Fraction(taken)) for taken in ("1/2", "1", "2")] == [50, 50, 25]
    together = Shards().share + Shards(2, (0,)).share
    assert [shards.share_of(50, together) for shards in (Shards(), Shards(2, (0,)))] == [33, 16]
    assert Shards(100, (7,)).share_of(50, Fraction(2)) == 1


def test_lanes_take_less_as_soon_as_another_process_is_there() -> None:
    lanes = Lanes(Shards())
    lanes.common.take(40, REAL_START)
    lanes.divide(Fraction(2))
    assert (lanes.common.free(REAL_START), lanes.direct.free(REAL_START)) == (0, 15)
    assert lanes.common.free(REAL_START + WINDOW) == 25
    lanes.divide(Fraction(1))
    assert (lanes.common.free(REAL_START + WINDOW), lanes.direct.free(REAL_START)) == (50, 30)
