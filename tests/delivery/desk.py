"""Drives a sender by hand: rounds, requests and the clock, one step after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.delivery.sender import Sender
from bot.delivery.shards import Shards
from db.database import Database
from tests.clocks import SteppedClock
from tests.delivery.fakes import FakeAlarm, FakeChannels

ROUNDS = 60
"""More rounds than any step of a test takes: a sender that is still busy then goes round without end."""


@dataclass
class Desk:
    """One sender with its alarm and channels. `restart` gives the same store and channels a new one."""

    db: Database
    clock: SteppedClock
    channels: FakeChannels
    shards: Shards = field(default_factory=Shards)
    alarm: FakeAlarm = field(default_factory=FakeAlarm)

    def __post_init__(self) -> None:
        self.sender = Sender(self.db, self.clock, self.alarm, self.channels, self.shards)

    async def restart(self) -> None:
        """Begin as a process does after another was killed; nothing of the old one goes on."""
        self.alarm = FakeAlarm()
        await self.db.close()
        self.db = Database(self.db.url)
        self.sender = Sender(self.db, self.clock, self.alarm, self.channels, self.shards)
        await self.sender.take_over()

    async def settle(self) -> None:
        """Rounds until nothing wakes the sender any more."""
        for _ in range(ROUNDS):
            self.sender._edits.clear()
            self.sender._wake.clear()
            await self.sender.round()
            await self.sender.requests_answered()
            if not self.sender._edits.is_set() and not self.sender._wake.is_set():
                return
        raise AssertionError("the sender goes round without end")

    async def until(self, virtual: datetime) -> None:
        """Let time pass, with a round whenever the alarm rings and once at the end."""
        rings_in_place = 0
        await self.settle()
        while (end := self.clock.real_at(virtual)) is not None and end > self.clock.real():
            armed = self.alarm.armed
            if armed is None or armed > end:
                self.clock.advance_to_real(end)
            elif armed > self.clock.real():
                self.clock.advance_to_real(armed)
                rings_in_place = 0
            else:
                rings_in_place += 1
                assert rings_in_place < ROUNDS, f"the alarm rings without end at {armed}"
            await self.settle()
