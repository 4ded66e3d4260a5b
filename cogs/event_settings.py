"""For managers: /setup events, in the group of the other settings."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.delivery.discord_events import DiscordEvents
from bot.delivery.scheduled_events import lacking
from bot.delivery.stage_topics import lacking_on_stage
from bot.errors import CommandError
from bot.messages.message import Message
from bot.messages.text import lines, safe
from bot.rules.setup_rooms import distinct_rooms
from bot.services.scheduled_events import keep_events
from bot.services.servers import server_settings
from bot.services.stage_topics import set_stage
from cogs.answers import Interaction, acknowledge, answer, server_id

CHOICE_LIMIT = 100
"""Characters that an autocompleted choice may have; a room's name may have twice as many."""


@app_commands.command(
    name="events", description="Each session in the server's list of events; what is on, as a stage's topic"
)
@app_commands.describe(
    on="True: each session has a scheduled event that follows the forecast; False: none has",
    room="A room with a stage channel",
    stage="Its stage channel, whose topic says what is on; left out, that room has none",
)
async def events(
    interaction: Interaction,
    on: bool | None = None,  # noqa: FBT001 - discord.py makes an option of it
    room: app_commands.Range[str, 1, CHOICE_LIMIT] | None = None,
    stage: discord.StageChannel | None = None,
) -> None:
    """Turn scheduled events on or off, or choose the stage channel of a room."""
    await acknowledge(interaction)
    client, server = interaction.client, server_id(interaction)
    if stage is not None and room is None:
        raise CommandError("a stage was given without a room", do="Give the room whose sessions it is for")
    if on is None and room is None:
        raise CommandError("nothing was chosen", do="Give on, or a room with its stage channel")
    said = []
    if room is not None:
        name = await _room_meant(interaction, room)
        await set_stage(client.db, client.clock, server_id=server, room=name, channel_id=stage.id if stage else None)
        said += _told_of_stage(interaction, name, stage)
    if on is not None:
        await keep_events(client.db, client.clock, server_id=server, keeps=on)
        said += _told_of_events(interaction, on=on)
    client.store_changed()
    await answer(interaction, Message(lines(*said)))


@events.autocomplete("room")
async def _rooms(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    settings = await server_settings(interaction.client.db, server_id(interaction))
    rooms = [room for room in distinct_rooms(settings.rooms) if current.casefold() in room.casefold()]
    return [app_commands.Choice(name=room[:CHOICE_LIMIT], value=room[:CHOICE_LIMIT]) for room in rooms[:25]]


async def _room_meant(interaction: Interaction, typed: str) -> str:
    """A room of the programme, in whatever case, or a stored stage's.

    Raises:
        CommandError: there is none of this name.
    """
    settings = await server_settings(interaction.client.db, server_id(interaction))
    wanted = typed.strip().casefold()
    known = [*settings.rooms, *settings.stages]
    whole = next((room for room in known if room.casefold() == wanted), None)
    cut = next((room for room in known if len(wanted) >= CHOICE_LIMIT and room.casefold().startswith(wanted)), None)
    found = whole or cut
    if found is None:
        raise CommandError(f"no session is in the room “{typed}”", do="Choose a room that the command offers")
    return found


def _told_of_stage(interaction: Interaction, room: str, stage: discord.StageChannel | None) -> list[str]:
    if stage is None:
        return [f"No stage shows what is on in {safe(room, 100)}."]
    told = f"The topic of {stage.mention} says what is on in {safe(room, 100)}, from its session's start to its end."
    missing = DiscordEvents(interaction.client).missing_on_stage(server_id(interaction), stage.id)
    problem = lacking_on_stage(stage.id, missing) if missing else None
    return [told, *([f"But as it is, {problem.what} {problem.remedy}"] if problem else [])]


def _told_of_events(interaction: Interaction, *, on: bool) -> list[str]:
    if not on:
        return ["Scheduled events are taken away, and sessions have none any more."]
    told = "Each session has a scheduled event that follows the forecast, the next ones first."
    missing = DiscordEvents(interaction.client).missing(server_id(interaction))
    problem = lacking(missing) if missing else None
    return [told, *([f"But as it is, {problem.what} {problem.remedy}"] if problem else [])]
