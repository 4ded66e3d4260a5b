"""200 screens of a session and 20 windows of its rehearsal: how soon each shows what happens; reminders beside it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from benchmarks.bench import milliseconds, wait, wait_until
from benchmarks.figures import Figure, spread
from benchmarks.processes import cpu_seconds, number_of
from benchmarks.programmes import ZONE, long_session, single_talks
from benchmarks.tapping import started
from benchmarks.viewing_hall import Hall, Told, hall, looking_on
from bot.clock import real_now
from bot.rehearsal.loopback import Message, Person
from bot.schedules.schedule import Schedule

SCREENS, WINDOWS = 200, 20
TAPS, SECONDS_BETWEEN = 60, 0.5
"""Two taps a second: a crowd of moderators' worth, on the one clock that all screens show."""
REMINDERS, ROOMS, LEAD = 200, 40, timedelta(minutes=5)
WITHIN = timedelta(seconds=TAPS * SECONDS_BETWEEN)
UNTIL_SETTLED = timedelta(seconds=25)
LONG_TALK = timedelta(minutes=30)
SHOWN_P99 = 500.0
LATE_P50, LATE_P99 = 15.0, 50.0


async def viewing() -> list[Figure]:
    """+1 min, again and again, with nobody who looks on and then with all; reminders in 40 other rooms meanwhile."""
    return [*await _watched(0, 0), *await _watched(SCREENS, WINDOWS)]


async def _watched(screens: int, windows: int) -> list[Figure]:
    first = real_now() + UNTIL_SETTLED
    async with hall(ROOMS + 1, _programme(first)) as made, made.playing(until=first) as page:
        manager, channel = made.rehearsal.hall.manager, made.channels[-1]
        console = await started(manager, channel)
        link = await (await manager.slash(channel, "session stage")).final(within=10)
        found = re.search(r"<(http\S+)>", link.content)
        assert found is not None, link.content
        streams = [f"{found[1]}/events"] * screens + made.windows(page, windows)
        async with looking_on(streams) as told:
            await wait_until(first)
            before = cpu_seconds(number_of(made.bot))
            tapped = await _tap(manager, console)
            busy = cpu_seconds(number_of(made.bot)) - before
            await wait(2)
        reminders = await _reminders(made, first)
    beside = f"{screens} screens and {windows} windows" if screens else "nobody looks"
    return [
        *(_screens(tapped, [event for event in told if event.who < screens]) if screens else []),
        *(_windows(reminders, [event for event in told if event.who >= screens]) if windows else []),
        *spread(
            f"reminders posted after their moment, {beside}",
            milliseconds([*reminders.values()]),
            p50=LATE_P50,
            p99=LATE_P99,
        ),
        Figure(f"reminders not posted, {beside}", REMINDERS - len(reminders), "", 0),
        Figure(f"the bot's processor time meanwhile, of a core, {beside}", busy / WITHIN.total_seconds() * 100, "%"),
    ]


def _programme(first: datetime) -> Schedule:
    """A reminder every 150 ms from a moment on in 40 rooms, and one long session for a moderator to run."""
    sessions = (
        *single_talks(REMINDERS, ROOMS, first + LEAD, WITHIN).sessions,
        *long_session(f"Room {ROOMS + 1}", first, LONG_TALK).sessions,
    )
    return Schedule("made-up", "Made-up conference", ZONE, ZONE, tuple(sorted(sessions, key=lambda s: s.starts_at)))


async def _tap(manager: Person, console: Message) -> list[datetime]:
    """When each tap was made: the next one does not wait for the screens."""
    tapped: list[datetime] = []
    for _ in range(TAPS):
        began = real_now()
        tapped.append(began)
        await manager.press(console, "+1 min")
        await wait_until(began + timedelta(seconds=SECONDS_BETWEEN))
    return tapped


async def _reminders(made: Hall, first: datetime) -> dict[int, tuple[datetime, datetime]]:
    """By the message: when each reminder was due, and when it was asked for."""
    rows = [row for row in await made.deliveries("up_next", first) if row.due_at < first + WITHIN]
    arrivals = made.arrivals()
    return {key: (row.due_at, arrivals[key]) for row in rows if (key := row.message_id or 0) in arrivals}


def _screens(tapped: Sequence[datetime], told: Sequence[Told]) -> list[Figure]:
    """Each tap moved the end by a minute; a screen that was shown a later end first has shown that tap as well."""
    shown: dict[int, list[float]] = defaultdict(list)
    for event in told:
        shown[int(event.about)].append(event.at)
    last = max(shown, default=0)
    waited: list[float] = []
    for number, moment in enumerate(tapped):
        end = last - 60_000 * (len(tapped) - 1 - number)
        waited += [(at - moment.timestamp()) * 1000 for at in shown.get(end, [])]
    return [
        *spread(f"tap to the screens, {SCREENS} of them", waited, p99=SHOWN_P99),
        Figure("screens that did not show the last tap", SCREENS - len(shown.get(last, [])), "", 0),
        Figure("taps that were shown together with the next one", TAPS - len(waited) / SCREENS, "taps"),
    ]


def _windows(reminders: dict[int, tuple[datetime, datetime]], told: Sequence[Told]) -> list[Figure]:
    """Each reminder is for everybody: from the moment at which the rehearsal's Discord was asked to post it."""
    first: dict[tuple[int, int], float] = {}
    for event in told:
        first.setdefault((event.who, int(event.about)), event.at)
    waited = [(at - reminders[key][1].timestamp()) * 1000 for (_, key), at in first.items() if key in reminders]
    return [
        *spread(f"reminder to the windows, {WINDOWS} of them", waited, p99=SHOWN_P99),
        Figure("reminders that a window did not show", WINDOWS * len(reminders) - len(waited), "", 0),
    ]
