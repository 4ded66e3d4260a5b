"""Two bots with the same shards and store, of which one is killed again and again: each message is posted once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.rules.outbox import State
from bot.rules.reminders import Kind
from db.tables import Delivery
from tests.faults.fault_stage import until_done
from tests.faults.process_stage import FIRST_TALK, LEAD, TALK, ProcessStage, Shape
from tests.stores import Stores

pytestmark = pytest.mark.store("postgresql")
BOARDS_COME = timedelta(minutes=10)
_FIGURES: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _told() -> Iterator[None]:
    """Prints what was counted, once all is played; -s shows it."""
    yield
    print("\ntwo processes: " + ", ".join(f"{what} {number}" for what, number in _FIGURES.items()))  # noqa: T201 - make faults prints its counts


async def play(
    folder: Path, shape: Shape, seed: int, *, kills: int, between: tuple[float, float], seconds: float, beginning: float
) -> None:
    """Let the clock run over all reminders, then over the first sessions' beginnings, in so many real seconds each."""
    draw = random.Random(f"processes {seed}")  # noqa: S311 - the same for each run of a seed
    async with ProcessStage.playing(folder, shape=shape) as stage:
        last = FIRST_TALK - LEAD + TALK * shape.talks + shape.spread
        killing = asyncio.create_task(stage.kill_for(draw, kills, between))
        stage.clock.run_from(stage.begin, (last - stage.begin).total_seconds() / seconds)
        await stage.until(last)
        stage.clock.run_from(FIRST_TALK - BOARDS_COME, 0)
        await until_done(stage.db, stage.clock.now())
        stage.clock.run_from(FIRST_TALK - BOARDS_COME, (BOARDS_COME + shape.spread).total_seconds() / beginning)
        await stage.until(FIRST_TALK + shape.spread)
        await killing
        stage.clock.run_from(stage.clock.now(), 0)
        rows = await stage.each_posted_once()
        _count(stage, rows)
        kinds = Counter(row.kind for row in rows if row.state == State.SENT)
        assert kinds[Kind.UP_NEXT] == shape.reminders
        assert kinds[Kind.PERSONAL] == shape.servers * shape.people
        assert kinds[Kind.BOARD] == shape.servers * shape.rooms
        skipped = [row.reason or "" for row in rows if row.state == State.SKIPPED]
        assert [reason for reason in skipped if "too late" not in reason] == []


def _count(stage: ProcessStage, rows: list[Delivery]) -> None:
    kinds = Counter(row.kind for row in rows if row.state == State.SENT)
    lost, doubled = stage.not_once(rows)
    _FIGURES.update({"kills": stage.kills, "deliveries sent": kinds.total()})
    _FIGURES.update({f"of them {kind}": number for kind, number in sorted(kinds.items())})
    _FIGURES.update({"skipped, too late": sum(row.state == State.SKIPPED for row in rows)})
    _FIGURES.update({"lost": len(lost), "doubled": len(doubled)})
    _FIGURES.update({f"struck {what}": number for what, number in sorted(stage.struck.items())})


@pytest.mark.slow
async def test_hundred_reminders_are_posted_once_by_two_processes_of_which_one_is_killed_four_times(
    stores: Stores, tmp_path: Path
) -> None:
    await play(tmp_path, Shape(), 1, kills=4, between=(0.5, 1.2), seconds=4, beginning=3)


@pytest.mark.faults
@pytest.mark.timeout(400)
async def test_thousand_reminders_are_posted_once_while_one_of_two_is_killed_for_two_minutes(
    stores: Stores, tmp_path: Path
) -> None:
    await play(tmp_path, Shape(5, 10, 20, people=4), 2, kills=45, between=(1.5, 4.0), seconds=105, beginning=15)
