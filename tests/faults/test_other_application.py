"""A bot of another application on the same store by mistake: it is refused, in one line, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rehearsal.loopback import Loopback
from tests.journeys.forked_bot import ForkedBot
from tests.journeys.stage import Stage, hurried_loopback
from tests.stores import PostgreSQLStores, Stores


@pytest.mark.slow
async def test_bot_of_another_application_refuses_the_store_in_one_line(stores: Stores, tmp_path: Path) -> None:
    async with Stage.running(tmp_path) as stage, hurried_loopback() as elsewhere:
        await stage.set_up()
        if not isinstance(stores, PostgreSQLStores):  # a second one is kept off a file anyway
            await stage.kill_bot()
        before = stage.stored("SELECT application_id FROM synced_commands")
        assert before == [(stage.loopback.bot.id,)]
        said = await refused(stage, elsewhere, tmp_path)
        assert said.endswith(
            f": the database belongs to another Discord application ({stage.loopback.bot.id}) than DISCORD_TOKEN "
            f"({elsewhere.bot.id}). Use that application's token, or another DATABASE_URL; "
            "chairside export schedule and /schedule import take a programme along."
        )
        assert stage.stored("SELECT application_id FROM synced_commands") == before
        await stage.kill_bot()
        await stage.start_bot()
        stage.at("12:25")
        await stage.until_posted("Up next")


async def refused(stage: Stage, elsewhere: Loopback, folder: Path) -> str:
    """What a bot of another application says on the store."""
    place = folder / "other"
    place.mkdir()
    about = elsewhere.token, elsewhere.api_base, stage.clock.setting
    other = ForkedBot(place, *about, store=stage.bot.database_url)
    await other.start()
    assert await other.ended_by_itself() == 2
    (line,) = other.log_path.read_text(encoding="utf-8").splitlines()
    return line
