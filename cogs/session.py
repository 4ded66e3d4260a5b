"""For moderators: /session open, close, console, handover, edit, stage and report."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.delivery.console_place import admit_to_console, console_place
from bot.drawing.palette import Look
from bot.messages.console import edited
from bot.messages.message import Message
from bot.rules.run import NOTHING, TimingKind
from bot.rules.taps import Tap
from bot.services.editing import TalkEdit, edit_talk
from bot.services.moderators import hand_over
from cogs.answers import Interaction, acknowledge, answer, server_id
from cogs.buttons import register
from cogs.durations import duration, time_of_day
from cogs.session_report import ReportButton, show_report
from cogs.sessions import session_choices, session_key, session_of, talk_choices, talk_key
from cogs.stage import LobbyLinkButton, RoomLinkButton, StageLinkButton, show_links, show_room_link
from cogs.timer import do, place_of

Named = app_commands.Range[str, 1, 100]


class SessionCommands(commands.GroupCog, name="session", description="The session of this channel"):
    """Opening, closing and handing over; the session need not be named in its own channel."""

    def __init__(self, client: ChairsideClient) -> None:
        self._client = client

    @app_commands.command(name="open", description="Bring up the console; Start opens the session as well")
    @app_commands.describe(session="Which session")
    async def open_(self, interaction: Interaction, session: Named | None = None) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        await console_place(self._client, live.placed, interaction.user)
        tap = Tap(TimingKind.OPEN, interaction.user.id)
        await answer(interaction, await do(interaction, live.placed.session.id, tap))

    @app_commands.command(name="close", description="The session is over; nothing is announced any more")
    @app_commands.describe(ago="How long ago: 2, 1:30", session="Which session")
    async def close(
        self,
        interaction: Interaction,
        ago: app_commands.Range[str, 1, 20] | None = None,
        session: Named | None = None,
    ) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        tap = Tap(TimingKind.CLOSE, interaction.user.id, ago=duration(ago) if ago else NOTHING)
        await answer(interaction, await do(interaction, live.placed.session.id, tap))

    @app_commands.command(name="console", description="Where the console is; it is opened if there is none")
    @app_commands.describe(session="Which session")
    async def console(self, interaction: Interaction, session: Named | None = None) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        place = await console_place(self._client, live.placed, interaction.user)
        if not live.placed.run.opened_at:
            await do(interaction, live.placed.session.id, Tap(TimingKind.OPEN, interaction.user.id))
        await answer(interaction, Message(f"The console of “{live.placed.session.title}” is in <#{place}>."))

    @app_commands.command(name="handover", description="Pass the session on to another moderator")
    @app_commands.describe(to="Who takes over", session="Which session")
    async def handover(self, interaction: Interaction, to: discord.Member, session: Named | None = None) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        await hand_over(
            self._client.db,
            server_id=server_id(interaction),
            session_id=live.placed.session.id,
            to=to.id,
            by=interaction.user.id,
        )
        await admit_to_console(self._client, live.placed, to)
        await answer(interaction, Message(f"{to.mention} moderates “{live.placed.session.title}” from now on."))

    @app_commands.command(name="edit", description="Change the plan on the day: rename, move or swap a talk")
    @app_commands.describe(
        talk="Which talk",
        title="Its new title",
        start="Its new start at the venue, such as 15:45",
        minutes="Its new length: 5, 1:30",
        swap_with="The talk it changes places with",
        session="Which session",
    )
    async def edit(
        self,
        interaction: Interaction,
        talk: Named,
        title: app_commands.Range[str, 1, 300] | None = None,
        start: app_commands.Range[str, 4, 5] | None = None,
        minutes: app_commands.Range[str, 1, 20] | None = None,
        swap_with: Named | None = None,
        session: Named | None = None,
    ) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        edit = TalkEdit(
            talk_id=talk_key(talk) or 0,
            title=" ".join(title.split()) if title else None,
            starts_at=time_of_day(start, live.placed) if start else None,
            length=duration(minutes) if minutes else None,
            swap_with=talk_key(swap_with),
        )
        client, session_id = self._client, live.placed.session.id
        after = await edit_talk(
            client.db,
            client.clock,
            server_id=server_id(interaction),
            session_id=session_id,
            edit=edit,
            by=interaction.user.id,
        )
        client.store_changed()
        await answer(interaction, edited(after.expected, edit.talk_id, place_of(after)))

    @app_commands.command(name="stage", description="The link to a countdown for the hall's screen, and the lobby's")
    @app_commands.describe(
        session="Which session", all_day="For managers: one link for the room's screen, which goes on with what follows"
    )
    async def stage(self, interaction: Interaction, session: Named | None = None, *, all_day: bool = False) -> None:
        await acknowledge(interaction)
        show = show_room_link if all_day else show_links
        await show(interaction, await session_of(interaction, session))

    @app_commands.command(name="report", description="What happened, as a picture and in words")
    @app_commands.describe(session="Which session; one of an earlier day as well", look="The picture's colours")
    async def report(
        self, interaction: Interaction, session: Named | None = None, look: Literal["dark", "light"] = "dark"
    ) -> None:
        await acknowledge(interaction)
        key = session_key(session)
        if key is None:
            key = (await session_of(interaction, None)).placed.session.id
        await show_report(interaction, key, Look(look))

    @edit.autocomplete("talk")
    @edit.autocomplete("swap_with")
    async def _talks(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await talk_choices(interaction, current)

    @open_.autocomplete("session")
    @edit.autocomplete("session")
    @close.autocomplete("session")
    @console.autocomplete("session")
    @handover.autocomplete("session")
    @stage.autocomplete("session")
    @report.autocomplete("session")
    async def _sessions(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await session_choices(interaction, current)


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(SessionCommands(client))
    register(client, StageLinkButton, RoomLinkButton, LobbyLinkButton, ReportButton)
