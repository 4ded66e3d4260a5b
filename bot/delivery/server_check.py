"""Asks Discord's own computation what the bot may do in each channel it will use, and what Integrations hide."""

from __future__ import annotations

import logging
from dataclasses import replace

import aiohttp
import discord
from discord import app_commands

from bot.delivery.channel_problems import PERMISSION_NAMES
from bot.messages.setup_check import Checked, PlaceFound
from bot.rules.server_check import (
    CommandEntries,
    CommandsShown,
    Entry,
    Purpose,
    TargetKind,
    commands_shown,
    needed_for,
    places_used,
)
from bot.services.servers import ServerSettings

log = logging.getLogger(__name__)

_KINDS = {1: TargetKind.ROLE, 2: TargetKind.USER, 3: TargetKind.CHANNEL}
Place = discord.abc.GuildChannel | discord.Thread


async def examine(
    client: discord.Client, tree: app_commands.CommandTree, server_id: int, settings: ServerSettings
) -> Checked:
    """Every channel that the bot will use on a server, its roles, and who sees which command."""
    guild = client.get_guild(server_id)
    if guild is None or guild.unavailable:
        return Checked((), is_reachable=False)
    used = places_used(replace(settings.places, stages=settings.stages))
    found = {key: guild.get_channel_or_thread(key) for key in used}
    ping = guild.get_role(settings.ping_role_id) if settings.ping_role_id else None
    sessions = [place for key, place in found.items() if place and Purpose.SESSIONS in used[key]]
    return Checked(
        places=[_found(guild, key, found[key], purposes) for key, purposes in used.items()],
        bot_role=next((role.name for role in guild.me.roles if role.managed), guild.me.display_name),
        ping_role=ping.name if ping else None,
        unpingable_in=[place.id for place in sessions if ping and not _may_ping(place, ping)],
        roles_gone=_roles_gone(guild, settings),
        lacks_events=settings.keeps_events and not guild.me.guild_permissions.create_events,
        without_commands=[place.id for place in sessions if _hides_commands(place)],
        read_by_all=[
            key
            for key, place in found.items()
            if place and Purpose.MODERATORS in used[key] and place.permissions_for(guild.default_role).view_channel
        ],
        commands=await _commands(client, tree, server_id),
    )


def _found(guild: discord.Guild, key: int, place: Place | None, purposes: tuple[Purpose, ...]) -> PlaceFound:
    if place is None:
        return PlaceFound(key, purposes, edited=None)
    edited = place.parent if isinstance(place, discord.Thread) else place
    everywhere, here = guild.me.guild_permissions, place.permissions_for(guild.me)
    needed = needed_for(purposes, in_thread=isinstance(place, discord.Thread))
    missing = [name for name in needed if not getattr(here, name)]
    if "send_messages" in missing:
        missing = [name for name in missing if name != "attach_files"]  # who may not write may attach nothing either
    # a stage moderator's rights are for that channel alone, whatever the role has elsewhere
    for_all = [] if purposes == (Purpose.STAGE,) else [name for name in missing if not getattr(everywhere, name)]
    return PlaceFound(
        key,
        purposes,
        edited=(edited or place).id,
        in_role=tuple(PERMISSION_NAMES[name] for name in for_all),
        in_channel=tuple(PERMISSION_NAMES[name] for name in missing if name not in for_all),
    )


def _may_ping(place: Place, role: discord.Role) -> bool:
    return role.mentionable or place.permissions_for(place.guild.me).mention_everyone


def _hides_commands(place: Place) -> bool:
    """Whether everyone reads a channel without being offered its commands."""
    if isinstance(place, discord.Thread):
        return False
    of_all = place.permissions_for(place.guild.default_role)
    return of_all.view_channel and not of_all.use_application_commands


def _roles_gone(guild: discord.Guild, settings: ServerSettings) -> list[str]:
    roles = {"of the moderators": settings.moderators_role_id, "that reminders ping": settings.ping_role_id}
    return [what for what, key in roles.items() if key and guild.get_role(key) is None]


async def _commands(client: discord.Client, tree: app_commands.CommandTree, server_id: int) -> CommandsShown | None:
    """What managers set under Integrations; None where Discord does not tell."""
    application = client.application_id or 0
    try:
        commands = await tree.fetch_commands()
        set_there = await client.http.get_guild_application_command_permissions(application, server_id)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.warning(
            "what server %s set under Integrations could not be read: %s",
            server_id,
            error,
            extra={"server": str(server_id)},
        )
        return None
    entries = {int(one["id"]): one["permissions"] for one in set_there}
    for_all = entries.get(application, [])
    listed = [
        CommandEntries(
            command.name,
            for_managers=command.default_member_permissions is not None,
            entries=tuple(
                Entry(_KINDS[entry["type"]], int(entry["id"]), is_allowed=entry["permission"])
                for entry in entries.get(command.id, for_all)
            ),
        )
        for command in commands
        if command.type is discord.AppCommandType.chat_input
    ]
    return commands_shown(listed, server_id)
