from __future__ import annotations

import discord
import pytest

from bot.rehearsal.loopback import Loopback, Person, Server
from tests.rehearsal.conftest import connected


async def test_bot_writes_to_a_person(loopback: Loopback, robin: Person) -> None:
    async with connected(loopback) as client:
        user = await client.fetch_user(robin.id)
        await user.send("Your talk begins in 30 min")
        await user.send("Check in?")
        assert [m.content for m in robin.direct_channel.messages] == ["Your talk begins in 30 min", "Check in?"]
        assert len(loopback.requests.matching("POST /users/@me/channels")) == 1


async def test_closed_direct_messages(loopback: Loopback, robin: Person) -> None:
    robin.take_direct_messages(allowed=False)
    async with connected(loopback) as client:
        with pytest.raises(discord.Forbidden) as refused:
            await (await client.fetch_user(robin.id)).send("Your talk begins in 30 min")
        assert refused.value.code == 50007


async def test_no_server_in_common(loopback: Loopback, server: Server, robin: Person) -> None:
    async with connected(loopback) as client:
        user = await client.fetch_user(robin.id)
        server.remove_member(robin)
        with pytest.raises(discord.Forbidden) as refused:
            await user.send("Your talk begins in 30 min")
        assert refused.value.code == 50278


async def test_nobody_by_that_id(loopback: Loopback) -> None:
    async with connected(loopback) as client:
        with pytest.raises(discord.NotFound) as refused:
            await client.fetch_user(1)
        assert refused.value.code == 10013


async def test_bot_reads_what_is_written_to_it(loopback: Loopback, robin: Person) -> None:
    async with connected(loopback, intents=discord.Intents(guilds=True, dm_messages=True)) as client:
        await robin.say(robin.direct_channel, "I am here")
        await client.heard.wait_for("robin_walters: I am here")
