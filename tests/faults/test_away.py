"""Discord away for a minute around a reminder's moment: told once it is back, or skipped where that is too late."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rules.reminders import Kind
from tests.journeys.stage import PATIENCE, TITLES, Stage, pdt
from tests.stores import Stores

AWAY = 60
"""Seconds."""


@pytest.mark.slow
async def test_reminder_due_while_discord_was_away_comes_once_with_the_time_that_is_left(
    stores: Stores, tmp_path: Path
) -> None:
    async with Stage.running(tmp_path) as stage:
        await stage.set_up()
        await away(stage, "12:24:30", "12:25:00", "12:25:30")
        reminder = await stage.until_reminded(TITLES[0])
        assert "<t:1658431800:R>" in reminder.content  # Discord counts down to 12:30 itself
        assert await stage.states() == ["sent", *["pending"] * 14]
        assert stage.announced() == [TITLES[0]]


@pytest.mark.slow
async def test_reminder_whose_talk_began_while_discord_was_away_is_skipped_with_its_reason(
    stores: Stores, tmp_path: Path
) -> None:
    async with Stage.running(tmp_path) as stage:
        await stage.set_up()
        await stage.use(stage.manager, "setup reminders", minutes="1")
        await away(stage, "12:28:59", "12:29:00", "12:30:01")
        await stage.until_posted("begins now")  # the session's start is news for ten minutes
        reminders = [row for row in await stage.deliveries() if row.kind == Kind.UP_NEXT and row.lead_seconds == 60]
        first = min(reminders, key=lambda row: row.due_at)
        assert (first.state, first.reason) == (
            "skipped",
            "too late: its talk began at 2022-07-21 19:30:00 UTC before it could be sent",
        )
        assert stage.announced() == []


async def away(stage: Stage, *moments: str) -> None:
    """Discord cannot be reached from the first of these moments on, and can again at the last."""
    stage.at(moments[0])
    await stage.clock_noticed()
    stage.loopback.faults.down()
    for moment in moments[1:]:
        stage.at(moment)
        await stage.loopback.wait_until_gone(within=PATIENCE)
        await stage.clock_noticed()
    stage.loopback.faults.up()
    await stage.loopback.wait_until_ready(within=PATIENCE)


@pytest.mark.faults
@pytest.mark.timeout(200)
async def test_reminder_due_while_discord_is_away_for_a_real_minute(stores: Stores, tmp_path: Path) -> None:
    async with Stage.running(tmp_path) as stage:
        await stage.set_up()
        stage.clock.run_from(pdt("12:24:30"), 1)
        stage.loopback.faults.down()
        await pause(RealMoments(), AWAY)
        stage.loopback.faults.up()
        reminder = await stage.hall.wait_for(lambda message: message.content.startswith("Up next"), within=2 * PATIENCE)
        assert "<t:1658431800:R>" in reminder.content
        await stage.deliveries()
        assert stage.announced() == [TITLES[0]]
