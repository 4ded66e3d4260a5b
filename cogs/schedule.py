"""For managers: /schedule import and show. An import shows what it found and asks before it stores anything."""

from __future__ import annotations

import asyncio
import re
from typing import Literal

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.errors import ScheduleError, ScheduleQuestion
from bot.messages.import_questions import answer_modal, answered_in, import_question
from bot.messages.message import IMPORT, IMPORT_ASKS, IMPORT_MODAL, Message
from bot.messages.organising import ImportCounts, import_preview, imported, schedule_overview
from bot.messages.text import dotted, plural, safe
from bot.messages.times import day_name, printed
from bot.schedules.detect import MAX_BYTES, read_schedule
from bot.schedules.schedule import ReadingOptions, Schedule
from bot.services.audience import programme
from bot.services.importing import ImportOutcome, import_schedule, preview_import
from bot.services.pending_imports import HeldImport, forget_import, held_import, hold_import, settled_import
from bot.services.programme import PlacedSession
from bot.services.sources import ImportRequest
from cogs.answers import Interaction, acknowledge, answer, require_manager, server_id
from cogs.buttons import PersistentButton, register
from cogs.forms import Components, if_submitted
from cogs.schedule_edits import EditButton, ScheduleEdits, UndoButton
from cogs.zones import zone_choices


@app_commands.default_permissions(manage_guild=True)
class ScheduleCommands(ScheduleEdits, commands.GroupCog, name="schedule", description="The programme of this server"):
    """Managers put the programme in and look at what is stored."""

    def __init__(self, client: ChairsideClient) -> None:
        self._client = client

    @app_commands.command(
        name="import", description="Read a schedule file or saved page, and store it once you confirm"
    )
    @app_commands.describe(
        file="frab or pretalx XML or JSON, iCalendar, CSV, xlsx, Mini-Conf, or a virtual site's page",
        timezone="The venue's time zone, if the file does not say or the venue is elsewhere",
        year="The year, if the file does not say and the weekday is not enough",
        dates="Whether 03/04/2022 is in April or in March, if the file leaves that open",
        source="A name for this file, if the same programme comes from several",
    )
    async def import_(
        self,
        interaction: Interaction,
        file: discord.Attachment,
        timezone: str | None = None,
        year: app_commands.Range[int, 1970, 2100] | None = None,
        source: app_commands.Range[str, 1, 200] | None = None,
        dates: Literal["day first", "month first"] | None = None,
    ) -> None:
        await acknowledge(interaction)
        require_manager(interaction)
        options = ReadingOptions(
            today=self._client.clock.now(),
            timezone=timezone,
            year=year,
            day_first=None if dates is None else dates == "day first",
            name=file.filename,
        )
        held = HeldImport(await _download(file), options, source, interaction.user.id)
        await answer(interaction, await _preview(interaction, held))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """A submitted form."""

        async def take(found: re.Match[str], components: Components) -> None:
            shown = await _settled(interaction, found["pending"], found["option"], answered_in(components))
            await answer(interaction, shown)

        await if_submitted(interaction, IMPORT_MODAL, take)

    @import_.autocomplete("timezone")
    async def _zones(self, _interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return zone_choices(current)

    @app_commands.command(name="show", description="Which sessions are stored, and where each is announced")
    async def show(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        require_manager(interaction)
        everything = await programme(self._client.db, self._client.clock, server_id(interaction))
        await answer(interaction, schedule_overview([_session_line(placed) for placed in everything.sessions]))


async def _preview(interaction: Interaction, held: HeldImport) -> Message:
    """What a file holds and would change, or what it leaves open; it waits for an answer either way."""
    client, server = interaction.client, server_id(interaction)
    try:
        schedule = await _read(held)
        outcome = await preview_import(client.db, client.clock, _request(server, schedule, held))
    except ScheduleQuestion as question:
        key = await hold_import(client.db, client.clock, server_id=server, held=held)
        return import_question(question, key)
    key = await hold_import(client.db, client.clock, server_id=server, held=held)
    return import_preview(schedule, _counts(outcome), key)


async def _settled(interaction: Interaction, key: str, option: str, answered: str) -> Message:
    """The preview once a question is answered, or the next question."""
    require_manager(interaction)
    client, server = interaction.client, server_id(interaction)
    held = await settled_import(client.db, server_id=server, key=key, option=option, answer=answered)
    shown = await _preview(interaction, held)
    await forget_import(client.db, key)
    return shown


def _session_line(placed: PlacedSession) -> str:
    expected, session = placed.expected, placed.session
    span = "cancelled"
    if expected.starts_at and expected.ends_at:
        end = printed(expected.ends_at, placed.timezone, placed.page_timezone)
        start = printed(expected.starts_at, placed.timezone, placed.page_timezone)
        span = f"{day_name(expected.starts_at, placed.timezone)}, {start} to {end}"
    return "- " + dotted(
        f"**{safe(session.title, 100)}**",
        safe(session.room, 60) if session.room else None,
        span,
        plural(len(expected.running_order), "talk"),
        f"announced in <#{placed.place.channel_id}>" if placed.place else "no channel set",
        safe(placed.conference, 80),
    )


async def _download(file: discord.Attachment) -> bytes:
    """The attachment's bytes, bounded.

    Raises:
        ScheduleError: it is too large, or Discord does not hand it over.
    """
    if file.size > MAX_BYTES:
        raise ScheduleError(
            f"{file.filename} has {file.size / 1_000_000:.1f} MB; at most {MAX_BYTES / 1_000_000:.0f} MB are read",
            do="Import the programme in parts, or a page without its pictures",
        )
    try:
        return await file.read()
    except (discord.HTTPException, aiohttp.ClientError) as error:
        raise ScheduleError(f"{file.filename} could not be fetched from Discord", do="Attach it once more") from error


async def _read(held: HeldImport) -> Schedule:
    """Read the file beside the event loop."""
    return await asyncio.to_thread(read_schedule, held.content, held.options)


def _request(server: int, schedule: Schedule, held: HeldImport) -> ImportRequest:
    return ImportRequest(
        server_id=server,
        schedule=schedule,
        source_name=held.source_name,
        timezone=held.options.timezone,
        imported_by=held.user_id,
    )


def _counts(outcome: ImportOutcome) -> ImportCounts:
    return ImportCounts(
        conference=outcome.conference,
        source=outcome.source,
        timezone=outcome.timezone,
        added=outcome.added,
        changed=outcome.changed,
        removed=outcome.removed,
        unchanged=outcome.unchanged,
        channel_is_set=outcome.channel_is_set,
        changes=tuple(outcome.changes),
        vanishes=outcome.vanishes,
    )


class ImportButton(PersistentButton, template=IMPORT):
    """Under an import's preview: store it, or forget it."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        require_manager(interaction)
        client, key = interaction.client, self.match["pending"]
        held = await held_import(client.db, server_id=server_id(interaction), key=key)
        if self.match["answer"] == "discard":
            await forget_import(client.db, key)
            await answer(interaction, Message("Discarded; nothing was stored."))
            return
        outcome = await import_schedule(
            client.db, client.clock, _request(server_id(interaction), await _read(held), held)
        )
        await forget_import(client.db, key)
        client.store_changed()
        await answer(interaction, imported(_counts(outcome)))


class ImportAnswerButton(PersistentButton, template=IMPORT_ASKS):
    """Under a question of an import: settle it, or open the form for it."""

    async def pressed(self, interaction: Interaction) -> None:
        option, value, key = self.match["option"], self.match["value"], self.match["pending"]
        if not value:
            await interaction.response.send_modal(answer_modal(option, key))
            return
        await interaction.response.defer()
        await answer(interaction, await _settled(interaction, key, option, value))


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(ScheduleCommands(client))
    register(client, ImportButton, ImportAnswerButton, EditButton, UndoButton)
