"""For managers: /status now, audit, pause and resume, and the buttons that lead to them."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.messages.message import AUDIT, STATUS, Message
from bot.messages.organising import paused, resumed, status
from bot.services.pausing import pause_posting, resume_posting
from bot.services.servers import delivery_counts, server_settings
from cogs.answers import Interaction, acknowledge, answer, redraw, server_id
from cogs.audit import audit_page
from cogs.buttons import PersistentButton, register
from cogs.setup_steps import problems_of


@app_commands.default_permissions(manage_guild=True)
class StatusCommands(commands.GroupCog, name="status", description="How Chairside is doing on this server"):
    """What was posted, what waits, what went wrong and why."""

    @app_commands.command(name="now", description="What was posted, what waits, what went wrong and why")
    async def now(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await answer(interaction, await current_status(interaction))

    @app_commands.command(name="audit", description="What moderators and managers did here, newest first")
    @app_commands.describe(by="Only what this person did")
    async def audit(self, interaction: Interaction, by: discord.User | None = None) -> None:
        await acknowledge(interaction)
        await answer(interaction, await audit_page(interaction, by.id if by else None))

    @app_commands.command(name="pause", description="Post nothing on this server until /status resume")
    async def pause(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        client = interaction.client
        since = await pause_posting(client.db, client.clock, server_id(interaction))
        await answer(interaction, paused(since))

    @app_commands.command(name="resume", description="Post again; what came too late meanwhile is left out")
    async def resume(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        client, server = interaction.client, server_id(interaction)
        was_paused = await resume_posting(client.db, server)
        await client.server_changed(server)
        await answer(interaction, resumed(was_paused=was_paused))


async def current_status(interaction: Interaction) -> Message:
    """How this server's deliveries stand, with what a manager has to put right."""
    client, server = interaction.client, server_id(interaction)
    counts = await delivery_counts(client.db, server)
    settings = await server_settings(client.db, server)
    problems = problems_of(interaction, settings)
    if settings.channel_id is None and not settings.room_channels:
        problems.append("no channel is set, so nothing is posted: /setup channel")
    return status(
        by_state=counts.by_state,
        next_due_at=counts.next_due_at,
        blocked=counts.blocked_reason,
        late_reasons=counts.late_reasons,
        worst_lateness_ms=counts.worst_lateness_ms,
        problems=problems,
        paused_at=counts.paused_at,
    )


class StatusButton(PersistentButton, template=STATUS):
    """Under a notice: try again what was held back, and show how things stand now."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await interaction.client.server_changed(server_id(interaction))
        await answer(interaction, await current_status(interaction))


class AuditButton(PersistentButton, template=AUDIT):
    """Under an entry: the log; under a page of it, an older one in its place."""

    async def pressed(self, interaction: Interaction) -> None:
        is_posted = self.match["delivery"] is not None
        await (acknowledge(interaction) if is_posted else interaction.response.defer())
        by, before = int(self.match["by"]) or None, int(self.match["before"]) or None
        await redraw(interaction, await audit_page(interaction, by, before))


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(StatusCommands())
    register(client, StatusButton, AuditButton)
