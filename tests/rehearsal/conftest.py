"""The real discord.py client against the loopback; nothing of it is replaced but the two addresses it keeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.rehearsal.loopback import GatewaySettings, Loopback, ManualMoments, Person, Server, TextChannel

SetUp = Callable[["Client"], None]

UNHURRIED = GatewaySettings(max_concurrency=16, identify_seconds=0.001)
"""A gateway that takes many identifies at once; what it is strict about is tested by itself."""


class Heard:
    """What a client was told, in order, and a way to wait for it."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self._more = asyncio.Condition()

    async def add(self, event: str) -> None:
        async with self._more:
            self.events.append(event)
            self._more.notify_all()

    async def wait_for(self, event: str) -> None:
        """Wait for an event after the one that was waited for last."""
        async with asyncio.timeout(5), self._more:
            await self._more.wait_for(lambda: event in self.events)
            del self.events[: self.events.index(event) + 1]


class Client(discord.Client):
    """A bot of a few lines: a command tree, and what it heard."""

    def __init__(
        self,
        intents: discord.Intents | None = None,
        set_up: SetUp | None = None,
        shard: tuple[int, int] | None = None,
    ) -> None:
        shard_id, shard_count = shard or (None, None)
        super().__init__(
            shard_id=shard_id,
            shard_count=shard_count,
            intents=intents or discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.01,
        )
        self.tree = app_commands.CommandTree(self)
        self.heard = Heard()
        self.release = asyncio.Event()
        """What commands of a test can wait for."""
        self._set_up = set_up

    async def setup_hook(self) -> None:
        if self._set_up is not None:
            self._set_up(self)
        if any(self.tree.get_commands(type=kind) for kind in discord.AppCommandType):
            await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Don't wait 5 s between identifies: the loopback here takes many at once."""

    async def on_resumed(self) -> None:
        await self.heard.add("resumed")

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.heard.add(f"joined {guild.name}")

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.heard.add(f"left {guild.name}")

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        await self.heard.add(f"unavailable {guild.name}")

    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self.heard.add(f"available {guild.name}")

    async def on_message(self, message: discord.Message) -> None:
        await self.heard.add(f"{message.author.name}: {message.content}")

    async def on_message_edit(self, before: discord.Message, after: discord.Message) -> None:
        await self.heard.add(f"edited: {after.content}")

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        await self.heard.add(f"deleted: {payload.message_id}")

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        await self.heard.add(f"opened #{channel.name}")

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        await self.heard.add(f"changed #{after.name}")

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self.heard.add(f"deleted #{channel.name}")

    async def on_thread_create(self, thread: discord.Thread) -> None:
        await self.heard.add(f"opened thread {thread.name}")

    def text_channel(self, channel: TextChannel) -> discord.TextChannel:
        """The client's own idea of a channel."""
        found = self.get_channel(channel.id)
        assert isinstance(found, discord.TextChannel)
        return found


@pytest.fixture
async def loopback(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Loopback]:
    async with Loopback(gateway=UNHURRIED) as running:
        point_client_at(running, monkeypatch)
        yield running


@pytest.fixture
def moments() -> ManualMoments:
    return ManualMoments()


@pytest.fixture
async def still(moments: ManualMoments, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Loopback]:
    """A loopback whose real time only moves by `moments.advance`."""
    async with Loopback(gateway=UNHURRIED, moments=moments) as running:
        point_client_at(running, monkeypatch)
        yield running


def point_client_at(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the two addresses that discord.py keeps."""
    monkeypatch.setattr(Route, "BASE", loopback.api_base)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(loopback.gateway_url))


@pytest.fixture
def server(loopback: Loopback) -> Server:
    return loopback.add_server("ICML 2022")


@pytest.fixture
def hall(server: Server) -> TextChannel:
    return server.add_channel("hall-f", topic="Deep Learning")


@pytest.fixture
def robin(server: Server) -> Person:
    return server.add_member("Robin Walters", manages_server=True)


@pytest.fixture
def attendee(server: Server) -> Person:
    return server.add_member("Attendee")


@asynccontextmanager
async def connected(
    loopback: Loopback, set_up: SetUp | None = None, *, intents: discord.Intents | None = None
) -> AsyncIterator[Client]:
    """A client that is ready, until the end of the block."""
    client = Client(intents, set_up)
    async with running(client, loopback.token):
        yield client


@asynccontextmanager
async def running(client: discord.Client, token: str) -> AsyncIterator[None]:
    """Run any client until it is ready, then the block, then close it; its failure to start is raised."""
    task = asyncio.create_task(client.start(token))
    # A client can be asked whether it is ready only once `login` has begun.
    await asyncio.wait([task], timeout=0)
    ready = asyncio.create_task(client.wait_until_ready())
    try:
        async with asyncio.timeout(5):
            await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield
    finally:
        ready.cancel()
        await client.close()
        await asyncio.gather(task, ready, return_exceptions=True)
