"""What monitoring reads of the bot as it runs: its figures, and whether it is alive."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from bot.rehearsal.loopback.moments import RealMoments, pause
from tests.journeys.forked_bot import ForkedBot
from tests.journeys.stage import PATIENCE, TITLES, Stage


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass
class WatchedBot(ForkedBot):
    """A bot with METRICS_PORT, which logs JSON."""

    port: int = 0

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"METRICS_PORT": str(self.port), "LOG_FORMAT": "json"}


class WatchedStage(Stage):
    """A stage whose bot is watched."""

    async def start_bot(self) -> None:
        self.port = free_port()
        self.bot = WatchedBot(
            self.folder,
            self.loopback.token,
            self.loopback.api_base,
            self.clock.setting,
            log_level="INFO",
            store=self.bot.database_url,
            port=self.port,
        )
        await super().start_bot()

    async def read(self, path: str) -> tuple[int, str]:
        """Status and body."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.port}{path}") as answer,
        ):
            return answer.status, await answer.text()

    async def until_health_is(self, wanted: int, within: float) -> str:
        """What /healthz says once it has this status."""
        async with asyncio.timeout(within):
            while (answer := await self.read("/healthz"))[0] != wanted:
                await pause(RealMoments(), 0.2)
        return answer[1]

    async def figures(self) -> dict[tuple[str, str], float]:
        """Every figure by its name and its labels' values."""
        _, body = await self.read("/metrics")
        assert self.loopback.token not in body
        return {
            (sample.name, ",".join(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(body)
            for sample in family.samples
        }


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[WatchedStage]:
    async with WatchedStage.running(tmp_path) as stage:
        yield stage


@pytest.mark.slow
async def test_reminder_is_counted_and_the_bot_is_well(stage: WatchedStage) -> None:
    await stage.set_up()
    before = await stage.figures()
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    (row,) = [row for row in await stage.deliveries() if row.kind == "up_next" and row.state == "sent"]
    assert await stage.read("/healthz") == (200, "ok\n")
    after = await stage.figures()
    assert after["chairside_delivery_lateness_seconds_count", "up_next"] == 1
    assert row.lateness_ms is not None
    assert round(after["chairside_delivery_lateness_seconds_sum", "up_next"] * 1000, 3) == round(row.lateness_ms, 3)
    posted, asked = (figures["chairside_discord_responses_total", "2xx"] for figures in (after, before))
    assert posted > asked > 0
    assert after["chairside_discord_responses_total", "429"] == 0
    assert after["chairside_healthy", ""] == 1
    assert ("chairside_deliveries", "sent") in after
    log = stage.bot.log_path.read_text()
    (line,) = [line for line in log.splitlines() if f"delivery {row.id} to channel" in line]
    assert (
        f'"delivery": "{row.id}", "session": {row.session_id}, "server": "{row.server_id}", "kind": "up_next"' in line
    )


@pytest.mark.slow
async def test_bot_is_well_while_its_gateway_comes_back_and_refuses_a_port_that_is_taken(stage: WatchedStage) -> None:
    stage.loopback.faults.close_gateway(4000)
    assert await stage.read("/healthz") == (200, "ok\n")
    await stage.loopback.wait_until_ready(within=PATIENCE)
    assert await stage.read("/healthz") == (200, "ok\n")
    assert await stage.bot.stop() == 0
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", stage.port))
        other.listen()
        await stage.bot.start()
        assert await stage.bot.ended_by_itself() == 2
    assert stage.bot.log_tail().splitlines()[-1] == (
        f"chairside: METRICS_PORT: cannot listen on 127.0.0.1, port {stage.port} (Address already in use). "
        "Choose another port, or leave it unset."
    )


@pytest.mark.long
@pytest.mark.timeout(200)
async def test_connection_that_dies_without_a_word_is_told_a_minute_after_its_last_answer(stage: WatchedStage) -> None:
    """The line stays up and says nothing, and no new one comes about; from its end on it would be two minutes."""
    stage.loopback.faults.no_ack = stage.loopback.faults.is_down = True
    assert "Discord's gateway for 6" in await stage.until_health_is(503, within=75)
    stage.loopback.faults.clear()
    await stage.until_health_is(200, within=60)
