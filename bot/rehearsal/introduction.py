"""The first lines of a rehearsal: what is played, by whom, and how long that takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.messages.text import plural, shortened
from bot.messages.times import length
from bot.rehearsal.cast import Cast
from bot.rehearsal.reading import clean
from bot.rehearsal.script import over_at
from bot.rehearsal.timetable import stretches
from bot.schedules.schedule import Schedule

SHOWN, TITLE_LIMIT = 3, 60
LONG = timedelta(minutes=5)
"""Real time that not everybody wants to watch for."""
FASTER = (300.0, 600.0)
"""Speeds at which the punctual cast keeps up."""
_MINUTE = timedelta(minutes=1)


def introduction(schedule: Schedule, cast: Cast, speed: float) -> str:
    """What is about to be seen, a sentence a line."""
    return "\n".join(_sentences(schedule, cast, speed))


def _sentences(schedule: Schedule, cast: Cast, speed: float) -> Iterator[str]:
    sessions, talks = len(schedule.sessions), plural(len(schedule.talks), "talk")
    what = talks if sessions == 1 else f"{plural(sessions, 'session')} with {talks}"
    yield f"Rehearsing {_titles(schedule)}: {what}, about {_rounded(real_length(schedule, cast, speed))} at {speed:g}x."
    if faster := _faster(schedule, cast, speed):
        rounded = _rounded(real_length(schedule, Cast.PUNCTUAL, faster))
        yield f"Shorter: --cast punctual --speed {faster:g} takes about {rounded}."
    if sessions > 1:
        yield f"People take part in {_title(schedule, 0)}; the others go by the plan."
    yield "The real bot plays on a Discord of this machine's own. Starting it …"


def real_length(schedule: Schedule, cast: Cast, speed: float) -> timedelta:
    """How much real time it takes to play a schedule, without starting the bot; idle nights are jumped over."""
    played = stretches(schedule)
    overtime = max(timedelta(0), over_at(cast, schedule) - played[-1].ends_at)
    return sum((stretch.ends_at - stretch.starts_at for stretch in played), overtime) / speed


def _faster(schedule: Schedule, cast: Cast, speed: float) -> float | None:
    """A speed at which it is no longer long; None where it is not, or cannot be told to go faster."""
    if real_length(schedule, cast, speed) < LONG:
        return None
    speeds = [faster for faster in FASTER if faster > speed]
    short = (faster for faster in speeds if real_length(schedule, Cast.PUNCTUAL, faster) < LONG)
    return next(short, speeds[-1] if speeds else None)


def _rounded(real: timedelta) -> str:
    """`2 min`, `1 h 50 min`; what takes less than a minute to the next ten seconds."""
    if real < _MINUTE:
        return length(timedelta(seconds=10 * max(1, -(-real.total_seconds() // 10))))
    return length(round(real / _MINUTE) * _MINUTE)


def _titles(schedule: Schedule) -> str:
    """All, or the first few and how many more; one more takes no more room than its title."""
    number = len(schedule.sessions)
    shown = number if number <= SHOWN + 1 else SHOWN
    titles = [_title(schedule, place) for place in range(shown)]
    rest = [f"{number - shown} more"] if number > shown else []
    *before, last = [*titles, *rest]
    return f"{', '.join(before)} and {last}" if before else last


def _title(schedule: Schedule, place: int) -> str:
    title = " ".join(clean(schedule.sessions[place].title).split())
    return f"“{shortened(title, TITLE_LIMIT)}”"
