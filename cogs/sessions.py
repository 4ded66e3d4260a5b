"""For moderators: which session a command is about, and whether this person may run it."""

from __future__ import annotations

from discord import app_commands

from bot.errors import CommandError
from bot.messages.text import shortened
from bot.messages.times import printed
from bot.services.programme import PlacedSession
from bot.services.timekeeping import Live, live_session, session_meant
from cogs.answers import CHOICES, Interaction, key_of, server_id
from cogs.permissions import moderator_check
from cogs.programmes import programme_for

TALK = "talk#"
AUTOCOMPLETED = "session#"


async def session_of(interaction: Interaction, named: str | None) -> Live:
    """The session that a command is about: the one that was named, else the one that is live in this channel.

    Raises:
        CommandError: there is none, several, or this person may not run it.
    """
    client, server = interaction.client, server_id(interaction)
    if named is None:
        live = await session_meant(client.db, client.clock, server_id=server, channel_id=interaction.channel_id or 0)
    else:
        number = session_key(named) or 0
        live = await live_session(client.db, client.clock, server_id=server, session_id=number)
    moderator_check(interaction)(live.placed)
    return live


def session_key(chosen: str | None) -> int | None:
    """The key that an autocompleted session hands over.

    Raises:
        CommandError: somebody typed something else.
    """
    return key_of(chosen, AUTOCOMPLETED, "session of this server")


async def session_choices(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The server's sessions by title or room, those around now first."""
    everything = await programme_for(interaction, everywhere=True)
    wanted = current.casefold()
    fitting = [p for p in everything.sessions if wanted in f"{p.session.title} {p.session.room or ''}".casefold()]
    fitting.sort(key=lambda p: abs((p.expected.starts_at or everything.now) - everything.now))
    return [app_commands.Choice(name=_name(p), value=f"{AUTOCOMPLETED}{p.session.id}") for p in fitting[:CHOICES]]


def _name(placed: PlacedSession) -> str:
    start = placed.expected.starts_at
    when = f"{start:%d %b} {printed(start, placed.timezone)} " if start else ""
    return shortened(f"{when}{placed.session.title} · {placed.session.room or 'no room'}", 100)


async def talk_choices(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The talks of the session that is live in this channel, by a part of their title."""
    try:
        live = await session_of(interaction, None)
    except CommandError:
        return []
    return matching_talks(live.placed, current)


def matching_talks(placed: PlacedSession, current: str) -> list[app_commands.Choice[str]]:
    """The talks of a session by a part of their title."""
    talks = [talk for talk in placed.session.talks if current.casefold() in talk.title.casefold()]
    return [app_commands.Choice(name=shortened(t.title, 100), value=f"{TALK}{t.id}") for t in talks[:CHOICES]]


def talk_key(chosen: str | None) -> int | None:
    """The key that an autocompleted talk hands over.

    Raises:
        CommandError: somebody typed something else.
    """
    return key_of(chosen, TALK, "talk of this session")
