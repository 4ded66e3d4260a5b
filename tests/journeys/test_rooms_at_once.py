"""The 24 rooms of FOSDEM 2013 at 600x: every reminder in its own room's channel, once, nothing crossed."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback import TextChannel
from bot.rehearsal.loopback.world.messages import Message, Upload
from bot.rules.reminders import Kind
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions
from tests.journeys.stage import PATIENCE, Stage
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared

SPEED = 600
ZONE = "Europe/Brussels"
FIRST_DAY = datetime.fromisoformat("2013-02-02T10:20+01:00")


@dataclass
class Rooms(Stage):
    """FOSDEM's server: a channel a room, and a clock that runs fast."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.content = (SHARED / "fosdem-2013.xml").read_bytes()
        self.channels: dict[str, TextChannel] = {}

    async def ready(self) -> None:
        """The programme imported, each room with its channel, and the board of all rooms."""
        self.clock.run_from(FIRST_DAY - timedelta(hours=2), 0)
        await self.clock_noticed()
        preview = await self.use(self.manager, "schedule import", file=Upload("f.xml", self.content), timezone=ZONE)
        await self.press(self.manager, preview.message, "Import")
        for room in sorted({room for room, _ in self.talks()}):
            channel = self.server.add_channel("".join(letter for letter in room.casefold() if letter.isalnum()))
            self.channels[room] = channel
            reply = await self.manager.slash(self.hall, "setup channel", channel=channel, room=room)
            await reply.final(within=PATIENCE)
        await self.use(self.manager, "setup board", channel=self.general)

    def talks(self) -> list[tuple[str, datetime]]:
        """The room and start of each talk of the file that takes place."""
        schedule = read_schedule(self.content, ReadingOptions(today=FIRST_DAY, timezone=ZONE))
        found = [(session.room or "", talk) for session in schedule.sessions for talk in session.talks]
        self.titles: dict[str, set[str]] = defaultdict(set)
        for room, talk in found:
            self.titles[room].add(talk.title)
        return [(room, talk.starts_at) for room, talk in found if not talk.cancelled]

    def slots(self, until: datetime) -> dict[str, int]:
        """How many moments at which talks begin each room has from the first day's start until then."""
        moments: dict[str, set[datetime]] = defaultdict(set)
        for room, starts_at in self.talks():
            if FIRST_DAY < starts_at <= until:
                moments[room].add(starts_at)
        return {room: len(starts) for room, starts in moments.items()}

    async def play(self, start: datetime, until: datetime) -> None:
        """Run from one moment to another, and wait for every room's last reminder; then the clock stands still."""
        self.clock.run_from(start, SPEED)
        seconds = (until - start).total_seconds() / SPEED + PATIENCE
        for room, number in self.slots(until).items():
            await self.channels[room].wait_for(self.is_number(room, number), within=seconds)
        self.clock.run_from(until, 0)

    def is_number(self, room: str, number: int) -> Callable[[Message], bool]:
        return lambda _message: len(self.reminders_in(room)) >= number

    def reminders_in(self, room: str) -> list[Message]:
        return [message for message in self.channels[room].messages if message.content.startswith("Up next")]

    async def latenesses(self) -> list[float]:
        """How late each reminder was, in real milliseconds, the least first."""
        rows = await self.rows()
        return sorted(row.lateness_ms or 0.0 for row in rows if row.kind == Kind.UP_NEXT and row.state == "sent")


@pytest_asyncio.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    async with Rooms.running(tmp_path) as stage:
        yield stage


async def check(rooms: Rooms, until: datetime, report: Callable[[str], object]) -> None:
    for room, number in rooms.slots(until).items():
        reminders = rooms.reminders_in(room)
        assert (room, len(reminders)) == (room, number)
        for message in reminders:
            assert room in message.content
            assert any(title[:60] in message.content.replace("\\", "") for title in rooms.titles[room])
    assert [row.reason for row in await rooms.rows() if row.state in ("failed", "blocked", "doubtful")] == []
    boards = [m for m in rooms.general.messages if m.content.startswith("**Now in every room**")]
    assert len(boards) == 1 + (until - FIRST_DAY > timedelta(days=1))
    late = await rooms.latenesses()
    p50, p99 = late[len(late) // 2], late[int(len(late) * 0.99)]
    report(f"{len(late)} reminders in {len(rooms.channels)} rooms at {SPEED}x: late p50 {p50:.0f} ms, p99 {p99:.0f} ms")


@pytest.mark.slow
async def test_first_hour_of_all_rooms(rooms: Rooms) -> None:
    until = FIRST_DAY + timedelta(hours=1)
    await rooms.play(FIRST_DAY, until)
    await check(rooms, until, sys.stdout.write)


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_both_days_of_all_rooms(rooms: Rooms, capsys: pytest.CaptureFixture[str]) -> None:
    def report(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}\n")

    second_day, until = FIRST_DAY + timedelta(hours=22, minutes=30), FIRST_DAY + timedelta(days=1, hours=7)
    await rooms.play(FIRST_DAY, FIRST_DAY + timedelta(hours=9))
    await rooms.play(second_day, until)
    await check(rooms, until, report)
