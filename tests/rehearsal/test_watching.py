from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import discord

from bot.rehearsal.loopback import (
    InteractionChanged,
    InteractionSent,
    Loopback,
    ManualMoments,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    Person,
    RequestServed,
    TextChannel,
)
from bot.rehearsal.loopback.hub import Hub
from bot.rehearsal.loopback.snowflakes import Snowflakes, earliest_at, moment_of, shard_of
from tests.rehearsal.conftest import Client, connected


async def test_subscriber_hears_all_in_order(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    def set_up(client: Client) -> None:
        @client.tree.command(description="Now")
        async def now(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("now")

    async with connected(loopback, set_up) as client:
        with loopback.subscribe() as events:
            await robin.slash(hall, "now")
            sent = await client.text_channel(hall).send("Up next")
            await sent.edit(content="Up next, later")
            await sent.delete()
        heard = [type(event) async for event in events]
    assert heard == [
        InteractionSent,
        MessageCreated,
        InteractionChanged,
        RequestServed,
        MessageCreated,
        RequestServed,
        MessageEdited,
        RequestServed,
        MessageDeleted,
        RequestServed,
    ]


async def test_slow_subscriber_loses_the_oldest() -> None:
    hub = Hub()
    with hub.subscribe() as events:
        for n in range(10_001):
            hub.publish(RequestServed("GET", str(n), 200, datetime(2022, 7, 21, tzinfo=UTC), 0.0))
    paths = [event.path async for event in events if isinstance(event, RequestServed)]
    assert (len(paths), paths[0], paths[-1]) == (10_000, "1", "10000")


async def test_stopping_ends_subscriptions() -> None:
    loopback = Loopback()
    events = loopback.subscribe()
    await loopback.start()
    ended = asyncio.create_task(anext(events, None))
    await loopback.stop()
    assert await ended is None


async def test_requests_are_kept_with_what_became_of_them(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        await client.text_channel(hall).send("Up next")
        [request] = loopback.requests.matching("POST /channels/.*/messages")
        assert (request.method, request.status) == ("POST", 200)
        assert 0 <= request.seconds < 1
        assert [r.path for r in loopback.requests][:2] == ["/users/@me", "/oauth2/applications/@me"]
        assert len(loopback.requests) == 3


def test_ids_rise_even_when_time_steps_back() -> None:
    moments = ManualMoments()
    snowflakes = Snowflakes(moments)
    made = [snowflakes.make(), snowflakes.make()]
    moments.advance(0.001)
    made.append(snowflakes.make())
    moments._now = datetime(2020, 1, 1, tzinfo=UTC)
    made.append(snowflakes.make())
    assert made == sorted(set(made))
    assert made[1] == made[0] + 1
    assert made[2] == made[0] + (1 << 22)


def test_ids_hold_their_moment_and_shard() -> None:
    # Discord's own example.
    assert moment_of(175928847299117063) == datetime(2016, 4, 30, 11, 18, 25, 796000, tzinfo=UTC)
    assert earliest_at(moment_of(175928847299117063)) == 175928847299117063 >> 22 << 22
    assert shard_of(175928847299117063, 2) == (175928847299117063 >> 22) % 2


async def test_manual_moments_run_what_falls_due_in_order() -> None:
    moments = ManualMoments()
    ran: list[int] = []
    moments.call_later(2, lambda: ran.append(2))
    moments.call_later(1, lambda: ran.append(1))
    moments.call_later(1.5, lambda: ran.append(-1)).cancel()
    moments.call_later(3, lambda: ran.append(3))
    moments.advance(2)
    assert ran == [1, 2]
