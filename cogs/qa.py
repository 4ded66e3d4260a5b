"""For moderators: /qa. Each command is one step with a talk's questions, answered with what it did."""

from __future__ import annotations

import io
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.messages.message import Message
from bot.messages.text import plural
from bot.rules.question_steps import StepKind
from bot.rules.questions import Order, now_asked
from bot.rules.queue_times import Phase
from bot.services.moderating import Wanted, set_order
from bot.services.question_export import questions_file
from cogs.answers import Interaction, acknowledge, answer, server_id
from cogs.permissions import moderator_check
from cogs.queue_answers import listed, put, question_choices, question_key, queues_of, step
from cogs.sessions import session_choices, session_of, talk_choices, talk_key

Named = app_commands.Range[str, 1, 100]


class QaCommands(commands.GroupCog, name="qa", description="The questions of this channel's session"):
    """The session need not be named in its own channel, nor the talk while it is on stage."""

    @app_commands.command(name="list", description="All questions of a talk, with everything that can be done")
    @app_commands.describe(talk="Another talk than the one on stage", session="Which session")
    async def list_(self, interaction: Interaction, talk: Named | None = None, session: Named | None = None) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        await answer(interaction, await listed(interaction, live.placed.session.id, talk_key(talk)))

    @app_commands.command(name="next", description="Show the next question to the room; the one before is answered")
    @app_commands.describe(talk="Another talk than the one on stage", session="Which session")
    async def next_(self, interaction: Interaction, talk: Named | None = None, session: Named | None = None) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        session_id = live.placed.session.id
        queues, _ = await queues_of(interaction, session_id)
        current = now_asked(queues.questions)
        sees = current.id if current else None
        wanted = Wanted(StepKind.NEXT, interaction.user.id, talk_id=talk_key(talk), sees=sees)
        await answer(interaction, await step(interaction, session_id, wanted))

    @app_commands.command(name="answered", description="A question is answered: the one being asked, or the one named")
    @app_commands.describe(question="Another question than the one being asked", session="Which session")
    async def answered(
        self, interaction: Interaction, question: Named | None = None, session: Named | None = None
    ) -> None:
        await self._step(interaction, session, StepKind.ANSWER, question)

    @app_commands.command(name="dismiss", description="A question will not be asked")
    @app_commands.describe(question="Which question", session="Which session")
    async def dismiss(self, interaction: Interaction, question: Named, session: Named | None = None) -> None:
        await self._step(interaction, session, StepKind.DISMISS, question)

    @app_commands.command(name="pin", description="A question goes before all others")
    @app_commands.describe(question="Which question", unpin="Let it go back to its place", session="Which session")
    async def pin(
        self,
        interaction: Interaction,
        question: Named,
        unpin: bool = False,  # noqa: FBT001, FBT002 - an option of the command
        session: Named | None = None,
    ) -> None:
        await self._step(interaction, session, StepKind.UNPIN if unpin else StepKind.PIN, question)

    @app_commands.command(name="merge", description="A question becomes part of another one; votes unite by person")
    @app_commands.describe(question="Which question", into="The one that stays", session="Which session")
    async def merge(self, interaction: Interaction, question: Named, into: Named, session: Named | None = None) -> None:
        await self._step(interaction, session, StepKind.MERGE, question, into)

    @app_commands.command(name="approve", description="The room may see a question that waits for approval")
    @app_commands.describe(question="Which question", session="Which session")
    async def approve(self, interaction: Interaction, question: Named, session: Named | None = None) -> None:
        await self._step(interaction, session, StepKind.APPROVE, question)

    @app_commands.command(name="undo", description="Take back the last step with this session's questions")
    @app_commands.describe(session="Which session")
    async def undo(self, interaction: Interaction, session: Named | None = None) -> None:
        await self._step(interaction, session, StepKind.UNDO, None)

    @app_commands.command(name="open", description="Open a talk's queue whatever the clock says")
    @app_commands.describe(talk="Another talk than the one on stage", session="Which session")
    async def open_(self, interaction: Interaction, talk: Named | None = None, session: Named | None = None) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        await answer(interaction, await put(interaction, live.placed.session.id, talk_key(talk), Phase.OPEN))

    @app_commands.command(name="close", description="Close a talk's queue whatever the clock says")
    @app_commands.describe(
        talk="Another talk than the one on stage",
        voting="Still take votes, but no new questions",
        session="Which session",
    )
    async def close(
        self,
        interaction: Interaction,
        talk: Named | None = None,
        voting: bool = False,  # noqa: FBT001, FBT002 - an option of the command
        session: Named | None = None,
    ) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        phase = Phase.VOTING if voting else Phase.CLOSED
        await answer(interaction, await put(interaction, live.placed.session.id, talk_key(talk), phase))

    @app_commands.command(name="order", description="Who goes first in this session: top, oldest or fair")
    @app_commands.describe(
        order="top: most votes; oldest: first come; fair: who was asked least", session="Which session"
    )
    async def order(
        self, interaction: Interaction, order: Literal["top", "oldest", "fair"], session: Named | None = None
    ) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        client = interaction.client
        await set_order(
            client.db,
            client.clock,
            server_id=server_id(interaction),
            session_id=live.placed.session.id,
            order=Order(order),
            check=moderator_check(interaction),
        )
        client.store_changed()
        await answer(interaction, Message(f"Questions of this session go in {order} order; pinned ones go first."))

    @app_commands.command(name="export", description="All questions of the session as a file")
    @app_commands.describe(
        kind="CSV for spreadsheets, JSON for programs",
        public="Without the names of anonymous askers, to be handed on",
        session="Which session",
    )
    async def export(
        self,
        interaction: Interaction,
        kind: Literal["csv", "json"] = "csv",
        public: bool = True,  # noqa: FBT001, FBT002 - an option of the command
        session: Named | None = None,
    ) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        client = interaction.client
        made = await questions_file(
            client.db,
            client.clock,
            server_id=server_id(interaction),
            session_id=live.placed.session.id,
            form=kind,
            for_public=public,
        )
        file = discord.File(io.BytesIO(made.content), filename=made.name)
        await interaction.edit_original_response(content=f"{plural(made.questions, 'question')}.", attachments=[file])

    async def _step(
        self,
        interaction: Interaction,
        session: str | None,
        kind: StepKind,
        question: str | None,
        into: str | None = None,
    ) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        key, other = question_key(question), question_key(into)
        wanted = Wanted(kind, interaction.user.id, question_id=key, into=other)
        await answer(interaction, await step(interaction, live.placed.session.id, wanted))

    @list_.autocomplete("talk")
    @next_.autocomplete("talk")
    @open_.autocomplete("talk")
    @close.autocomplete("talk")
    async def _talks(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await talk_choices(interaction, current)

    @answered.autocomplete("question")
    @dismiss.autocomplete("question")
    @pin.autocomplete("question")
    @merge.autocomplete("question")
    @merge.autocomplete("into")
    @approve.autocomplete("question")
    async def _questions(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await question_choices(interaction, current)

    @list_.autocomplete("session")
    @next_.autocomplete("session")
    @answered.autocomplete("session")
    @dismiss.autocomplete("session")
    @pin.autocomplete("session")
    @merge.autocomplete("session")
    @approve.autocomplete("session")
    @undo.autocomplete("session")
    @open_.autocomplete("session")
    @close.autocomplete("session")
    @order.autocomplete("session")
    @export.autocomplete("session")
    async def _sessions(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await session_choices(interaction, current)


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(QaCommands())
