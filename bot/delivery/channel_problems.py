"""What keeps the bot from posting in a channel, and what a manager does about it."""

from __future__ import annotations

from dataclasses import dataclass

import discord

PERMISSION_NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "read_message_history": "Read Message History",
    "attach_files": "Attach Files",
    "create_public_threads": "Create Public Threads",
    "create_private_threads": "Create Private Threads",
    "connect": "Connect",
    "manage_channels": "Manage Channel",
    "mute_members": "Mute Members",
    "move_members": "Move Members",
    "create_events": "Create Events",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps the bot from posting in a channel, and what a manager does about it."""

    code: str
    what: str
    remedy: str
    cannot: str = "post"


def missing_permissions(
    channel: discord.abc.GuildChannel | discord.Thread, me: discord.Member, *, opens_thread: bool = False
) -> list[str]:
    """What the bot, as a member, needs to post in a channel and does not have there, by Discord's own computation."""
    granted = channel.permissions_for(me)
    sending = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
    in_threads = ("create_public_threads", "send_messages_in_threads")
    more = in_threads if opens_thread and isinstance(channel, discord.TextChannel) else ()
    needed = ("view_channel", sending, "read_message_history", *more)
    return [PERMISSION_NAMES[name] for name in needed if not getattr(granted, name)]


def lacking(channel: discord.abc.GuildChannel | discord.Thread, missing: list[str]) -> Problem:
    """The problem of a channel where permissions are missing."""
    boxes, parent = " and ".join(missing), getattr(channel, "parent", None)  # a thread's are its channel's
    return Problem(
        code="permission",
        what=f"in #{channel.name} it lacks {boxes}.",
        remedy=f"Tick {boxes} for Chairside under Edit Channel → Permissions of #{(parent or channel).name}. "
        "Reminders that are still due then go out by themselves.",
    )


def gone(channel_id: int, chosen_with: str = "/setup channel") -> Problem:
    """The problem of a channel that was deleted, and the command that chooses another."""
    return Problem(
        code="channel",
        what=f"the channel it was set to use ({channel_id}) was deleted.",
        remedy=f"Choose another with {chosen_with}. What is still due then goes out there.",
    )


def forbidden(channel_id: int, *, opens_thread: bool = False) -> Problem:
    """The problem of a channel that Discord refuses to post to, though by its permissions it should not."""
    boxes = "View Channel, Send Messages and Read Message History"
    in_threads = f"{boxes}, and for what was not reached Create Public Threads and Send Messages in Threads"
    return Problem(
        code="permission",
        what=f"Discord does not let it {'open a thread' if opens_thread else 'post'} in <#{channel_id}>.",
        remedy=f"Allow Chairside {in_threads if opens_thread else boxes} there.",
    )
