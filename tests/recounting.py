"""A session's figures, counted once more from its raw timing events: by hand, with nothing of the bot's own rules.

For sessions whose clock nobody forgot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

NOTHING = timedelta(0)


@dataclass(frozen=True)
class Planned:
    """A talk as the plan has it, breaks left out."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False


@dataclass(frozen=True)
class Raw:
    """A row of timing_events."""

    id: int
    kind: str
    at: datetime
    talk_id: int | None = None
    amount: timedelta = NOTHING
    undoes: int | None = None


@dataclass
class Counted:
    """One talk's time on stage."""

    starts: list[datetime] = field(default_factory=list)
    ends: list[datetime] = field(default_factory=list)
    paused: timedelta = NOTHING
    extended: timedelta = NOTHING

    @property
    def took(self) -> timedelta:
        return sum((end - start for start, end in zip(self.starts, self.ends, strict=True)), NOTHING) - self.paused


@dataclass(frozen=True)
class Recount:
    """What a report should tell."""

    talks: Mapping[int, Counted]
    started_late: timedelta | None
    ended_late: timedelta | None
    recovered: timedelta | None
    longest: tuple[int, timedelta] | None
    paused: timedelta
    extended: timedelta
    skipped: frozenset[int]


class _Hall:
    """Who is on stage, while one walks through what was tapped."""

    def __init__(self) -> None:
        self.talks: dict[int, Counted] = defaultdict(Counted)
        self.skipped: set[int] = set()
        self.current: int | None = None
        self.closed = False
        self._paused_at: datetime | None = None

    def take(self, row: Raw) -> None:
        told = self.talks[self.current] if self.current is not None else Counted()
        match row.kind:
            case "start" if row.talk_id is not None:
                self.leave(row.at)
                self.current = row.talk_id
                self.talks[row.talk_id].starts.append(row.at)
                self.skipped.discard(row.talk_id)
            case "end" | "close" | "open":
                self.closed = row.kind == "close"
                if row.kind != "open":
                    self.leave(row.at)
            case "pause":
                self._paused_at = row.at
            case "resume":
                self._go_on(row.at)
            case "extend":
                told.extended += row.amount
            case "skip" if row.talk_id is not None:
                self.skipped.add(row.talk_id)

    def leave(self, at: datetime) -> None:
        self._go_on(at)
        if self.current is not None:
            self.talks[self.current].ends.append(at)
        self.current = None

    def _go_on(self, at: datetime) -> None:
        if self.current is not None and self._paused_at is not None:
            self.talks[self.current].paused += at - self._paused_at
        self._paused_at = None


def recount(plan: Sequence[Planned], rows: Sequence[Raw], until: datetime) -> Recount:
    """Walk through what was tapped, a step after the other, and add up."""
    hall = _Hall()
    for row in _standing(rows):
        hall.take(row)
    running = hall.current
    hall.leave(until)
    return _figures(plan, dict(hall.talks), hall.skipped, closed=hall.closed, running=running)


def _standing(rows: Sequence[Raw]) -> list[Raw]:
    """The steps that were not taken back."""
    kept: list[Raw] = []
    for row in sorted(rows, key=lambda row: row.id):
        if row.kind != "undo":
            kept.append(row)
        elif kept and kept[-1].id == row.undoes:
            kept.pop()
    return kept


def _figures(
    plan: Sequence[Planned], talks: Mapping[int, Counted], skipped: set[int], *, closed: bool, running: int | None
) -> Recount:
    taking_place = [talk for talk in plan if not talk.cancelled or talk.id in talks]
    first = min((start for told in talks.values() for start in told.starts), default=None)
    begun = [talk for talk in taking_place if talk.id in talks]
    times = {talk.id: (talks[talk.id].starts[0], talks[talk.id].ends[-1]) for talk in begun}
    for talk in taking_place:  # what was over before anybody tapped is taken as having gone by the plan
        later = [other for other in begun if (other.starts_at, other.id) > (talk.starts_at, talk.id)]
        begun_first = [other for other in later if first in talks[other.id].starts]
        if talk.id not in talks and talk.id not in skipped and first and begun_first and talk.ends_at <= first:
            times[talk.id] = talk.starts_at, talk.ends_at
    over = closed or (running is None and all(talk.id in times or talk.id in skipped for talk in taking_place))
    first_ends = {talk.id: talks[talk.id].ends[0] if talk.id in talks else talk.ends_at for talk in taking_place}
    late = sorted((first_ends[talk.id], talk.ends_at) for talk in taking_place if talk.id in times)
    lateness = [max(ends - planned, NOTHING) for ends, planned in late]
    overruns = {t.id: talks[t.id].took - (t.ends_at - t.starts_at) for t in begun if t.id != running}
    longest = max(overruns.items(), key=lambda item: item[1], default=None)
    known = bool(times) and first is not None
    return Recount(
        talks=talks,
        started_late=min(start for start, _ in times.values()) - min(t.starts_at for t in taking_place)
        if known
        else None,
        ended_late=max(ends for _, ends in times.values()) - max(t.ends_at for t in taking_place)
        if known and over
        else None,
        recovered=max(lateness) - lateness[-1] if known and over else None,
        longest=longest if longest and longest[1] > NOTHING else None,
        paused=sum((told.paused for told in talks.values()), NOTHING),
        extended=sum((told.extended for told in talks.values()), NOTHING),
        skipped=frozenset(skipped),
    )
