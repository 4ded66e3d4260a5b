"""Two processes with the same shards and Discord's own limits: together they take no more than it allows the token."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.rehearsal.loopback import GatewaySettings, Loopback
from tests.faults.process_stage import FIRST_TALK, LEAD, ProcessStage, Shape
from tests.stores import Stores

BURST = Shape(servers=4, rooms=50, talks=1, people=0, spread=timedelta(0))


@pytest.mark.slow
@pytest.mark.store("postgresql")
async def test_burst_that_two_processes_send_earns_no_429(stores: Stores, tmp_path: Path) -> None:
    as_strict = Loopback(gateway=GatewaySettings(max_concurrency=16, identify_seconds=0.001))
    async with ProcessStage.playing(tmp_path, loopback=as_strict, shape=BURST) as stage:
        stage.clock.run_from(FIRST_TALK - LEAD, 0)
        await stage.until_posted_at_least(BURST.reminders)
        await stage.each_posted_once()
        assert stage.loopback.requests.rate_limited == 0
        both = [bot.log_path.read_text(encoding="utf-8").count("sent up_next") for bot in stage.bots]
        assert min(both) > 0
