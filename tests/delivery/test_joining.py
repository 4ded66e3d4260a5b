"""Where a welcome goes, and that only reminders mention the role that a server chose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.delivery.compose import gather, write
from bot.delivery.joining import note_join
from bot.rules.reminders import Kind
from bot.services.housekeeping import archive_over
from bot.services.servers import server_left
from bot.services.setup_flow import set_ping_role
from db.database import Database
from tests.builders import SERVER
from tests.clocks import SteppedClock
from tests.delivery.desk import Desk
from tests.delivery.fakes import OWNER_CHANNEL, SYSTEM_CHANNEL, FakeChannels
from tests.services.store import deliveries, import_page, use_channel

JOINED = datetime(2026, 5, 1, 12, tzinfo=UTC)
ROLE = 77


async def join(db: Database, clock: SteppedClock, channels: FakeChannels, at: datetime | None = JOINED) -> None:
    await note_join(db, clock, channels, server_id=SERVER, name="ICML", at=at)


async def test_welcome_is_posted_once_over_restarts_and_again_after_a_removal(
    db: Database, clock: SteppedClock
) -> None:
    channels = FakeChannels(clock)
    desk = Desk(db, clock, channels)
    await join(db, clock, channels)
    await desk.settle()
    await desk.restart()
    await join(db, clock, channels)
    await desk.settle()
    (welcome,) = channels.messages
    assert welcome.channel_id == SYSTEM_CHANNEL
    assert "press *Set up*" in welcome.content
    await server_left(db, clock, SERVER)
    await join(db, clock, channels, JOINED + timedelta(hours=1))
    await desk.settle()
    assert [message.channel_id for message in channels.messages] == [SYSTEM_CHANNEL, SYSTEM_CHANNEL]
    await desk.db.close()


async def test_welcome_goes_to_the_owner_where_no_channel_takes_it_and_nowhere_where_the_owner_does_not(
    db: Database, clock: SteppedClock
) -> None:
    channels = FakeChannels(clock, notice_channel=None)
    await join(db, clock, channels)
    (row,) = await deliveries(db, kind="welcome")
    assert (row.channel_id, row.details["direct"]) == (OWNER_CHANNEL, True)
    await server_left(db, clock, SERVER)
    await join(db, clock, FakeChannels(clock, notice_channel=None, owner=None))
    assert len(await deliveries(db, kind="welcome")) == 1


async def test_moment_of_joining_that_discord_does_not_tell_is_no_new_join(db: Database, clock: SteppedClock) -> None:
    channels = FakeChannels(clock)
    await join(db, clock, channels, None)
    clock.advance(minutes=1)
    await join(db, clock, channels, None)
    assert len(await deliveries(db, kind="welcome")) == 1


async def test_up_next_alone_mentions_the_role_and_what_it_shows_stays_the_same(
    db: Database, clock: SteppedClock
) -> None:
    await import_page(db, clock)
    await use_channel(db, clock)
    rows = await deliveries(db)
    before = await gather(db, rows, clock.now())
    await set_ping_role(db, server_id=SERVER, role_id=ROLE)
    after = await gather(db, rows, clock.now())
    kinds = set()
    for row in rows:
        plain, pinging = write(before, row), write(after, row)
        if plain is None or pinging is None:
            continue
        kinds.add(row.kind)
        assert plain.message.pings is None
        assert pinging.message.pings == (ROLE if row.kind == Kind.UP_NEXT else None)
        assert (plain.shown_text, plain.shown_start) == (pinging.shown_text, pinging.shown_start)
    assert {Kind.UP_NEXT, Kind.BOARD, Kind.SESSION_START} <= kinds


async def test_server_that_was_set_up_when_the_bot_came_back_is_not_welcomed_when_its_programme_is_over(
    db: Database, clock: SteppedClock
) -> None:
    channels, again = FakeChannels(clock), JOINED + timedelta(hours=1)
    await join(db, clock, channels)
    await import_page(db, clock)
    await use_channel(db, clock)
    await server_left(db, clock, SERVER)
    await join(db, clock, channels, again)
    await archive_over(db, clock.now() + timedelta(days=30))
    await join(db, clock, channels, again)
    states = [row.state for row in await deliveries(db, kind="welcome")]
    assert states == ["withdrawn", "withdrawn"]
