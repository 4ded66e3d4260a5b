"""Discord as the sender sees it: post, edit, find what was posted, and say why it cannot be done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Protocol

import aiohttp
import discord

from bot.delivery.channel_problems import Problem, lacking, missing_permissions
from bot.messages.message import Message

SEND_TIMEOUT_SECONDS = 10
SEARCH_MARGIN = timedelta(seconds=60)
"""How far this machine's clock may be ahead of Discord's when looking for a message since its claim."""
SEARCH_LIMIT = 1000
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10003, 10008
CLOSED_TO_THE_BOT, NO_SERVER_IN_COMMON = 50007, 50278
THREAD_EXISTS = 160004
WITHOUT_FILES = "-# Its picture needs Attach Files for Chairside in this channel; /setup check says where to tick it."
_NOT_NOW = (HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS)  # without a token the bot ends; the next one sends


class Outcome(StrEnum):
    """Why a request did not do what was asked."""

    NOT_SENT = "Discord could not be reached"
    UNKNOWN = "no answer came, so it may have been posted"
    FORBIDDEN = "not allowed"
    CLOSED = "their direct messages are closed"
    CHANNEL_GONE = "the channel is gone"
    MESSAGE_GONE = "the message is gone"
    REFUSED = "Discord refused it"


class DeliveryFailed(Exception):  # noqa: N818 - it reads as what happened
    """A request to Discord that did not do what was asked; `outcome` says what that means for the delivery."""

    def __init__(self, outcome: Outcome, detail: str = "") -> None:
        self.outcome = outcome
        self.detail = detail
        super().__init__(f"{outcome}: {detail}" if detail else str(outcome))


class Channels(Protocol):
    """Where the sender's requests go."""

    def problem(self, server_id: int, channel_id: int, *, opens_thread: bool = False) -> Problem | None:
        """What is known to keep the bot from posting there, or in a thread of it; None where nothing is known."""

    def place_for_notice(self, server_id: int, avoid: int) -> int | None:
        """A channel where a server's managers will read a notice, other than `avoid`; None if there is none."""

    async def owner_channel(self, server_id: int) -> int | None:
        """The direct-message channel with a server's owner; None if it cannot be opened."""

    async def post(self, channel_id: int, message: Message, delivery_id: str) -> int:
        """Post and return the message's id; posting the same delivery again within minutes gives the first one."""

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> int:
        """Open the thread that hangs on a message, which has the message's id; one that is there already is fine.

        Where a channel holds no threads, such as one that is a thread itself, the channel's own id is returned.
        """

    async def edit(self, channel_id: int, message_id: int, message: Message) -> None:
        """Replace what a message shows; pings nobody."""

    async def remove(self, channel_id: int, message_id: int) -> None:
        """Delete a message of the bot's own; one that is gone already is fine."""

    async def find(self, channel_id: int, delivery_id: str, since: datetime) -> int | None:
        """The id of the message that carries a delivery's id, posted since a real moment; None if there is none."""


class DiscordChannels:
    """The channels of a connected client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def problem(self, server_id: int, channel_id: int, *, opens_thread: bool = False) -> Problem | None:
        guild = self._client.get_guild(server_id)
        if guild is None or guild.unavailable:
            return None
        channel = guild.get_channel_or_thread(channel_id)
        if channel is None:
            return None  # deleted, or a thread that was archived, which a post opens again: Discord's answer tells
        missing = missing_permissions(channel, guild.me, opens_thread=opens_thread)
        return lacking(channel, missing) if missing else None

    def unlisted(self, server_id: int, channel_id: int, chosen_with: str) -> Problem | None:
        """The problem of a channel that Discord lists no more for a server; None where it does, or nothing is known."""
        guild = self._client.get_guild(server_id)
        if guild is None or guild.unavailable or guild.get_channel_or_thread(channel_id) is not None:
            return None
        return Problem(
            code="channel",
            what=f"the channel it was set to use (<#{channel_id}>) was deleted, or is a thread that was archived.",
            remedy=f"Choose another with {chosen_with}; an archived thread opens again with the next post.",
        )

    def place_for_notice(self, server_id: int, avoid: int) -> int | None:
        guild = self._client.get_guild(server_id)
        if guild is None:
            return None
        preferred = [guild.system_channel] if guild.system_channel else []
        for channel in [*preferred, *guild.text_channels]:
            if channel.id != avoid and not missing_permissions(channel, guild.me):
                return channel.id
        return None

    async def owner_channel(self, server_id: int) -> int | None:
        guild = self._client.get_guild(server_id)
        if guild is None or guild.owner_id is None:
            return None
        try:
            direct = await self._client.create_dm(discord.Object(guild.owner_id))
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            return None
        return direct.id

    async def post(self, channel_id: int, message: Message, delivery_id: str) -> int:
        channel = self._client.get_partial_messageable(channel_id)
        shown = self._as_allowed(channel_id, message)
        request = channel.send(
            shown.text,
            view=shown.view(),
            nonce=delivery_id,
            suppress_embeds=True,
            files=shown.attachments(),
            allowed_mentions=pinging(shown.pings, shown.mentions),
        )
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                return (await request).id
        except _FAILURES as error:
            raise _understood(error) from error

    def _as_allowed(self, channel_id: int, message: Message) -> Message:
        """Without a role that was deleted, and files that it may not post; out of the cache nobody knows."""
        channel = self._client.get_channel(channel_id)
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return message
        if message.pings and channel.guild.get_role(message.pings) is None:
            message = replace(message, pings=None)
        if message.files and not channel.permissions_for(channel.guild.me).attach_files:
            return replace(message, content=f"{message.content}\n{WITHOUT_FILES}", files=())
        return message

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> int:
        channel = self._client.get_channel(channel_id)
        if channel is None:
            raise DeliveryFailed(Outcome.CHANNEL_GONE, "it is not there")
        if not isinstance(channel, discord.TextChannel):
            return channel_id
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                await channel.get_partial_message(message_id).create_thread(name=name)
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                raise _understood(error) from error
        except _FAILURES as error:
            raise _understood(error) from error
        return message_id

    async def edit(self, channel_id: int, message_id: int, message: Message) -> None:
        partial = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                shown = self._as_allowed(channel_id, message)
                files = discord.utils.MISSING if shown.files is None else shown.attachments()
                none = pinging(None)
                await partial.edit(content=shown.text, view=shown.view(), attachments=files, allowed_mentions=none)
        except _FAILURES as error:
            raise _understood(error) from error

    async def remove(self, channel_id: int, message_id: int) -> None:
        partial = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                await partial.delete()
        except discord.NotFound:
            return
        except _FAILURES as error:
            raise _understood(error) from error

    async def find(self, channel_id: int, delivery_id: str, since: datetime) -> int | None:
        channel = self._client.get_partial_messageable(channel_id)
        after = discord.Object(discord.utils.time_snowflake(since - SEARCH_MARGIN))
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                async for message in channel.history(after=after, limit=SEARCH_LIMIT, oldest_first=True):
                    if _carries(message, delivery_id):
                        return message.id
        except _FAILURES as error:
            raise _understood(error) from error
        return None


def pinging(role_id: int | None, user_ids: Sequence[int] = ()) -> discord.AllowedMentions:
    """Whom a message may ping: one role and these people, or nobody."""
    if role_id is None and not user_ids:
        return discord.AllowedMentions.none()
    roles = [discord.Object(role_id)] if role_id is not None else False
    users = [discord.Object(user_id) for user_id in user_ids] or False
    return discord.AllowedMentions(everyone=False, users=users, roles=roles, replied_user=False)


_FAILURES = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError)


def _understood(error: Exception) -> DeliveryFailed:
    """What a failed request means for the delivery."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return DeliveryFailed(Outcome.NOT_SENT, type(error).__name__)
    if isinstance(error, discord.HTTPException) and error.status in _NOT_NOW:
        return DeliveryFailed(Outcome.NOT_SENT, error.text)
    if isinstance(error, discord.Forbidden):
        is_closed = error.code in (CLOSED_TO_THE_BOT, NO_SERVER_IN_COMMON)
        return DeliveryFailed(Outcome.CLOSED if is_closed else Outcome.FORBIDDEN, error.text)
    if isinstance(error, discord.NotFound):
        outcome = {UNKNOWN_CHANNEL: Outcome.CHANNEL_GONE, UNKNOWN_MESSAGE: Outcome.MESSAGE_GONE}
        return DeliveryFailed(outcome.get(error.code, Outcome.REFUSED), error.text)
    if isinstance(error, discord.HTTPException) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return DeliveryFailed(Outcome.REFUSED, f"{error.status} {error.text}")
    return DeliveryFailed(Outcome.UNKNOWN, type(error).__name__)


def _carries(message: discord.Message, delivery_id: str) -> bool:
    """Whether one of a message's buttons carries the delivery's id."""
    for row in message.components:
        for item in getattr(row, "children", [row]):
            if delivery_id in (getattr(item, "custom_id", None) or ""):
                return True
    return False
