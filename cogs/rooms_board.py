"""For managers: /setup board, in the group of the other settings."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.messages.message import Message
from bot.messages.text import lines
from bot.services.rooms_board import set_rooms_board
from cogs.answers import Interaction, acknowledge, answer, server_id
from cogs.setup_steps import but_as_it_is


@app_commands.command(name="board", description="A channel with a board of what is on in every room; none without it")
@app_commands.describe(channel="The channel, such as one for announcements; left out, there is no such board")
async def board(interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
    """Choose where the board of all rooms stands."""
    await acknowledge(interaction)
    client, server = interaction.client, server_id(interaction)
    channel_id = channel.id if channel else None
    await set_rooms_board(client.db, client.clock, server_id=server, channel_id=channel_id)
    client.store_changed()
    if channel is None:
        await answer(
            interaction, Message("No board of all rooms is kept. /now shows what is on, wherever it is asked.")
        )
        return
    what = f"{channel.mention} has a board of all rooms, from 15 minutes before the start of each day."
    await answer(interaction, Message(lines(what, but_as_it_is(interaction, channel.id))))
