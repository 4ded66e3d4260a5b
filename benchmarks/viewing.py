"""200 screens that look at one page: how soon each shows a tap, and whether reminders are on time beside it."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.bench import Bench, bench, milliseconds, wait, wait_until
from benchmarks.figures import Figure, spread
from benchmarks.programmes import long_session, single_talks
from benchmarks.tapping import started
from bot.clock import real_now
from bot.rehearsal.bot_process import BotProcess
from bot.rehearsal.loopback import Message, Person

SCREENS = 200
TAPS, SECONDS_BETWEEN = 60, 0.5
"""Two taps a second: a crowd of moderators' worth, on the one clock that all screens show."""
REMINDERS, ROOMS, LEAD = 200, 40, timedelta(minutes=5)
WITHIN = timedelta(seconds=TAPS * SECONDS_BETWEEN)
UNTIL_SETTLED = timedelta(seconds=25)
LONG_TALK = timedelta(minutes=30)
SHOWN_P99 = 500.0
LATE_P50, LATE_P99 = 15.0, 50.0


@dataclass
class ShowingBot(BotProcess):
    """A bot that serves screens."""

    port: int = 0

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"STAGE_ADDRESS": f"127.0.0.1:{self.port}"}


class Hall(Bench):
    """A bench whose bot serves screens."""

    @property
    def bot(self) -> BotProcess:
        bot = super().bot
        return ShowingBot(bot.folder, bot.token, bot.api_base, bot.clock, port=self.port)

    def __post_init__(self) -> None:
        super().__post_init__()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])


async def viewing() -> list[Figure]:
    """+1 min, again and again, with nobody and then with 200 who look; reminders in 40 other rooms meanwhile."""
    return [*await _watched(0), *await _watched(SCREENS)]


async def _watched(screens: int) -> list[Figure]:
    async with bench(ROOMS + 1, kind=Hall) as made:
        first = real_now() + UNTIL_SETTLED
        await made.fill(single_talks(REMINDERS, ROOMS, first + LEAD, WITHIN))
        await made.fill(long_session(f"Room {ROOMS + 1}", first, LONG_TALK))
        moderator = made.server.add_member("Robin", manages_server=True)
        async with made.running(until=first):
            channel = made.channels[-1]
            console = await started(moderator, channel)
            link = await (await moderator.slash(channel, "session stage")).final(within=10)
            found = re.search(r"<(http\S+)>", link.content)
            assert found is not None, link.content
            async with _looking(found[1], screens) as probe:
                await wait_until(first)
                tapped = await _tap(moderator, console)
                await wait(2)
                shown = await _shown(probe)
            rows = [row for row in await made.deliveries("up_next", first) if row.due_at < first + WITHIN]
    name = f"{screens} screens" if screens else "no screen"
    arrivals = made.arrivals()
    late = [(row.due_at, arrivals[row.message_id]) for row in rows if row.message_id in arrivals]
    beside = spread(f"reminders posted after their moment, {name}", milliseconds(late), p50=LATE_P50, p99=LATE_P99)
    lost = Figure(f"reminders not posted, {name}", REMINDERS - len(late), "", 0)
    return [*(_screens(tapped, shown) if screens else []), *beside, lost]


@asynccontextmanager
async def _looking(url: str, screens: int) -> AsyncIterator[Process | None]:
    """So many screens that all show something already."""
    if not screens:
        yield None
        return
    words = (sys.executable, "-m", "benchmarks.viewing_probe", url, str(screens))
    probe = await asyncio.create_subprocess_exec(*words, stdout=PIPE, limit=2**22)
    assert probe.stdout is not None
    try:
        async with asyncio.timeout(20):
            while await probe.stdout.readline() != b"all look\n":
                pass
        yield probe
    finally:
        if probe.returncode is None:
            probe.kill()
        await probe.wait()


async def _tap(moderator: Person, console: Message) -> list[datetime]:
    """When each tap was made: the next one does not wait for the screens."""
    tapped: list[datetime] = []
    for _ in range(TAPS):
        began = real_now()
        tapped.append(began)
        await moderator.press(console, "+1 min")
        await wait_until(began + timedelta(seconds=SECONDS_BETWEEN))
    return tapped


async def _shown(probe: Process | None) -> dict[int, list[float]]:
    """By what was counted to: when each screen showed it, seconds since 1970."""
    shown: dict[int, list[float]] = defaultdict(list)
    if probe is None or probe.stdout is None:
        return shown
    probe.kill()
    for line in (await probe.stdout.read()).decode().splitlines():
        if line.endswith("]"):
            at, counts_to = json.loads(line)
            shown[counts_to].append(at)
    return shown


def _screens(tapped: list[datetime], shown: dict[int, list[float]]) -> list[Figure]:
    """Each tap moved the end by a minute; a screen that was shown a later end first has shown that tap as well."""
    ends = sorted(shown)
    last = ends[-1] if ends else 0
    waited: list[float] = []
    for number, moment in enumerate(tapped):
        end = last - 60_000 * (len(tapped) - 1 - number)
        waited += [(at - moment.timestamp()) * 1000 for at in shown.get(end, [])]
    missed = SCREENS - len(shown.get(last, []))
    return [
        *spread(f"tap to the screens, {SCREENS} of them", waited, p99=SHOWN_P99),
        Figure("screens that did not show the last tap", missed, "", 0),
        Figure("taps that were shown together with the next one", TAPS - len(waited) / SCREENS, "taps"),
    ]
