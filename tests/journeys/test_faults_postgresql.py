"""PostgreSQL is restarted in mid-session, under the running bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback.moments import RealMoments, pause
from tests.journeys.run_stage import RunStage
from tests.journeys.stage import PATIENCE, TITLES
from tests.journeys.test_faults_store import STORE_AWAY
from tests.stores import PostgreSQLStores

pytestmark = pytest.mark.store("postgresql")


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RunStage]:
    async with RunStage.running(tmp_path) as stage:
        yield stage


@pytest.mark.slow
async def test_reminder_due_while_postgresql_is_restarted_comes_once_when_it_is_back(
    stage: RunStage, stores: PostgreSQLStores
) -> None:
    await stage.tap("Start", at="12:24")
    console = await stage.console(f"On stage: **{TITLES[0]}**")
    async with stores.away():
        stage.at("12:30")
        assert (await stage.press(stage.moderator, console, "Pause")).content == STORE_AWAY
        await stage.until_logged("the store did not answer")
        stage.at("12:31")
        await stage.clock_noticed()
        assert stage.announced() == []
    await stage.until_reminded(TITLES[1])
    await stage.until_logged("the store answers again")
    assert "paused" in (await stage.press(stage.moderator, console, "Pause")).content.casefold()
    assert stage.stored("SELECT kind FROM timing_events ORDER BY id") == [("start",), ("pause",)]
    assert stage.announced() == [TITLES[1]]
    assert (await stage.states()).count("sent") == 1


@pytest.mark.slow
async def test_message_on_its_way_while_postgresql_is_restarted_is_not_doubled(
    stage: RunStage, stores: PostgreSQLStores
) -> None:
    await stage.until_posted("**Now and next**")
    stage.loopback.faults.delay(1, times=1, matching=rf"POST /channels/{stage.hall.id}/messages")
    stage.at("12:25")
    async with asyncio.timeout(PATIENCE):
        while stage.stored("SELECT count(*) FROM deliveries WHERE state = 'sending' AND kind = 'up_next'") == [(0,)]:
            await pause(RealMoments(), 0.02)
    async with stores.away():
        await stage.until_reminded(TITLES[0])  # posted, and not noted
    stage.at("12:30")
    await stage.until_reminded(TITLES[1])
    async with asyncio.timeout(PATIENCE):
        while (await stage.states()).count("sent") < 2:
            await pause(RealMoments(), 0.05)
    assert stage.announced() == list(TITLES[:2])
