"""The console's hint from the talks before, where a server wants one and has talks enough."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from db.database import Database
from tests.journeys.run_stage import RunStage
from tests.past import put_past

HINT = "Hint from talks before: Spotlight 1:40 over on average (of 20); likely end "
OVER = 5 / 3


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RunStage]:
    async with RunStage.running(tmp_path) as stage:
        yield stage


async def before(stage: RunStage, talks: int) -> None:
    """So many talks were timed on this server before."""
    db = Database(stage.bot.database_url)
    try:
        await put_past(db, [OVER] * talks, server_id=stage.server.id)
    finally:
        await db.close()


@pytest.mark.slow
async def test_hint_is_there_where_it_is_wanted_and_follows_the_taps(stage: RunStage) -> None:
    await before(stage, 20)
    await stage.tap("Start", at="12:30")
    console = await stage.console("On stage: **Convergence")
    assert "Hint" not in console.content
    status = await stage.use(stage.moderator, "timer status")
    assert "Hint" not in status.content

    said = await stage.use(stage.manager, "setup report", hints=True)
    assert "Consoles tell what talks before suggest." in said.content
    console = await stage.console(HINT)
    told = console.content.splitlines()
    forecast = told.index("Session: expected to end 17:00 EDT, in time")
    assert told[forecast + 1] == f"{HINT}17:23 EDT"
    status = await stage.use(stage.moderator, "timer status")
    assert status.content.splitlines()[-1] == f"{HINT}17:23 EDT"

    await stage.tap("Next", at="12:36")
    console = await stage.console("On stage: **Rich Feature", f"{HINT}17:22 EDT")
    assert "expected to end 17:01 EDT, 1 min over" in console.content

    await stage.kill_bot()
    await stage.start_bot()
    await stage.tap("Next", at="12:41")
    await stage.console(f"{HINT}17:21 EDT")
    await stage.use(stage.manager, "setup report", hints=False)
    await console_without(stage, "Hint")


async def console_without(stage: RunStage, word: str) -> None:
    await stage.backstage.wait_for(
        lambda message: message.content.startswith("**Console**") and word not in message.content, within=20
    )


async def test_nineteen_talks_before_say_nothing(stage: RunStage) -> None:
    await before(stage, 19)
    await stage.use(stage.manager, "setup report", hints=True)
    await stage.tap("Start", at="12:30")
    console = await stage.console("On stage: **Convergence")
    assert "Hint" not in console.content
    assert "Hint" not in (await stage.use(stage.moderator, "timer status")).content
