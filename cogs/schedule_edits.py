"""For managers: /schedule edit and undo. Each shows what it would change and asks before it does."""

from __future__ import annotations

from datetime import datetime

from discord import app_commands
from discord.ext import commands

from bot.errors import CommandError
from bot.messages.message import EDIT, UNDO, Message
from bot.messages.schedule_edits import (
    SessionShown,
    edit_applied,
    edit_preview,
    undo_preview,
    undone,
)
from bot.services.editing import SessionEdit, TalkEdit
from bot.services.pending_edits import held_edit, hold_edit
from bot.services.pending_imports import forget_import
from bot.services.programme import PlacedSession
from bot.services.schedule_editing import EditOutcome, edit_session, preview_edit
from bot.services.timekeeping import live_session
from bot.services.undoing import preview_undo, undo_change
from cogs.answers import Interaction, acknowledge, answer, number_of, server_id
from cogs.buttons import PersistentButton
from cogs.durations import duration, time_of_day
from cogs.sessions import matching_talks, session_choices, session_key, talk_key

Words = app_commands.Range[str, 1, 300]
Named = app_commands.Range[str, 1, 100]
LEFT = Message("Nothing was changed.")


class ScheduleEdits(commands.Cog):
    """Commands of the schedule group that change what is stored."""

    @app_commands.command(name="edit", description="Change a stored session or talk; split a session, or join two")
    @app_commands.describe(
        session="Which session",
        talk="Which of its talks, if the change is of one talk",
        title="The new title, of the talk or of the session; of the second half of a split",
        start="The new start at the venue, such as 15:45; a whole session moves along",
        minutes="The talk's new length: 5, 1:30",
        room="The new room",
        moderator="Who moderates the session, as it is shown",
        cancelled="Whether the talk is called off; False brings it back",
        split_before="Split the session in two before this talk",
        join="The session whose talks this one takes in",
    )
    async def edit(
        self,
        interaction: Interaction,
        session: Named,
        talk: Named | None = None,
        title: Words | None = None,
        start: app_commands.Range[str, 4, 5] | None = None,
        minutes: app_commands.Range[str, 1, 20] | None = None,
        room: app_commands.Range[str, 1, 200] | None = None,
        moderator: Words | None = None,
        cancelled: bool | None = None,  # noqa: FBT001 - Discord passes options by name
        split_before: Named | None = None,
        join: Named | None = None,
    ) -> None:
        await acknowledge(interaction)
        placed = await _session(interaction, session)
        starts_at = time_of_day(start, placed) if start else None
        line, place = _one_line(title), _one_line(room)
        about_talk = None
        if talk is not None:
            length = duration(minutes) if minutes else None
            about_talk = TalkEdit(talk_key(talk) or 0, line, starts_at, length, room=place, cancelled=cancelled)
        elif minutes is not None or cancelled is not None:
            raise CommandError("minutes and cancelled are of one talk", do="Name it with talk:")
        wanted = SessionEdit(
            session_id=placed.session.id,
            talk=about_talk,
            title=None if about_talk else line,
            room=None if about_talk else place,
            moderator=_one_line(moderator),
            shift=starts_at - _first_start(placed) if starts_at and about_talk is None else None,
            split_before=talk_key(split_before),
            join=session_key(join),
        )
        await answer(interaction, await _preview(interaction, wanted, placed))

    @edit.autocomplete("session")
    @edit.autocomplete("join")
    async def _sessions(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await session_choices(interaction, current)

    @edit.autocomplete("talk")
    @edit.autocomplete("split_before")
    async def _talks(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        try:
            return matching_talks(await _session(interaction, interaction.namespace.session or ""), current)
        except CommandError:
            return []

    @app_commands.command(name="undo", description="Take back the last change of the programme, as often as you like")
    async def undo(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        client = interaction.client
        change = await preview_undo(client.db, client.clock, server_id(interaction))
        await answer(interaction, undo_preview(change))


def _first_start(placed: PlacedSession) -> datetime:
    """The planned start of the first talk that takes place."""
    planned = [talk.starts_at for talk in placed.session.talks if not talk.cancelled]
    return min(planned, default=placed.session.starts_at)


def _one_line(text: str | None) -> str | None:
    """What was typed on one line; None where nothing is left."""
    return " ".join(text.split()) or None if text else None


async def _session(interaction: Interaction, named: str) -> PlacedSession:
    """The session that was chosen.

    Raises:
        CommandError: there is none such on this server.
    """
    client = interaction.client
    key = session_key(named) or 0
    return (await live_session(client.db, client.clock, server_id=server_id(interaction), session_id=key)).placed


async def _preview(interaction: Interaction, wanted: SessionEdit, placed: PlacedSession) -> Message:
    client, server = interaction.client, server_id(interaction)
    outcome = await preview_edit(client.db, client.clock, server_id=server, edit=wanted, by=interaction.user.id)
    key = await hold_edit(client.db, client.clock, server_id=server, user_id=interaction.user.id, edit=wanted)
    return edit_preview(outcome.changes, _sessions_shown(outcome), placed.timezone, key)


def _sessions_shown(outcome: EditOutcome) -> list[SessionShown]:
    return [
        SessionShown(
            p.session.title, p.session.room, p.expected.starts_at, p.expected.ends_at, len(p.expected.running_order)
        )
        for p in outcome.sessions
    ]


class EditButton(PersistentButton, template=EDIT):
    """Under an edit's preview: apply it, or leave everything as it is."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        client, key, server = interaction.client, self.match["pending"], server_id(interaction)
        wanted = await held_edit(client.db, server_id=server, key=key)
        if self.match["answer"] == "leave":
            await forget_import(client.db, key)
            await answer(interaction, LEFT)
            return
        outcome = await edit_session(
            client.db, client.clock, server_id=server, edit=wanted, by=interaction.user.id, held=key
        )
        client.store_changed()
        timezone = outcome.sessions[0].timezone if outcome.sessions else "UTC"
        await answer(interaction, edit_applied(outcome.changes, timezone))


class UndoButton(PersistentButton, template=UNDO):
    """Under the last change: undo that one, or leave it."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        client, version_id = interaction.client, number_of(self.match["version"]) or 0
        if self.match["answer"] == "leave":
            await answer(interaction, LEFT)
            return
        change = await undo_change(
            client.db,
            client.clock,
            server_id=server_id(interaction),
            version_id=version_id,
            by=interaction.user.id,
        )
        client.store_changed()
        await answer(interaction, undone(change))
