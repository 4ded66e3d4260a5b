from __future__ import annotations

import asyncio

import discord
import pytest

from bot.rehearsal.loopback import GatewaySettings, Loopback, Server, TextChannel
from tests.rehearsal.conftest import UNHURRIED, Client, connected, point_client_at, running


async def test_ready_client_knows_server_channel_and_itself(
    loopback: Loopback, server: Server, hall: TextChannel
) -> None:
    moderators = server.add_role("Moderators")
    async with connected(loopback) as client:
        guild = client.get_guild(server.id)
        assert guild is not None
        assert (guild.name, guild.owner_id, guild.member_count) == ("ICML 2022", server.owner.id, 2)
        assert client.text_channel(hall).topic == "Deep Learning"
        assert [role.name for role in guild.roles] == ["@everyone", "Chairside", "Moderators"]
        assert guild.get_role(moderators.id) is not None
        assert guild.me.guild_permissions.read_message_history
        assert not guild.me.guild_permissions.manage_messages
        assert client.user is not None
        assert client.user.id == client.application_id == loopback.bot.id
        await loopback.wait_until_ready()
    await loopback.wait_until_gone()


async def test_wrong_token_is_refused(loopback: Loopback) -> None:
    with pytest.raises(discord.LoginFailure):
        async with running(Client(), "wrong"):
            pass
    assert loopback.requests.statuses == {401: 1}


async def test_privileged_intent_that_is_switched_off_is_refused(loopback: Loopback) -> None:
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(loopback, intents=discord.Intents(guilds=True, members=True)):
            pass


async def test_members_come_with_the_members_intent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Loopback(privileged=["members"], gateway=UNHURRIED) as loopback:
        point_client_at(loopback, monkeypatch)
        server = loopback.add_server("ICML 2022")
        robin = server.add_member("Robin Walters")
        async with connected(loopback, intents=discord.Intents(guilds=True, members=True)) as client:
            guild = client.get_guild(server.id)
            assert guild is not None
            await guild.chunk()
            assert {member.id for member in guild.members} == {loopback.bot.id, server.owner.id, robin.id}
            assert {member.id async for member in guild.fetch_members()} == set(server.members)


async def test_invited_while_connected(loopback: Loopback) -> None:
    async with connected(loopback) as client:
        server = loopback.add_server("EuroPython", invite=False)
        hall = server.add_channel("forum-hall")
        assert list(client.guilds) == []
        server.invite_bot()
        await client.heard.wait_for("joined EuroPython")
        assert client.text_channel(hall).name == "forum-hall"
        server.add_channel("south-hall")
        await client.heard.wait_for("opened #south-hall")


async def test_removed_from_a_server(loopback: Loopback, server: Server, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        channel = client.text_channel(hall)
        server.remove_bot()
        await client.heard.wait_for("left ICML 2022")
        assert list(client.guilds) == []
        with pytest.raises(discord.NotFound):
            await channel.send("still here?")


async def test_outage_of_a_server_is_not_a_removal(loopback: Loopback, server: Server) -> None:
    async with connected(loopback) as client:
        server.go_away()
        await client.heard.wait_for("unavailable ICML 2022")
        assert [guild.unavailable for guild in client.guilds] == [True]
        server.come_back()
        await client.heard.wait_for("available ICML 2022")
        assert [guild.unavailable for guild in client.guilds] == [False]


async def test_channel_is_renamed_and_deleted(loopback: Loopback, server: Server, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        hall.edit(name="hall-g")
        await client.heard.wait_for("changed #hall-g")
        hall.delete()
        await client.heard.wait_for("deleted #hall-g")
        with pytest.raises(discord.NotFound) as refused:
            await client.fetch_channel(hall.id)
        assert refused.value.code == 10003


class Sharded(discord.AutoShardedClient):
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """As in `Client`."""


async def test_two_shards_share_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Loopback(gateway=GatewaySettings(shards=2, max_concurrency=2)) as loopback:
        point_client_at(loopback, monkeypatch)
        servers = [loopback.add_server(f"server {n}", server_id=(1_000_000 + n) << 22) for n in range(5)]
        client = Sharded(intents=discord.Intents(guilds=True), guild_ready_timeout=0.01)
        async with running(client, loopback.token):
            await loopback.wait_until_ready(shards=2)
            by_shard = {guild.id: guild.shard_id for guild in client.guilds}
            assert by_shard == {server.id: n % 2 for n, server in enumerate(servers)}


async def test_two_shards_in_two_clients(loopback: Loopback) -> None:
    for n in range(4):
        loopback.add_server(f"server {n}", server_id=(1_000_000 + n) << 22)
    first, second = Client(shard=(0, 2)), Client(shard=(1, 2))
    async with running(first, loopback.token), running(second, loopback.token):
        assert sorted(guild.name for guild in first.guilds) == ["server 0", "server 2"]
        assert sorted(guild.name for guild in second.guilds) == ["server 1", "server 3"]


async def test_clients_in_a_row_leave_no_task_behind(loopback: Loopback, server: Server) -> None:
    before = len(asyncio.all_tasks())
    for _ in range(3):
        async with connected(loopback):
            pass
    await loopback.wait_until_gone()
    assert len(asyncio.all_tasks()) <= before + 1
