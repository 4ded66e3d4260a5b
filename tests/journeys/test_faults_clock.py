"""In a running session the machine's clock is set by an hour, the machine sleeps, and the venue's clocks change."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.stage import PATIENCE, TITLES
from tests.journeys.stepped_machine import SteppedStage

HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[SteppedStage]:
    async with SteppedStage.running(tmp_path) as stage:
        yield stage


@pytest.mark.slow
async def test_machines_clock_set_forward_an_hour_and_right_again_loses_and_doubles_nothing(
    stage: SteppedStage,
) -> None:
    stage.run_from("12:24", plus=59)
    await stage.until_reminded(TITLES[0])
    stage.set_machine(HOUR)
    async with asyncio.timeout(PATIENCE):
        await stage.until_logged("this machine's clock was set by 3600 s (forward, or it was asleep)")
    # as a clock tells it that is wrong: the talks of that hour have begun, the one at 13:30 is next
    await stage.until_reminded(TITLES[9])
    stage.set_machine(timedelta(0))
    async with asyncio.timeout(PATIENCE):
        await stage.until_logged("this machine's clock was set by -3600 s (back)")
    stage.run_from("12:29", plus=59)
    await stage.until_reminded(TITLES[1])
    stage.run_from("12:30", plus=1)
    console = await stage.console()
    assert TITLES[0] in (await stage.press(stage.moderator, console, "Start")).content
    stage.run_from("12:34", plus=59)
    await stage.until_reminded(TITLES[2])
    assert stage.announced() == [TITLES[0], TITLES[9], TITLES[1], TITLES[2]]


@pytest.mark.slow
async def test_machines_clock_set_back_an_hour_while_discord_is_away_keeps_no_reminder_and_no_tap_waiting(
    stage: SteppedStage,
) -> None:
    """What waits to be tried again waits by moments that are then an hour ahead."""
    stage.run_from("12:30", plus=0)
    await stage.tap("Start")
    await stage.until_reminded(TITLES[1])
    stage.loopback.faults.refuse(503, matching=rf"POST /channels/{stage.hall.id}/messages")
    stage.run_from("12:34", plus=59)
    await stage.loopback.requests.wait_for(rf"GET /channels/{stage.hall.id}/messages", count=2)
    stage.set_machine(-HOUR)
    stage.run_from("12:36")  # the clock that people read is right again at once
    stage.loopback.faults.clear()
    await stage.until_reminded(TITLES[2])
    answer = await stage.press(stage.moderator, await stage.console(), "Next")
    assert TITLES[1] in answer.content
    stage.run_from("12:40", plus=59)
    await stage.until_reminded(TITLES[3])
    assert stage.announced() == list(TITLES[1:4])


async def test_tap_after_the_clock_was_set_back_counts_from_the_step_before_it(stage: SteppedStage) -> None:
    stage.run_from("12:30")
    await stage.tap("Start")
    await stage.backstage.wait_for(lambda message: "Next" in message.labels, within=PATIENCE)
    stage.set_machine(-HOUR)
    async with asyncio.timeout(PATIENCE):
        await stage.until_logged("this machine's clock was set by -3600 s (back)")
    answer = await stage.press(stage.moderator, await stage.console(), "Next")
    assert TITLES[1] in answer.content
    moments = [at for (at,) in stage.stored("SELECT at FROM timing_events ORDER BY id")]
    assert moments == sorted(moments)


@pytest.mark.slow
async def test_machine_asleep_for_20_minutes_in_a_session_sends_what_still_helps_and_answers_again(
    stage: SteppedStage,
) -> None:
    """Timers stand still, the clock goes on, and Discord has ended the connection that nobody answered on."""
    stage.run_from("12:30")
    await stage.tap("Start")
    await stage.until_reminded(TITLES[1])
    assert stage.bot._process is not None
    os.kill(stage.bot._process.pid, signal.SIGSTOP)
    stage.loopback.faults.close_gateway(1006)
    stage.loopback._gateway.sessions.clear()
    stage.set_machine(timedelta(minutes=20))
    os.kill(stage.bot._process.pid, signal.SIGCONT)
    async with asyncio.timeout(PATIENCE):
        await stage.until_logged("this machine's clock was set by 1200 s (forward, or it was asleep)")
    await stage.loopback.wait_until_ready(within=PATIENCE)
    await stage.until_reminded(TITLES[5])  # 12:50: those of the talks until then are told no more
    assert stage.announced() == [TITLES[1], TITLES[5]]
    # nobody tapped for twenty minutes, so the clock rolled on by the plan
    answer = await stage.press(stage.moderator, await stage.console(), "Next")
    assert f"{TITLES[5]}” is on stage since" in answer.content


@pytest.mark.slow
async def test_night_session_over_the_change_to_summer_time_keeps_its_minutes_and_prints_both_offsets(
    stage: SteppedStage,
) -> None:
    """At 02:00 in New York it is 03:00: talks of thirty minutes from 01:30 EST on, the next at 03:00 EDT."""
    table = (
        "Day,Start,End,Title,Room\n2027-03-14,01:30,03:00,Night one,Hall A\n2027-03-14,03:00,03:30,Night two,Hall A\n"
    )
    preview = await stage.preview(table.encode(), zone="America/New_York", year=2027)
    await stage.press(stage.manager, preview.message, "Import")
    first = datetime(2027, 3, 14, 6, 30, tzinfo=UTC)
    stage.clock.run_from(first - timedelta(minutes=5), 0)
    reminder = await stage.until_reminded("Night one")
    assert "01:30 EST" in reminder.content
    assert "· 30 min" in reminder.content
    stage.clock.run_from(first, 0)
    await stage.use(stage.moderator, "timer start", talk=stage.talk_key(len(TITLES) + 1))
    status = await stage.use(stage.moderator, "timer status")
    assert "time up at 03:00 EDT" in status.content
    stage.clock.run_from(first + timedelta(minutes=25), 0)
    reminder = await stage.until_reminded("Night two")
    assert "03:00 EDT" in reminder.content
    assert f"<t:{int((first + timedelta(minutes=30)).timestamp())}:R>" in reminder.content
