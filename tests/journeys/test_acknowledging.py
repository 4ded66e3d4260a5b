"""What another process was the first to acknowledge is left to it: whatever it is, nothing is done before."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rehearsal.loopback.hub import Event, InteractionSent, Subscription
from bot.rehearsal.loopback.world.interactions import Callback
from bot.rules.permissions import ACTIONS
from db.columns import METADATA
from tests.journeys.test_permissions import Everybody

pytestmark = pytest.mark.store("sqlite")
LEFT = "was acknowledged by another process, or too late"


class Quicker(Subscription):
    """Another process, which acknowledges everything that people do before the bot hears of it."""

    sent = 0

    def put(self, event: Event) -> None:
        if isinstance(event, InteractionSent):
            self.sent += 1
            world = event.interaction.channel.world
            world.interactions.acknowledge(event.interaction, Callback.DEFERRED_MESSAGE)


def everything(stage: Everybody) -> set[tuple[object, ...]]:
    """Every row of the store but the outbox's, which the bot moves by itself."""
    tables = [table.name for table in METADATA.sorted_tables if table.name != "deliveries"]
    return {(name, *row) for name in tables for row in stage.stored(f"SELECT * FROM {name}")}  # noqa: S608 - a table's name


@pytest.mark.slow
async def test_nothing_is_done_about_what_another_process_acknowledged(tmp_path: Path) -> None:
    async with Everybody.running(tmp_path) as stage:
        await stage.deliveries()
        before, hub = everything(stage), stage.loopback.world.hub
        with Quicker(hub) as quicker:
            hub._subscriptions.append(quicker)
            for action in ACTIONS:
                await stage.tried(stage.manager, action, stage.hall)
            await stage.manager.autocomplete(stage.hall, "talk", talk="neural")
            assert quicker.sent == len(ACTIONS) + 1
            await stage.until_logged(LEFT, len(ACTIONS))
        await stage.use(stage.manager, "help")
        changed = everything(stage) ^ before
        assert changed == set()
        log = stage.bot.log_path.read_text(encoding="utf-8")
        assert log.count(LEFT) == len(ACTIONS)
        assert [line for line in log.splitlines() if " ERROR " in line or "Traceback" in line] == []
