"""The Discord client: least intents, commands given to Discord only when they changed, no work in on_ready."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol
from weakref import WeakValueDictionary

import discord
from discord import app_commands
from discord.ext import commands
from discord.state import AutoShardedConnectionState

from bot.answers import Answers
from bot.clock import Clock
from bot.discord_address import use_gateway
from bot.errors import ChairsideError
from bot.fetching.fetch import Fetcher
from bot.overlap import is_anothers, pass_over_what_another_completes
from bot.replies import Replies
from bot.services.commands_sync import claim_store, commands_changed, commands_synced, digest_of
from bot.services.servers import server_joined, server_left, servers_gone
from bot.settings import Settings
from db.database import Database

log = logging.getLogger(__name__)

COGS = (
    "cogs.attendee",
    "cogs.agenda",
    "cogs.reminders",
    "cogs.schedule",
    "cogs.setup",
    "cogs.session",
    "cogs.timer",
    "cogs.speakers",
    "cogs.console",
    "cogs.asking",
    "cogs.qa",
    "cogs.queue_buttons",
    "cogs.privacy",
    "cogs.operations",
)


START_REQUESTS = 4
"""What discord.py asks while it starts: who it is, which application, and twice where the gateway is."""


class Joined(Protocol):
    """Takes a server that the bot is on since the real moment `at`."""

    async def __call__(self, *, server_id: int, name: str, at: datetime | None) -> None: ...


class ConsoleGone(Protocol):
    """Takes a thread that is there no more: a session's console may have been in it."""

    async def __call__(self, *, server_id: int, thread_id: int) -> object: ...


class ListedServers(AutoShardedConnectionState[Any]):
    """discord.py's cache, without the servers that a shard lists no more when it identifies anew.

    Those that are away for a while are listed; discord.py itself keeps all that it ever saw.
    """

    def parse_ready(self, data: Any) -> None:  # noqa: ANN401 - as Discord sends it
        super().parse_ready(data)
        listed = {int(server["id"]) for server in data["guilds"]}
        for guild in self.guilds:
            if guild.id not in listed and guild.shard_id == data["shard"][0]:
                self._remove_guild(guild)
                self.dispatch("guild_remove", guild)


class ChairsideClient(commands.AutoShardedBot):
    """The bot on Discord. `store_changed` and `server_changed` tell the sender that something is to be done.

    `joined` takes each server that is there, with the real moment at which the bot came to it.
    `console_gone` takes each thread that is deleted.
    `replacing` holds whoever is at a thread in whose place another comes; two must not open one each.
    `count_request` tells it of a request that counts against what Discord allows the token.
    """

    def __init__(self, *, settings: Settings, db: Database, clock: Clock) -> None:
        # no voice here, so nothing to warn an operator about
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        pass_over_what_another_completes()
        intents = discord.Intents.none()
        intents.guilds = True
        self.answers = Answers()
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            shard_count=settings.shard_count,
            shard_ids=settings.shard_ids,  # type: ignore[arg-type] # None means all of them
            tree_cls=ChairsideTree,
            http_trace=self.answers.trace(),
        )
        self.settings = settings
        self.db = db
        self.clock = clock
        self.replies = Replies(clock)
        self.fetcher = Fetcher(allows_loopback=settings.on_loopback)
        self.store_changed: Callable[[], None] = lambda: None
        self.count_request: Callable[[], None] = lambda: None
        self.server_changed: Callable[[int], Awaitable[None]] = _nothing
        self.joined: Joined = self._note_join
        self.console_gone: ConsoleGone = no_console
        self.replacing: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self.logged_in = asyncio.Event()
        self._was_opened = False

    def _get_state(self, **options: Any) -> AutoShardedConnectionState[Any]:  # noqa: ANN401 - handed through
        return ListedServers(
            dispatch=self.dispatch, handlers=self._handlers, hooks=self._hooks, http=self.http, **options
        )

    async def login(self, token: str) -> None:
        self._was_opened = True
        await super().login(token)

    async def forget_login(self) -> None:
        """Let go of what a log-in that failed has opened, so that another can be tried."""
        await self.http.close()
        self.http.connector = discord.utils.MISSING

    async def close(self) -> None:
        # discord.py fails at closing what never began to log in, as while Discord is away
        if self._was_opened:
            await super().close()

    async def setup_hook(self) -> None:
        await claim_store(self.db, self.clock, self.application_id or 0)
        _, gateway, _ = await self.http.get_bot_gateway()
        use_gateway(gateway)
        for cog in COGS:
            if cog not in self.extensions:  # as when an earlier log-in came only so far
                await self.load_extension(cog)
        await self._sync_commands()
        for _ in range(START_REQUESTS):
            self.count_request()
        self.logged_in.set()

    async def _sync_commands(self) -> None:
        """Give Discord the commands if they are not the ones it has."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        application_id = self.application_id or 0
        digest = digest_of(payload)
        if await commands_changed(self.db, application_id, digest):
            self.count_request()
            await self.tree.sync()
            await commands_synced(self.db, self.clock, application_id, digest)
            log.info("gave Discord %d commands", len(payload))

    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self.joined(server_id=guild.id, name=guild.name, at=guild.me.joined_at)
        await self.server_changed(guild.id)

    async def on_shard_ready(self, shard_id: int) -> None:
        # Discord lists every server of the shard here, those that are away for a while too
        here = {guild.id for guild in self.guilds}
        for server_id in await servers_gone(self.db, self.clock, here, shard_id, self.shard_count or 1):
            log.info(
                "the bot was removed from server %d while it was not connected",
                server_id,
                extra={"server": str(server_id)},
            )

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.on_guild_available(guild)

    async def _note_join(self, *, server_id: int, name: str, at: datetime | None) -> None:  # noqa: ARG002 - see Joined
        """Stand in until somebody is there who welcomes."""
        await server_joined(self.db, self.clock, server_id, name)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        # an outage is no removal: discord.py calls this only when the bot is really gone from the server
        await server_left(self.db, self.clock, guild.id)

    async def on_guild_update(self, _before: discord.Guild, after: discord.Guild) -> None:
        await self.joined(server_id=after.id, name=after.name, at=after.me.joined_at)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        await self.server_changed(channel.guild.id)

    async def on_guild_channel_update(self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        await self.server_changed(after.guild.id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        await self.console_gone(server_id=payload.guild_id, thread_id=payload.thread_id)

    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        await self.server_changed(after.guild.id)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        await self.server_changed(role.guild.id)

    async def on_app_command_completion(
        self, interaction: discord.Interaction[ChairsideClient], _command: object, /
    ) -> None:
        await import_module("cogs.audit").record(interaction)

    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        await self.server_changed(after.guild.id)


async def _offer_nothing(interaction: discord.Interaction[ChairsideClient]) -> None:
    """Answer an autocompletion, unless another process has."""
    try:
        await interaction.response.autocomplete([])
    except discord.HTTPException as error:
        if not is_anothers(error):
            raise


async def no_console(*, server_id: int, thread_id: int) -> bool:  # noqa: ARG001 - see ConsoleGone
    """Stand in until somebody is there who opens threads."""
    return False


async def _nothing(_server_id: int) -> None:
    """Stand in until the sender is there."""


class ChairsideTree(app_commands.CommandTree[ChairsideClient]):
    """Commands of servers only; every error of a command goes through one handler."""

    def __init__(self, client: ChairsideClient) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )

    async def interaction_check(self, interaction: discord.Interaction[ChairsideClient], /) -> bool:
        if interaction.command is None:
            return True  # one that is no more; the library says so
        try:
            import_module("cogs.permissions").require_audience(interaction)
        except ChairsideError as error:
            if interaction.type is discord.InteractionType.autocomplete:
                await _offer_nothing(interaction)
            else:
                await import_module("cogs.answers").answer_error(interaction, error)
            return False
        if interaction.type is not discord.InteractionType.autocomplete:
            import_module("cogs.audit").begin_record(interaction)
        return True

    async def on_error(
        self, interaction: discord.Interaction[ChairsideClient], error: app_commands.AppCommandError, /
    ) -> None:
        # cogs are loaded by name; the client knows none of them
        await import_module("cogs.audit").record_unanswered(interaction, error)
        await import_module("cogs.answers").answer_error(interaction, error)
