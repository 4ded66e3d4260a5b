"""/setup check and its button: each permission in each channel that the bot will use."""

from __future__ import annotations

from bot.delivery.server_check import examine
from bot.messages.message import CHECK
from bot.messages.setup_check import Checked, check_message
from bot.services.servers import ServerSettings, server_settings
from cogs.answers import Interaction, redraw, server_id
from cogs.buttons import PersistentButton


async def checked(interaction: Interaction, settings: ServerSettings | None = None) -> Checked:
    """What there is to put right on this server."""
    client, server = interaction.client, server_id(interaction)
    settings = settings or await server_settings(client.db, server)
    return await examine(client, client.tree, server, settings)


class CheckButton(PersistentButton, template=CHECK):
    """Under a check: look once more."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await redraw(interaction, check_message(await checked(interaction)))
