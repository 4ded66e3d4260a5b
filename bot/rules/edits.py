"""Changes of the plan on the day: a talk renamed, moved, given another length, or swapped with another."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.errors import CommandError
from bot.rules.programme import PlannedTalk

Times = tuple[datetime, datetime]
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(hours=12)


def moved(talk: PlannedTalk, starts_at: datetime | None, length: timedelta | None) -> Times:
    """A talk's planned times with another start, another length, or both.

    Raises:
        CommandError: the length is absurd.
    """
    span = length if length is not None else talk.ends_at - talk.starts_at
    if not SHORTEST <= span <= LONGEST:
        raise CommandError("a talk takes between 30 seconds and 12 hours", do="Give another length, such as 5 or 1:30")
    begin = starts_at or talk.starts_at
    return begin, begin + span


def swapped(talks: Sequence[PlannedTalk], one: int, other: int) -> dict[int, Times]:
    """The planned times of a session after two talks changed places; what lies between keeps its order and its gaps.

    Raises:
        CommandError: it is the same talk twice.
    """
    if one == other:
        raise CommandError("a talk cannot change places with itself", do="Name another talk")
    order = sorted(talks, key=lambda talk: (talk.starts_at, talk.id))
    first, last = sorted(next(i for i, talk in enumerate(order) if talk.id == key) for key in (one, other))
    part = order[first : last + 1]
    gaps = [later.starts_at - talk.ends_at for talk, later in itertools.pairwise(part)]
    part[0], part[-1] = part[-1], part[0]
    times: dict[int, Times] = {}
    begin = order[first].starts_at
    for talk, gap in zip(part, [*gaps, timedelta(0)], strict=True):
        times[talk.id] = begin, begin + (talk.ends_at - talk.starts_at)
        begin = times[talk.id][1] + gap
    return times
