"""How far off the likely end is that consoles hint at, beside the plain forecast; and what reading the past costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from benchmarks.figures import Figure, percentile
from benchmarks.hinting_store import reading
from benchmarks.made_days import MINUTE, Habits, Played, World, played_days, rehearsed
from bot.rehearsal.stints import is_tapped
from bot.rules.hints import Learned, TimedTalk, hint, learned, likely, timed_talks
from bot.rules.run import TimingKind, fold
from bot.rules.timing import forecast
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions

SESSIONS = 320
"""Of each made-up world that are forecast: eight of a last day, after three days to learn from, or as its name says."""
SETTLED = timedelta(hours=12)
DIFFER: dict[str | None, Habits] = {
    "Spotlight": Habits(0.7, 0.8, lengths=(5,)),
    "Oral": Habits(1.7, 2.0, lengths=(20,)),
    "Keynote": Habits(-4.0, 4.0, lengths=(45,)),
}
NONE_DIFFER: dict[str | None, Habits] = {
    "Spotlight": Habits(0.0, 0.8, lengths=(5,)),
    "Oral": Habits(0.0, 2.0, lengths=(20,)),
    "Keynote": Habits(0.0, 4.0, lengths=(45,)),
}
HELPS, HARMLESS = 0.8, 1.05
WORLDS: dict[str, tuple[World, float | None]] = {
    "kinds differ": (World(DIFFER), HELPS),
    "kinds differ, an End in 33 forgotten": (World(DIFFER, forgets=0.03), HELPS),
    "overruns grow with length, lengths mixed": (World({"Talk": Habits(0, 2, 0.08, (10, 20, 45))}), HELPS),
    "kinds differ, gaps of 2 min and breaks": (World(DIFFER, gap=2, breaks=4), None),
    "kinds differ, gaps of 10 min": (World(DIFFER, gap=10), None),
    "kinds differ, one day of 6 sessions before": (World(DIFFER, past=1, rooms=6), None),
    "all talks are short": (World({"Oral": Habits(-1.5, 2)}), None),
    "nothing to learn": (World(NONE_DIFFER), HARMLESS),
    "nothing to learn, gaps of 5 min": (World(NONE_DIFFER, gap=5), HARMLESS),
    "nothing to learn, two sessions before": (World({"Oral": Habits(0, 4)}, past=1, rooms=2), HARMLESS),
    "people changed: over before, in time now": (World({"Oral": Habits(1.7, 2)}, later={"Oral": Habits(0, 2)}), None),
}
SCHEDULES = Path(__file__).resolve().parents[2] / "shared" / "schedules"
RECORDED = {"fosdem-2013.xml": "Europe/Brussels", "30c3-2013.json": "Europe/Berlin", "pycon-au-2023.ics": None}


@dataclass
class Errors:
    """By how many minutes the session's end was missed, of the same moments."""

    plain: list[float] = field(default_factory=list)
    hinted: list[float] = field(default_factory=list)
    told: int = 0

    def add(self, played: Played, at: datetime, known: Learned) -> None:
        """At a moment, by what had been tapped until then."""
        run = fold(played.session, [event for event in played.events if event.at <= at])
        for errors, session in (
            (self.plain, forecast(played.session, run, at)),
            (self.hinted, likely(played.session, run, at, known)),
        ):
            assert session.ends_at is not None
            errors.append(abs((session.ends_at - played.ended_at) / MINUTE))
        self.told += hint(played.session, run, at, known) is not None

    def figures(self, name: str, limit: float | None) -> Iterator[Figure]:
        plain, hinted = (sum(errors) / len(errors) for errors in (self.plain, self.hinted))
        yield Figure(f"{name}: mean error of the likely end, of the plain one's", hinted / plain, "", limit)
        yield Figure(f"{name}: mean error, plain", plain, "min")
        yield Figure(f"{name}: error p90, plain", percentile(self.plain, 90), "min")
        yield Figure(f"{name}: error p90, with the hint", percentile(self.hinted, 90), "min")
        yield Figure(f"{name}: moments with a hint", 100 * self.told / len(self.plain), "%")


async def hinting() -> list[Figure]:
    """Learned from earlier days, tried on later ones, at six moments of each session, whose last tap is its end."""
    figures: list[Figure] = []
    for name, (world, limit) in WORLDS.items():
        errors = Errors()
        for seed in range(SESSIONS // world.rooms):
            past, later = played_days(world, seed)
            _try(errors, later, learned(_timed(past)))
        figures += errors.figures(name, limit)
    return [*figures, *_recorded(), *await reading()]


def _try(errors: Errors, sessions: Sequence[Played], known: Learned) -> None:
    for played in sessions:
        for at in _moments(played):
            errors.add(played, at, known)


def _moments(played: Played) -> Iterator[datetime]:
    """Ten minutes before, and a minute into the first, the last, and three talks between them."""
    starts = [event.at for event in played.events if event.kind is TimingKind.START]
    yield played.session.starts_at - 10 * MINUTE
    for number in (0, len(starts) // 4, len(starts) // 2, 3 * len(starts) // 4, len(starts) - 1):
        yield starts[number] + MINUTE


def _timed(sessions: Sequence[Played]) -> list[TimedTalk]:
    return [
        talk
        for played in sessions
        for talk in timed_talks(played.session, fold(played.session, played.events), played.ended_at + SETTLED)
    ]


def _recorded() -> Iterator[Figure]:
    """Real programmes as the rehearsal's cast plays them: each day by what the days before taught."""
    for file, zone in RECORDED.items():
        if not (SCHEDULES / file).exists():
            continue
        options = ReadingOptions(today=datetime(2026, 1, 1).astimezone(), timezone=zone, name=file)
        sessions = [s for s in read_schedule((SCHEDULES / file).read_bytes(), options).sessions if is_tapped(s)]
        sessions.sort(key=lambda session: session.starts_at)
        errors, past = Errors(), list[Played]()
        for _, on_day in groupby(sessions, key=lambda session: session.starts_at.date()):
            today = [rehearsed(session, number) for number, session in enumerate(on_day)]
            if past:
                _try(errors, today, learned(_timed(past)))
            past += today
        yield from errors.figures(f"{file} as rehearsed", HARMLESS)
