"""The loopback's scheduled events and stages refuse what Discord refuses, asked by discord.py."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from datetime import datetime, timedelta
from typing import Any

import discord
import pytest

from bot.rehearsal.loopback import EventStatus, Loopback, ManualMoments, Permission, Server, StageChannel
from bot.rehearsal.loopback.world.permissions import INVITED
from tests.rehearsal.conftest import Client, connected

SCHEDULED, ACTIVE = EventStatus.SCHEDULED, EventStatus.ACTIVE
COMPLETED, CANCELED = EventStatus.COMPLETED, EventStatus.CANCELED


class Events:
    """A server, and a client that may make events there."""

    def __init__(self, loopback: Loopback, moments: ManualMoments, client: Client, server: Server) -> None:
        self.loopback, self.moments, self.client, self.server = loopback, moments, client, server

    def at(self, minutes: float) -> datetime:
        return self.moments.now() + timedelta(minutes=minutes)

    def asked(self, **changes: object) -> dict[str, Any]:
        """A creation as it should be, but for the changes; None leaves a field out."""
        fields: dict[str, object] = {
            "name": "Deep Learning",
            "privacy_level": 2,
            "entity_type": 3,
            "entity_metadata": {"location": "Hall F"},
            "scheduled_start_time": self.at(10).isoformat(),
            "scheduled_end_time": self.at(100).isoformat(),
            "description": "15 talks",
        }
        return {name: value for name, value in (fields | changes).items() if value is not None}

    async def create(self, **changes: object) -> int:
        return int((await self.client.http.create_guild_scheduled_event(self.server.id, **self.asked(**changes)))["id"])

    async def edit(self, event_id: int, **changes: object) -> None:
        payload: dict[str, Any] = dict(changes)
        await self.client.http.edit_scheduled_event(self.server.id, event_id, **payload)

    async def refused(self, request: Awaitable[object]) -> tuple[int, int]:
        with pytest.raises(discord.HTTPException) as error:
            await request
        return error.value.status, error.value.code


@pytest.fixture
async def events(still: Loopback, moments: ManualMoments) -> AsyncIterator[Events]:
    server = still.add_server("ICML", bot_permissions=INVITED | Permission.CREATE_EVENTS)
    async with connected(still) as client:
        yield Events(still, moments, client, server)


async def test_event_is_listed_until_it_has_ended(events: Events) -> None:
    key = await events.create()
    (listed,) = await events.client.http.get_scheduled_events(events.server.id, with_user_count=False)
    assert (int(listed["id"]), listed["name"], listed["status"]) == (key, "Deep Learning", 1)
    assert int(listed["creator_id"] or 0) == events.loopback.bot.id
    await events.edit(key, status=2)
    await events.edit(key, status=3)
    assert await events.client.http.get_scheduled_events(events.server.id, with_user_count=False) == []
    one = await events.client.http.get_scheduled_event(events.server.id, key, with_user_count=False)
    assert one["status"] == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": None},
        {"name": "x" * 101},
        {"description": "x" * 1001},
        {"entity_metadata": None},
        {"entity_metadata": {}},
        {"entity_metadata": {"location": "x" * 101}},
        {"entity_type": 2},
        {"privacy_level": 1},
        {"channel_id": 5},
        {"scheduled_start_time": None},
        {"scheduled_end_time": None},
        {"scheduled_end_time": "tomorrow"},
        {"scheduled_start_time": "2022-07-21T12:30:00+00:00"},
        {"scheduled_start_time": "2122-07-21T12:30:00"},
    ],
)
async def test_creation_is_checked(events: Events, changes: dict[str, object]) -> None:
    assert await events.refused(events.create(**changes)) == (400, 50035)
    assert events.server.events == {}


async def test_end_comes_after_the_start(events: Events) -> None:
    assert await events.refused(events.create(scheduled_end_time=events.at(10).isoformat())) == (400, 50035)
    key = await events.create()
    assert await events.refused(events.edit(key, scheduled_end_time=events.at(5).isoformat())) == (400, 50035)


async def test_event_begins_and_ends_by_itself_and_its_start_is_then_fixed(events: Events) -> None:
    key = await events.create()
    await events.edit(key, scheduled_start_time=events.at(20).isoformat())
    events.moments.advance(21 * 60)
    assert events.server.events_now()[0].status is ACTIVE
    assert await events.refused(events.edit(key, scheduled_start_time=events.at(30).isoformat())) == (400, 50035)
    assert await events.refused(events.edit(key, scheduled_end_time=events.at(-1).isoformat())) == (400, 50035)
    await events.edit(key, scheduled_end_time=events.at(5).isoformat())
    events.moments.advance(6 * 60)
    assert events.server.events_now()[0].history == [SCHEDULED, ACTIVE, COMPLETED]
    assert await events.refused(events.edit(key, name="Again")) == (400, 50035)


@pytest.mark.parametrize(
    ("course", "refused"),
    [((), 3), ((), 1), ((2,), 2), ((2,), 4), ((2, 3), 2), ((4,), 2), ((4,), 3), ((2,), 1), ((), 9)],
)
async def test_status_goes_only_where_it_may(events: Events, course: tuple[int, ...], refused: int) -> None:
    key = await events.create()
    for status in course:
        await events.edit(key, status=status)
    assert await events.refused(events.edit(key, status=refused)) == (400, 50035)


async def test_hundred_and_no_more(events: Events) -> None:
    keys = []
    for _ in range(100):
        events.moments.advance(2)
        keys.append(await events.create())
    events.moments.advance(20)
    assert await events.refused(events.create()) == (400, 30038)
    await events.edit(keys[0], status=4)
    await events.create()


async def test_event_is_deleted_and_then_unknown(events: Events) -> None:
    key = await events.create()
    await events.client.http.delete_scheduled_event(events.server.id, key)
    assert await events.refused(events.edit(key, name="Gone")) == (404, 10070)
    fetched = events.client.http.get_scheduled_event(events.server.id, key, with_user_count=False)
    assert await events.refused(fetched) == (404, 10070)


async def test_permission_is_needed_and_others_events_take_another(events: Events) -> None:
    key = await events.create()
    role = next(role for role in events.server.roles.values() if role.managed)
    role.set_permissions(INVITED)
    assert await events.refused(events.create()) == (403, 50013)
    assert await events.refused(events.edit(key, name="Mine")) == (403, 50013)
    role.set_permissions(INVITED | Permission.CREATE_EVENTS)
    events.server.events[key].creator = events.server.owner
    assert await events.refused(events.edit(key, name="Not mine")) == (403, 50013)
    role.set_permissions(INVITED | Permission.MANAGE_EVENTS)
    await events.edit(key, name="Managed")
    assert await events.refused(events.create()) == (403, 50013)


async def test_bot_with_the_intent_makes_begins_and_ends_events(loopback: Loopback) -> None:
    server = loopback.add_server("ICML", bot_permissions=INVITED | Permission.CREATE_EVENTS)
    intents = discord.Intents(guilds=True, guild_scheduled_events=True)
    async with connected(loopback, intents=intents) as client:
        guild = client.get_guild(server.id)
        assert guild is not None
        made = await guild.create_scheduled_event(
            name="Deep Learning",
            start_time=discord.utils.utcnow() + timedelta(hours=1),
            end_time=discord.utils.utcnow() + timedelta(hours=2),
            privacy_level=discord.PrivacyLevel.guild_only,
            entity_type=discord.EntityType.external,
            location="Hall F",
        )
        active = await made.start()
        await active.end()
        assert server.events[made.id].history == [SCHEDULED, ACTIVE, COMPLETED]


@pytest.fixture
def stage(loopback: Loopback, server: Server) -> StageChannel:
    del loopback
    channel = server.add_stage_channel("hall-f-live")
    channel.allow_bot("manage_channels", "mute_members", "move_members")
    return channel


def stage_of(client: Client, channel: StageChannel) -> discord.StageChannel:
    found = client.get_channel(channel.id)
    assert isinstance(found, discord.StageChannel)
    return found


async def test_stage_is_opened_changed_and_ended(loopback: Loopback, stage: StageChannel) -> None:
    async with connected(loopback) as client:
        opened = await stage_of(client, stage).create_instance(topic="Now: Talk 1")
        assert [shown.topic for _, shown in stage.home.open_stages] == ["Now: Talk 1"]
        with pytest.raises(discord.HTTPException) as again:
            await stage_of(client, stage).create_instance(topic="Again")
        assert again.value.code == 150006
        with pytest.raises(discord.HTTPException) as long:
            await opened.edit(topic="x" * 121)
        assert long.value.code == 50035
        await opened.edit(topic="x" * 120)
        await opened.delete()
        assert stage.stage is None
        with pytest.raises(discord.NotFound) as gone:
            await opened.edit(topic="Gone")
        assert gone.value.code == 10067


@pytest.mark.parametrize("missing", ["manage_channels", "mute_members", "move_members", "connect"])
async def test_stage_is_run_by_its_moderators_alone(loopback: Loopback, stage: StageChannel, missing: str) -> None:
    stage.deny_bot(missing)
    async with connected(loopback) as client:
        guild = stage_of(client, stage).guild
        assert not stage_of(client, stage).permissions_for(guild.me).is_superset(discord.Permissions.stage_moderator())
        with pytest.raises(discord.Forbidden):
            await stage_of(client, stage).create_instance(topic="Now")


async def test_only_a_stage_channel_has_a_stage(loopback: Loopback, server: Server) -> None:
    text = server.add_channel("text")
    async with connected(loopback) as client:
        with pytest.raises(discord.HTTPException) as refused:
            await client.http.create_stage_instance(reason=None, channel_id=text.id, topic="Now")
        assert refused.value.code == 50035
