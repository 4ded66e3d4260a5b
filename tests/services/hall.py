"""People in a hall who ask and vote, and a moderator who runs their questions, for tests on the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import col, select

from bot.rules.question_steps import StepKind
from bot.rules.questions import Order, Question, QuestionState
from bot.rules.queue_times import Phase
from bot.rules.run import TimingKind
from bot.rules.taps import Tap
from bot.services.asking import Asked, Asking, QueueView, ask_question, ordered, queue_view, toggle_vote
from bot.services.moderating import Taken, Wanted, session_queues, set_order, set_phase, take_step
from bot.services.programme import PlacedSession
from bot.services.queues import SessionQueues
from bot.services.timekeeping import tap_clock
from db import question_tables as tables
from db.database import Database
from tests.builders import CHANNEL, SERVER, at
from tests.clocks import SteppedClock
from tests.services.store import import_page, use_channel

ANA, BEN, CAM, DEE = 11, 12, 13, 14
MODERATOR = 99


def anybody(_placed: PlacedSession) -> None:
    """Let everybody run the session."""


@dataclass
class Hall:
    """The ICML session's channel; who asks is somebody else each time unless a test says who."""

    db: Database
    clock: SteppedClock
    strangers: int = field(default=1000)

    async def open(self) -> None:
        """The ICML session, announced in its channel."""
        await use_channel(self.db, self.clock)
        await import_page(self.db, self.clock)

    def at(self, time: str) -> None:
        """It is this time of the session's day, PDT."""
        self.clock.jump(at(time))

    async def ask(
        self, text: str = "Why?", asker: int | None = None, *, talk: int | None = None, **more: object
    ) -> Asked:
        """Ask in the session's channel."""
        self.strangers += 1
        typed: dict[str, object] = {
            "server_id": SERVER,
            "channel_ids": [CHANNEL],
            "typed": text,
            "asker": asker or self.strangers,
            "asker_name": f"Attendee {asker or self.strangers}",
            "talk_id": talk,
        }
        asking = Asking(**(typed | more))  # type: ignore[arg-type] # a test names what matters to it
        return await ask_question(self.db, self.clock, asking)

    async def queued(self, *texts: str, talk: int = 1) -> list[int]:
        """Questions of strangers; their keys."""
        return [(await self.ask(text, talk=talk)).question.id for text in texts]

    async def vote(self, question_id: int, user_id: int, *, server_id: int = SERVER) -> QueueView:
        return await toggle_vote(self.db, self.clock, server_id=server_id, question_id=question_id, user_id=user_id)

    async def view(self, talk: int | None = None, viewer: int = ANA) -> QueueView:
        return await queue_view(
            self.db, self.clock, server_id=SERVER, channel_ids=[CHANNEL], talk_id=talk, user_id=viewer
        )

    async def listed(self, talk: int = 1) -> list[tuple[int, int]]:
        """The queue in its order: keys and votes."""
        return [(question.id, question.votes) for question in ordered((await self.view(talk)).queues, talk)]

    async def step(
        self,
        kind: StepKind,
        question: int | None = None,
        *,
        into: int | None = None,
        talk: int | None = None,
        sees: int | None = None,
        step_id: int | None = None,
        session: int = 1,
        server_id: int = SERVER,
    ) -> Taken:
        """A moderator's step."""
        wanted = Wanted(kind, MODERATOR, talk, question, into, sees, step_id)
        return await take_step(
            self.db, self.clock, server_id=server_id, session_id=session, wanted=wanted, check=anybody
        )

    async def next(self, talk: int = 1) -> Taken:
        """Next question, pressed by somebody who sees what is true."""
        asked = [q.id for q in (await self.queues()).questions if q.state is QuestionState.ASKED]
        return await self.step(StepKind.NEXT, talk=talk, sees=asked[0] if asked else None)

    async def put(self, phase: Phase, talk: int | None = 1, session: int = 1) -> SessionQueues:
        """A moderator opens or closes a queue."""
        queues, _ = await set_phase(
            self.db,
            self.clock,
            server_id=SERVER,
            session_id=session,
            talk_id=talk,
            phase=phase,
            by=MODERATOR,
            check=anybody,
        )
        return queues

    async def order(self, order: Order) -> SessionQueues:
        """A moderator chooses who goes first."""
        return await set_order(self.db, self.clock, server_id=SERVER, session_id=1, order=order, check=anybody)

    async def queues(self, session: int = 1) -> SessionQueues:
        queues, _ = await session_queues(self.db, self.clock, server_id=SERVER, session_id=session, check=anybody)
        return queues

    async def question(self, question_id: int) -> Question:
        return next(q for q in (await self.queues()).questions if q.id == question_id)

    async def states(self) -> dict[int, str]:
        """Where each stored question stands."""
        async with self.db.reading() as session:
            rows = await session.exec(select(tables.Question).order_by(col(tables.Question.id)))
            return {row.id or 0: row.state for row in rows}

    async def tap(
        self, kind: TimingKind, talk: int | None = None, *, minutes: float = 0, is_next: bool = False, session: int = 1
    ) -> None:
        """A tap on a session's clock."""
        tap = Tap(kind, MODERATOR, talk, amount=timedelta(minutes=minutes))
        await tap_clock(
            self.db, self.clock, server_id=SERVER, session_id=session, tap=tap, check=anybody, is_next=is_next
        )
