"""What /schedule import, its buttons and its form share: a file or address read, compared, asked about, stored."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import discord

from bot.errors import ScheduleError, ScheduleQuestion
from bot.fetching.links import shown
from bot.fetching.spreadsheet_links import csv_link
from bot.messages.import_questions import answer_modal, import_question
from bot.messages.message import IMPORT, IMPORT_ASKS, LOOK, Message
from bot.messages.organising import ImportCounts, import_preview, imported
from bot.rules.following import Follows
from bot.schedule_worker import read_in_worker
from bot.schedules.decoding import MAX_BYTES
from bot.schedules.schedule import ReadingOptions, Schedule
from bot.services.following import digest_of, followed_source, set_follows
from bot.services.importing import ImportOutcome, import_schedule, preview_import
from bot.services.pending_imports import (
    HeldImport,
    forget_import,
    held_import,
    hold_import,
    kept_options,
    settled_import,
)
from bot.services.sources import ImportRequest, SourceLink
from cogs.answers import Interaction, acknowledge, answer, number_of, server_id
from cogs.buttons import PersistentButton


async def fetched_import(
    interaction: Interaction, url: str, options: ReadingOptions, *, source: str | None, follows: Follows
) -> HeldImport:
    """What an address holds, and how it is followed once it is stored.

    Raises:
        ScheduleError: it must not be fetched, or does not answer with a file.
    """
    address = csv_link(url.strip())
    fetched = await interaction.client.fetcher.fetch(address)
    content = fetched.content or b""
    link = SourceLink(
        url=address,
        follows=follows,
        options=kept_options(options),
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        seen=digest_of(content),
    )
    return HeldImport(content, replace(options, name=shown(address)), source, interaction.user.id, link)


async def attached_import(
    interaction: Interaction, file: discord.Attachment, options: ReadingOptions, *, source: str | None
) -> HeldImport:
    """What an attachment holds.

    Raises:
        ScheduleError: it is too large, or Discord does not hand it over.
    """
    if file.size > MAX_BYTES:
        raise ScheduleError(
            f"{file.filename} has {file.size / 1_000_000:.1f} MB; at most {MAX_BYTES / 1_000_000:.0f} MB are read",
            do="Import the programme in parts, or a page without its pictures",
        )
    try:
        content = await file.read()
    except (discord.HTTPException, aiohttp.ClientError) as error:
        raise ScheduleError(f"{file.filename} could not be fetched from Discord", do="Attach it once more") from error
    return HeldImport(content, replace(options, name=file.filename), source, interaction.user.id)


async def preview(interaction: Interaction, held: HeldImport) -> Message:
    """What a file holds and would change, or what it leaves open; it waits for an answer either way."""
    client, server = interaction.client, server_id(interaction)
    try:
        schedule, outcome = await compared(interaction, held)
    except ScheduleQuestion as question:
        key = await hold_import(client.db, client.clock, server_id=server, held=held)
        return import_question(question, key)
    if outcome.changes_nothing and held.link is not None:
        # there is no Import to press, and what was chosen for the address counts all the same
        link, now = held.link, client.clock.now()
        await set_follows(client.db, server_id=server, url=link.url, follows=link.follows, now=now)
    key = await hold_import(client.db, client.clock, server_id=server, held=held)
    return import_preview(schedule, counts_of(outcome), key)


async def compared(interaction: Interaction, held: HeldImport) -> tuple[Schedule, ImportOutcome]:
    """A file read, and what importing it would change.

    Raises:
        ScheduleError: it cannot be read.
        ScheduleQuestion: it leaves something open.
    """
    client = interaction.client
    schedule = await read_in_worker(held.content, held.options)
    request = _request(server_id(interaction), schedule, held)
    return schedule, await preview_import(client.db, client.clock, request)


async def settled(interaction: Interaction, key: str, option: str, answered: str) -> Message:
    """The preview once a question is answered, or the next question."""
    client, server = interaction.client, server_id(interaction)
    held = await settled_import(client.db, server_id=server, key=key, option=option, answer=answered)
    message = await preview(interaction, held)
    await forget_import(client.db, key)
    return message


def _request(server: int, schedule: Schedule, held: HeldImport) -> ImportRequest:
    return ImportRequest(
        server_id=server,
        schedule=schedule,
        source_name=held.source_name,
        timezone=held.options.timezone,
        imported_by=held.user_id,
        link=held.link,
    )


def counts_of(outcome: ImportOutcome) -> ImportCounts:
    """An import's outcome as messages take it."""
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
        sessions_changed=outcome.sessions_changed,
        changes_nothing=outcome.changes_nothing,
        is_long_over=outcome.is_long_over,
    )


class ImportButton(PersistentButton, template=IMPORT):
    """Under an import's preview: store it, or forget it."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        client, key = interaction.client, self.match["pending"]
        held = await held_import(client.db, server_id=server_id(interaction), key=key)
        if self.match["answer"] == "discard":
            await forget_import(client.db, key)
            await answer(interaction, Message("Discarded; nothing was stored."))
            return
        schedule = await read_in_worker(held.content, held.options)
        outcome = await import_schedule(client.db, client.clock, _request(server_id(interaction), schedule, held))
        await forget_import(client.db, key)
        client.store_changed()
        await answer(interaction, imported(counts_of(outcome)))


class ImportAnswerButton(PersistentButton, template=IMPORT_ASKS):
    """Under a question of an import: settle it, or open the form for it."""

    async def pressed(self, interaction: Interaction) -> None:
        option, value, key = self.match["option"], self.match["value"], self.match["pending"]
        if not value:
            await interaction.response.send_modal(answer_modal(option, key))
            return
        await interaction.response.defer()
        await answer(interaction, await settled(interaction, key, option, value))


class LookButton(PersistentButton, template=LOOK):
    """Under a message about an address: fetch it anew and show what importing it would change."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        client = interaction.client
        key = number_of(self.match["source"]) or 0
        source = await followed_source(client.db, server_id=server_id(interaction), source_id=key)
        options = source.options(client.clock.now(), shown(source.link.url))
        held = await fetched_import(
            interaction, source.link.url, options, source=source.name, follows=source.link.follows
        )
        await answer(interaction, await preview(interaction, held))
