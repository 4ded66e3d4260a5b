"""A stage with many rooms that are all played at once for days, and a bot in an interpreter of its own."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import ClassVar

import pytz
from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.loopback import Loopback
from bot.rehearsal.loopback.hub import Event, MessageCreated, Subscription
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.loopback.world.messages import Upload
from bot.rules.outbox import State
from db.database import Database
from db.tables import Delivery
from tests.journeys.run_stage import RunStage
from tests.journeys.stage import PATIENCE
from tests.soak.cast import Room
from tests.soak.programme import ZONE, conference, csv_of, local, room_name

ATTENDEES = 5
"""In each room."""
LATE = timedelta(seconds=0.4)
"""Real time by which nothing should be late; the clock runs half as fast until nothing is."""
LOOK_SECONDS, SLOWEST = 0.2, 20.0


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass
class WatchedProcess(BotProcess):
    """The bot as operators start it, with METRICS_PORT."""

    port: int = 0

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"METRICS_PORT": str(self.port)}


class Posts(Subscription):
    """How often each delivery's message was posted, whatever became of it."""

    def __init__(self, loopback: Loopback) -> None:
        super().__init__(loopback.world.hub)
        loopback.world.hub._subscriptions.append(self)
        self.times: dict[str, int] = {}

    def put(self, event: Event) -> None:
        if isinstance(event, MessageCreated) and (nonce := event.message.nonce):
            self.times[nonce] = self.times.get(nonce, 0) + 1


@dataclass
class Conference(RunStage):
    """So many days in so many rooms; the clock stands at seven on the first morning, then runs as it is told."""

    days: int = 1
    rooms: int = 1
    zone: ClassVar[tzinfo] = pytz.timezone(ZONE)

    def __post_init__(self) -> None:
        super().__post_init__()
        # limits go by the clock, as in a rehearsal
        self.schedule = conference(self.days, self.rooms)
        self.posts = Posts(self.loopback)
        self.clock.run_from(local(0, 7), 0)
        self.halls = [
            Room(
                number,
                self.server.add_channel(f"room-{number + 1}"),
                self.backstage,
                self.server.add_member(f"Chair {number + 1}", roles=[self.role]),
                [self.server.add_member(f"Attendee {number + 1}.{n + 1}") for n in range(ATTENDEES)],
                self.clock,
            )
            for number in range(self.rooms)
        ]

    async def start_bot(self) -> None:
        told = self.folder, self.loopback.token, self.loopback.api_base, self.clock.setting
        self.bot = WatchedProcess(*told, log_level="INFO", store=self.bot.database_url, port=free_port())
        await super().start_bot()

    async def ready(self) -> None:
        """Set up and imported, each room with its channel."""
        self.db = Database(self.bot.database_url)
        await self.use(self.manager, "setup moderators", channel=self.backstage, role=self.role)
        await self.use(self.manager, "setup channel", channel=self.hall)
        for room in self.halls:
            await self.use(self.manager, "setup channel", channel=room.channel, room=room_name(room.number))
        await self.use(self.manager, "setup board", channel=self.general)
        file = Upload("conference.csv", csv_of(self.schedule))
        preview = await self.use(self.manager, "schedule import", file=file, timezone=ZONE)
        stored = await self.press(self.manager, preview.message, "Import")
        assert stored.content.startswith("Imported into"), stored.content

    async def close(self) -> None:
        if hasattr(self, "db"):
            await self.db.close()
        await super().close()

    @property
    def done(self) -> Counter[str]:
        """What people did in all rooms."""
        return sum((room.done for room in self.halls), Counter())

    def play(self) -> list[asyncio.Task[None]]:
        """Everybody in every room begins to wait for their moments."""
        played = self.schedule.sessions
        return [
            asyncio.create_task(room.play([each for each in played if each.room == room_name(room.number)]))
            for room in self.halls
        ]

    async def run(self, until: datetime, speed: float) -> None:
        """Let the clock run on until a moment, so fast at most; more slowly while messages come late."""
        pace = speed
        self.clock.run_from(self.clock.now(), pace)
        while (seconds := self.clock.seconds_until(until)) > 0:
            await pause(RealMoments(), min(seconds, LOOK_SECONDS))
            wanted = max(pace / 2, SLOWEST) if await self._is_late(LATE * pace) else min(pace * 1.1, speed)
            if wanted != pace:
                self.clock.run_from(self.clock.now(), pace := wanted)

    async def settled(self) -> None:
        """The clock stands still, and nothing is left to post or to edit; what is not due yet may be claimed."""
        self.clock.run_from(self.clock.now(), 0)
        # the bot notices a little later that the clock stands still, and may be a little ahead of it
        on_its_way = col(Delivery.state).in_([State.SENDING, State.DOUBTFUL])
        async with asyncio.timeout(2 * PATIENCE):
            while await self._is_late(timedelta(0), on_its_way, self._outdated()):
                await pause(RealMoments(), 0.05)

    def _outdated(self) -> ColumnElement[bool]:
        return and_(col(Delivery.state) == State.SENT, col(Delivery.edit_at) <= self.clock.now())

    async def _is_late(self, by: timedelta, *more: ColumnElement[bool]) -> bool:
        """Whether something should have been posted so long ago, in virtual time, or fits what else is looked for."""
        waits = col(Delivery.state).in_([State.PENDING, State.CLAIMED, State.SENDING, State.DOUBTFUL])
        late = or_(and_(waits, col(Delivery.due_at) <= self.clock.now() - by), *more)
        async with self.db.reading() as session:
            return (await session.exec(select(Delivery.id).where(late).limit(1))).first() is not None
