"""For everyone: /remind add, list and remove, and the buttons and selects that remind somebody or no longer do."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from datetime import timedelta

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.errors import CommandError
from bot.messages.message import (
    MENTIONS,
    REMIND,
    REMIND_CHOICE,
    REMINDERS,
    REMINDERS_FILE,
    UNREMIND,
    UNREMIND_CHOICE,
    UNREMIND_TALK,
    Message,
)
from bot.messages.reminders import mentions_chosen, reminder_choice, which_talk
from bot.rules.subscriptions import MOST_LEAD_MINUTES, WORDS_LIMIT, Wanted, comparable
from bot.services.audience import Programme
from bot.services.people import server_of_delivery
from bot.services.reminder_calendar import FILE_NAME, calendar_of
from bot.services.searching import search_in_turns
from bot.services.subscriptions import Asked, agree_to_mentions, reminders_of
from cogs.answers import CHOICES, Interaction, acknowledge, answer, key_of, number_of, redraw, server_id
from cogs.attendee import AUTOCOMPLETED, talk_option
from cogs.buttons import PersistentButton, PersistentSelect, register
from cogs.programmes import programme_for
from cogs.reminding import choices_here, list_page, remind, removed_talk, removed_wish, shown_reminders
from cogs.sessions import session_choices, session_key

REMINDER = "reminder#"
Words = app_commands.Range[str, 1, WORDS_LIMIT]


class ReminderCommands(commands.GroupCog, name="remind", description="Reminders of your own, by direct message"):
    """What one person wants to be reminded of; nobody else sees it."""

    def __init__(self, client: ChairsideClient) -> None:
        self._client = client

    @app_commands.command(name="add", description="Be reminded of a talk, a session, a speaker or a word, directly")
    @app_commands.describe(
        talk="One talk",
        session="The start of a session",
        speaker="Every talk of this name, also those that are added later",
        word="Every talk with this in its title, also those that are added later",
        lead="How many minutes before; 5 if left out",
    )
    async def add(
        self,
        interaction: Interaction,
        talk: Words | None = None,
        session: Words | None = None,
        speaker: Words | None = None,
        word: Words | None = None,
        lead: app_commands.Range[int, 1, MOST_LEAD_MINUTES] | None = None,
    ) -> None:
        await acknowledge(interaction)
        if sum(option is not None for option in (talk, session, speaker, word)) != 1:
            raise CommandError(
                "one of talk, session, speaker and word is needed",
                do="Give exactly one; use the command again for more",
            )
        asked = Asked(server_id(interaction), interaction.user.id, *_meant(talk, session, speaker, word))
        before = None if lead is None else timedelta(minutes=lead)
        await answer(interaction, await remind(interaction, asked, before))

    @add.autocomplete("talk")
    async def _talks(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        everything = await programme_for(interaction, everywhere=True)
        return [talk_option(found) for found in await search_in_turns(everything.ahead().sessions, current, CHOICES)]

    @add.autocomplete("session")
    async def _sessions(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await session_choices(interaction, current)

    @add.autocomplete("speaker")
    async def _speakers(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        everything = await programme_for(interaction, everywhere=True)
        # in a thread, as a big programme has ten thousand names
        fitting = await asyncio.to_thread(_names, everything.ahead(), current)
        return [app_commands.Choice(name=name, value=name) for name in fitting[:CHOICES]]

    @app_commands.command(name="list", description="What you are reminded of here, and when")
    async def list_(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await answer(interaction, await list_page(interaction, 0))

    @app_commands.command(name="remove", description="Be reminded of something no longer")
    @app_commands.describe(reminder="One of yours")
    async def remove(self, interaction: Interaction, reminder: app_commands.Range[str, 1, 100]) -> None:
        await acknowledge(interaction)
        key = key_of(reminder, REMINDER, "reminder of yours") or 0
        await answer(interaction, await removed_wish(interaction, key))

    @remove.autocomplete("reminder")
    async def _own(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        client = self._client
        found = await reminders_of(client.db, client.clock, server_id(interaction), interaction.user.id)
        choices = [(reminder_choice(one), one.id) for one in shown_reminders(found)]
        fitting = [(name, key) for name, key in choices if comparable(current) in comparable(name)]
        return [app_commands.Choice(name=name, value=f"{REMINDER}{key}") for name, key in fitting[:CHOICES]]


def _names(programme: Programme, typed: str) -> list[str]:
    """The speakers whose name holds what was typed."""
    names = {name for p in programme.sessions for e in p.expected.talks for name in e.talk.speakers}
    wanted = comparable(typed)
    return sorted(name for name in names if len(name) <= WORDS_LIMIT and wanted in comparable(name))


def _meant(
    talk: str | None, session: str | None, speaker: str | None, word: str | None
) -> tuple[Wanted, int | None, str]:
    """What kind of thing was named, its key, and the words.

    Raises:
        CommandError: a talk or session was typed and not chosen.
    """
    if talk is not None:
        return Wanted.TALK, key_of(talk, AUTOCOMPLETED, "talk of this server"), ""
    if session is not None:
        return Wanted.SESSION, session_key(session), ""
    return (Wanted.WORD, None, word or "") if speaker is None else (Wanted.SPEAKER, None, speaker)


class RemindButton(PersistentButton, template=REMIND):
    """Under a reminder, the board or a talk's details: reminds whoever presses, or shows that it is set."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        talk_id = int(self.match["talk"])
        if not talk_id:
            await answer(interaction, which_talk(await choices_here(interaction)))
            return
        await answer(interaction, await _remind_of(interaction, talk_id))


class RemindChoice(PersistentSelect, template=REMIND_CHOICE):
    """Under an agenda, or the question which talk is meant: reminds of the one that is chosen."""

    async def chosen(self, interaction: Interaction, values: Sequence[str]) -> None:
        await acknowledge(interaction)
        await answer(interaction, await _remind_of(interaction, number_of(values[0]) or 0))


async def _remind_of(interaction: Interaction, talk_id: int) -> Message:
    return await remind(interaction, Asked(server_id(interaction), interaction.user.id, Wanted.TALK, talk_id))


class UnremindButton(PersistentButton, template=UNREMIND):
    """In an answer to oneself: takes a reminder back."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await redraw(interaction, await removed_wish(interaction, int(self.match["wish"])))


class UnremindTalkButton(PersistentButton, template=UNREMIND_TALK):
    """Under a direct message: takes back what reminds of its talk."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        server = await server_of_delivery(interaction.client.db, self.match["delivery"], interaction.user.id)
        await answer(interaction, await removed_talk(interaction, server, int(self.match["talk"])))


class RemindersButton(PersistentButton, template=REMINDERS):
    """Another page of one's own reminders."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await redraw(interaction, await list_page(interaction, int(self.match["page"])))


class UnremindChoice(PersistentSelect, template=UNREMIND_CHOICE):
    """In one's own list: takes back the reminder that is chosen, and shows what is left."""

    async def chosen(self, interaction: Interaction, values: Sequence[str]) -> None:
        await interaction.response.defer()
        await removed_wish(interaction, number_of(values[0]) or 0)
        await redraw(interaction, await list_page(interaction, int(self.match["page"])))


class RemindersFileButton(PersistentButton, template=REMINDERS_FILE):
    """One's own choices as a calendar file."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        client = interaction.client
        content = await calendar_of(client.db, client.clock, server_id(interaction), interaction.user.id)
        text = "Your reminders' talks, for your calendar. A later file brings those up to date that it holds already."
        file = discord.File(io.BytesIO(content), filename=FILE_NAME)
        await interaction.edit_original_response(content=text, attachments=[file])


class MentionsButton(PersistentButton, template=MENTIONS):
    """Where direct messages are closed: agrees to a mention in the session's channel, or takes that back."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        agreed = self.match["agreed"] == "yes"
        client = interaction.client
        await agree_to_mentions(
            client.db, client.clock, server_id=server_id(interaction), user_id=interaction.user.id, agreed=agreed
        )
        client.store_changed()
        await redraw(interaction, mentions_chosen(agreed=agreed))


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(ReminderCommands(client))
    register(
        client,
        RemindButton,
        RemindChoice,
        UnremindButton,
        UnremindTalkButton,
        RemindersButton,
        UnremindChoice,
        RemindersFileButton,
        MentionsButton,
    )
