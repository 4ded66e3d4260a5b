"""A fifth of all posts stand while their answers are lost: they are found, and none is posted twice."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from bot.rules.outbox import State
from bot.rules.reminders import Kind
from tests.faults.process_stage import FIRST_TALK, LEAD, Chance, ProcessStage, Shape
from tests.stores import Stores

BURST = Shape(servers=4, rooms=50, talks=1, people=0, spread=timedelta(0))


@pytest.mark.slow
async def test_burst_of_200_of_which_a_fifth_is_not_answered_and_a_kill_in_it(stores: Stores, tmp_path: Path) -> None:
    async with ProcessStage.playing(tmp_path, shape=BURST, settings=({},)) as stage:
        draw = random.Random("a fifth")  # noqa: S311 - the same for each run
        lost = Chance(r"POST /channels/\d+/messages$", 0.2, draw)
        stage.loopback.faults._losses.append(lost)  # type: ignore[arg-type] # it strikes as a rule does
        stage.clock.run_from(FIRST_TALK - LEAD, 0)
        await stage.until_posted_at_least(80)
        await stage.kill(0)
        await stage.bots[0].start()
        rows = await stage.each_posted_once()
        assert [row.state for row in rows if row.kind == Kind.UP_NEXT] == [State.SENT] * BURST.reminders
        assert lost.struck >= BURST.reminders // 10
