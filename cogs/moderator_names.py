"""For managers: which member a moderator's name in the schedule is, a part of /setup moderators."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.messages.message import Message
from bot.messages.text import plural, shortened
from bot.messages.typed import name as shown_name
from bot.services.moderators import link_moderator, moderators_in_schedules
from cogs.answers import CHOICES, Interaction, server_id


async def link_name(interaction: Interaction, name: str, member: discord.Member | None) -> Message:
    """Let a member run the sessions that name them; nobody without a member."""
    client = interaction.client
    titles = await link_moderator(
        client.db, server_id=server_id(interaction), name=name, user_id=member.id if member else None
    )
    sessions, who = plural(len(titles), "session"), shown_name(name)
    if member is None:
        return Message(f"“{who}” is linked with nobody any more ({sessions}).")
    return Message(f"“{who}” is {member.mention}, who may run {sessions} from now on, and those of later imports.")


async def name_choices(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The moderators' names in this server's programme that hold what was typed."""
    names = await moderators_in_schedules(interaction.client.db, server_id(interaction))
    fitting = [name for name in names if current.casefold() in name.casefold()]
    return [app_commands.Choice(name=shortened(name, 100), value=shortened(name, 100)) for name in fitting[:CHOICES]]
