"""The place of a session's console: the moderators' channel, else a private thread of the session's channel."""

from __future__ import annotations

import discord

from bot.client import ChairsideClient
from bot.errors import CommandError
from bot.messages.text import shortened
from bot.services.moderators import remember_console_thread
from bot.services.programme import PlacedSession

THREAD_NAME_LIMIT = 100


async def console_place(client: ChairsideClient, placed: PlacedSession, member: discord.abc.Snowflake) -> int:
    """The channel or thread of a session's console; a private thread is opened, and `member` let in, if need be.

    Raises:
        CommandError: there is no place for it; says what is missing.
    """
    if placed.console_id is not None:
        return placed.console_id
    channel = client.get_channel(placed.place.channel_id) if placed.place else None
    if not isinstance(channel, discord.TextChannel):
        raise CommandError(
            "there is no place for the console", do="Choose a moderators' channel with /setup moderators"
        )
    name = shortened(f"Console: {placed.session.title}", THREAD_NAME_LIMIT)
    # one that was opened but not remembered, because the process died in between, is used again
    thread = next((t for t in channel.threads if t.name == name and t.owner_id == client.application_id), None)
    try:
        thread = thread or await channel.create_thread(name=name, type=discord.ChannelType.private_thread)
        await thread.add_user(member)
    except discord.Forbidden as error:
        raise CommandError(
            f"there is no moderators' channel, and in #{channel.name} a private thread cannot be opened",
            do="Choose a channel with /setup moderators, or allow Create Private Threads there",
        ) from error
    await remember_console_thread(
        client.db, client.clock, server_id=placed.server_id, session_id=placed.session.id, thread_id=thread.id
    )
    return thread.id


async def admit_to_console(client: ChairsideClient, placed: PlacedSession, member: discord.abc.Snowflake) -> None:
    """Let somebody who takes over see the console, where that is in a private thread.

    Raises:
        CommandError: Discord does not let them in; says what they can do.
    """
    thread = client.get_channel(placed.console_id) if placed.console_id else None
    if not isinstance(thread, discord.Thread) or not thread.is_private():
        return
    try:
        await thread.add_user(member)
    except discord.HTTPException as error:
        raise CommandError(
            f"they moderate it now, but cannot be let into the console's thread ({error.text})",
            do="Mention them in that thread, or choose a moderators' channel with /setup moderators",
        ) from error
