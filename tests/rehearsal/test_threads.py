from __future__ import annotations

import discord
import pytest

from bot.rehearsal.loopback import Loopback, Permission, Person, Server, TextChannel
from tests.rehearsal.conftest import connected


async def test_thread_from_a_message(loopback: Loopback, server: Server, hall: TextChannel, attendee: Person) -> None:
    async with connected(loopback) as client:
        sent = await client.text_channel(hall).send("Talk 7")
        opened = await sent.create_thread(name="Questions on talk 7")
        await client.heard.wait_for("opened thread Questions on talk 7")
        [thread] = hall.threads
        assert thread.id == opened.id == hall.messages[0].id
        assert not thread.private
        await opened.send(f"{attendee.mention}, these were left", allowed_mentions=discord.AllowedMentions(users=True))
        assert [m.text for m in thread.messages] == [f"{attendee.mention}, these were left"]
        assert set(thread.member_ids) == {loopback.bot.id, attendee.id}
        with pytest.raises(discord.HTTPException) as refused:
            await sent.create_thread(name="again")
        assert refused.value.code == 160004
        assert [t.id for t in await client.text_channel(hall).guild.active_threads()] == [thread.id]


async def test_private_thread_is_for_its_members(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    async with connected(loopback) as client:
        opened = await client.text_channel(hall).create_thread(name="Console", type=discord.ChannelType.private_thread)
        [thread] = hall.threads
        assert thread.private
        await opened.send("Console")
        assert robin.sees(thread) == []
        await opened.add_user(discord.Object(robin.id))
        assert [m.text for m in robin.sees(thread)] == ["Console"]


async def test_threads_take_their_own_permissions(loopback: Loopback, server: Server, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        channel = client.text_channel(hall)
        opened = await channel.create_thread(name="open", type=discord.ChannelType.public_thread)
        hall.deny_bot("send_messages_in_threads", "create_public_threads", "manage_threads")
        with pytest.raises(discord.Forbidden):
            await opened.send("hello")
        with pytest.raises(discord.Forbidden):
            await channel.create_thread(name="another", type=discord.ChannelType.public_thread)
        with pytest.raises(discord.Forbidden):
            await opened.delete()
        await opened.edit(archived=True)  # whoever opened it may close it
        hall.allow_bot("send_messages_in_threads")
        hall.deny_bot("send_messages")
        await opened.send("sending in threads is a permission apart")
        assert not hall.threads[0].archived


async def test_locked_and_deleted_threads(loopback: Loopback, hall: TextChannel, robin: Person) -> None:
    async with connected(loopback) as client:
        opened = await client.text_channel(hall).create_thread(name="t", type=discord.ChannelType.public_thread)
        sent = await opened.send("first")
        [thread] = hall.threads
        thread.archive(locked=True)
        with pytest.raises(discord.HTTPException) as refused:
            await sent.edit(content="changed")
        assert refused.value.code == 50083
        hall.deny_bot("manage_threads")
        with pytest.raises(discord.HTTPException) as refused:
            await opened.send("second")
        assert refused.value.code == 160005
        thread.delete()
        with pytest.raises(discord.NotFound):
            await opened.send("third")
        assert hall.threads == []


async def test_thread_goes_with_its_channel(loopback: Loopback, hall: TextChannel) -> None:
    async with connected(loopback) as client:
        opened = await client.text_channel(hall).create_thread(name="t", type=discord.ChannelType.public_thread)
        hall.delete()
        with pytest.raises(discord.NotFound) as refused:
            await opened.send("hello?")
        assert refused.value.code == 10003


async def test_bot_is_let_into_a_private_thread(loopback: Loopback, server: Server, hall: TextChannel) -> None:
    manager = server.add_member("Manager", roles=[server.add_role("Threads", Permission.MANAGE_THREADS)])
    async with connected(loopback) as client:
        opened = await client.text_channel(hall).create_thread(name="p", type=discord.ChannelType.private_thread)
        await opened.send("hello")
        [thread] = hall.threads
        assert manager.sees(thread) != []
        hall.deny_bot("manage_threads")
        del thread.member_ids[loopback.bot.id]
        with pytest.raises(discord.Forbidden):
            await opened.send("hello again")
        thread.add(loopback.bot)
        await opened.send("hello again")
