"""For everyone: /now, /upnext, /talk, /mytimezone, /help, and the Details button under messages."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.errors import CommandError
from bot.messages.message import DETAILS, Message
from bot.messages.organising import HELP
from bot.messages.programme import Shown, now_answer, several_talks, talk_answer, talk_choice, upnext_answer
from bot.messages.reminders import zone_chosen
from bot.messages.rooms_board import rooms_text
from bot.rules.zone_search import zone_meant
from bot.services.audience import FoundTalk, talk_details
from bot.services.people import choose_zone, own_zone, server_of_delivery
from bot.services.programme import PlacedSession
from bot.services.searching import find_talks, search_in_turns
from cogs.answers import CHOICES, Interaction, acknowledge, answer, number_of, server_id
from cogs.buttons import PersistentButton, register
from cogs.programmes import programme_for
from cogs.zones import UNSET, is_unset, zone_choices

TALKS_SHOWN = 8
ROOMS_IN_FULL = 3
"""Of more rooms than that, /now tells a line each."""
AUTOCOMPLETED = "talk#"
"""What an autocompleted choice hands over before the talk's key; anything else is what somebody typed."""


class Attendee(commands.Cog):
    """What anybody may ask, answered to them alone."""

    def __init__(self, client: ChairsideClient) -> None:
        self._client = client

    @app_commands.command(name="now", description="What is on stage right now, here or in every room")
    @app_commands.describe(rooms="True: a line for every room of this server")
    async def now(
        self,
        interaction: Interaction,
        rooms: bool = False,  # noqa: FBT001, FBT002 - an option of the command
    ) -> None:
        await acknowledge(interaction)
        here = await programme_for(interaction, everywhere=rooms)
        day = here.current_day()
        today = here.on(day).sessions if day else ()
        if today and (rooms or len({placed.session.room for placed in today}) > ROOMS_IN_FULL):
            sessions = [placed.expected for placed in today]
            await answer(interaction, Message(rooms_text(sessions, today[0].timezone)))
        else:
            await answer(interaction, now_answer(shown(here.sessions, await self._own_zone(interaction))))

    @app_commands.command(name="upnext", description="Which talk comes next, and when")
    async def upnext(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        here = await programme_for(interaction)
        await answer(interaction, upnext_answer(shown(here.sessions, await self._own_zone(interaction))))

    @app_commands.command(name="talk", description="Find a talk by words of its title, people or abstract")
    @app_commands.describe(talk="Words of the title or abstract, or a name")
    async def talk(self, interaction: Interaction, talk: app_commands.Range[str, 1, 100]) -> None:
        await acknowledge(interaction)
        if talk.startswith(AUTOCOMPLETED):
            await answer(interaction, await details(interaction, talk.removeprefix(AUTOCOMPLETED)))
            return
        everything = await programme_for(interaction, everywhere=True)
        found = await find_talks(self._client.db, everything, talk, TALKS_SHOWN)
        if len(found) == 1:
            await answer(interaction, await details(interaction, str(found[0].expected.talk.id)))
        else:
            own = await self._own_zone(interaction)
            await answer(interaction, several_talks([(show(f.placed, own), f.expected) for f in found], talk))

    @talk.autocomplete("talk")
    async def _talks(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        everything = await programme_for(interaction, everywhere=True)
        return [talk_option(found) for found in await search_in_turns(everything.sessions, current, CHOICES)]

    @app_commands.command(name="mytimezone", description="The zone in which you are shown times, on all servers")
    @app_commands.describe(
        timezone=f"Such as Europe/Berlin; type a city. “{UNSET}” takes it back. What is set, if left out"
    )
    async def mytimezone(
        self, interaction: Interaction, timezone: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        await acknowledge(interaction)
        user_id = interaction.user.id
        if timezone is None:
            chosen = await self._own_zone(interaction)
        else:
            meant = None if is_unset(timezone) else zone_meant(timezone)
            chosen = await choose_zone(self._client.db, user_id, meant)
        here = await programme_for(interaction)
        venue = here.sessions[0].timezone if here.sessions else None
        await answer(interaction, zone_chosen(chosen, venue, here.now))

    @mytimezone.autocomplete("timezone")
    async def _zones(self, _interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        unset = [app_commands.Choice(name=f"{UNSET}: only the venue's", value=UNSET)]
        return (zone_choices(current) + (unset if is_unset(current, begun=True) else []))[-CHOICES:]

    @app_commands.command(name="help", description="What Chairside does and which commands there are")
    async def help(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await answer(interaction, HELP)

    async def _own_zone(self, interaction: Interaction) -> str | None:
        return await own_zone(self._client.db, interaction.user.id)


def show(placed: PlacedSession, own: str | None = None) -> Shown:
    return Shown(placed.expected, placed.timezone, placed.page_timezone, own)


def shown(sessions: tuple[PlacedSession, ...], own: str | None = None) -> list[Shown]:
    return [show(placed, own) for placed in sessions]


def talk_option(found: FoundTalk) -> app_commands.Choice[str]:
    """A talk as an autocomplete choice; it hands over the talk's key."""
    name = talk_choice(found.expected, found.placed.timezone)
    return app_commands.Choice(name=name, value=f"{AUTOCOMPLETED}{found.expected.talk.id}")


async def details(interaction: Interaction, key: str, server: int | None = None) -> Message:
    """All there is about one talk of this server, or of the one that a direct message is about.

    Raises:
        CommandError: the server has no such talk.
    """
    client = interaction.client
    number = number_of(key) or 0
    found = await talk_details(client.db, client.clock, server or server_id(interaction), number)
    if found is None:
        raise CommandError("that talk is not in this server's programme", do="Choose one that /talk offers")
    own = await own_zone(client.db, interaction.user.id)
    about = show(found.found.placed, own)
    return talk_answer(about, found.found.expected, found.abstract, found.url, offers_reminder=server is None)


class DetailsButton(PersistentButton, template=DETAILS):
    """Under a reminder: the talk's people, abstract and link."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        server = None
        if interaction.guild_id is None:
            server = await server_of_delivery(interaction.client.db, self.match["delivery"], interaction.user.id)
        await answer(interaction, await details(interaction, self.match["talk"], server))


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(Attendee(client))
    register(client, DetailsButton)
