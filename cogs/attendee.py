"""For everyone: /now, /upnext, /agenda, /talk, /help, and the Details and Agenda buttons under messages."""

from __future__ import annotations

from datetime import date

from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.errors import CommandError
from bot.messages.message import AGENDA, DETAILS, PAGE, Message
from bot.messages.organising import HELP
from bot.messages.programme import Shown, agenda, now_answer, several_talks, talk_answer, talk_choice, upnext_answer
from bot.services.audience import FoundTalk, Programme, programme, search_in_turns, talk_details
from bot.services.programme import PlacedSession
from cogs.answers import CHOICES, Interaction, acknowledge, answer, number_of, server_id
from cogs.buttons import PersistentButton, register

TALKS_SHOWN = 8
DAYS_LISTED = 7
AUTOCOMPLETED = "talk#"
"""What an autocompleted choice hands over before the talk's key; anything else is what somebody typed."""


class Attendee(commands.Cog):
    """What anybody may ask, answered to them alone."""

    def __init__(self, client: ChairsideClient) -> None:
        self._client = client

    @app_commands.command(name="now", description="What is on stage right now")
    async def now(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        here = await self._programme(interaction)
        await answer(interaction, now_answer(shown(here.sessions)))

    @app_commands.command(name="upnext", description="Which talk comes next, and when")
    async def upnext(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        here = await self._programme(interaction)
        await answer(interaction, upnext_answer(shown(here.sessions)))

    @app_commands.command(name="agenda", description="The day's programme")
    @app_commands.describe(day="A day of the conference; today or the next one if left out")
    async def agenda(self, interaction: Interaction, day: str | None = None) -> None:
        await acknowledge(interaction)
        here = await self._programme(interaction)
        await answer(interaction, agenda_of(here, _day(day, here) if day else here.current_day()))

    @agenda.autocomplete("day")
    async def _days(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        here = await self._programme(interaction)
        days = [(f"{day:%A} {day.day} {day:%B %Y}", day.isoformat()) for day in here.days()]
        fitting = [(name, value) for name, value in days if current.casefold() in name.casefold()]
        return [app_commands.Choice(name=name, value=value) for name, value in fitting[:CHOICES]]

    @app_commands.command(name="talk", description="Find a talk by a word of its title or a speaker's name")
    @app_commands.describe(talk="A word of the title, or a name")
    async def talk(self, interaction: Interaction, talk: app_commands.Range[str, 1, 100]) -> None:
        await acknowledge(interaction)
        everything = await programme(self._client.db, self._client.clock, server_id(interaction))
        found = (
            await search_in_turns(everything.sessions, talk, TALKS_SHOWN) if not talk.startswith(AUTOCOMPLETED) else []
        )
        if talk.startswith(AUTOCOMPLETED):
            await answer(interaction, await details(interaction, talk.removeprefix(AUTOCOMPLETED)))
        elif len(found) == 1:
            await answer(interaction, await details(interaction, str(found[0].expected.talk.id)))
        else:
            await answer(interaction, several_talks([(show(f.placed), f.expected) for f in found], talk))

    @talk.autocomplete("talk")
    async def _talks(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        everything = await programme(self._client.db, self._client.clock, server_id(interaction))
        return [talk_option(found) for found in await search_in_turns(everything.sessions, current, CHOICES)]

    @app_commands.command(name="help", description="What Chairside does and which commands there are")
    async def help(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await answer(interaction, HELP)

    async def _programme(self, interaction: Interaction) -> Programme:
        """The part of the server's programme that this channel serves, else all of it."""
        return await programme(self._client.db, self._client.clock, server_id(interaction), interaction.channel_id)


def show(placed: PlacedSession) -> Shown:
    return Shown(placed.expected, placed.timezone, placed.page_timezone)


def shown(sessions: tuple[PlacedSession, ...]) -> list[Shown]:
    return [show(placed) for placed in sessions]


def talk_option(found: FoundTalk) -> app_commands.Choice[str]:
    """A talk as an autocomplete choice; it hands over the talk's key."""
    name = talk_choice(found.expected, found.placed.timezone)
    return app_commands.Choice(name=name, value=f"{AUTOCOMPLETED}{found.expected.talk.id}")


async def details(interaction: Interaction, key: str) -> Message:
    """All there is about one talk of this server.

    Raises:
        CommandError: this server has no such talk.
    """
    client = interaction.client
    number = number_of(key) or 0
    found = await talk_details(client.db, client.clock, server_id(interaction), number)
    if found is None:
        raise CommandError("that talk is not in this server's programme", do="Choose one that /talk offers")
    return talk_answer(show(found.found.placed), found.found.expected, found.abstract, found.url)


def agenda_of(here: Programme, day: date | None, page: int = 0) -> Message:
    """A page of one day's agenda."""
    sessions = here.on(day).sessions if day else ()
    return agenda(shown(sessions), day, here.days(), page)


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


class DetailsButton(PersistentButton, template=DETAILS):
    """Under a reminder: the talk's people, abstract and link."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await answer(interaction, await details(interaction, self.match["talk"]))


class AgendaButton(PersistentButton, template=AGENDA):
    """Under a message of the channel: the channel's agenda of the day."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        client = interaction.client
        here = await programme(client.db, client.clock, server_id(interaction), interaction.channel_id)
        await answer(interaction, agenda_of(here, here.current_day()))


class PageButton(PersistentButton, template=PAGE):
    """Under an agenda: another page or day, in the same private answer."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        client = interaction.client
        here = await programme(client.db, client.clock, server_id(interaction), interaction.channel_id)
        page = agenda_of(here, date.fromisoformat(self.match["day"]), int(self.match["page"]))
        await interaction.edit_original_response(content=page.content, view=page.view())


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(Attendee(client))
    register(client, DetailsButton, AgendaButton, PageButton)
