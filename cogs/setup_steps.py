"""Shows a step of the guided set-up as things stand now, and goes on to the next one that is open."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.delivery.channel import DiscordChannels
from bot.errors import CommandError
from bot.messages.message import POSTED_IN, Message
from bot.messages.setup import (
    Around,
    SettingsShown,
    channels_step,
    import_step,
    moderators_step,
    ping_step,
    reminders_step,
    setup_overview,
    zone_step,
)
from bot.messages.setup_check import check_lines
from bot.messages.setup_rooms import rooms_page
from bot.rules.server_check import chosen_with, places_used
from bot.rules.setup_flow import Step, next_step, open_steps
from bot.rules.setup_rooms import distinct_rooms, fitting_channels
from bot.rules.setup_zones import likely_zones
from bot.services.servers import ServerSettings, server_settings
from bot.services.setup_flow import set_up_so_far
from cogs.answers import Interaction, redraw, server_id
from cogs.setup_check import checked


async def show_step(interaction: Interaction, step: Step, said: str | None = None) -> None:
    """Put a step in the answer's place; `said` is what was just stored."""
    settings = await current_settings(interaction)
    await redraw(interaction, await _step_message(interaction, settings, step, said))


async def go_on(interaction: Interaction, after: Step | None = None, said: str | None = None) -> None:
    """Show the next step that is open."""
    settings = await current_settings(interaction)
    step = next_step(set_up_so_far(settings), after)
    await redraw(interaction, await _step_message(interaction, settings, step, said))


async def show_rooms(interaction: Interaction, page: int, said: str | None = None) -> None:
    """Show some rooms with the channel of each."""
    settings = await current_settings(interaction)
    shown = settings_shown(interaction.guild, settings)
    around = Around(said, problems_of(interaction, settings))
    await redraw(interaction, rooms_page(shown, proposed_channels(interaction.guild, settings), page, around))


async def current_settings(interaction: Interaction) -> ServerSettings:
    """What this server chose."""
    return await server_settings(interaction.client.db, server_id(interaction))


async def _step_message(interaction: Interaction, settings: ServerSettings, step: Step, said: str | None) -> Message:
    shown = settings_shown(interaction.guild, settings)
    if step is Step.CHECK:
        return setup_overview(shown, check_lines(await checked(interaction, settings)), said)
    around = Around(said, problems_of(interaction, settings))
    if step is Step.ZONE:
        locales = [locale.value for locale in (interaction.locale, interaction.guild_locale) if locale]
        return zone_step(shown, likely_zones(settings.zones, locales), around)
    plain = {
        Step.CHANNELS: channels_step,
        Step.MODERATORS: moderators_step,
        Step.REMINDERS: reminders_step,
        Step.PING: ping_step,
        Step.IMPORT: import_step,
    }
    return plain[step](shown, around)


def problems_of(interaction: Interaction, settings: ServerSettings) -> list[str]:
    """What keeps the bot from posting in the channels that are set, with the remedy for each."""
    channels, server = DiscordChannels(interaction.client), server_id(interaction)
    problems = (
        channels.problem(server, place) or channels.unlisted(server, place, chosen_with(purposes))
        for place, purposes in places_used(settings.places).items()
    )
    return [f"{problem.what} {problem.remedy}" for problem in problems if problem]


def archived_thread(place: object) -> str | None:
    """What is worth knowing of an archived thread that was chosen for posts; None for any other place.

    Raises:
        CommandError: the thread is locked, so that the bot may not post there.
    """
    if not isinstance(place, app_commands.AppCommandThread):
        return None
    if place.locked and not _manages_threads(place):
        raise CommandError(f"“{place.name}” is a locked thread", do="Unlock it first, or choose another channel")
    return "It is archived at the moment: the next post opens it again." if place.archived else None


def _manages_threads(thread: app_commands.AppCommandThread) -> bool:
    parent = thread.parent
    return parent is not None and parent.permissions_for(parent.guild.me).manage_threads


def but_as_it_is(interaction: Interaction, channel_id: int | None) -> str | None:
    """What keeps the bot from posting in a channel that was just chosen; None where nothing is known to."""
    problem = DiscordChannels(interaction.client).problem(server_id(interaction), channel_id) if channel_id else None
    return f"But as it is, {problem.what} {problem.remedy}" if problem else None


def proposed_channels(guild: discord.Guild | None, settings: ServerSettings) -> dict[str, int]:
    """The channel of the same name for each room that has none of its own."""
    rooms = [room for room in distinct_rooms(settings.rooms) if room.casefold() not in settings.room_channels]
    channels = {channel.id: channel.name for channel in guild.text_channels} if guild else {}
    return fitting_channels(rooms, channels)


def settings_shown(guild: discord.Guild | None, settings: ServerSettings) -> SettingsShown:
    """A server's choices as messages take them."""
    keys = [settings.channel_id, settings.moderators_channel_id, *settings.room_channels.values()]
    places = [guild.get_channel_or_thread(key) for key in keys if key] if guild else []
    roles = [settings.moderators_role_id, settings.ping_role_id]
    return SettingsShown(
        channel_id=settings.channel_id,
        timezone=settings.timezone,
        lead_minutes=settings.lead_minutes,
        rooms=distinct_rooms(settings.rooms),
        room_channels=settings.room_channels,
        sessions=settings.sessions,
        waiting=settings.waiting,
        moderators_channel_id=settings.moderators_channel_id,
        moderators_role_id=settings.moderators_role_id,
        ping_role_id=settings.ping_role_id,
        zones=settings.zones,
        open_steps=open_steps(set_up_so_far(settings)),
        selectable=frozenset(
            [place.id for place in places if place and place.type in POSTED_IN]
            + [role for role in roles if role and guild and guild.get_role(role)]
        ),
    )
