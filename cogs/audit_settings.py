"""For managers: /setup audit, in the group of the other settings."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.messages.message import Message
from bot.messages.text import lines
from bot.services.audit import set_audit_channel
from cogs.answers import Interaction, acknowledge, answer, server_id
from cogs.setup_steps import but_as_it_is


@app_commands.command(
    name="audit", description="A channel that is told what moderators and managers do; none without it"
)
@app_commands.describe(channel="The channel, best one that only managers see; left out, no channel is told")
async def audit(interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
    """Choose where entries of the audit log are posted as they are made."""
    await acknowledge(interaction)
    client, server = interaction.client, server_id(interaction)
    await set_audit_channel(client.db, server_id=server, channel_id=channel.id if channel else None)
    if channel is None:
        await answer(
            interaction, Message("No channel is told what moderators and managers do; /status audit shows it.")
        )
        return
    await answer(
        interaction,
        Message(
            lines(f"{channel.mention} is told what moderators and managers do.", but_as_it_is(interaction, channel.id))
        ),
    )
