"""Whether what was owed was posted, once: the outbox's rows beside what the loopback saw."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bot.rehearsal.reckoning import is_overtaken
from bot.rehearsal.timetable import expected_reminders
from bot.rules.outbox import State
from bot.rules.reminders import Kind
from db.tables import Delivery
from tests.soak.conference import Conference

ENDED = (State.SKIPPED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Accounts:
    """How an outbox and its channels agree.

    Attributes:
        sent: deliveries that were posted and recorded.
        lost: recorded as sent and never posted, or due and neither sent nor given up with a reason.
        doubled: posted more than once, or posted and not recorded.
        given_up: why deliveries were that had time enough at this speed.
        overtaken: deliveries by kind that held for too short a real time at this speed to be posted.
        missing: reminders that the plan asks for and of which there is nothing.
        late_ms: real milliseconds from a reminder's moment to Discord's answer, the least first.
    """

    sent: int
    lost: list[str]
    doubled: list[str]
    given_up: Counter[str]
    overtaken: Counter[str]
    missing: int
    late_ms: list[float]


async def accounts_of(stage: Conference, speed: float) -> Accounts:
    """Read it from the store and from what the loopback saw, once all is settled."""
    rows, times = await stage.rows(), stage.posts.times
    now = stage.clock.now()
    known = {row.id for row in rows}
    sent = {row.id for row in rows if row.sent_at is not None}
    skipped = [row for row in rows if row.state in (State.SKIPPED, State.FAILED, State.BLOCKED)]
    overtaken = [row for row in skipped if is_overtaken(row, speed)]
    reminders = [row for row in rows if row.kind == Kind.UP_NEXT]
    told = [row for row in reminders if row.id in sent or row.state == State.WITHDRAWN or row in overtaken]
    return Accounts(
        sent=len(sent),
        lost=[row.key for row in rows if _is_lost(row, times) and (row.sent_at or row.due_at <= now)],
        doubled=[nonce for nonce, posted in times.items() if posted > 1 or nonce in known - sent],
        given_up=Counter(f"{row.kind}: {row.reason}" for row in skipped if row not in overtaken),
        overtaken=Counter(row.kind for row in overtaken),
        missing=max(0, expected_reminders(stage.schedule) - len(told)),
        late_ms=sorted(row.lateness_ms or 0.0 for row in reminders if row.id in sent),
    )


def _is_lost(row: Delivery, times: dict[str, int]) -> bool:
    if row.sent_at is not None:
        return not times.get(row.id)
    return not (row.state in ENDED and row.reason)
