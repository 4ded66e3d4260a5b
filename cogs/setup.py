"""For managers: /setup start and check, and a command for each thing that is set."""

from __future__ import annotations

import re

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.errors import CommandError
from bot.messages.message import Message
from bot.messages.setup import IN_THREADS, minutes
from bot.messages.setup_check import check_message
from bot.messages.text import lines
from bot.services.moderators import set_moderators
from bot.services.servers import server_settings, set_channel, set_leads, set_timezone, usable_leads
from bot.services.setup_flow import set_ping_role, without_moderators_channel
from cogs.answers import Interaction, acknowledge, answer, server_id
from cogs.audit_settings import audit
from cogs.cues import cues
from cogs.event_settings import events
from cogs.moderator_names import link_name, name_choices
from cogs.question_settings import questions
from cogs.report_settings import report
from cogs.rooms_board import board
from cogs.setup_check import checked
from cogs.setup_flow import register_flow, take_form
from cogs.setup_steps import archived_thread, but_as_it_is, go_on
from cogs.speaker_settings import speakers
from cogs.zones import zone_choices

CHOICE_LIMIT = 100
"""Characters that an autocompleted choice may have; a room's name may have twice as many."""


@app_commands.default_permissions(manage_guild=True)
class SetupCommands(commands.GroupCog, name="setup", description="Channel, zone and reminders of this server"):
    """What belongs to one server is chosen here and stored in the database."""

    def __init__(self, client: ChairsideClient) -> None:
        self._client = client
        self.app_command.add_command(cues)  # type: ignore[union-attr] # a group cog has its group
        self.app_command.add_command(questions)  # type: ignore[union-attr] # as above
        self.app_command.add_command(audit)  # type: ignore[union-attr] # as above
        self.app_command.add_command(board)  # type: ignore[union-attr] # as above
        self.app_command.add_command(speakers)  # type: ignore[union-attr] # as above
        self.app_command.add_command(events)  # type: ignore[union-attr] # as above
        self.app_command.add_command(report)  # type: ignore[union-attr] # as above

    @app_commands.command(name="start", description="The set-up, step by step; goes on where you left it")
    async def start(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await go_on(interaction)

    @app_commands.command(name="check", description="Tests each permission in each channel, and says which box to tick")
    async def check(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await answer(interaction, check_message(await checked(interaction)))

    @app_commands.command(name="channel", description="Where reminders and the board are posted")
    @app_commands.describe(channel="The channel", room="Only for sessions in this room; for all others if left out")
    async def channel(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | app_commands.AppCommandThread,
        room: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        await acknowledge(interaction)
        opens_again = archived_thread(channel)
        room_meant = await self._room_meant(interaction, room) if room else None
        await use_channel(interaction, channel.id, room_meant, note=opens_again)

    @channel.autocomplete("room")
    async def _rooms(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        settings = await server_settings(self._client.db, server_id(interaction))
        rooms = [room for room in settings.rooms if current.casefold() in room.casefold()]
        return [app_commands.Choice(name=room[:CHOICE_LIMIT], value=room[:CHOICE_LIMIT]) for room in rooms[:25]]

    async def _room_meant(self, interaction: Interaction, typed: str) -> str:
        """The room whose name autocompletion had to cut, else what was typed."""
        if len(typed) != CHOICE_LIMIT:
            return typed
        settings = await server_settings(self._client.db, server_id(interaction))
        return next((room for room in settings.rooms if room.startswith(typed)), typed)

    @app_commands.command(name="timezone", description="The venue's time zone, in which times are shown")
    @app_commands.describe(timezone="Such as America/New_York; type a city")
    async def timezone(self, interaction: Interaction, timezone: str) -> None:
        await acknowledge(interaction)
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
        no_channel="True: no channel any more; each console is in a private thread of its session's channel",
    )
    async def moderators(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | None = None,
        role: discord.Role | None = None,
        name: app_commands.Range[str, 1, 100] | None = None,
        member: discord.Member | None = None,
        no_channel: bool = False,  # noqa: FBT001, FBT002 - an option of the command
    ) -> None:
        await acknowledge(interaction)
        client, server = interaction.client, server_id(interaction)
        if role is not None and role.is_default():
            raise CommandError("@everyone cannot moderate", do="Choose a role that only moderators have")
        if channel is not None and no_channel:
            raise CommandError("a channel and no channel were chosen", do="Give one of them")
        if member is not None and name is None:
            raise CommandError("a member was given without a name", do="Give the name that the schedule has for them")
        linked = (await link_name(interaction, name, member)).content if name else None
        if channel is None and role is None and linked is None and not no_channel:
            raise CommandError("nothing was chosen", do="Give a channel, a role, or a name with its member")
        channel_id, role_id = channel.id if channel else None, role.id if role else None
        await set_moderators(client.db, client.clock, server_id=server, channel_id=channel_id, role_id=role_id)
        if no_channel:
            await without_moderators_channel(client.db, client.clock, server_id=server)
        client.store_changed()
        where = f"Consoles and time signals go to {channel.mention}." if channel else IN_THREADS if no_channel else None
        who = f"Members of {role.mention} may run every session." if role else None
        await answer(interaction, Message(lines(where, who, linked, but_as_it_is(interaction, channel_id))))

    @moderators.autocomplete("name")
    async def _names(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await name_choices(interaction, current)

    @app_commands.command(
        name="reminders", description="How long before each talk it is announced, and whom that pings"
    )
    @app_commands.describe(
        minutes="Minutes before the talk, such as 5, or several: 15, 5",
        ping="A role that “Up next” pings",
        nobody="True: “Up next” pings nobody any more",
    )
    async def reminders(
        self,
        interaction: Interaction,
        minutes: app_commands.Range[str, 1, 40] | None = None,
        ping: discord.Role | None = None,
        nobody: bool = False,  # noqa: FBT001, FBT002 - discord.py makes an option of it
    ) -> None:
        await acknowledge(interaction)
        if minutes is None and ping is None and not nobody:
            raise CommandError("nothing was chosen", do="Give minutes, a role to ping, or nobody:True")
        if ping is not None and nobody:
            raise CommandError("a role and nobody were chosen", do="Give one of them")
        leads = usable_leads(_numbers(minutes)) if minutes is not None else []
        said = []
        if ping is not None or nobody:
            said.append(await use_ping(interaction, ping))
        if leads:
            said.append(await use_leads(interaction, leads))
        await answer(interaction, Message(lines(*said)))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """A submitted form."""
        await take_form(interaction)


async def use_channel(
    interaction: Interaction, channel_id: int, room: str | None = None, *, note: str | None = None
) -> None:
    """Set a channel and say at once if the bot cannot post there."""
    client, server = interaction.client, server_id(interaction)
    await set_channel(client.db, client.clock, server_id=server, channel_id=channel_id, room=room)
    client.store_changed()
    what = f"Sessions in {room} are" if room else "Sessions are"
    told = f"{what} announced in <#{channel_id}> from now on."
    await answer(interaction, Message(lines(told, note, but_as_it_is(interaction, channel_id))))


async def use_ping(interaction: Interaction, role: discord.Role | None) -> str:
    """Ping a role with each reminder, or nobody; what that means."""
    await set_ping_role(interaction.client.db, server_id=server_id(interaction), role_id=role.id if role else None)
    return f"“Up next” pings {role.mention} from now on." if role else "“Up next” pings nobody from now on."


async def use_leads(interaction: Interaction, leads: list[int]) -> str:
    """Announce talks so many minutes before; what that means."""
    client = interaction.client
    await set_leads(client.db, client.clock, server_id=server_id(interaction), minutes=leads)
    client.store_changed()
    text = f"Each talk is announced {minutes(sorted(set(leads), reverse=True))} before it begins."
    note = "Where talks are shorter than that, once the talk before has begun, so that “Up next” is always true."
    return lines(text, note)


def _numbers(text: str) -> list[int]:
    words = re.split(r"[\s,;]+", text.strip().casefold().removesuffix("minutes").removesuffix("min").strip())
    if not all(word.isascii() and word.isdigit() for word in words):
        raise CommandError(f"“{text}” is not a number of minutes", do="Write whole minutes, such as 5 or 15, 5")
    return [int(word) for word in words]


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(SetupCommands(client))
    register_flow(client)
