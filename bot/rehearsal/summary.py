"""What a rehearsal has shown, counted from what the channels hold and what the bot's store says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median

from sqlmodel import select

from bot.messages.text import plural
from bot.messages.times import length
from bot.rehearsal.loopback.world.messages import Message
from bot.rehearsal.question_figures import QuestionFigures
from bot.rehearsal.reckoning import SIGNALS, Played, reckon, reminders_owed
from bot.rules.reminders import Kind
from db.database import Database
from db.tables import Delivery

_REMINDERS = ("Up next", "Cancelled:")


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of one rehearsal.

    Attributes:
        talks: in the schedule.
        expected: reminders that the plan asks for; where somebody took part, those that were owed by the end.
        posted: reminders that the channels hold.
        doubled: messages that say again what another one says: the same delivery, or the same talk.
        given_up: deliveries that were not sent and should have been, with their reasons.
        withdrawn: reminders that a moderator made needless: an early start, a talk that was skipped.
        overtaken: deliveries that were given up because, at this speed, they held too short for a machine that is busy.
        kept_from: deliveries that were given up because Discord or the bot was away for as long as they held.
        lost: deliveries that nothing became of; None where nobody but the cast acted, and the plan tells.
        lateness_ms: real time from a moment to Discord's answer, of every message posted but the welcome, which is
            owed while the clock still stands, and reports, whose pictures are drawn first.
        refused: how often Discord had to say 429.
        speed: how fast the clock ran; None where somebody changed it.
        restarts: how often the bot was killed and started again.
        had_trouble: whether Discord was let be down or slow.
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
    speed: float | None
    restarts: int = 0
    had_trouble: bool = False
    questions: QuestionFigures | None = None
    kept_from: Counter[str] = field(default_factory=Counter)
    lost: tuple[str, ...] | None = None

    @property
    def is_clean(self) -> bool:
        adds_up = self.questions is None or self.questions.adds_up
        return self._is_complete and not self.doubled and not self.given_up and adds_up

    @property
    def _is_complete(self) -> bool:
        if self.lost is not None:
            return not self.lost
        needless = self.withdrawn + self.overtaken[Kind.UP_NEXT] + self.kept_from[Kind.UP_NEXT]
        return self.posted <= self.expected <= self.posted + needless

    def __str__(self) -> str:
        verdict = "Nothing lost, nothing doubled." if self.is_clean else "NOT as it should be."
        counts = f"{plural(self.talks, 'talk')}, {self.posted} of {plural(self.expected, 'reminder')} posted"
        lines = [
            f"{counts}, {self.doubled} doubled, {plural(len(self.given_up), 'message')} given up",
            *self._late(),
            f"{plural(self.refused, 'request')} over a rate limit",
            *(str(self.questions).splitlines() if self.questions else ()),
            *(f"given up: {reason}" for reason in self.given_up),
            *(f"lost: {reason}" for reason in self.lost or ()),
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
        if self.speed is not None and self.speed != 1:
            seconds = round(max(self.lateness_ms) * self.speed / 1000)
            of_session = length(timedelta(seconds=seconds)) if seconds else "less than a second"
            yield f"at {self.speed:g}x these {latest} are {of_session} of the session"
        if self.restarts:
            yield "meanwhile the bot was killed, and what fell due until it was back came late"
        if self.had_trouble:
            yield "meanwhile Discord was down or slow, and what fell due then came late"

    def _explained(self) -> Iterable[str]:
        if self.withdrawn:
            yield f"withdrawn, as the moderator was ahead of them: {plural(self.withdrawn, 'reminder')}"
        if self.overtaken:
            yield f"overtaken, as they held for less than a moment at this speed: {_kinds(self.overtaken)}"
        if self.kept_from:
            yield f"given up while Discord or the bot was away for as long as they held: {_kinds(self.kept_from)}"


def _kinds(counted: Counter[str]) -> str:
    return ", ".join(_counted(kind, number) for kind, number in sorted(counted.items()))


def _counted(kind: str, number: int) -> str:
    return plural(number, _named(kind)) if kind in SIGNALS else f"{number} {_named(kind)}"


def _named(kind: str) -> str:
    return "time signal" if kind in SIGNALS else kind.replace("_", " ")


async def summarise(
    *,
    talks: int,
    expected: int,
    messages: Iterable[Message],
    nonces: frozenset[str] = frozenset(),
    db: Database,
    refused: int,
    played: Played,
    questions: QuestionFigures | None = None,
) -> Summary:
    """Count what a rehearsal left in the channels and in the store, from what stands there and was ever posted."""
    posted = list(messages)
    async with db.reading() as session:
        rows = list(await session.exec(select(Delivery)))
    reckoning, until = reckon(rows, played, nonces), played.moved_until
    reminders = sum(_reminds(message) for message in posted)
    if until is not None:
        expected = reminders_owed(rows, reckoning, until)
        reminders = sum(row.kind == Kind.UP_NEXT and row.id in nonces for row in rows)
    lateness = [row.lateness_ms for row in rows if row.lateness_ms is not None and _was_in_time(row, played)]
    return Summary(
        talks=talks,
        expected=expected,
        posted=reminders,
        doubled=_doubled(posted, by_words=until is None),
        given_up=tuple(f"{_named(row.kind)}: {row.reason}" for row in reckoning.given_up),
        withdrawn=sum(row.kind == Kind.UP_NEXT and row.state == "withdrawn" for row in rows),
        overtaken=reckoning.overtaken,
        lateness_ms=tuple(lateness),
        refused=refused,
        speed=played.speed if played.is_even else None,
        restarts=played.restarts,
        had_trouble=played.had_trouble,
        questions=questions,
        kept_from=reckoning.kept_from,
        lost=None if until is None else tuple(f"{_named(row.kind)}: it is {row.state}" for row in reckoning.lost),
    )


def _was_in_time(row: Delivery, played: Played) -> bool:
    """Whether time passed when it was owed, else nothing tells how late it is; a report waits for its picture."""
    return row.kind not in (Kind.WELCOME, Kind.REPORT) and max(row.due_at, row.planned_at) not in played.stood_at


def _reminds(message: Message) -> bool:
    """Whether it reminds a room; direct messages begin as people like."""
    return message.channel.server is not None and message.content.startswith(_REMINDERS)


def _doubled(messages: Iterable[Message], *, by_words: bool) -> int:
    """How many messages are another's delivery again, or remind of what another one reminds of in the same words.

    The boards of two days end in the same words; where somebody took part, so may the reminders of two talks.
    """
    posted = list(messages)
    ids = Counter(message.nonce for message in posted if message.nonce)
    reminders = (message for message in posted if by_words and _reminds(message))
    texts = Counter((message.channel.id, message.content) for message in reminders)
    return max(sum(count - 1 for count in times.values()) for times in (ids, texts))
