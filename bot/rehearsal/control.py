"""What may be changed while a rehearsal plays: its clock, who of the cast acts, faults, the bot's restart, its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum

from bot.errors import CommandError
from bot.rehearsal.asking import Heard
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.cast import Cast, Hall
from bot.rehearsal.loopback.hub import GatewayChanged
from bot.rehearsal.loopback.loopback import Loopback
from bot.rehearsal.loopback.people.person import Person
from bot.rehearsal.loopback.people.reply import Reply
from bot.rehearsal.pace import Pace
from bot.rehearsal.restarts import Restarts
from bot.rehearsal.timetable import RehearsalClock
from bot.rehearsal.troubles import Troubles

RESTARTED = "the bot is killed, as by a power cut, and started again"


class Part(StrEnum):
    """Whom the cast plays; its manager only sets up."""

    MODERATOR = "moderator"
    ATTENDEES = "attendees"


PLAYED = {
    Cast.LIVELY: frozenset(Part),
    Cast.PUNCTUAL: frozenset({Part.ATTENDEES}),
    Cast.NOBODY: frozenset[Part](),
}
"""Whom the cast plays at first."""


class BotIs(StrEnum):
    """Where the bot is."""

    STARTING = "starting"
    ONLINE = "online"
    GONE = "gone"
    RESTARTING = "restarting"


class Control:
    """One rehearsal's. What it refuses it refuses with a CommandError.

    Attributes:
        pace, troubles, restarts: of the clock, of Discord, of the bot.
        heard: what people are told of their questions.
        is_open: whether anything may be changed: it is set up and not over.
        took_part: whether somebody has changed more than the clock.
        finished: set once it is over, or somebody ends it.
        on_change, on_note: called back when anything here changes, and with what is worth telling of it.
    """

    def __init__(self, clock: RehearsalClock, loopback: Loopback, hall: Hall) -> None:
        self._loopback = loopback
        self._hall = hall
        self._cast: Cast | None = None
        self.is_open = self._was_online = False
        self._played: set[Part] = set()
        self._taken: set[int] = set()
        self._noting: set[asyncio.Task[None]] = set()
        self.on_change: list[Callable[[], None]] = []
        self.on_note: list[Callable[[str], None]] = []
        self.pace = Pace(clock)
        self.troubles = Troubles(loopback.faults, clock)
        self.restarts = Restarts(loopback, lambda: self.troubles.any, self._bot_changed)
        self.heard = Heard()
        self.took_part = False
        self.finished = asyncio.Event()

    @property
    def bot_is(self) -> BotIs:
        if self.restarts.under_way:
            return BotIs.RESTARTING
        if self._loopback.ready_shards:
            return BotIs.ONLINE
        return BotIs.GONE if self._was_online else BotIs.STARTING

    def plays(self, part: Part | None) -> bool:
        """Whether the cast plays them."""
        return part in self._played

    def may_act(self, people: tuple[int, ...]) -> bool:
        """Whether all of these act for the cast now: nobody else is them, and their part is played."""
        return not self._taken.intersection(people) and all(self.plays(self._part_of(person)) for person in people)

    # What the rehearsal tells.

    def open(self, cast: Cast, speed: float) -> None:
        """Everything is set up: time runs, and people may take part."""
        self._cast, self._played, self.is_open = cast, set(PLAYED[cast]), True
        self.pace.begin(speed)
        self._changed()

    def close(self) -> None:
        """It is over: nothing may be changed any more, and Discord's faults end."""
        self.is_open = False
        self.troubles.set_down(down=False)
        self.troubles.set_slow(slow=False)
        self.finished.set()
        self._bot_changed()

    async def run(self, bot: BotProcess) -> None:
        """Watch the bot and restart it when asked, until cancelled.

        Raises:
            BotEndedError: it did not come back.
        """
        watching = asyncio.create_task(self._watch(), name="control")
        try:
            await self.restarts.run(bot)
        finally:
            running = (watching, *self._noting)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def restart_for_cast(self) -> None:
        """The power cut that a lively session has, unless there is trouble enough, or nobody acts."""
        if self.troubles.is_down or self.restarts.under_way or not self._played:
            return
        self.restarts.ask()
        self.note(RESTARTED)
        await self.restarts.over()

    # What those who look on may do.

    def require_open(self) -> None:
        """Refuse what comes too early or too late.

        Raises:
            CommandError: the set-up is under way, or it is over.
        """
        if self.finished.is_set():
            raise CommandError("the rehearsal is over", do="Start it anew with chairside rehearse")
        if not self.is_open:
            raise CommandError("the rehearsal is being set up", do="Wait a moment")

    def take_over(self, person: Person) -> None:
        """Somebody acts as this person, who no longer acts for the cast."""
        self._take_part()
        part = self._part_of(person.id)
        if part is Part.MODERATOR and part in self._played:
            self._played.remove(part)
            self.note(f"somebody at the page is {person.name} now, whom the cast no longer plays")
        elif part is Part.ATTENDEES and person.id not in self._taken:
            self._taken.add(person.id)
            self.note(f"somebody at the page is {person.name} now")
        self._changed()

    def note_question(self, reply: Reply) -> None:
        """Count what somebody who asked is told."""
        task = asyncio.create_task(self.heard.note(reply), name="heard")
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    def switch(self, part: Part, *, on: bool) -> None:
        """Let the cast play somebody, all of them again, or not any more."""
        self.require_open()
        if on and part is Part.MODERATOR and self._cast is Cast.PUNCTUAL:
            do = "Be the moderator yourself, or rehearse with --cast lively"
            raise CommandError("the punctual cast has no moderator: its clock goes by the plan", do=do)
        self._take_part()
        (self._played.add if on else self._played.discard)(part)
        self._taken = {person for person in self._taken if self._part_of(person) is not part or not on}
        self.note(f"the cast {'plays' if on else 'no longer plays'} the {part}{' again' if on else ''}")
        self._changed()

    def set_down(self, *, down: bool) -> None:
        """Let Discord be down, or up again."""
        self._change_discord("Discord is down" if down else "Discord is up again")
        self.troubles.set_down(down=down)
        self._bot_changed()

    def set_slow(self, *, slow: bool) -> None:
        """Let Discord answer slowly, or at once again."""
        self._change_discord("Discord answers slowly" if slow else "Discord answers at once again")
        self.troubles.set_slow(slow=slow)
        self._bot_changed()

    def restart(self) -> None:
        """Kill the bot and start it again."""
        self.require_open()
        self.restarts.ask()
        self._take_part()
        self.note(RESTARTED)

    def finish(self) -> None:
        """End the rehearsal now."""
        self.require_open()
        self.took_part = True
        self.note("somebody ends the rehearsal")
        self.close()

    def clock_changed(self) -> None:
        """Tell that the pace or what is next is another."""
        self._changed()

    def _change_discord(self, what: str) -> None:
        self.require_open()
        self._take_part()
        self.note(what)

    def _take_part(self) -> None:
        if not self.took_part:
            self.took_part = True
            self.note("somebody at the page takes part: it goes on until it is ended there, or with Ctrl+C")

    def _part_of(self, person: int) -> Part | None:
        if person == self._hall.moderator.id:
            return Part.MODERATOR
        return Part.ATTENDEES if any(person == one.id for one in self._hall.audience) else None

    async def _watch(self) -> None:
        with self._loopback.subscribe() as events:
            async for event in events:
                if isinstance(event, GatewayChanged):
                    self._was_online = self._was_online or event.ready > 0
                    self._bot_changed()

    def _bot_changed(self) -> None:
        """Go slowly while the bot or Discord is away, and note for how long."""
        is_amiss = self.troubles.any or self.bot_is in (BotIs.GONE, BotIs.RESTARTING)
        self.troubles.note(self.pace.running, is_amiss=is_amiss)
        self.pace.trouble(is_there=is_amiss)
        self._changed()

    def note(self, text: str) -> None:
        """Tell something that is no message."""
        for callback in self.on_note:
            callback(text)

    def _changed(self) -> None:
        for callback in self.on_change:
            callback()
