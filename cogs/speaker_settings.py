"""For managers: /setup speakers, in the group of the other settings."""

from __future__ import annotations

from discord import app_commands

from bot.messages.message import Message
from bot.services.speakers import set_chasing
from cogs.answers import Interaction, acknowledge, answer, server_id


@app_commands.command(name="speakers", description="Whether a speaker who is missing is asked once more")
@app_commands.describe(chase="Ask once more, 10 minutes before the talk")
async def speakers(interaction: Interaction, chase: bool) -> None:  # noqa: FBT001 - an option of the command
    """Choose whether those who have not checked in are asked once more."""
    await acknowledge(interaction)
    client = interaction.client
    await set_chasing(client.db, client.clock, server_id=server_id(interaction), chases=chase)
    client.store_changed()
    how = "asked once more 10 minutes before their talk" if chase else "asked once, 30 minutes before their talk"
    await answer(interaction, Message(f"Speakers who are linked are {how}."))
