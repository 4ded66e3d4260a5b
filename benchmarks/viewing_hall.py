"""A rehearsal at the pace of real time, with a store that was filled before its start, and those who look on."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.bench import NO_WAIT_TO_IDENTIFY, Bench
from bot.clock import real_now
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.cast import Cast, Handout
from bot.rehearsal.page import Page
from bot.rehearsal.rehearsal import Rehearsal
from bot.schedules.schedule import Schedule

NOTHING_TO_IMPORT = Handout("none.csv", b"", "Made-up conference", None, None)
UNTIL_ALL_LOOK = 30.0


class Told(NamedTuple):
    """Which of those who look on was told of what, and when."""

    who: int
    at: float
    name: str
    about: int | str


@dataclass
class Hall(Bench):
    """A bench whose Discord, clock, page and stage view are a rehearsal's; its virtual time is this machine's."""

    schedule: Schedule = field(kw_only=True)

    def __post_init__(self) -> None:
        self.rehearsal = Rehearsal(self.schedule, NOTHING_TO_IMPORT, self.folder, NO_WAIT_TO_IDENTIFY)
        self.loopback, hall = self.rehearsal.loopback, self.rehearsal.hall
        self.server = hall.server
        self.channels = [hall.channels.get(f"Room {number + 1}", hall.channel) for number in range(self.rooms)]

    @property
    def bot(self) -> BotProcess:
        return self.rehearsal.bot

    @asynccontextmanager
    async def playing(self, *, until: datetime) -> AsyncIterator[Page]:
        """The bot connected well before a moment, the clock running, the page open; nobody of the cast acts."""
        async with self.running(until=until), Page(self.rehearsal, port=0) as page:
            control = self.rehearsal.control
            watching = asyncio.create_task(control.run(self.bot))
            control.open(Cast.NOBODY, 1)
            control.pace.go_to(real_now())
            control.clock_changed()
            try:
                yield page
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)

    def windows(self, page: Page, number: int) -> list[str]:
        """The events of so many windows: whoever only watches, the organiser, the moderator, attendees, and again."""
        hall = self.rehearsal.hall
        people = ["", *(str(person.id) for person in (hall.manager, hall.moderator, *hall.attendees))]
        return [f"{page.url}events?as={people[n % len(people)]}" for n in range(number)]


@asynccontextmanager
async def hall(rooms: int, schedule: Schedule) -> AsyncIterator[Hall]:
    """A hall in a folder of its own, set up and filled."""
    with TemporaryDirectory(prefix="chairside-bench-") as folder:
        made = Hall(Path(folder), rooms, schedule=schedule)
        async with made.rehearsal:
            await made.set_up(lead_minutes=5)
            await made.fill(schedule)
            yield made


@asynccontextmanager
async def looking_on(streams: Sequence[str]) -> AsyncIterator[list[Told]]:
    """Browsers that all show something already; at the end, what each was told is in the list."""
    told: list[Told] = []
    words = (sys.executable, "-m", "benchmarks.viewing_probe")
    probe = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE)
    try:
        async with asyncio.timeout(UNTIL_ALL_LOOK):
            assert probe.stdin is not None
            assert probe.stdout is not None
            probe.stdin.write("".join(f"{line}\n" for line in (*streams, "")).encode())
            while await probe.stdout.readline() != b"all look\n":
                pass
        yield told
        output, _ = await probe.communicate(b"")
        told += [Told(*json.loads(line)) for line in output.splitlines()]
    finally:
        if probe.returncode is None:
            probe.kill()
        await probe.wait()
