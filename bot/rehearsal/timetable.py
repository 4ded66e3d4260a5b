"""Which stretches of a schedule a rehearsal plays, and its clock: idle nights are jumped over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import Anchor, FileClock, real_now, write_anchor
from bot.rules.programme import PlannedSession, PlannedTalk, by_plan, slots
from bot.rules.queue_times import QuestionSettings
from bot.schedules.schedule import Schedule

BEFORE = timedelta(minutes=7)
"""Long enough to see the board appear, and the first reminder 5 minutes before the first talk."""
AFTER = QuestionSettings().closes_after + timedelta(seconds=90)
"""Long enough to see what was not reached go to the last talks' threads."""

FOREVER = timedelta(days=365).total_seconds()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time without long gaps in which something takes place."""

    starts_at: datetime
    ends_at: datetime


def stretches(schedule: Schedule) -> list[Stretch]:
    """The times to play, in order; sessions that touch are one stretch."""
    spans = sorted((session.starts_at - BEFORE, session.ends_at + AFTER) for session in schedule.sessions)
    merged: list[Stretch] = []
    for start, end in spans:
        if merged and start <= merged[-1].ends_at:
            merged[-1] = Stretch(merged[-1].starts_at, max(end, merged[-1].ends_at))
        else:
            merged.append(Stretch(start, end))
    return merged


def expected_reminders(schedule: Schedule) -> int:
    """How many "up next" reminders the plan asks for with one lead time: one a slot that is no break."""
    return sum(_announced_slots(session.talks) for session in _planned(schedule))


def _announced_slots(talks: Sequence[PlannedTalk]) -> int:
    session = by_plan(PlannedSession(id=0, title="", talks=tuple(talks)), talks[0].starts_at)
    return sum(any(not expected.talk.is_break for expected in slot) for slot in slots(session))


def _planned(schedule: Schedule) -> list[PlannedSession]:
    return [
        PlannedSession(
            id=0,
            title=session.title,
            talks=tuple(
                PlannedTalk(
                    id=number,
                    session_id=0,
                    title=talk.title,
                    starts_at=talk.starts_at,
                    ends_at=talk.ends_at,
                    kind=talk.kind,
                    cancelled=talk.cancelled,
                )
                for number, talk in enumerate(session.talks)
            ),
        )
        for session in schedule.sessions
    ]


class RehearsalClock(FileClock):
    """The clock that the bot follows through a file, set from here."""

    def __init__(self, path: Path, virtual: datetime) -> None:
        write_anchor(path, Anchor(virtual=virtual, real=real_now(), speed=0))
        super().__init__(path)
        self.path = path
        self._turned = asyncio.Event()
        self.on_change(self._turned.set)

    @property
    def setting(self) -> str:
        """What the bot's CLOCK is set to."""
        return f"file:{self.path}"

    def run_from(self, virtual: datetime, speed: float) -> None:
        """Jump to a moment and run on from there; speed 0 stands still."""
        write_anchor(self.path, Anchor(virtual=virtual, real=real_now(), speed=speed))
        self.reread()

    def seconds_until(self, virtual: datetime) -> float:
        """Real seconds until a virtual moment, 0 if it is past; infinite while standing still."""
        moment = self.real_at(virtual)
        return max(0.0, (moment - self.real()).total_seconds()) if moment else float("inf")

    async def reach(self, virtual: datetime) -> None:
        """Wait until it is this moment, however the clock is paused, jumps or changes its speed meanwhile."""
        while (seconds := self.seconds_until(virtual)) > 0:
            self._turned.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds if seconds < FOREVER else None):
                    await self._turned.wait()
