"""The programme that somebody asks about where they are."""

from __future__ import annotations

from bot.services.audience import Programme, programme
from cogs.answers import Interaction, server_id


async def programme_for(interaction: Interaction, *, everywhere: bool = False) -> Programme:
    """The part of the server's programme that this channel serves, else all of it; all of it `everywhere`."""
    client = interaction.client
    channel_id = None if everywhere else interaction.channel_id
    return await programme(client.db, client.clock, server_id(interaction), channel_id)
