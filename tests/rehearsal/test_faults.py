from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest

from bot.rehearsal.loopback import Loopback, ManualMoments, Person, Server, TextChannel
from tests.rehearsal.conftest import Client, connected

MESSAGES = "POST /channels/.*/messages$"


async def test_lost_response_is_a_message_all_the_same(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        channel = client.text_channel(hall)
        loopback.faults.lose_response(matching=MESSAGES)
        with pytest.raises(aiohttp.ClientError):
            await channel.send("Up next", nonce="q3f8v0yXk")
        assert [m.content for m in hall.messages] == ["Up next"]
        again = await channel.send("Up next", nonce="q3f8v0yXk")
        assert [m.id for m in hall.messages] == [again.id]
        assert [request.status for request in loopback.requests.matching(MESSAGES)] == [0, 200]


async def test_refusals_strike_so_often_and_only_where_they_match(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        loopback.faults.refuse(503, times=2, matching=MESSAGES)
        channel = client.text_channel(hall)
        for _ in range(2):
            with pytest.raises(discord.DiscordServerError):
                await channel.send("Up next")
            await client.fetch_channel(hall.id)
        await channel.send("Up next")
        assert len(hall.messages) == 1


async def test_delay_waits_by_real_time(still: Loopback, moments: ManualMoments) -> None:
    hall = still.add_server("ICML 2022").add_channel("hall-f")
    async with connected(still) as client:
        still.faults.delay(4, matching=MESSAGES)
        sending = asyncio.create_task(client.text_channel(hall).send("Up next"))
        while not sending.done():
            moments.advance(1)
            await asyncio.wait([sending], timeout=0.001)
        assert len(hall.messages) == 1
        still.faults.clear()
        await client.text_channel(hall).send("at once")


async def test_closed_gateway_is_resumed_and_nothing_missed(
    loopback: Loopback, hall: TextChannel, attendee: Person
) -> None:
    async with connected(loopback, intents=discord.Intents(guilds=True, guild_messages=True)) as client:
        loopback.faults.close_gateway(4000)
        await loopback.wait_until_gone()
        await attendee.say(hall, f"{loopback.bot.mention} still there?")
        await client.heard.wait_for("resumed")
        assert f"attendee: {loopback.bot.mention} still there?" in [
            f"{m.author.name}: {m.content}" for m in client.cached_messages
        ]


async def test_reconnect_is_asked_for(loopback: Loopback, server: Server) -> None:
    async with connected(loopback) as client:
        loopback.faults.ask_to_reconnect()
        await client.heard.wait_for("resumed")


async def test_invalidated_session_is_identified_anew(loopback: Loopback, server: Server) -> None:
    async with connected(loopback) as client:
        await client.heard.wait_for("available ICML 2022")
        loopback.faults.invalidate_sessions()
        await client.heard.wait_for("available ICML 2022")
        await loopback.wait_until_ready()


async def test_nothing_answers_while_discord_is_down(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    def set_up(client: Client) -> None:
        @client.tree.command(description="Now")
        async def now(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("now")

    async with connected(loopback, set_up) as client:
        channel = client.text_channel(hall)
        loopback.faults.down()
        with pytest.raises(aiohttp.ClientError):
            await channel.send("Up next")
        await loopback.wait_until_gone()
        assert hall.messages == []
        loopback.faults.up()
        await channel.send("Up next")
        await client.heard.wait_for("resumed")
        assert (await robin.slash(hall, "now")).content == "now"


async def test_revoked_token_ends_the_client(loopback: Loopback, server: Server) -> None:
    async with connected(loopback):
        loopback.faults.revoke_token()
        await loopback.wait_until_gone()
    with pytest.raises(discord.LoginFailure):
        async with connected(loopback):
            pass
