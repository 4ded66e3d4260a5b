"""The console's buttons, and those under the answers to taps. Each carries what was true for whoever presses it."""

from __future__ import annotations

from datetime import timedelta

from bot.client import ChairsideClient
from bot.errors import CommandError
from bot.messages.console import CLOCK, CONFIRM, CONSOLE, UNDO
from bot.rules.run import TimingKind
from bot.rules.taps import Tap
from bot.services.hints import with_hint
from bot.services.timekeeping import Live, live_session, redraw_console
from cogs.answers import Interaction, acknowledge, answer, server_id
from cogs.buttons import PersistentButton, register
from cogs.permissions import moderator_check
from cogs.timer import do, preview, status_of

ONE_MINUTE = timedelta(minutes=1)
KINDS = {
    "start": TimingKind.START,
    "next": TimingKind.START,
    "end": TimingKind.END,
    "extend": TimingKind.EXTEND,
    "pause": TimingKind.PAUSE,
    "resume": TimingKind.RESUME,
    "skip": TimingKind.SKIP,
    "undo": TimingKind.UNDO,
    "still": TimingKind.OPEN,
    "open": TimingKind.OPEN,
}


async def _live(interaction: Interaction, session_id: str) -> Live:
    """The session that a button is about, if this person may run it."""
    client = interaction.client
    live = await live_session(client.db, client.clock, server_id=server_id(interaction), session_id=int(session_id))
    moderator_check(interaction)(live.placed)
    return live


class ConsoleButton(PersistentButton, template=CONSOLE):
    """On the console: one step of the clock; a press that came too late changes nothing and is told why."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        session, action = self.match["session"], self.match["action"]
        if action == "rebalance":
            await answer(interaction, await preview(interaction, await _live(interaction, session)))
            return
        try:
            did = await do(interaction, int(session), self._tap(interaction), is_next=action == "next")
        except CommandError:
            await redraw_late(interaction, int(session))
            raise
        await answer(interaction, did)

    def _tap(self, interaction: Interaction) -> Tap:
        action, talk = self.match["action"], int(self.match["talk"])
        return Tap(
            kind=KINDS[action],
            by=interaction.user.id,
            leaves=talk if talk and action not in ("skip", "undo", "open") else None,
            amount=ONE_MINUTE if action == "extend" else timedelta(0),
            undoes=int(self.match["event"]) if action == "undo" else None,
        )


async def redraw_late(interaction: Interaction, session_id: int) -> None:
    """The console that was pressed too late shows what is true now."""
    client = interaction.client
    await redraw_console(client.db, client.clock, server_id=server_id(interaction), session_id=session_id)
    client.store_changed()


class ConfirmButton(PersistentButton, template=CONFIRM):
    """Under a question: do it."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        talk = int(self.match["talk"])
        tap = Tap(
            kind=TimingKind.REBALANCE if self.match["action"] == "rebalance" else TimingKind.EXTEND,
            by=interaction.user.id,
            leaves=talk or None,
            amount=timedelta(seconds=int(self.match["seconds"])),
            confirmed=True,
        )
        await answer(interaction, await do(interaction, int(self.match["session"]), tap))


class UndoButton(PersistentButton, template=UNDO):
    """Under the answer to a tap: take that tap back."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        tap = Tap(TimingKind.UNDO, interaction.user.id, undoes=int(self.match["event"]))
        await answer(interaction, await do(interaction, int(self.match["session"]), tap))


class ClockButton(PersistentButton, template=CLOCK):
    """Under a time signal: how the clock stands."""

    async def pressed(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        live = await _live(interaction, self.match["session"])
        await answer(interaction, status_of(await with_hint(interaction.client.db, live)))


async def setup(client: ChairsideClient) -> None:
    register(client, ConsoleButton, ConfirmButton, UndoButton, ClockButton)
