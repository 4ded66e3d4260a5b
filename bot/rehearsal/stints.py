"""When each talk of a session is on stage in a rehearsal: by the plan, or with the mishaps of a real session."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.programme import BREAK_KINDS
from bot.schedules.schedule import Session, Talk

MINUTE = timedelta(minutes=1)
LATE_START, OVERRUN, PAUSE = 3 * MINUTE, 2 * MINUTE, MINUTE
PAUSED, NO_SHOW, TAPPED_TWICE = 2, 4, 5
EXTRA = {1: OVERRUN, PAUSED: PAUSE}
"""How much longer than planned a talk takes, by its number from 0: one runs over, one is paused."""
MOST_TALKS = 40
"""A poster session of hundreds is not tapped through; it goes by the plan."""
FEWEST_FOR_MISHAPS = 8


@dataclass(frozen=True, slots=True)
class Stint:
    """A talk's time on stage; `number` counts the session's talks from 0, the one that does not take place too."""

    number: int
    talk: Talk
    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def is_break(self) -> bool:
        """Nobody asks a break anything."""
        return (self.talk.kind or "").casefold() in BREAK_KINDS


def is_tapped(session: Session) -> bool:
    """Whether a moderator can take it talk by talk."""
    talks = _taking_place(session)
    return len(talks) <= MOST_TALKS and not any(b.starts_at < a.ends_at for a, b in itertools.pairwise(talks))


def has_mishaps(session: Session) -> bool:
    """Whether it has talks enough for what goes wrong in a real session."""
    return is_tapped(session) and len(_taking_place(session)) >= FEWEST_FOR_MISHAPS


def by_plan(session: Session) -> list[Stint]:
    """Each talk at its printed time."""
    talks = _taking_place(session)
    return [Stint(number, talk, talk.starts_at, talk.ends_at) for number, talk in enumerate(talks)]


def as_played(session: Session) -> list[Stint]:
    """As a moderator takes it who starts no talk before its time: with mishaps where there are talks enough."""
    if not is_tapped(session):
        return []
    mishaps = has_mishaps(session)
    at = session.starts_at + (LATE_START if mishaps else timedelta(0))
    talks, played = _taking_place(session), []
    for number, talk in enumerate(talks):
        if mishaps and number == NO_SHOW:
            continue
        ends_at = at + talk.length + (EXTRA.get(number, timedelta(0)) if mishaps else timedelta(0))
        following = talks[number + 1 :]
        ends_at = max(ends_at, following[0].starts_at if following else talk.ends_at)
        played.append(Stint(number, talk, at, ends_at))
        at = ends_at
    return played


def _taking_place(session: Session) -> list[Talk]:
    return [talk for talk in session.talks if not talk.cancelled]
