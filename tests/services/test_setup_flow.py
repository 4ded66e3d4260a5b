"""What the guided set-up stores, and the welcome that is owed once a join."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import CommandError
from bot.rules.setup_flow import BEFORE_ROOMS, Step
from bot.services.moderators import set_moderators
from bot.services.servers import known_name, server_joined, server_left, server_settings, set_leads
from bot.services.setup_flow import (
    leave_step,
    only_managers_moderate,
    set_ping_role,
    set_room_channels,
    set_up_so_far,
    without_moderators_channel,
)
from bot.services.welcoming import Join
from db.database import Database
from tests.builders import CHANNEL, SERVER, a_schedule, a_session, a_talk
from tests.clocks import SteppedClock
from tests.services.store import deliveries, everything, import_page, use_channel

JOINED = datetime(2026, 5, 1, 12, tzinfo=UTC)
PLACE, OWNER = 70, 71


async def two_rooms(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_schedule(a_session(a_talk("A"), room="Hall F")))
    await import_page(db, clock, a_schedule(a_session(a_talk("B"), title="Other", room="Hall G")))


async def test_steps_that_were_left_are_remembered_once_each(db: Database, clock: SteppedClock) -> None:
    async def leave(step: Step) -> None:
        so_far = set_up_so_far(await server_settings(db, SERVER))
        await leave_step(db, server_id=SERVER, step=step, so_far=so_far)

    for step in (Step.CHANNELS, Step.ZONE, Step.ZONE):
        await leave(step)
    await set_leads(db, clock, server_id=SERVER, minutes=[5])
    assert (await server_settings(db, SERVER)).setup_steps == (BEFORE_ROOMS, Step.ZONE, Step.REMINDERS)
    await two_rooms(db, clock)
    await leave(Step.CHANNELS)
    assert (await server_settings(db, SERVER)).setup_steps[-1] == Step.CHANNELS


async def test_facts_follow_what_is_stored(db: Database, clock: SteppedClock) -> None:
    await two_rooms(db, clock)
    await set_room_channels(db, clock, server_id=SERVER, channels={"HALL F": 7})
    so_far = set_up_so_far(await server_settings(db, SERVER))
    assert (so_far.has_rooms, so_far.all_placed, so_far.has_channel, so_far.has_programme) == (True, False, False, True)
    await set_room_channels(db, clock, server_id=SERVER, channels={"Hall G": 8})
    assert set_up_so_far(await server_settings(db, SERVER)).all_placed


async def test_rooms_channels_move_what_is_owed_all_at_once_and_back(db: Database, clock: SteppedClock) -> None:
    await two_rooms(db, clock)
    await use_channel(db, clock)
    await set_room_channels(db, clock, server_id=SERVER, channels={"Hall F": 7, "Hall G": 8})
    assert {row.channel_id for row in await deliveries(db, state="pending")} == {7, 8}
    await set_room_channels(db, clock, server_id=SERVER, channels={"hall f": None, "Hall G": 8})
    assert {row.channel_id for row in await deliveries(db, state="pending")} == {CHANNEL, 8}
    before = everything(db)
    await set_room_channels(db, clock, server_id=SERVER, channels={})
    assert everything(db) == before


async def test_pinged_role_is_chosen_and_taken_back_and_is_never_everyone(db: Database) -> None:
    await set_ping_role(db, server_id=SERVER, role_id=5)
    assert (await server_settings(db, SERVER)).ping_role_id == 5
    before = everything(db)
    with pytest.raises(CommandError, match="@everyone is never pinged"):
        await set_ping_role(db, server_id=SERVER, role_id=SERVER)
    assert everything(db) == before
    await set_ping_role(db, server_id=SERVER, role_id=None)
    assert (await server_settings(db, SERVER)).ping_role_id is None


async def test_only_managers_moderate_and_the_channel_stays(db: Database, clock: SteppedClock) -> None:
    await set_moderators(db, clock, server_id=SERVER, channel_id=3, role_id=4)
    await only_managers_moderate(db, clock, server_id=SERVER)
    settings = await server_settings(db, SERVER)
    assert (settings.moderators_channel_id, settings.moderators_role_id) == (3, None)


async def test_without_a_moderators_channel_nothing_is_owed_there_and_the_role_stays(
    db: Database, clock: SteppedClock
) -> None:
    await import_page(db, clock)
    await set_moderators(db, clock, server_id=SERVER, channel_id=3, role_id=4)
    assert [row.channel_id for row in await deliveries(db, kind="console", state="pending")] == [3]
    await without_moderators_channel(db, clock, server_id=SERVER)
    settings = await server_settings(db, SERVER)
    assert (settings.moderators_channel_id, settings.moderators_role_id) == (None, 4)
    assert await deliveries(db, channel_id=3, state="pending") == []


async def welcomed(db: Database) -> list[tuple[int, str]]:
    return [(row.channel_id, row.state) for row in await deliveries(db, kind="welcome")]


async def test_welcome_is_owed_once_a_join_and_what_waits_is_dropped(db: Database, clock: SteppedClock) -> None:
    join = Join(JOINED, PLACE)
    assert await known_name(db, SERVER, JOINED) is None
    assert await server_joined(db, clock, SERVER, "ICML", join)
    assert await known_name(db, SERVER, JOINED) == "ICML"
    assert not await server_joined(db, clock, SERVER, "ICML", join)
    assert not await server_joined(db, clock, SERVER, "ICML 2022", join)
    assert await welcomed(db) == [(PLACE, "pending")]
    await server_left(db, clock, SERVER)
    again = Join(JOINED + timedelta(milliseconds=20), OWNER, is_direct=True)
    assert await server_joined(db, clock, SERVER, "ICML", again)
    assert await welcomed(db) == [(PLACE, "withdrawn"), (OWNER, "pending")]
    assert (await deliveries(db, kind="welcome", state="pending"))[0].details == {"direct": True, "server": "ICML"}


async def test_removed_and_invited_while_the_bot_was_away_is_a_join(db: Database, clock: SteppedClock) -> None:
    await server_joined(db, clock, SERVER, "ICML", Join(JOINED, PLACE))
    later = JOINED + timedelta(days=1)
    assert await known_name(db, SERVER, later) is None
    assert await server_joined(db, clock, SERVER, "ICML", Join(later, PLACE))
    assert await known_name(db, SERVER, later) == "ICML"


async def test_server_of_an_older_version_that_was_never_welcomed_is_not_new(db: Database, clock: SteppedClock) -> None:
    assert await server_joined(db, clock, SERVER, "ICML")
    assert await known_name(db, SERVER, JOINED) == "ICML"
    assert await welcomed(db) == []


async def test_no_place_owes_nothing_and_what_is_set_up_is_not_welcomed(db: Database, clock: SteppedClock) -> None:
    assert await server_joined(db, clock, SERVER, "ICML", Join(JOINED))
    assert await welcomed(db) == []
    await two_rooms(db, clock)
    await set_room_channels(db, clock, server_id=SERVER, channels={"Hall F": 7})
    await server_left(db, clock, SERVER)
    assert await server_joined(db, clock, SERVER, "ICML", Join(JOINED, PLACE))
    assert await welcomed(db) == [(PLACE, "withdrawn")]
