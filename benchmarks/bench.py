"""A loopback Discord with one server, and the real bot as a process whose store was filled before its start."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import col, select

from bot.clock import AnchoredClock, real_now
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.loopback import (
    GatewaySettings,
    Loopback,
    LoopbackTimeoutError,
    Person,
    RealMoments,
    Server,
    TextChannel,
)
from bot.rehearsal.loopback.moments import pause
from bot.schedules.schedule import Schedule
from bot.services.importing import import_schedule
from bot.services.servers import set_channel, set_leads
from bot.services.sources import ImportRequest
from db.database import NOBODY, Database
from db.tables import Delivery, RoomChannel

READY_SECONDS = 30.0
THIS_MACHINES_CLOCK = ""
NO_WAIT_TO_IDENTIFY = GatewaySettings(max_concurrency=16, identify_seconds=0.001)


@dataclass
class Bench:
    """One server with a channel for each room; the clock is this machine's own, at its own speed."""

    folder: Path
    rooms: int
    loopback: Loopback = field(default_factory=lambda: Loopback(gateway=NO_WAIT_TO_IDENTIFY))

    def __post_init__(self) -> None:
        self.server: Server = self.loopback.add_server("Made-up conference")
        self.channels: list[TextChannel] = [self.server.add_channel(f"room-{n + 1}") for n in range(self.rooms)]
        self.attendee: Person = self.server.add_member("Ada")

    @property
    def bot(self) -> BotProcess:
        """The bot's process; asked for once the loopback listens."""
        return BotProcess(self.folder, self.loopback.token, self.loopback.api_base, THIS_MACHINES_CLOCK)

    async def set_up(self, lead_minutes: int) -> None:
        """Make the store and give each room its channel, before the bot starts."""
        async with self.store() as db:
            await db.open()
            server_id = self.server.id
            await set_channel(db, AnchoredClock(), server_id=server_id, channel_id=self.channels[0].id)
            await set_leads(db, AnchoredClock(), server_id=server_id, minutes=[lead_minutes])
            async with db.transaction(NOBODY) as session:
                for number, channel in enumerate(self.channels, start=1):
                    session.add(RoomChannel(server_id=server_id, room=f"room {number}", channel_id=channel.id))

    async def fill(self, schedule: Schedule) -> None:
        """Import a programme before the bot starts."""
        async with self.store() as db:
            await import_schedule(db, AnchoredClock(), ImportRequest(self.server.id, schedule))

    async def deliveries(self, kind: str, since: datetime) -> list[Delivery]:
        """The outbox's rows of a kind that fell due since a moment and were not given up, in order of due time."""
        query = (
            select(Delivery)
            .where(Delivery.kind == kind, Delivery.due_at >= since, col(Delivery.state) != "withdrawn")
            .order_by(col(Delivery.due_at))
        )
        async with self.store() as db, db.reading() as session:
            return list(await session.exec(query))

    def arrivals(self) -> dict[int, datetime]:
        """When each message in a channel was asked for: the moment its request reached the loopback."""
        found: dict[int, datetime] = {}
        for channel in self.channels:
            served = self.loopback.requests.matching(f"^POST /channels/{channel.id}/messages$")
            moments = sorted(request.at for request in served if request.status == 200)
            found |= dict(zip((message.id for message in channel.messages), moments, strict=True))
        return found

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Database]:
        """The bot's store, opened beside it."""
        db = Database(self.bot.database_url)
        try:
            yield db
        finally:
            await db.close()

    @asynccontextmanager
    async def running(self, *, until: datetime) -> AsyncIterator[BotProcess]:
        """The bot, connected well before a moment; it is ended by its own handle.

        Raises:
            LateStartError: it was not.
        """
        bot = self.bot
        await bot.start()
        try:
            try:
                await self.loopback.wait_until_ready(within=(until - real_now()).total_seconds())
            except LoopbackTimeoutError as error:
                raise LateStartError(f"the bot was not connected in time. Its log ends: {bot.log_tail()}") from error
            yield bot
        finally:
            await bot.stop()


class LateStartError(Exception):
    """What was to be measured fell due before the bot was connected: it does not start, or the machine is too busy."""


@asynccontextmanager
async def bench(rooms: int, *, lead_minutes: int = 5, kind: type[Bench] = Bench) -> AsyncIterator[Bench]:
    """A bench in a folder of its own, with its rooms set up."""
    with TemporaryDirectory(prefix="chairside-bench-") as folder:
        made = kind(Path(folder), rooms)
        async with made.loopback:
            await made.set_up(lead_minutes)
            yield made


async def wait(seconds: float) -> None:
    """Let real time pass."""
    await pause(RealMoments(), max(0.0, seconds))


async def wait_until(moment: datetime) -> None:
    """Let real time pass until a moment."""
    await wait((moment - real_now()).total_seconds())


def milliseconds(late: Sequence[tuple[datetime, datetime]]) -> list[float]:
    """How long after the first each second moment came."""
    return [(came - due).total_seconds() * 1000 for due, came in late]
