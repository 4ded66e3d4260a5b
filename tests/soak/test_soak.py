"""Four days in 24 rooms: memory stays as it is, nothing leaks, nothing is lost, nothing is doubled."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.soak.accounts import Accounts, accounts_of
from tests.soak.conference import Conference
from tests.soak.gauges import Held, held, line
from tests.soak.programme import local

DAY_SPEED, NIGHT_SPEED, SHORT_SPEED = 100.0, 3_000.0, 300.0
"""At most; the clock runs more slowly while the bot cannot keep up."""
DAYS, ROOMS = 4, 24
DOORS_OPEN, DOORS_CLOSE, NIGHT = (9, 40), (13, 40), (5, 0)
"""Times of day: between the first two people are there; at the third nothing has happened for long."""
LOOKED_EVERY = timedelta(hours=1)
GROWTH = 1.10
"""Of memory, from the night after the first day to the night after the last one."""

Report = Callable[[str], object]


async def play(stage: Conference, report: Report) -> list[Held]:
    """Let all days pass; what the bot held in each night after."""
    playing, began = stage.play(), time.monotonic()
    nights: list[Held] = []

    async def look() -> Held:
        now = await held(stage)
        report(line(stage.clock.now().astimezone(stage.zone), time.monotonic() - began, now))
        return now

    for day in range(stage.days):
        await stage.run(at := local(day, *DOORS_OPEN), NIGHT_SPEED)
        while at < local(day, *DOORS_CLOSE):
            at += LOOKED_EVERY
            await stage.run(at, DAY_SPEED)
            await look()
        await stage.run(local(day + 1, *NIGHT), NIGHT_SPEED)
        nights.append(await look())
    await asyncio.gather(*playing)
    await stage.settled()
    hours, seconds = (local(stage.days, *NIGHT) - local(0, 7)).total_seconds() / 3600, time.monotonic() - began
    report(f"{hours:.0f} hours in {seconds:.0f} s: {hours * 3600 / seconds:.0f} virtual seconds in each")
    return nights


def check(accounts: Accounts, report: Report) -> None:
    """Nothing lost, nothing doubled, nothing given up that could be sent in time."""
    late = accounts.late_ms
    report(
        f"{accounts.sent} messages, lost {len(accounts.lost)}, doubled {len(accounts.doubled)}, overtaken "
        f"{dict(accounts.overtaken)}; {len(late)} reminders, late p50 {late[len(late) // 2]:.0f} ms, "
        f"p99 {late[int(len(late) * 0.99)]:.0f} ms"
    )
    assert (accounts.lost, accounts.doubled, accounts.given_up, accounts.missing) == ([], [], Counter(), 0)


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_four_days_in_24_rooms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def report(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"{text}\n")

    stage = Conference(tmp_path, days=DAYS, rooms=ROOMS)
    await stage.open()
    try:
        await stage.ready()
        first, *_, last = await play(stage, report)
        report(f"what people did: {dict(sorted(stage.done.items()))}")
        check(await accounts_of(stage, DAY_SPEED), report)
        report(f"memory after the last day: {last.memory / first.memory:.3f} of what it was after the first")
        assert last.more_than(first) == {}
        assert last.memory <= GROWTH * first.memory
        assert await stage.bot.stop() == 0
        assert "Traceback" not in stage.bot.log_path.read_text(encoding="utf-8")
    finally:
        await stage.close()


@pytest.mark.soak
async def test_first_talk_in_two_rooms(tmp_path: Path) -> None:
    stage = Conference(tmp_path, days=1, rooms=2)
    await stage.open()
    try:
        await stage.ready()
        stage.clock.run_from(local(0, 9, 52), 0)
        await stage.settled()
        before = await held(stage)
        playing = stage.play()
        await stage.run(local(0, 10, 34), SHORT_SPEED)
        await stage.settled()
        for task in playing:
            task.cancel()
        await asyncio.gather(*playing, return_exceptions=True)
        accounts = await accounts_of(stage, SHORT_SPEED)
        assert (accounts.lost, accounts.doubled) == ([], [])
        assert accounts.sent > stage.done["tapped Start"] + stage.done["asked"] > 0
        after = await held(stage)
        assert (after.tasks <= before.tasks, after.gateway_connections) == (True, 1)
    finally:
        await stage.close()
