"""For everyone: /privacy show and delete, and the button that removes a person."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.errors import CommandError
from bot.messages.privacy import FORGET, confirm, removed, stored
from bot.rules.traces import Traces
from bot.services.privacy import remove_person, what_is_stored
from cogs.answers import Interaction, acknowledge, answer
from cogs.buttons import PersistentButton, register


class PrivacyCommands(commands.GroupCog, name="privacy", description="What is stored about you, on all servers"):
    """A person's own only; nobody sees another's."""

    @app_commands.command(name="show", description="What this bot has stored about you")
    async def show(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await answer(interaction, stored(await _traces(interaction)))

    @app_commands.command(name="delete", description="Remove yourself from what this bot has stored; it asks first")
    async def delete(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await answer(interaction, confirm(await _traces(interaction), interaction.user.id))


class ForgetButton(PersistentButton, template=FORGET):
    """Under the question whether to remove a person: does it, for that person only."""

    async def pressed(self, interaction: Interaction) -> None:
        if self.match["person"] != str(interaction.user.id):
            raise CommandError("this button is somebody else's", do="Use /privacy delete for yourself")
        await interaction.response.defer()
        client = interaction.client
        done = await remove_person(client.db, client.clock, interaction.user.id)
        client.store_changed()
        await answer(interaction, removed(done.traces, done.still_moderates))


async def _traces(interaction: Interaction) -> Traces:
    return await what_is_stored(interaction.client.db, None, interaction.user.id)


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(PrivacyCommands())
    register(client, ForgetButton)
