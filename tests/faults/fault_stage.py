"""A stage whose bot can be killed at any moment, and which notices when nothing is left to do."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import col, select

from bot.rehearsal.loopback import Message
from bot.rehearsal.loopback.hub import Event, MessageCreated, Subscription
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rules.outbox import State
from db.database import Database
from db.question_tables import Question, QuestionStep, QuestionVote, TalkQueue
from db.tables import Delivery, Session, TimingEvent
from tests.journeys.question_stage import QuestionStage
from tests.journeys.stage import PATIENCE, pdt

COUNTED: tuple[type[Any], ...] = (TimingEvent, Question, QuestionVote, QuestionStep, TalkQueue)
REMINDED = (0, 1, 2)
"""The attendees who want a direct message before the fourth talk."""


class FaultStage(QuestionStage):
    """A session under way, and a note of every message that the bot ever posted."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.now: datetime = pdt("12:15")
        self.posted: list[Message] = []
        self._watched: Subscription = self.loopback.subscribe()
        self.kills = 0

    async def ready(self) -> None:
        await super().ready()
        self.db = Database(self.bot.database_url)
        talk = await self.talk(3)
        for number in REMINDED:
            await self.use(self.people[number], "remind add", talk=talk)
        await self.settled()

    async def close(self) -> None:
        self._watched.close()
        if hasattr(self, "db"):
            await self.db.close()
        await super().close()

    def move(self, to: datetime) -> None:
        """Let it be this moment, and stay so; the bot may need a poll's time to notice."""
        self.now = to
        self.clock.run_from(to, 0)

    async def counts(self) -> tuple[int, ...]:
        """How much of what people did is in the store."""
        async with self.db.reading() as session:
            selected = [select(func.count()).select_from(table).scalar_subquery() for table in COUNTED]
            return tuple((await session.exec(select(*selected))).one())

    async def settled(self) -> None:
        """Wait until nothing that is due at this moment is left to post, search, edit or plan."""
        await until_done(self.db, self.now)

    async def interrupted(self) -> dict[str, int]:
        """How many deliveries a killed bot left in each state between pending and sent."""
        return await under_way(self.db)

    def note_posts(self) -> int:
        """Note what the bot posted for everybody since the last time, also what was removed again; how much it is."""
        before = len(self.posted)
        while self._watched._events:
            event = self._watched._events.popleft()
            if isinstance(event, MessageCreated) and event.message.author is self.loopback.bot:
                self.posted += [event.message] if not event.message.ephemeral else []
        return len(self.posted) - before

    async def die_at_post(self, within: float) -> None:
        """Kill the bot as soon as a message stands in a channel, before it is told so; wait no longer than that."""
        assert self.bot._process is not None
        kill, died = self.bot._process.kill, asyncio.Event()

        class Deadly(Subscription):
            def put(self, event: Event) -> None:
                if isinstance(event, MessageCreated) and not event.message.ephemeral:
                    kill()
                    died.set()

        with Deadly(self.loopback.world.hub) as deadly, contextlib.suppress(TimeoutError):
            self.loopback.world.hub._subscriptions.append(deadly)
            async with asyncio.timeout(within):
                await died.wait()

    async def kill(self) -> None:
        """SIGKILL; Discord has forgotten all nonces by the time the bot is back, so only a search can find a post."""
        await self.kill_bot()
        self.kills += 1
        for channel in self.loopback.world.channels.values():
            channel.by_nonce.clear()


async def until_done(db: Database, now: datetime) -> None:
    """Wait until nothing that is due at a moment is left to post, search, edit or plan."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2 * PATIENCE):
            while await _left(db, now):
                await pause(RealMoments(), 0.02)
    left = await _left(db, now)
    assert not left, "\n".join(map(str, left))


async def _left(db: Database, now: datetime) -> list[tuple[Any, ...]]:
    """Key, state, due time, edit and lease of what is left; sessions that are to be planned anew."""
    # what is claimed ahead of its moment waits for that
    waits = col(Delivery.state).in_([State.PENDING, State.BLOCKED, State.CLAIMED])
    on_the_way = col(Delivery.state).in_([State.SENDING, State.DOUBTFUL])
    outdated = and_(col(Delivery.state) == State.SENT, col(Delivery.edit_at) <= now)
    open_rows = or_(and_(waits, col(Delivery.due_at) <= now), on_the_way, outdated)
    async with db.reading() as session:
        rows = await session.exec(select(Delivery).where(open_rows))
        left = [(row.key, row.state, row.due_at, row.edit_at, row.lease_until, row.reason) for row in rows]
        plans = await session.exec(select(Session.title, Session.replan_at).where(col(Session.replan_at) <= now))
        return [*left, *plans]


async def under_way(db: Database) -> dict[str, int]:
    """How many deliveries stand in each state between pending and sent."""
    states = [State.CLAIMED, State.SENDING, State.DOUBTFUL]
    async with db.reading() as session:
        found = select(Delivery.state, func.count()).where(col(Delivery.state).in_(states))
        return dict((await session.exec(found.group_by(col(Delivery.state)))).all())
