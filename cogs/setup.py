"""For managers: /setup start, channel, timezone and reminders."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.delivery.channel import DiscordChannels
from bot.errors import CommandError
from bot.messages.message import Message
from bot.messages.organising import SettingsShown, minutes, setup_overview
from bot.messages.text import lines
from bot.services.moderators import set_moderators
from bot.services.servers import ServerSettings, server_settings, set_channel, set_leads, set_timezone
from cogs.answers import Interaction, acknowledge, answer, answer_error, require_manager, server_id
from cogs.audit_settings import audit
from cogs.cues import cues
from cogs.moderator_names import link_name, name_choices
from cogs.question_settings import questions
from cogs.rooms_board import board
from cogs.zones import zone_choices

CHANNEL_SELECT = "setup:channel"
LEADS_SELECT = "setup:leads"
LEAD_CHOICES = ((5,), (10,), (2,), (10, 2), (15, 5), (30, 5))


@app_commands.default_permissions(manage_guild=True)
class SetupCommands(commands.GroupCog, name="setup", description="Channel, zone and reminders of this server"):
    """What belongs to one server is chosen here and stored in the database."""

    def __init__(self, client: ChairsideClient) -> None:
        self._client = client
        self.app_command.add_command(cues)  # type: ignore[union-attr] # a group cog has its group
        self.app_command.add_command(questions)  # type: ignore[union-attr] # as above
        self.app_command.add_command(audit)  # type: ignore[union-attr] # as above
        self.app_command.add_command(board)  # type: ignore[union-attr] # as above

    @app_commands.command(name="start", description="What is set, what is missing, and the choices to put it right")
    async def start(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        require_manager(interaction)
        await show_overview(interaction)

    @app_commands.command(name="channel", description="Where reminders and the board are posted")
    @app_commands.describe(channel="The channel", room="Only for sessions in this room; for all others if left out")
    async def channel(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | discord.Thread,
        room: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        await acknowledge(interaction)
        require_manager(interaction)
        await use_channel(interaction, channel.id, room)

    @channel.autocomplete("room")
    async def _rooms(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        settings = await server_settings(self._client.db, server_id(interaction))
        rooms = [room for room in settings.rooms if current.casefold() in room.casefold()]
        return [app_commands.Choice(name=room[:100], value=room[:100]) for room in rooms[:25]]

    @app_commands.command(name="timezone", description="The venue's time zone, in which times are shown")
    @app_commands.describe(timezone="Such as America/New_York; type a city")
    async def timezone(self, interaction: Interaction, timezone: str) -> None:
        await acknowledge(interaction)
        require_manager(interaction)
        client = self._client
        name = await set_timezone(client.db, client.clock, server_id=server_id(interaction), timezone=timezone)
        client.store_changed()
        await answer(interaction, Message(f"Times are shown in {name} from now on, posted reminders included."))

    @timezone.autocomplete("timezone")
    async def _zones(self, _interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return zone_choices(current)

    @app_commands.command(name="moderators", description="Who runs the sessions' clocks, and where their consoles are")
    @app_commands.describe(
        channel="Where consoles and time signals go",
        role="Whose members may run every session",
        name="A moderator's name as the schedule has it",
        member="Who that is; nobody if left out",
    )
    async def moderators(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | None = None,
        role: discord.Role | None = None,
        name: app_commands.Range[str, 1, 100] | None = None,
        member: discord.Member | None = None,
    ) -> None:
        await acknowledge(interaction)
        require_manager(interaction)
        client, server = interaction.client, server_id(interaction)
        linked = (await link_name(interaction, name, member)).content if name else None
        if channel is None and role is None and linked is None:
            raise CommandError("nothing was chosen", do="Give a channel, a role, or a name with its member")
        channel_id, role_id = channel.id if channel else None, role.id if role else None
        await set_moderators(client.db, client.clock, server_id=server, channel_id=channel_id, role_id=role_id)
        client.store_changed()
        where = f"Consoles and time signals go to {channel.mention}." if channel else None
        who = f"Members of {role.mention} may run every session." if role else None
        problem = DiscordChannels(client).problem(server, channel_id) if channel_id else None
        trouble = f"But as it is, {problem.what} {problem.remedy}" if problem else None
        await answer(interaction, Message(lines(where, who, linked, trouble)))

    @moderators.autocomplete("name")
    async def _names(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await name_choices(interaction, current)

    @app_commands.command(name="reminders", description="How long before each talk it is announced")
    @app_commands.describe(minutes="Minutes before the talk, such as 5, or several: 15, 5")
    async def reminders(self, interaction: Interaction, minutes: app_commands.Range[str, 1, 40]) -> None:
        await acknowledge(interaction)
        require_manager(interaction)
        await use_leads(interaction, _numbers(minutes))


async def use_channel(interaction: Interaction, channel_id: int, room: str | None = None) -> None:
    """Set a channel and say at once if the bot cannot post there."""
    client, server = interaction.client, server_id(interaction)
    await set_channel(client.db, client.clock, server_id=server, channel_id=channel_id, room=room)
    client.store_changed()
    what = f"Sessions in {room} are" if room else "Sessions are"
    problem = DiscordChannels(client).problem(server, channel_id)
    trouble = f"But as it is, {problem.what} {problem.remedy}" if problem else None
    await answer(interaction, Message(lines(f"{what} announced in <#{channel_id}> from now on.", trouble)))


async def use_leads(interaction: Interaction, leads: list[int]) -> None:
    client = interaction.client
    await set_leads(client.db, client.clock, server_id=server_id(interaction), minutes=leads)
    client.store_changed()
    text = f"Each talk is announced {minutes(sorted(set(leads), reverse=True))} before it begins."
    note = "Where talks are shorter than that, once the talk before has begun, so that “Up next” is always true."
    await answer(interaction, Message(lines(text, note)))


def _numbers(text: str) -> list[int]:
    words = re.split(r"[\s,;]+", text.strip().casefold().removesuffix("minutes").removesuffix("min").strip())
    if not all(word.isascii() and word.isdigit() for word in words):
        raise CommandError(f"“{text}” is not a number of minutes", do="Write whole minutes, such as 5 or 15, 5")
    return [int(word) for word in words]


async def show_overview(interaction: Interaction) -> None:
    """What is set and what is missing, with a select for the channel and one for the lead times."""
    client, server = interaction.client, server_id(interaction)
    settings = await server_settings(client.db, server)
    overview = setup_overview(_shown(settings), problems_of(client, server, settings))
    view = discord.ui.View(timeout=None)
    view.add_item(
        discord.ui.ChannelSelect(
            custom_id=CHANNEL_SELECT,
            placeholder="Channel for reminders and the board",
            channel_types=[discord.ChannelType.text, discord.ChannelType.public_thread],
        )
    )
    options = [
        discord.SelectOption(
            label=f"{minutes(leads)} before each talk",
            value=",".join(map(str, leads)),
            default=leads == settings.lead_minutes,
        )
        for leads in LEAD_CHOICES
    ]
    view.add_item(discord.ui.Select(custom_id=LEADS_SELECT, placeholder="When talks are announced", options=options))
    view.stop()
    await interaction.edit_original_response(content=overview.content, view=view)


def problems_of(client: ChairsideClient, server: int, settings: ServerSettings) -> list[str]:
    """What keeps the bot from posting in the channels that are set, with the remedy for each."""
    channels = DiscordChannels(client)
    ids = dict.fromkeys(filter(None, [settings.channel_id, *settings.room_channels.values()]))
    problems = (channels.problem(server, place) or channels.unlisted(server, place) for place in ids)
    return [f"{problem.what} {problem.remedy}" for problem in problems if problem]


def _shown(settings: ServerSettings) -> SettingsShown:
    return SettingsShown(
        channel_id=settings.channel_id,
        timezone=settings.timezone,
        lead_minutes=settings.lead_minutes,
        rooms=settings.rooms,
        room_channels=settings.room_channels,
        sessions=settings.sessions,
        waiting=settings.waiting,
    )


class ChannelChoice(discord.ui.DynamicItem[discord.ui.ChannelSelect[Any]], template=CHANNEL_SELECT):
    """The channel select of /setup start."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, discord.ui.ChannelSelect)  # noqa: S101 - only channel selects have this id
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            await acknowledge(interaction)
            require_manager(interaction)
            await use_channel(interaction, self.item.values[0].id)
        except Exception as error:  # noqa: BLE001 - one handler for commands and buttons
            await answer_error(interaction, error)


class LeadsChoice(discord.ui.DynamicItem[discord.ui.Select[Any]], template=LEADS_SELECT):
    """The select of lead times in /setup start."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, discord.ui.Select)  # noqa: S101 - only selects have this id
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            await acknowledge(interaction)
            require_manager(interaction)
            await use_leads(interaction, _numbers(self.item.values[0]))
        except Exception as error:  # noqa: BLE001 - one handler for commands and buttons
            await answer_error(interaction, error)


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(SetupCommands(client))
    client.add_dynamic_items(ChannelChoice, LeadsChoice)
