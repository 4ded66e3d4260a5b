"""A stage with several bots at once on one store and one Discord, each a process of its own that can be killed."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import insert
from sqlmodel import col, select

from bot.rehearsal.loopback import Message, TextChannel
from bot.rehearsal.loopback.hub import Event, MessageCreated, Subscription
from bot.rehearsal.loopback.loopback import Loopback
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rules.outbox import State
from bot.rules.subscriptions import Wanted
from bot.schedules.schedule import Session
from bot.services.importing import import_schedule
from bot.services.people import remember_direct_channel
from bot.services.servers import set_channel, set_leads
from bot.services.sources import ImportRequest
from bot.services.subscriptions import Asked, subscribe
from db.database import NOBODY, Database
from db.tables import Delivery, RoomChannel, Talk
from tests.builders import a_schedule, a_session, a_talk
from tests.clocks import SteppedClock
from tests.faults.fault_stage import under_way, until_done
from tests.journeys.forked_bot import ForkedBot
from tests.journeys.stage import PATIENCE, Stage, pdt

FIRST_TALK = pdt("12:30")
LEAD = timedelta(hours=12)
"""So long that a reminder still helps when both processes were gone for a while on a fast clock."""
TALK = timedelta(minutes=5)
SHARD_BITS = 22
GIVEN_UP = (State.SKIPPED, State.WITHDRAWN)
"""Who set up everything before the bot came needs no welcome, say."""


@dataclass(frozen=True)
class Shape:
    """How much is announced, one talk a session: within one the next is announced once the one before has begun.

    Each room has a channel of its own, and begins a little after the room before it.
    """

    servers: int = 2
    rooms: int = 5
    talks: int = 10
    people: int = 2
    spread: timedelta = TALK

    @property
    def reminders(self) -> int:
        return self.servers * self.rooms * self.talks


class OneOfSeveral(ForkedBot):
    """A bot with settings of its own beside the others'."""

    settings: Mapping[str, str] = {}

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | dict(self.settings)


class Posts(Subscription):
    """Every message that was ever posted for everybody."""

    def __init__(self, loopback: Loopback) -> None:
        super().__init__(loopback.world.hub)
        self._author = loopback.bot
        self.all: list[Message] = []
        loopback.world.hub._subscriptions.append(self)

    def put(self, event: Event) -> None:
        if isinstance(event, MessageCreated) and event.message.author is self._author and not event.message.ephemeral:
            self.all.append(event.message)


class Forgetful(dict[tuple[int, str], Message]):
    """Nonces of which Discord remembers none, so that it keeps nothing from being posted twice."""

    def __setitem__(self, key: tuple[int, str], value: Message) -> None:
        pass


@dataclass
class ProcessStage(Stage):
    """Two bots unless told otherwise; `settings` are what each is told beside the rest."""

    shape: Shape = field(default_factory=Shape)
    settings: Sequence[Mapping[str, str]] = ({}, {})

    def __post_init__(self) -> None:
        super().__post_init__()
        self.clock.run_from(self.begin, 0)
        self.posts = Posts(self.loopback)
        self.kills = 0
        self.struck: Counter[str] = Counter()
        first = self.loopback.world.snowflakes.make() >> SHARD_BITS << SHARD_BITS
        self.halls: dict[int, list[TextChannel]] = {}
        for number in range(self.shape.servers):
            # of two shards, each has every other server
            server = self.loopback.add_server(f"Server {number}", server_id=first + (number + 1 << SHARD_BITS))
            self.halls[server.id] = [server.add_channel(f"hall-{room}") for room in range(self.shape.rooms)]

    @property
    def begin(self) -> datetime:
        """A little before the first reminder."""
        return FIRST_TALK - LEAD - timedelta(minutes=1)

    @classmethod
    @asynccontextmanager
    async def playing(cls, folder: Path, **fields: Any) -> AsyncIterator[Self]:  # noqa: ANN401 - its own fields
        """Opened, with all bots connected, and closed in the end."""
        stage = cls(folder, **fields)
        await stage.open()
        try:
            yield stage
        finally:
            await stage.close()

    async def open(self) -> None:
        await self.loopback.start()
        store = self.stores.new(self.folder)
        self.db = Database(store)
        await self._fill()
        self.bots = [self._bot(number, store) for number in range(len(self.settings))]
        self.bot = self.bots[0]
        for bot in self.bots:
            await bot.start()
        await self.loopback.wait_until_ready(shards=len(self.bots), within=PATIENCE)

    def _bot(self, number: int, store: str) -> OneOfSeveral:
        folder = self.folder / f"bot{number}"
        folder.mkdir()
        about = self.loopback.token, self.loopback.api_base, self.clock.setting
        bot = OneOfSeveral(folder, *about, log_level="INFO", store=store)
        bot.settings = self.settings[number]
        return bot

    async def close(self) -> None:
        for bot in self.bots:
            await bot.kill()
        self.posts.close()
        await self.db.close()
        await super().close()

    async def _fill(self) -> None:
        """Each server's programme, channels and people, as they would be set up in Discord."""
        clock = SteppedClock(self.begin)
        for server_id, halls in self.halls.items():
            step = self.shape.spread / len(halls)
            sessions = [part for room in range(len(halls)) for part in self._room(room, FIRST_TALK + step * room)]
            await set_leads(self.db, clock, server_id=server_id, minutes=[int(LEAD.total_seconds() // 60)])
            async with self.db.transaction(NOBODY) as session:
                rows = [{"server_id": server_id, "room": f"room {n}", "channel_id": c.id} for n, c in enumerate(halls)]
                await session.exec(insert(RoomChannel), params=rows)
            request = ImportRequest(server_id, a_schedule(*sessions, conference="Big"), None, None)
            await import_schedule(self.db, clock, request)
            await set_channel(self.db, clock, server_id=server_id, channel_id=halls[0].id)
            await self._subscribe(clock, server_id)
        for channel in self.loopback.world.channels.values():
            channel.by_nonce = Forgetful()

    def _room(self, room: int, begins: datetime) -> Iterator[Session]:
        for number in range(self.shape.talks):
            talk = a_talk(f"Talk {number} of room {room}", starts_at=begins + TALK * number)
            yield a_session(talk, title=f"Session {number} of room {room}", room=f"Room {room}")

    async def _subscribe(self, clock: SteppedClock, server_id: int) -> None:
        async with self.db.reading() as session:
            talks = list(await session.exec(select(Talk.id).order_by(col(Talk.id).desc()).limit(self.shape.people)))
        for talk in talks:
            person = self.loopback.world.servers[server_id].add_member("Ada")
            await remember_direct_channel(self.db, person.id, person.direct_channel.id)
            await subscribe(self.db, clock, Asked(server_id, person.id, Wanted.TALK, talk, lead=LEAD))

    async def kill(self, number: int) -> None:
        """SIGKILL one of them."""
        await self.bots[number].kill()
        self.kills += 1
        self.struck.update(await under_way(self.db))

    async def kill_for(self, draw: random.Random, kills: int, between: tuple[float, float]) -> None:
        """Kill one after the other, at random real moments; each is started again at once."""
        while self.kills < kills:
            await pause(RealMoments(), draw.uniform(*between))
            number = draw.randrange(len(self.bots))
            await self.kill(number)
            await self.bots[number].start()
            if draw.random() < 0.2:  # once more, while it comes up
                await pause(RealMoments(), draw.uniform(0, 0.6))
                await self.kill(number)
                await self.bots[number].start()

    async def until(self, virtual: datetime) -> None:
        """Let the clock run until a moment."""
        await pause(RealMoments(), self.clock.seconds_until(virtual))

    async def outbox(self) -> list[Delivery]:
        """Every delivery as it is stored."""
        async with self.db.reading() as session:
            return list(await session.exec(select(Delivery)))

    def not_once(self, rows: Sequence[Delivery]) -> tuple[list[str], list[str]]:
        """The keys of deliveries that were lost, and of those posted more often than once or not recorded."""
        posted, now = Counter(message.nonce for message in self.posts.all if message.nonce), self.clock.now()
        by_id = {row.id: row for row in rows}
        lost = [
            f"{row.key} is {row.state}, {row.reason}"
            for row in rows
            if (row.state == State.SENT and not posted[row.id])
            or (row.state != State.SENT and row.due_at <= now and not (row.state in GIVEN_UP and row.reason))
        ]
        doubled = [
            by_id[nonce].key if nonce in by_id else nonce
            for nonce, times in posted.items()
            if times > 1 or nonce not in by_id or by_id[nonce].state != State.SENT
        ]
        return lost, doubled

    async def each_posted_once(self) -> list[Delivery]:
        """Wait until nothing is left to do, and insist on one message for each delivery, in its channel."""
        await until_done(self.db, self.clock.now())
        rows = await self.outbox()
        lost, doubled = self.not_once(rows)
        assert not lost + doubled, "\n".join(["lost:", *lost, "doubled:", *doubled])
        standing = {message.nonce: message.id for message in self.posts.all}
        misplaced = [row.key for row in rows if row.state == State.SENT and standing[row.id] != row.message_id]
        assert not misplaced, "\n".join(misplaced)
        return rows

    async def until_posted_at_least(self, number: int) -> None:
        """Wait until so many messages stand."""
        async with asyncio.timeout(2 * PATIENCE):
            while len(self.posts.all) < number:
                await pause(RealMoments(), 0.01)


@dataclass
class Chance:
    """A fault that strikes some of the requests that match, and the same ones for one seed."""

    pattern: str
    share: float
    draw: random.Random
    struck: int = 0

    def applies(self, line: str) -> bool:
        strikes = bool(re.search(self.pattern, line)) and self.draw.random() < self.share
        self.struck += strikes
        return strikes
