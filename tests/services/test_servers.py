"""A server's settings: each change re-plans what the server owes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.errors import ChairsideError, CommandError
from bot.services.pausing import pause_posting
from bot.services.servers import (
    DeliveryCounts,
    ServerSettings,
    delivery_counts,
    known_servers,
    server_joined,
    server_left,
    server_settings,
    servers_gone,
    set_channel,
    set_leads,
    set_timezone,
)
from db.database import Database
from db.tables import Server
from tests.builders import CHANNEL, NEW_YORK, SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import deliveries, everything, import_page, use_channel


async def due_times(db: Database, **columns: object) -> list[str]:
    rows = await deliveries(db, kind="up_next", **columns)
    return [f"{row.due_at - timedelta(hours=7):%H:%M}" for row in rows]


async def two_talks(db: Database, clock: SteppedClock) -> None:
    long, short = a_talk("Long", minutes=30), a_talk("Short", starts_at=at("13:00"))
    await import_page(db, clock, a_schedule(a_session(long, short)))


async def test_settings_of_an_unknown_server_are_the_defaults(db: Database) -> None:
    assert await server_settings(db, SERVER) == ServerSettings(
        channel_id=None, timezone=None, lead_minutes=(5,), rooms=(), room_channels={}, sessions=0, waiting=0
    )


async def test_settings_show_what_was_chosen_and_stored(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await use_channel(db, clock)
    await use_channel(db, clock, 7, room="Hall G")
    await set_timezone(db, clock, server_id=SERVER, timezone=NEW_YORK)
    await set_leads(db, clock, server_id=SERVER, minutes=[5, 15, 5])
    assert await server_settings(db, SERVER) == ServerSettings(
        channel_id=CHANNEL,
        timezone=NEW_YORK,
        lead_minutes=(15, 5),
        rooms=("Hall F",),
        room_channels={"hall g": 7},
        sessions=1,
        waiting=20,  # 15 reminders and two of the longer lead, start and end, the board
        zones=(NEW_YORK,),
        setup_steps=("reminders",),
    )


async def test_other_lead_withdraws_the_old_reminders_and_owes_new_ones(db: Database, clock: SteppedClock) -> None:
    await two_talks(db, clock)
    await use_channel(db, clock)
    await set_leads(db, clock, server_id=SERVER, minutes=[2])
    assert await due_times(db, state="pending") == ["12:28", "12:58"]
    assert await due_times(db, state="withdrawn") == ["12:25", "12:55"]
    await set_leads(db, clock, server_id=SERVER, minutes=[5])
    assert await due_times(db, state="pending") == ["12:25", "12:55"]


@pytest.mark.parametrize("minutes", [[], [0], [-5], [1441], [5, 10, 15, 20]])
async def test_leads_out_of_range_are_refused_and_nothing_is_changed(
    db: Database, clock: SteppedClock, minutes: list[int]
) -> None:
    before = everything(db)
    with pytest.raises(CommandError) as refusal:
        await set_leads(db, clock, server_id=SERVER, minutes=minutes)
    assert str(refusal.value) == (
        f"{', '.join(map(str, minutes)) or 'Nothing'} cannot be used as lead times. "
        "Give one to 3 whole numbers of minutes from 1 to 1440, such as 5 or 15, 5."
    )
    assert everything(db) == before


async def test_channel_of_a_room_serves_its_sessions_and_the_default_one_the_others(
    db: Database, clock: SteppedClock
) -> None:
    await import_page(db, clock, a_schedule(a_session(a_talk("A"), room="Hall F")))
    await import_page(db, clock, a_schedule(a_session(a_talk("B"), title="Other", room="Hall G")))
    await use_channel(db, clock)
    await use_channel(db, clock, 7, room="HALL g")
    rows = [(row.channel_id, row.session_id) for row in await deliveries(db, kind="up_next", state="pending")]
    assert sorted(rows) == [(7, 2), (CHANNEL, 1)]
    boards = [row.channel_id for row in await deliveries(db, kind="board", state="pending")]
    assert sorted(boards) == [7, CHANNEL]


async def test_other_channel_withdraws_what_the_old_one_owed(db: Database, clock: SteppedClock) -> None:
    await two_talks(db, clock)
    await use_channel(db, clock, 1)
    await use_channel(db, clock, 2)
    assert {(row.channel_id, row.state) for row in await deliveries(db)} == {(1, "withdrawn"), (2, "pending")}
    await use_channel(db, clock, 1)
    assert {(row.channel_id, row.state) for row in await deliveries(db)} == {(1, "pending"), (2, "withdrawn")}


async def test_zone_set_for_the_server_is_that_of_its_conferences_and_moves_no_reminder(
    db: Database, clock: SteppedClock
) -> None:
    await two_talks(db, clock)
    await use_channel(db, clock)
    before = await due_times(db)
    await set_timezone(db, clock, server_id=SERVER, timezone="Europe/Berlin")
    assert await due_times(db, state="pending") == before
    assert (await import_page(db, clock, a_schedule(a_session(title="Later")))).timezone == "Europe/Berlin"


async def test_zone_that_does_not_exist_is_refused_and_nothing_is_changed(db: Database, clock: SteppedClock) -> None:
    before = everything(db)
    with pytest.raises(ChairsideError, match="Middle/Earth is no time zone"):
        await set_timezone(db, clock, server_id=SERVER, timezone="Middle/Earth")
    assert everything(db) == before


async def test_zone_in_other_case_is_stored_as_iana_spells_it(db: Database, clock: SteppedClock) -> None:
    await two_talks(db, clock)
    assert await set_timezone(db, clock, server_id=SERVER, timezone=" america/new_york ") == NEW_YORK
    assert (await server_settings(db, SERVER)).timezone == NEW_YORK


async def test_server_joined_left_and_joined_again_is_noted_once_each(db: Database, clock: SteppedClock) -> None:
    assert await server_joined(db, clock, SERVER, "ICML")
    joined_at = clock.now()
    clock.advance(minutes=1)
    assert not await server_joined(db, clock, SERVER, "ICML")
    assert not await server_joined(db, clock, SERVER, "ICML 2022")
    await server_left(db, clock, SERVER)
    assert await server_joined(db, clock, SERVER, "ICML 2022")
    async with db.reading() as session:
        row = await session.get_one(Server, SERVER)
    assert (row.name, row.joined_at, row.left_at) == ("ICML 2022", joined_at, None)
    assert await known_servers(db) == [(SERVER, "ICML 2022")]


async def test_server_that_had_a_programme_before_the_bot_joined_is_new_when_it_does(
    db: Database, clock: SteppedClock
) -> None:
    await two_talks(db, clock)
    assert await server_joined(db, clock, SERVER, "ICML")


async def test_counts_tell_how_deliveries_stand(db: Database, clock: SteppedClock) -> None:
    await two_talks(db, clock)
    await use_channel(db, clock)
    assert await delivery_counts(db, SERVER) == DeliveryCounts(
        by_state={"pending": 5},
        next_due_at=at("12:15"),
        blocked_reason=None,
        late_reasons=(),
        worst_lateness_ms=None,
        paused_at=None,
    )
    assert await delivery_counts(db, 1) == DeliveryCounts({}, None, None, (), None, None)
    assert await pause_posting(db, clock, SERVER) == clock.now()
    assert (await delivery_counts(db, SERVER)).paused_at == clock.now()


async def test_removal_while_the_bot_was_away_is_noticed_for_its_own_shard_only(
    db: Database, clock: SteppedClock
) -> None:
    kept, gone, other_shard, never_there = 1 << 22, 3 << 22, 2 << 22, 5 << 22
    for server in (kept, gone, other_shard):
        await server_joined(db, clock, server, "ICML")
    await set_channel(db, clock, server_id=never_there, channel_id=CHANNEL)
    assert await servers_gone(db, clock, {kept}, shard_id=1, shard_count=2) == [gone]
    assert await servers_gone(db, clock, {kept}, shard_id=1, shard_count=2) == []
    async with db.reading() as session:
        left = {row.id for row in await session.exec(select(Server)) if row.left_at}
    assert left == {gone}
