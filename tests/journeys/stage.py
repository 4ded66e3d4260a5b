"""A stage for journeys: a loopback Discord, the real bot as a process, people, and a clock that a test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, Self

from sqlmodel import select

from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.loopback import GatewaySettings, Loopback, Person, Reply, Server, TextChannel
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.loopback.world.messages import Message, Upload
from bot.rehearsal.timetable import RehearsalClock
from db.database import Database
from db.tables import Delivery
from tests.journeys.forked_bot import ForkedBot
from tests.journeys.leaks import leaked, metrics_of
from tests.stores import Stores, ask

DAY = "2022-07-21"
SAMPLE = files("bot.rehearsal").joinpath("sample", "icml-2022-deep-learning.txt").read_bytes()
PATIENCE = 20.0
"""Real seconds that a wait may last on a busy machine; none is spent when all is well."""

STARTS = tuple(
    f"{minute // 60}:{minute % 60:02}"
    for minute in (*range(12 * 60 + 30, 13 * 60 + 10, 5), *range(13 * 60 + 25, 14 * 60, 5))
)
"""When the fifteen talks of the session start, as its page prints it, in PDT."""
TITLES = tuple(
    line
    for before, line in zip(SAMPLE.decode().splitlines(), SAMPLE.decode().splitlines()[1:], strict=False)
    if before in ("Spotlight", "Oral")
)


def pdt(time: str) -> datetime:
    """A moment of the session's day, as its page prints it."""
    return datetime.fromisoformat(f"{DAY}T{time.zfill(5)}-07:00")


def hurried_loopback() -> Loopback:
    """A Discord whose limits last a six-hundredth of their time: journeys jump over the hours between."""
    return Loopback(speed=lambda: 600, gateway=GatewaySettings(max_concurrency=16, identify_seconds=0.001))


@dataclass
class Stage:
    """Everything that a journey needs; the clock stands still between its steps."""

    stores: ClassVar[Stores]
    """What makes an empty store at this version's tables, which each journey would spend 0.3 s on to make."""

    folder: Path
    loopback: Loopback = field(default_factory=hurried_loopback)

    def __post_init__(self) -> None:
        self.clock = RehearsalClock(self.folder / "clock.json", pdt("12:10"))
        self.server: Server = self.loopback.add_server("ICML 2022")
        self.general: TextChannel = self.server.add_channel("general")
        self.hall: TextChannel = self.server.add_channel("hall-f")
        self.manager: Person = self.server.add_member("Mona", manages_server=True)
        self.attendee: Person = self.server.add_member("Ada")

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncIterator[Self]:
        """Opened, made ready, and closed in the end."""
        stage = cls(folder)
        await stage.open()
        try:
            await stage.ready()
            yield stage
        finally:
            await stage.close()

    async def ready(self) -> None:
        """Nothing more here; stages of one kind of journey set up what all of those begin with."""

    async def open(self) -> None:
        """Start the loopback and the bot."""
        await self.loopback.start()
        self.bot: BotProcess = ForkedBot(
            self.folder,
            self.loopback.token,
            self.loopback.api_base,
            self.clock.setting,
            log_level="INFO",
            store=self.stores.new(self.folder),
        )
        await self.start_bot()

    async def close(self) -> None:
        """End the bot and the loopback; nothing that operators read held a secret."""
        metrics = await metrics_of(self.bot)
        try:
            await self.bot.kill()
        finally:
            await self.loopback.stop()
        log = self.bot.log_path.read_text(encoding="utf-8", errors="replace") if self.bot.log_path.exists() else ""
        asked = self.stored("SELECT text, asker_id, anonymous FROM questions")
        found = leaked(log + metrics, self.loopback, asked)
        assert not found, found
        self.stores.forget(self.bot.database_url)

    def stored(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the store holds at this moment."""
        return ask(self.bot.database_url, query, *values)

    async def start_bot(self) -> None:
        """Start the bot and wait until it is connected."""
        await self.bot.start()
        await self.loopback.wait_until_ready(within=PATIENCE)

    async def kill_bot(self) -> None:
        """End the bot with SIGKILL."""
        await self.bot.kill()
        await self.loopback.wait_until_gone(within=PATIENCE)

    def talk_key(self, number: int) -> str:
        """A stored talk as a command's option names it, counted from 1 as they were imported."""
        return f"talk#{self._keys('talks')[number - 1]}"

    def session_key(self, number: int) -> str:
        """A stored session as a command's option names it, counted from 1."""
        return f"session#{self._keys('sessions')[number - 1]}"

    def _keys(self, table: str) -> list[int]:
        # PostgreSQL's keys do not begin at 1: an import's preview draws some and gives none back
        return [key for (key,) in self.stored(f"SELECT id FROM {table} ORDER BY id")]  # noqa: S608 - a constant's name

    def at(self, time: str) -> None:
        """Let it be this moment of the session's day, PDT, and stay so."""
        self.clock.run_from(pdt(time), 0)

    async def clock_noticed(self) -> None:
        """Give the bot the real moment that it needs to notice that the clock was moved."""
        await pause(RealMoments(), 3 * self.clock.POLL_SECONDS)

    async def until_logged(self, words: str, times: int = 1) -> str:
        """The bot's log, once it says these words so often."""
        async with asyncio.timeout(PATIENCE):
            while (log := self.bot.log_path.read_text(encoding="utf-8")).count(words) < times:
                await pause(RealMoments(), 0.05)
        return log

    async def use(self, person: Person, command: str, **options: object) -> Reply:
        """Use a slash command in the hall's channel; its final answer."""
        await self.clock_noticed()
        return await (await person.slash(self.hall, command, **options)).final(within=PATIENCE)

    async def press(self, person: Person, message: Message | None, label: str) -> Reply:
        """Press a button; the final answer."""
        await self.clock_noticed()
        assert message is not None
        return await (await person.press(message, label)).final(within=PATIENCE)

    async def refused(self, person: Person, message: Message | None, label: str) -> str:
        """Press a button in vain: what that is answered with, beside the message, which stays."""
        await self.clock_noticed()
        assert message is not None
        reply = await person.press(message, label)
        said = await reply.followed_up(within=PATIENCE)
        assert label in message.labels
        return said.content

    async def set_up(self, content: bytes = SAMPLE, zone: str = "America/New_York") -> None:
        """Choose the hall's channel and import a session, as a manager does."""
        await self.use(self.manager, "setup channel", channel=self.hall)
        preview = await self.preview(content, zone)
        stored = await self.press(self.manager, preview.message, "Import")
        assert stored.content.startswith("Imported into"), stored.content

    async def preview(self, content: bytes = SAMPLE, zone: str = "America/New_York", year: int = 2022) -> Reply:
        """Hand over a file; the bot's answer, which asks before it stores anything."""
        file = Upload("session.txt", content)
        return await self.use(self.manager, "schedule import", file=file, timezone=zone, year=year)

    async def until_posted(self, *words: str, channel: TextChannel | None = None) -> Message:
        """The message in the hall's channel (or another) that holds all these words, once it is there."""
        place = channel or self.hall
        return await place.wait_for(lambda message: all(word in message.content for word in words), within=PATIENCE)

    async def until_reminded(self, title: str) -> Message:
        """The "up next" reminder of a talk, once it is there."""
        return await self.hall.wait_for(
            lambda message: message.content.startswith("Up next") and f"**{title}**" in message.content,
            within=PATIENCE,
        )

    def reminders(self) -> list[Message]:
        """The "up next" reminders in the hall's channel, oldest first."""
        return [message for message in self.hall.messages if message.content.startswith("Up next")]

    def announced(self) -> list[str]:
        """The titles of the reminders in the hall's channel, oldest first."""
        return [message.content.split("**")[1] for message in self.reminders()]

    def boards(self) -> list[Message]:
        """The live boards in the hall's channel."""
        return [message for message in self.hall.messages if message.content.startswith("**Now and next**")]

    async def rows(self) -> list[Delivery]:
        """The outbox as it is stored at this moment."""
        db = Database(self.bot.database_url)
        try:
            async with db.reading() as session:
                return list(await session.exec(select(Delivery)))
        finally:
            await db.close()

    async def deliveries(self) -> list[Delivery]:
        """The outbox as it is stored, once nothing is on its way any more."""
        db = Database(self.bot.database_url)
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    async with db.reading() as session:
                        rows = list(await session.exec(select(Delivery)))
                    if not any(row.state in ("claimed", "sending", "doubtful") for row in rows):
                        return rows
                    await pause(RealMoments(), 0.02)
        finally:
            await db.close()

    async def states(self, kinds: Iterable[str] = ("up_next",)) -> list[str]:
        """The states of the deliveries of these kinds, in order of due time."""
        rows = sorted(await self.deliveries(), key=lambda row: row.due_at)
        return [row.state for row in rows if row.kind in kinds]
