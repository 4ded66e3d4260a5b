"""What a rehearsal has shown, counted from what the channels hold and what the bot's store says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import and_, or_
from sqlmodel import col, select

from bot.messages.text import plural
from bot.messages.times import length
from bot.rehearsal.loopback.world.messages import Message
from bot.rehearsal.question_figures import QuestionFigures
from bot.rules.outbox import State
from bot.rules.reminders import Kind
from db.database import Database
from db.tables import Delivery

REACTION = timedelta(seconds=0.4)
"""Real time in which a bot on a busy machine surely answers: 5 minutes, a reminder's lead, last longer at 600x."""
SIGNAL_REACTION = timedelta(seconds=2)
"""The same for time signals, the last of which holds for half a minute: half a second at 60x."""
_REMINDERS = ("Up next", "Cancelled:")


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of one rehearsal.

    Attributes:
        talks: in the schedule.
        expected: reminders that the plan asks for.
        posted: reminders that the channels hold.
        doubled: messages that say again what another one says: the same delivery, or the same talk.
        given_up: deliveries that were not sent and should have been, with their reasons.
        withdrawn: reminders that a moderator made needless: an early start, a talk that was skipped.
        overtaken: deliveries that were given up because, at this speed, they held too short for a machine that is busy.
        lateness_ms: real time from a moment to Discord's answer, of every message posted but the welcome: it is
            owed while the clock still stands.
        refused: how often Discord had to say 429.
        speed: how fast the clock ran.
        restarts: how often the bot was killed and started again.
        questions: what became of them; None where nobody asks.
    """

    talks: int
    expected: int
    posted: int
    doubled: int
    given_up: tuple[str, ...]
    withdrawn: int
    overtaken: Counter[str]
    lateness_ms: tuple[float, ...]
    refused: int
    speed: float
    restarts: int = 0
    questions: QuestionFigures | None = None

    @property
    def is_clean(self) -> bool:
        reminders = self.posted + self.withdrawn + self.overtaken[Kind.UP_NEXT]
        adds_up = self.questions is None or self.questions.adds_up
        return self.posted <= self.expected <= reminders and not self.doubled and not self.given_up and adds_up

    def __str__(self) -> str:
        verdict = "Nothing lost, nothing doubled." if self.is_clean else "NOT as it should be."
        counts = f"{plural(self.talks, 'talk')}, {self.posted} of {plural(self.expected, 'reminder')} posted"
        lines = [
            f"{counts}, {self.doubled} doubled, {plural(len(self.given_up), 'message')} given up",
            *self._late(),
            f"{plural(self.refused, 'request')} over a rate limit",
            *(str(self.questions).splitlines() if self.questions else ()),
            *(f"given up: {reason}" for reason in self.given_up),
            *self._explained(),
            verdict,
        ]
        return "\n".join(lines)

    def _late(self) -> Iterable[str]:
        """In both times: by the session's clock, which is the one that can be seen, all takes so many times longer."""
        if not self.lateness_ms:
            return
        half, latest = (f"{value:,.0f} ms" for value in (median(self.lateness_ms), max(self.lateness_ms)))
        yield f"in real time half of the messages were {half} late at most, the latest {latest}"
        if self.speed != 1:
            seconds = round(max(self.lateness_ms) * self.speed / 1000)
            of_session = length(timedelta(seconds=seconds)) if seconds else "less than a second"
            yield f"at {self.speed:g}x these {latest} are {of_session} of the session"
        if self.restarts:
            yield "meanwhile the bot was killed, and what fell due until it was back came late"

    def _explained(self) -> Iterable[str]:
        if self.withdrawn:
            yield f"withdrawn, as the moderator was ahead of them: {plural(self.withdrawn, 'reminder')}"
        if self.overtaken:
            kinds = ", ".join(_counted(kind, number) for kind, number in sorted(self.overtaken.items()))
            yield f"overtaken, as they held for less than a moment at this speed: {kinds}"


def _named(kind: str) -> str:
    return "time signal" if kind == Kind.CUE else kind.replace("_", " ")


def _counted(kind: str, number: int) -> str:
    return plural(number, _named(kind)) if kind == Kind.CUE else f"{number} {_named(kind)}"


async def anything_due(db: Database, now: datetime) -> bool:
    """Whether a message is still to be posted or edited."""
    due = or_(
        and_(col(Delivery.state).in_([State.PENDING, State.SENDING]), col(Delivery.due_at) <= now),
        and_(col(Delivery.state) == State.SENT, col(Delivery.edit_at) <= now),
    )
    async with db.reading() as session:
        return (await session.exec(select(Delivery.id).where(due).limit(1))).first() is not None


async def summarise(
    *,
    talks: int,
    expected: int,
    messages: Iterable[Message],
    db: Database,
    refused: int,
    speed: float,
    restarts: int = 0,
    questions: QuestionFigures | None = None,
) -> Summary:
    """Count what a rehearsal left in the channels and in the store."""
    posted = list(messages)
    reminders = [message for message in posted if message.content.startswith(_REMINDERS)]
    async with db.reading() as session:
        rows = list(await session.exec(select(Delivery)))
    given_up = [row for row in rows if row.state in ("skipped", "failed", "blocked")]
    overtaken = [row for row in given_up if _is_overtaken(row, speed)]
    lateness = [row.lateness_ms for row in rows if row.lateness_ms is not None and row.kind != Kind.WELCOME]
    return Summary(
        talks=talks,
        expected=expected,
        posted=len(reminders),
        doubled=_doubled(posted),
        given_up=tuple(f"{_named(row.kind)}: {row.reason}" for row in given_up if row not in overtaken),
        withdrawn=sum(row.kind == Kind.UP_NEXT and row.state == "withdrawn" for row in rows),
        overtaken=Counter(row.kind for row in overtaken),
        lateness_ms=tuple(lateness),
        refused=refused,
        speed=speed,
        restarts=restarts,
        questions=questions,
    )


def _is_overtaken(row: Delivery, speed: float) -> bool:
    """Whether it was given up as late, but would have held for too short a time at this speed to be fairly sent."""
    if row.state != "skipped" or row.expires_at is None:
        return False
    reaction = SIGNAL_REACTION if row.kind == Kind.CUE else REACTION
    return row.expires_at - max(row.due_at, row.planned_at) < reaction * speed


def _doubled(messages: Iterable[Message]) -> int:
    """How many messages are another's delivery again, or remind of what another one reminds of in the same words.

    The boards of two days end in the same words.
    """
    posted = list(messages)
    ids = Counter(message.nonce for message in posted if message.nonce)
    reminders = (message for message in posted if message.content.startswith(_REMINDERS))
    texts = Counter((message.channel.id, message.content) for message in reminders)
    return max(sum(count - 1 for count in times.values()) for times in (ids, texts))
