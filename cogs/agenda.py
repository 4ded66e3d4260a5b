"""For everyone: /agenda by day and room, now and next, and the buttons that leaf through it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.errors import CommandError
from bot.messages.agenda import NOW, Room, agenda, now_and_next
from bot.messages.message import AGENDA, PAGE, Message
from bot.messages.text import shortened
from bot.rules.setup_rooms import room_digest
from bot.services.audience import Programme
from bot.services.people import own_zone
from cogs.answers import CHOICES, Interaction, acknowledge, answer
from cogs.attendee import shown
from cogs.buttons import PersistentButton, register
from cogs.programmes import programme_for

DAYS_LISTED = 7
ROOM = "room#"
"""What an autocompleted room hands over before its digest: its name may be longer than a choice may carry."""


class Agenda(commands.Cog):
    """A day's programme, answered to whoever asks alone."""

    def __init__(self, client: ChairsideClient) -> None:
        self._client = client

    @app_commands.command(name="agenda", description="The day's programme, of all rooms or one, or what is on now")
    @app_commands.describe(
        day="A day of the conference; today or the next one if left out",
        room="One room only",
        view="What is on now and comes next, in place of the whole day",
    )
    async def agenda(
        self,
        interaction: Interaction,
        day: str | None = None,
        room: app_commands.Range[str, 1, 200] | None = None,
        view: Literal["the whole day", "now and next"] = "the whole day",
    ) -> None:
        await acknowledge(interaction)
        here = await programme_for(interaction, everywhere=room is not None)
        digest = None if room is None else _room(room, here)
        wanted = NOW if view == "now and next" else None
        if wanted is None and day is not None and (found := _day(day, here)) is not None:
            wanted = found.isoformat()
        await answer(interaction, await _page(interaction, here, wanted, 0, digest))

    @agenda.autocomplete("day")
    async def _days(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        here = await programme_for(interaction)
        days = [(f"{day:%A} {day.day} {day:%B %Y}", day.isoformat()) for day in here.days()]
        fitting = [(name, value) for name, value in days if current.casefold() in name.casefold()]
        return [app_commands.Choice(name=name, value=value) for name, value in fitting[:CHOICES]]

    @agenda.autocomplete("room")
    async def _rooms(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        here = await programme_for(interaction, everywhere=True)
        fitting = [room for room in here.rooms() if current.casefold() in room.casefold()]
        return [
            app_commands.Choice(name=shortened(room, 100), value=f"{ROOM}{room_digest(room)}")
            for room in fitting[:CHOICES]
        ]


async def _page(
    interaction: Interaction, here: Programme, day: str | None, page: int, room_digested: str | None
) -> Message:
    """A page of a day, of today or the next one for None, or of what is on now."""
    own = await own_zone(interaction.client.db, interaction.user.id)
    room = None
    if room_digested is not None:
        found = here.in_room(room_digested)
        if found is None:
            raise CommandError("that room is not in this server's programme any more", do="Use /agenda again")
        room, here = Room(found[0], room_digested), found[1]
    wanted = here.current_day() if day in (None, NOW) else date.fromisoformat(day or "")
    sessions = shown(here.on(wanted).sessions if wanted else (), own)
    if day == NOW:
        return now_and_next(sessions, page, room=room, offers_reminders=True)
    return agenda(sessions, wanted, here.days(), page, room=room, offers_reminders=True)


def _room(text: str, here: Programme) -> str:
    """The digest of the room that was asked for.

    Raises:
        CommandError: there is none of that name.
    """
    if text.startswith(ROOM):
        return text.removeprefix(ROOM)
    fitting = [room for room in here.rooms() if room.casefold() == text.strip().casefold()]
    if not fitting:
        raise CommandError(f"no room is called “{text[:80]}”", do="Choose one that the command offers")
    return room_digest(fitting[0])


def _day(text: str, here: Programme) -> date | None:
    """The day that was asked for; None where there is no programme to have days.

    Raises:
        CommandError: it is no day, or none of this programme's.
    """
    days = {day.isoformat(): day for day in here.days()}
    if days and text not in days:
        listed = ", ".join([*days][:DAYS_LISTED])
        raise CommandError(f"{text} is not a day of this programme", do=f"Choose one of {listed}")
    return days.get(text)


class AgendaButton(PersistentButton, template=AGENDA):
    """Under a message of the channel: the channel's agenda of the day."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await answer(interaction, await _page(interaction, await programme_for(interaction), None, 0, None))


class PageButton(PersistentButton, template=PAGE):
    """Under an agenda: another page or day, in the same private answer."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        room = self.match["room"]
        here = await programme_for(interaction, everywhere=room is not None)
        page = await _page(interaction, here, self.match["day"], int(self.match["page"]), room)
        await interaction.edit_original_response(content=page.content, view=page.view())


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(Agenda(client))
    register(client, AgendaButton, PageButton)
