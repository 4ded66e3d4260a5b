"""The channel of a person's direct messages, and the short first message that finds out whether those reach them."""

from __future__ import annotations

import logging

import aiohttp
import discord

from bot.client import ChairsideClient
from bot.delivery.channel import DeliveryFailed, DiscordChannels, Outcome
from bot.errors import CommandError
from bot.messages.personal_reminders import first_contact
from bot.services.people import (
    direct_messages_are_closed,
    direct_messages_are_open,
    person,
    remember_direct_channel,
)
from bot.services.planning import new_delivery_id
from bot.services.speakers import owe_speaker

log = logging.getLogger(__name__)


async def open_direct_channel(client: ChairsideClient, user_id: int) -> bool:
    """Open a person's direct messages where that was not done before; whether it was not.

    Raises:
        CommandError: Discord does not open them.
    """
    if (await person(client.db, user_id)).dm_channel_id is not None:
        return False
    client.count_request()
    try:
        channel = await client.create_dm(discord.Object(user_id))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        raise CommandError(
            "Discord does not open direct messages with you just now, so nothing was stored",
            do="Try again in a moment",
        ) from error
    await remember_direct_channel(client.db, user_id, channel.id)
    await owe_speaker(client.db, client.clock, user_id)
    return True


async def is_reached(client: ChairsideClient, user_id: int, server_name: str) -> bool:
    """Write the first message; False where Discord says that their direct messages are closed, which is stored."""
    channel_id = (await person(client.db, user_id)).dm_channel_id
    if channel_id is None:
        return True
    client.count_request()
    try:
        await DiscordChannels(client).post(channel_id, first_contact(server_name), new_delivery_id())
    except DeliveryFailed as failure:
        if failure.outcome in (Outcome.CLOSED, Outcome.FORBIDDEN):
            await direct_messages_are_closed(client.db, client.clock, user_id)
            return False
        # whether they are closed is found out with the first reminder
        log.warning("the first direct message to somebody was not sent: %s", failure)
        return True
    await direct_messages_are_open(client.db, client.clock, user_id)
    return True
