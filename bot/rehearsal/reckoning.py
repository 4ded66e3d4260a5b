"""What of a rehearsal's deliveries was lost, and what could not have been sent: judged by the bot's own store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rehearsal.loopback.world.channels import Channel
from bot.rehearsal.troubles import Absence
from bot.rules.outbox import State
from bot.rules.reminders import Kind
from db.tables import Delivery

REACTION = timedelta(seconds=0.4)
"""Real time in which a bot on a busy machine surely answers: 5 minutes, a reminder's lead, last longer at 600x."""
SIGNAL_REACTION = timedelta(seconds=2)
"""The same for time signals, the last of which holds for half a minute: half a second at 60x."""
SIGNALS = frozenset({Kind.CUE, Kind.SPEAKER_CUE})
_GIVEN_UP = frozenset({State.SKIPPED, State.FAILED, State.BLOCKED})
_SETTLED = frozenset({State.SENT, State.WITHDRAWN, *_GIVEN_UP})


@dataclass(frozen=True, slots=True)
class Played:
    """How a rehearsal was played.

    Attributes:
        speed: the highest that its clock ran at.
        stood_at: the virtual moments at which the clock stood still.
        absences: when the bot could not do its work because Discord or itself was taken away.
        restarts: how often the bot was killed and started again.
        had_trouble: whether Discord was let be down or slow.
        is_even: whether the clock ran at one speed, but for trouble.
        moved_until: the virtual moment at which it was over, if anybody but the cast took part: then the plan no longer
            says what was owed, and the store does.
    """

    speed: float
    stood_at: frozenset[datetime] = frozenset()
    absences: tuple[Absence, ...] = ()
    moved_until: datetime | None = None
    restarts: int = 0
    had_trouble: bool = False
    is_even: bool = True


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The outbox, sorted by what became of it.

    Attributes:
        given_up: was not sent and should have been.
        overtaken: was given up because, at this speed, it held too short for a machine that is busy.
        kept_from: was given up because Discord or the bot was away for as long as it held.
        lost: was owed by the end and neither sent nor given up, or is said to be sent and was never posted; judged
            only where somebody took part.
    """

    given_up: list[Delivery]
    overtaken: Counter[str]
    kept_from: Counter[str]
    lost: list[Delivery]

    @property
    def needless(self) -> Counter[str]:
        """What nobody could have sent."""
        return self.overtaken + self.kept_from


def posted_nonces(channels: Iterable[Channel]) -> frozenset[str]:
    """Under which nonces anything was ever posted, whether it still stands or not."""
    return frozenset(nonce for channel in channels for _, nonce in channel.by_nonce)


def reckon(rows: Sequence[Delivery], played: Played, nonces: frozenset[str]) -> Reckoning:
    """Sort the outbox."""
    given_up = [row for row in rows if row.state in _GIVEN_UP]
    overtaken = [row for row in given_up if is_overtaken(row, played.speed)]
    fast = {row.id for row in overtaken}
    kept_from = [row for row in given_up if row.id not in fast and _was_kept_from(row, played)]
    excused = fast | {row.id for row in kept_from}
    until = played.moved_until
    return Reckoning(
        given_up=[row for row in given_up if row.id not in excused],
        overtaken=Counter(row.kind for row in overtaken),
        kept_from=Counter(row.kind for row in kept_from),
        lost=[row for row in rows if _is_lost(row, until, nonces)] if until else [],
    )


def is_overtaken(row: Delivery, speed: float) -> bool:
    """Whether it was given up as late, but would have held for too short a time at this speed to be fairly sent."""
    return _held(row, ()) < _reaction(row) * speed


def reminders_owed(rows: Iterable[Delivery], reckoning: Reckoning, until: datetime) -> int:
    """How many "up next" reminders were owed by a moment and could be sent."""
    due = (row for row in rows if row.kind == Kind.UP_NEXT and row.due_at <= until)
    owed = sum(row.state != State.WITHDRAWN for row in due)
    return owed - reckoning.needless[Kind.UP_NEXT]


def _is_lost(row: Delivery, until: datetime, nonces: frozenset[str]) -> bool:
    if row.state == State.SENT:
        return row.id not in nonces
    return row.due_at <= until and row.state not in _SETTLED


def _was_kept_from(row: Delivery, played: Played) -> bool:
    is_late = row.state == State.SKIPPED and bool(played.absences)
    return is_late and _held(row, played.absences) < _reaction(row) * played.speed


def _held(row: Delivery, absences: Sequence[Absence]) -> timedelta:
    """For how long it could have been sent, what was given up as too late; longer than any wait for all else."""
    if row.state != State.SKIPPED or row.expires_at is None:
        return timedelta.max
    begins_at = max(row.due_at, row.planned_at)
    away = sum((absence.overlap(begins_at, row.expires_at) for absence in absences), timedelta(0))
    return row.expires_at - begins_at - away


def _reaction(row: Delivery) -> timedelta:
    return SIGNAL_REACTION if row.kind in SIGNALS else REACTION
