"""For managers: /schedule import, show, diff and export; nothing is stored before somebody has seen it and agreed."""

from __future__ import annotations

import io
import re
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.errors import CommandError
from bot.fetching.links import shown
from bot.messages.import_questions import answered_in
from bot.messages.message import IMPORT_MODAL
from bot.messages.organising import FollowedShown, difference, exported, schedule_overview
from bot.messages.schedule_edits import last_change_shown
from bot.messages.text import dotted, plural, safe, shortened
from bot.messages.times import day_name, printed
from bot.rules.following import Follows
from bot.rules.zone_search import zone_meant
from bot.schedules.schedule import ReadingOptions
from bot.services.following import followed_sources
from bot.services.pending_imports import HeldImport
from bot.services.programme import PlacedSession
from bot.services.schedule_export import ScheduleFormat, export_schedule, exportable_conferences
from bot.services.undoing import last_change
from cogs.answers import CHOICES, Interaction, acknowledge, answer, server_id
from cogs.buttons import register
from cogs.forms import Components, if_submitted
from cogs.importing import (
    ImportAnswerButton,
    ImportButton,
    LookButton,
    attached_import,
    compared,
    counts_of,
    fetched_import,
    preview,
    settled,
)
from cogs.programmes import programme_for
from cogs.schedule_edits import EditButton, ScheduleEdits, UndoButton
from cogs.zones import zone_choices

Dates = Literal["day first", "month first"]
_FOLLOWS = {"ask first": Follows.ASK, "apply by themselves": Follows.APPLY, "never look again": Follows.NEVER}
Address = app_commands.Range[str, 1, 2000]
Year = app_commands.Range[int, 1970, 2100]


@app_commands.default_permissions(manage_guild=True)
class ScheduleCommands(ScheduleEdits, commands.GroupCog, name="schedule", description="The programme of this server"):
    """Managers put the programme in and look at what is stored."""

    def __init__(self, client: ChairsideClient) -> None:
        self._client = client

    @app_commands.command(name="import", description="Read a schedule file or address, and store it once you confirm")
    @app_commands.describe(
        file="frab or pretalx XML or JSON, iCalendar, CSV, xlsx, Mini-Conf, or a virtual site's page",
        timezone="The venue's time zone, if the file does not say or the venue is elsewhere",
        year="The year, if the file does not say and the weekday is not enough",
        dates="Whether 03/04/2022 is in April or in March, if the file leaves that open",
        source="A name for this file, if the same programme comes from several",
        url="In place of a file: an https address, such as a Google Sheets link; it is looked at again by itself",
        changes="What to do when the address holds something else later; asks first if left out",
    )
    async def import_(
        self,
        interaction: Interaction,
        file: discord.Attachment | None = None,
        timezone: str | None = None,
        year: Year | None = None,
        source: app_commands.Range[str, 1, 200] | None = None,
        dates: Dates | None = None,
        url: Address | None = None,
        changes: Literal["ask first", "apply by themselves", "never look again"] = "ask first",
    ) -> None:
        await acknowledge(interaction)
        options = self._options(timezone, year, dates)
        follows = _FOLLOWS[changes]
        held = await _handed_over(interaction, file, url, options, source=source, follows=follows)
        await answer(interaction, await preview(interaction, held))

    @app_commands.command(name="diff", description="What a file or address would change; else what changed last")
    @app_commands.describe(
        file="The file to compare with what is stored; nothing is stored",
        url="The address to compare with what is stored",
        timezone="The venue's time zone, if the file does not say or the venue is elsewhere",
        year="The year, if the file does not say and the weekday is not enough",
        dates="Whether 03/04/2022 is in April or in March, if the file leaves that open",
        source="The name that the file was imported under, if one was given",
    )
    async def diff(
        self,
        interaction: Interaction,
        file: discord.Attachment | None = None,
        url: Address | None = None,
        timezone: str | None = None,
        year: Year | None = None,
        dates: Dates | None = None,
        source: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        await acknowledge(interaction)
        if file is None and url is None:
            change = await last_change(self._client.db, server_id(interaction))
            await answer(interaction, last_change_shown(change))
            return
        options = self._options(timezone, year, dates)
        held = await _handed_over(interaction, file, url, options, source=source, follows=Follows.NEVER)
        schedule, outcome = await compared(interaction, held)
        await answer(interaction, difference(schedule, counts_of(outcome)))

    @import_.autocomplete("timezone")
    @diff.autocomplete("timezone")
    async def _zones(self, _interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return zone_choices(current)

    @app_commands.command(name="show", description="Which sessions are stored, and where each is announced")
    async def show(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        everything = await programme_for(interaction, everywhere=True)
        sources = await followed_sources(self._client.db, server_id(interaction))
        followed = [FollowedShown(shown(one.link.url), one.link.follows, one.problem) for one in sources]
        await answer(
            interaction, schedule_overview([_session_line(placed) for placed in everything.sessions], followed)
        )

    @app_commands.command(name="export", description="The stored programme as a file; importing it changes nothing")
    @app_commands.describe(
        kind="iCalendar for everyone's calendar, CSV for spreadsheets, JSON for programs",
        conference="Which conference, if several are stored; else the one nearest in time",
    )
    @app_commands.choices(
        kind=[
            app_commands.Choice(name="iCalendar", value="ics"),
            app_commands.Choice(name="CSV", value="csv"),
            app_commands.Choice(name="JSON", value="json"),
        ]
    )
    async def export(
        self,
        interaction: Interaction,
        kind: ScheduleFormat = "ics",
        conference: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        await acknowledge(interaction)
        now = self._client.clock.now()
        made = await export_schedule(
            self._client.db, server_id=server_id(interaction), conference=conference, form=kind, now=now
        )
        file = discord.File(io.BytesIO(made.content), filename=made.name)
        await interaction.edit_original_response(content=exported(made.talks, made.conference), attachments=[file])

    @export.autocomplete("conference")
    async def _conferences(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        listed = await exportable_conferences(self._client.db, server_id(interaction))
        names = dict.fromkeys(each.name for each in listed if current.casefold() in each.name.casefold())
        return [app_commands.Choice(name=shortened(name, 100), value=name[:100]) for name in list(names)[:CHOICES]]

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """A submitted form."""

        async def take(found: re.Match[str], components: Components) -> None:
            message = await settled(interaction, found["pending"], found["option"], answered_in(components))
            await answer(interaction, message)

        await if_submitted(interaction, IMPORT_MODAL, take)

    def _options(self, timezone: str | None, year: int | None, dates: str | None) -> ReadingOptions:
        day_first = None if dates is None else dates == "day first"
        zone = zone_meant(timezone) if timezone else None
        return ReadingOptions(self._client.clock.now(), timezone=zone, year=year, day_first=day_first)


async def _handed_over(
    interaction: Interaction,
    file: discord.Attachment | None,
    url: str | None,
    options: ReadingOptions,
    *,
    source: str | None,
    follows: Follows,
) -> HeldImport:
    """The file that was attached, or what is at the address.

    Raises:
        CommandError: both were given, or neither.
        ScheduleError: it cannot be fetched.
    """
    if (file is None) == (url is None):
        raise CommandError("one file or one url is needed", do="Attach a file, or write an https address as url:")
    if url is not None:
        return await fetched_import(interaction, url, options, source=source, follows=follows)
    assert file is not None  # noqa: S101 - one of them was given
    return await attached_import(interaction, file, options, source=source)


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


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(ScheduleCommands(client))
    register(client, ImportButton, ImportAnswerButton, LookButton, EditButton, UndoButton)
