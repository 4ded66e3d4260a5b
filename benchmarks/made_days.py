"""Made-up conference days: sessions as planned, and the taps of moderators whose speakers keep to time or do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from bot.rehearsal.stints import as_played
from bot.rules.programme import PlannedSession, PlannedTalk
from bot.rules.run import TimingEvent, TimingKind
from bot.schedules.schedule import Session

MINUTE = timedelta(minutes=1)
FIRST_DAY = datetime(2022, 7, 18, 9, tzinfo=UTC)
FORGOTTEN = 40 * MINUTE


@dataclass(frozen=True, slots=True)
class Habits:
    """What talks of a kind do: so many minutes over on average and about, and that share of their length beside it."""

    minutes: float
    about: float
    share: float = 0.0
    lengths: tuple[int, ...] = (20,)


@dataclass(frozen=True, slots=True)
class World:
    """A conference that is made up.

    Attributes:
        kinds: what talks of each kind do.
        later: the same of the days that are forecast, where people changed.
        gap: minutes between two talks.
        breaks: after every so many talks comes one of 30 minutes; 0 is none.
        talks: in a session, at least and at most.
        past, rooms: days to learn from, and sessions a day.
        forgets: how often an End is tapped only 40 minutes later.
        ends: how often somebody taps End where a gap follows; else Next when the following one begins.
    """

    kinds: Mapping[str | None, Habits]
    later: Mapping[str | None, Habits] | None = None
    gap: int = 0
    breaks: int = 0
    talks: tuple[int, int] = (8, 15)
    past: int = 3
    rooms: int = 8
    forgets: float = 0.0
    ends: float = 0.7


@dataclass(frozen=True, slots=True)
class Played:
    """A session with all that was tapped in it."""

    session: PlannedSession
    events: tuple[TimingEvent, ...]

    @property
    def ended_at(self) -> datetime:
        return self.events[-1].at


def played_days(world: World, seed: int) -> tuple[list[Played], list[Played]]:
    """The sessions of the days to learn from, and those of the day after them."""
    chance = Random(seed)  # noqa: S311 - the same days in every run
    keys = count(1)
    days = [
        [_played(_planned(world, chance, keys, day), _habits(world, day), world, chance) for _ in range(world.rooms)]
        for day in range(world.past + 1)
    ]
    return [played for day in days[:-1] for played in day], days[-1]


def _habits(world: World, day: int) -> Mapping[str | None, Habits]:
    return world.later if world.later and day == world.past else world.kinds


def _planned(world: World, chance: Random, keys: count[int], day: int) -> PlannedSession:
    """Talks of one kind stand together, as in most programmes; a break is behind every few."""
    session_id, at = next(keys), FIRST_DAY + timedelta(days=day)
    number = chance.randint(*world.talks)
    drawn = [chance.choice(list(world.kinds)) for _ in range(3)]
    talks: list[PlannedTalk] = []
    for index in range(number):
        kind = drawn[index * len(drawn) // number]
        ends_at = at + chance.choice(world.kinds[kind].lengths) * MINUTE
        talks.append(PlannedTalk(next(keys), session_id, f"Talk {index}", at, ends_at, kind))
        at = ends_at + world.gap * MINUTE
        if world.breaks and index % world.breaks == world.breaks - 1 and index < number - 1:
            talks.append(PlannedTalk(next(keys), session_id, "Coffee", ends_at, ends_at + 30 * MINUTE, "Break"))
            at = ends_at + 30 * MINUTE
    return PlannedSession(session_id, "Made up", tuple(talks))


def _played(session: PlannedSession, habits: Mapping[str | None, Habits], world: World, chance: Random) -> Played:
    """As a moderator taps who begins up to four minutes late, and no talk before its time."""
    numbers, events = count(1), list[TimingEvent]()

    def tap(kind: TimingKind, at: datetime, talk: PlannedTalk | None = None) -> None:
        events.append(TimingEvent(next(numbers), kind, at, at, talk.id if talk else None))

    free_at = session.starts_at + chance.uniform(0, 4) * MINUTE
    talks = [talk for talk in session.talks if not talk.is_break]
    for talk, following in zip(talks, [*talks[1:], None], strict=True):
        starts_at = max(talk.starts_at, free_at)
        tap(TimingKind.START, starts_at, talk)
        free_at = starts_at + _took(talk, habits[talk.kind], chance)
        if chance.random() < world.forgets:
            free_at += FORGOTTEN
        if following is None:
            tap(TimingKind.CLOSE, free_at)
        elif following.starts_at > talk.ends_at and (_breaks(session, talk) or chance.random() < world.ends):
            tap(TimingKind.END, free_at, talk)
            free_at += 15 * MINUTE if _breaks(session, talk) else timedelta(0)  # half of a break is kept
    return Played(session, tuple(events))


def _took(talk: PlannedTalk, habit: Habits, chance: Random) -> timedelta:
    planned = talk.ends_at - talk.starts_at
    over = chance.gauss(habit.minutes, habit.about) * MINUTE + habit.share * planned
    return max(planned + over, planned / 4)


def _breaks(session: PlannedSession, talk: PlannedTalk) -> bool:
    return any(other.is_break and other.starts_at == talk.ends_at for other in session.talks)


def rehearsed(session: Session, number: int) -> Played:
    """A real session as the rehearsal's cast plays it, which only ever taps Next."""
    talks = tuple(
        PlannedTalk(1000 * number + place, number, talk.title, talk.starts_at, talk.ends_at, talk.kind)
        for place, talk in enumerate(session.talks, 1)
        if not talk.cancelled
    )
    stints, numbers = as_played(session), count(1)
    events = [
        TimingEvent(next(numbers), TimingKind.START, s.starts_at, s.starts_at, talks[s.number].id) for s in stints
    ]
    end = stints[-1].ends_at
    events.append(TimingEvent(next(numbers), TimingKind.CLOSE, end, end))
    return Played(PlannedSession(number, session.title, talks), tuple(events))
