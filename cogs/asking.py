"""For everyone: /ask, /questions, votes, the Ask button with its form, and Queue as question under Apps."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Collection

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.errors import ChairsideError, CommandError
from bot.messages.message import ASK, ASK_MODAL, QUESTIONS, VOTE, Message
from bot.messages.question_form import ask_modal, asked_in
from bot.messages.questions import mine, queue_page, received, refused
from bot.rules.question_text import QUESTION_LIMIT, person_name
from bot.rules.questions import count, now_asked
from bot.services.asking import Asking, QueueView, ask_question, ordered, questions_of, queue_view, toggle_vote
from bot.services.searching import search_in_turns
from cogs.answers import CHOICES, UNEXPECTED, Interaction, acknowledge, answer, redraw, server_id
from cogs.attendee import talk_option
from cogs.buttons import PersistentButton, register
from cogs.forms import Components, if_submitted
from cogs.permissions import AS_MODERATOR, moderator_check
from cogs.programmes import programme_for
from cogs.sessions import talk_key

log = logging.getLogger(__name__)
LONGEST = 4000
"""More than a question may have, so that what was typed arrives and can be given back."""
Typed = app_commands.Range[str, 1, LONGEST]
Named = app_commands.Range[str, 1, 100]


class AskCommands(commands.Cog):
    """Asking, in every way there is."""

    def __init__(self, client: ChairsideClient) -> None:
        self._client = client

    @app_commands.command(name="ask", description="Ask the speaker a question; it goes into the talk's queue")
    @app_commands.describe(
        question="Your question, up to 500 characters",
        talk="Another talk than the one on stage here",
        anonymous="The room does not see your name; moderators do",
        for_hall="Moderators: the name of somebody in the hall who asks",
    )
    async def ask(
        self,
        interaction: Interaction,
        question: Typed,
        talk: Named | None = None,
        anonymous: bool = False,  # noqa: FBT001, FBT002 - an option of the command
        for_hall: app_commands.Range[str, 1, 60] | None = None,
    ) -> None:
        await acknowledge(interaction)
        try:
            talk_id = talk_key(talk)
        except CommandError as error:
            await _give_back(interaction, str(error), question)
            return
        await _ask(interaction, question, talk_id, anonymous=anonymous, for_hall=for_hall)

    @ask.autocomplete("talk")
    async def _talks(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await here_choices(interaction, current)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """A submitted form."""

        async def take(found: re.Match[str], components: Components) -> None:
            typed, anonymous = asked_in(components)
            await _ask(interaction, typed, int(found["talk"]) or None, anonymous=anonymous)

        await if_submitted(interaction, ASK_MODAL, take)


class QuestionsCommands(commands.GroupCog, name="questions", description="The questions of a talk, and yours"):
    """Looking at a queue, and at what became of one's own."""

    @app_commands.command(name="list", description="A talk's questions, with buttons to vote")
    @app_commands.describe(talk="Another talk than the one on stage here")
    async def list_(self, interaction: Interaction, talk: Named | None = None) -> None:
        await acknowledge(interaction)
        await answer(interaction, await _page(interaction, talk_key(talk), 0))

    @list_.autocomplete("talk")
    async def _talks(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await here_choices(interaction, current)

    @app_commands.command(name="mine", description="What became of your questions")
    async def mine(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        client = interaction.client
        found = await questions_of(
            client.db, client.clock, server_id=server_id(interaction), user_id=interaction.user.id
        )
        await answer(interaction, mine(found))


@app_commands.context_menu(name="Queue as question")
async def queue_as_question(interaction: Interaction, message: discord.Message) -> None:
    """A message becomes a question of whoever wrote it: by themselves, or by a moderator."""
    await acknowledge(interaction)
    typed = message.content
    try:
        if message.author.bot or not typed.strip():
            raise CommandError("only what a person wrote can be queued", do="Choose a message with text")
        is_own = message.author.id == interaction.user.id
        asking = Asking(
            server_id=server_id(interaction),
            channel_ids=channels_of(interaction),
            typed=typed,
            asker=message.author.id,
            asker_name=name_of(message.author),
            entered_by=None if is_own else interaction.user.id,
            check=None if is_own else moderator_check(interaction),
            message_url=message.jump_url,
        )
    except ChairsideError as error:
        await _give_back(interaction, str(error), typed)
        return
    await _store(interaction, asking)


class AskButton(PersistentButton, template=ASK):
    """Opens the form at once, without a look at the database: what is wrong is said on submission."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.send_modal(ask_modal(int(self.match["talk"]), None))


class QuestionsButton(PersistentButton, template=QUESTIONS):
    """A talk's queue for whoever presses; a page of one's own answer is turned in its place."""

    async def pressed(self, interaction: Interaction) -> None:
        is_public = self.match["delivery"] is not None
        await (acknowledge(interaction) if is_public else interaction.response.defer())
        page = await _page(interaction, int(self.match["talk"]) or None, int(self.match["page"]))
        await redraw(interaction, page)


class VoteButton(PersistentButton, template=VOTE):
    """Votes, or takes the vote back, and shows the page as it is then."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        client = interaction.client
        view = await toggle_vote(
            client.db,
            client.clock,
            server_id=server_id(interaction),
            question_id=int(self.match["question"]),
            user_id=interaction.user.id,
        )
        client.store_changed()
        await redraw(interaction, _shown(view, interaction.user.id, int(self.match["page"])))


async def _ask(
    interaction: Interaction, typed: str, talk_id: int | None, *, anonymous: bool, for_hall: str | None = None
) -> None:
    in_hall = for_hall is not None
    asking = Asking(
        server_id=server_id(interaction),
        channel_ids=channels_of(interaction),
        typed=typed,
        asker=None if in_hall else interaction.user.id,
        asker_name=for_hall or name_of(interaction.user),
        anonymous=anonymous,
        talk_id=talk_id,
        entered_by=interaction.user.id if in_hall else None,
        check=moderator_check(interaction) if in_hall else None,
    )
    await _store(interaction, asking)


async def _store(interaction: Interaction, asking: Asking) -> None:
    """Store and answer; whatever goes wrong, what was typed is given back."""
    client = interaction.client
    try:
        done = await ask_question(client.db, client.clock, asking)
    except ChairsideError as error:
        interaction.extras.pop(AS_MODERATOR, None)
        await _give_back(interaction, str(error), asking.typed)
        return
    except Exception:
        interaction.extras.pop(AS_MODERATOR, None)
        log.exception(
            "interaction %s: a question could not be stored",
            interaction.id,
            extra={"server": str(interaction.guild_id)},
        )
        await _give_back(interaction, UNEXPECTED.content, asking.typed)
        return
    client.store_changed()
    if asking.asker == interaction.user.id:
        client.replies.keep(done.question.id, interaction)
    waits = done.position == 0
    message = received(
        done.question, done.talk.talk.title, waits_for_approval=waits, position=done.position, alike=done.alike
    )
    await answer(interaction, message)


async def _give_back(interaction: Interaction, error_text: str, typed: str) -> None:
    """Say what is wrong, with all that was typed; in a file as well where a message may not hold it."""
    too_long = len(typed) > QUESTION_LIMIT
    files = [discord.File(io.BytesIO(typed.encode()), "question.txt")] if too_long else []
    await interaction.edit_original_response(content=refused(error_text, typed).content, attachments=files)


def name_of(person: discord.User | discord.Member) -> str:
    """As others see it; the account's own where that is of blanks, which Discord takes for a name."""
    try:
        return person_name(person.display_name)
    except CommandError:
        return person.name


async def _page(interaction: Interaction, talk_id: int | None, page: int) -> Message:
    client = interaction.client
    view = await queue_view(
        client.db,
        client.clock,
        server_id=server_id(interaction),
        channel_ids=channels_of(interaction),
        talk_id=talk_id,
        user_id=interaction.user.id,
    )
    return _shown(view, interaction.user.id, page)


def _shown(view: QueueView, viewer: int, page: int) -> Message:
    key = view.talk.talk.id
    questions = view.queues.of(key)
    return queue_page(
        view.talk,
        ordered(view.queues, key),
        now_asked(questions),
        count(questions),
        view.queues.phase(key),
        view.votes,
        viewer,
        page,
    )


def channels_of(interaction: Interaction) -> Collection[int]:
    """The channel of an interaction, and the one above it if that is a thread."""
    channel = interaction.channel
    above = channel.parent_id if isinstance(channel, discord.Thread) else None
    return {found for found in (interaction.channel_id, above) if found}


async def here_choices(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The talks of this channel's programme that fit what is typed."""
    here = await programme_for(interaction)
    return [talk_option(found) for found in await search_in_turns(here.sessions, current, CHOICES)]


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(AskCommands(client))
    await client.add_cog(QuestionsCommands())
    client.tree.add_command(queue_as_question)
    register(client, AskButton, QuestionsButton, VoteButton)
