"""For managers: /status now, and the button under a notice that looks again."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.messages.message import STATUS, Message
from bot.messages.organising import status
from bot.services.servers import delivery_counts, server_settings
from cogs.answers import Interaction, acknowledge, answer, require_manager, server_id
from cogs.buttons import PersistentButton, register
from cogs.setup import problems_of


@app_commands.default_permissions(manage_guild=True)
class StatusCommands(commands.GroupCog, name="status", description="How Chairside is doing on this server"):
    """What was posted, what waits, what went wrong and why."""

    @app_commands.command(name="now", description="What was posted, what waits, what went wrong and why")
    async def now(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        require_manager(interaction)
        await answer(interaction, await current_status(interaction))


async def current_status(interaction: Interaction) -> Message:
    """How this server's deliveries stand, with what a manager has to put right."""
    client, server = interaction.client, server_id(interaction)
    counts = await delivery_counts(client.db, server)
    settings = await server_settings(client.db, server)
    problems = problems_of(client, server, settings)
    if settings.channel_id is None and not settings.room_channels:
        problems.append("no channel is set, so nothing is posted: /setup channel")
    return status(
        by_state=counts.by_state,
        next_due_at=counts.next_due_at,
        blocked=counts.blocked_reason,
        late_reasons=counts.late_reasons,
        worst_lateness_ms=counts.worst_lateness_ms,
        problems=problems,
    )


class StatusButton(PersistentButton, template=STATUS):
    """Under a notice: try again what was held back, and show how things stand now."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        require_manager(interaction)
        await interaction.client.server_changed(server_id(interaction))
        await answer(interaction, await current_status(interaction))


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(StatusCommands())
    register(client, StatusButton)
