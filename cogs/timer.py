"""For moderators: /timer. Each command is one tap on the session's clock, answered with what it did."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import ChairsideClient
from bot.messages.console import confirm_extension, rebalance_preview, status, tapped
from bot.messages.message import Message
from bot.rules.console import console_facts
from bot.rules.reminders import Place
from bot.rules.run import NOTHING, TimingKind
from bot.rules.taps import Tap, talk_on_stage
from bot.services.hints import hint_for, with_hint
from bot.services.programme import PlacedSession
from bot.services.timekeeping import Live, preview_rebalance, tap_clock
from cogs.answers import Interaction, acknowledge, answer, server_id
from cogs.durations import duration
from cogs.permissions import moderator_check
from cogs.sessions import session_choices, session_of, talk_choices, talk_key

Session = app_commands.Range[str, 1, 100]
Ago = app_commands.Range[str, 1, 20]


class TimerCommands(commands.GroupCog, name="timer", description="The clock of this channel's session"):
    """One step of the clock each; the session need not be named in its own channel."""

    @app_commands.command(name="start", description="Put a talk on stage: the next one, or the one you name")
    @app_commands.describe(
        talk="Another talk than the next", ago="How long ago it began: 2, 1:30", session="Which session"
    )
    async def start(
        self,
        interaction: Interaction,
        talk: Session | None = None,
        ago: Ago | None = None,
        session: Session | None = None,
    ) -> None:
        await self._tap(interaction, session, TimingKind.START, talk=talk, ago=ago)

    @app_commands.command(name="next", description="End the talk on stage and start the following one")
    @app_commands.describe(ago="How long ago: 2, 1:30", session="Which session")
    async def next_(self, interaction: Interaction, ago: Ago | None = None, session: Session | None = None) -> None:
        await self._tap(interaction, session, TimingKind.START, ago=ago, is_next=True)

    @app_commands.command(name="end", description="End the talk on stage and start nothing yet")
    @app_commands.describe(ago="How long ago: 2, 1:30", session="Which session")
    async def end(self, interaction: Interaction, ago: Ago | None = None, session: Session | None = None) -> None:
        await self._tap(interaction, session, TimingKind.END, ago=ago)

    @app_commands.command(name="pause", description="Stop the clock of the talk on stage")
    @app_commands.describe(session="Which session")
    async def pause(self, interaction: Interaction, session: Session | None = None) -> None:
        await self._tap(interaction, session, TimingKind.PAUSE)

    @app_commands.command(name="resume", description="Let the clock go on")
    @app_commands.describe(session="Which session")
    async def resume(self, interaction: Interaction, session: Session | None = None) -> None:
        await self._tap(interaction, session, TimingKind.RESUME)

    @app_commands.command(name="skip", description="A talk does not take place: the next one, or the one you name")
    @app_commands.describe(talk="Another talk than the next", session="Which session")
    async def skip(self, interaction: Interaction, talk: Session | None = None, session: Session | None = None) -> None:
        await self._tap(interaction, session, TimingKind.SKIP, talk=talk)

    @app_commands.command(name="undo", description="Take back the last step")
    @app_commands.describe(session="Which session")
    async def undo(self, interaction: Interaction, session: Session | None = None) -> None:
        await self._tap(interaction, session, TimingKind.UNDO)

    @app_commands.command(name="extend", description="Give the talk on stage more time, or less")
    @app_commands.describe(minutes="Minutes, or 1:30, 90s, 2m30s; with a minus to take away", session="Which session")
    async def extend(self, interaction: Interaction, minutes: Ago, session: Session | None = None) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        amount = duration(minutes)
        current = talk_on_stage(live.expected)
        left = current.time_left if current else None
        if current is not None and left is not None and amount < NOTHING <= left < -amount:
            question = f"That leaves less than nothing of “{current.talk.title}”. Really?"
            seconds = int(amount.total_seconds())
            await answer(interaction, confirm_extension(question, live.placed.session.id, current.talk.id, seconds))
            return
        tap = Tap(TimingKind.EXTEND, interaction.user.id, amount=amount)
        await answer(interaction, await do(interaction, live.placed.session.id, tap))

    @app_commands.command(name="rebalance", description="Shorten what remains so that the session ends in time")
    @app_commands.describe(session="Which session")
    async def rebalance(self, interaction: Interaction, session: Session | None = None) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        await answer(interaction, await preview(interaction, live))

    @app_commands.command(name="status", description="How the clock stands")
    @app_commands.describe(session="Which session")
    async def status(self, interaction: Interaction, session: Session | None = None) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        await answer(interaction, status_of(await with_hint(interaction.client.db, live)))

    async def _tap(
        self,
        interaction: Interaction,
        session: str | None,
        kind: TimingKind,
        *,
        talk: str | None = None,
        ago: str | None = None,
        is_next: bool = False,
    ) -> None:
        await acknowledge(interaction)
        live = await session_of(interaction, session)
        tap = Tap(kind, interaction.user.id, talk_key(talk), ago=duration(ago) if ago else NOTHING)
        await answer(interaction, await do(interaction, live.placed.session.id, tap, is_next=is_next))

    @start.autocomplete("session")
    @next_.autocomplete("session")
    @end.autocomplete("session")
    @pause.autocomplete("session")
    @resume.autocomplete("session")
    @skip.autocomplete("session")
    @undo.autocomplete("session")
    @extend.autocomplete("session")
    @rebalance.autocomplete("session")
    @status.autocomplete("session")
    async def _sessions(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await session_choices(interaction, current)

    @start.autocomplete("talk")
    @skip.autocomplete("talk")
    async def _talks(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await talk_choices(interaction, current)


async def do(interaction: Interaction, session_id: int, tap: Tap, *, is_next: bool = False) -> Message:
    """One step of the clock by somebody who may take it, and what it is answered with."""
    client = interaction.client
    done = await tap_clock(
        client.db,
        client.clock,
        server_id=server_id(interaction),
        session_id=session_id,
        tap=tap,
        check=moderator_check(interaction),
        is_next=is_next,
    )
    client.store_changed()
    return tapped(done.event, done.after.expected, place_of(done.after))


async def preview(interaction: Interaction, live: Live) -> Message:
    """What a rebalance would do."""
    client, session_id = interaction.client, live.placed.session.id
    plan = await preview_rebalance(client.db, client.clock, server_id=server_id(interaction), session_id=session_id)
    if not plan.lengths:
        over = "It stays over: no talk goes below 1:00." if plan.stays_over else "It is expected to end in time."
        return Message(f"There is nothing to shorten. {over}")
    return rebalance_preview(live.expected, list(plan.lengths), plan.saved, plan.stays_over)


def status_of(live: Live) -> Message:
    """How a session's clock stands."""
    placed, now = live.placed, live.now
    facts = console_facts(live.expected, placed.run, now, hint=hint_for(placed, now))
    return status(live.expected, facts, place_of(placed))


def place_of(placed: PlacedSession) -> Place:
    """The zones that a session's times are shown in."""
    return placed.place or Place(0, 0, placed.timezone, placed.page_timezone)


async def setup(client: ChairsideClient) -> None:
    await client.add_cog(TimerCommands())
