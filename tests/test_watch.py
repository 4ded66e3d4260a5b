"""The watch on one application: its requests to Discord, its gateway, its deliveries and its loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from urllib.request import urlopen

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.client import ChairsideClient
from bot.delivery.shards import Shards
from bot.health import Vitals
from bot.settings import Settings
from bot.watch import Watch
from db.database import Database
from tests.clocks import SteppedClock

TOKEN_IN_PATH = "aW50ZXJhY3Rpb246MTIz"


@pytest.fixture
async def client(db: Database, clock: SteppedClock) -> ChairsideClient:
    return ChairsideClient(settings=Settings(_env_file=None), db=db, clock=clock)


@pytest.fixture
async def watch(client: ChairsideClient, db: Database) -> AsyncIterator[Watch]:
    watch = Watch(("127.0.0.1", 0), client, db, Shards())
    watch.start()
    yield watch
    await watch.stop()


def figure(watch: Watch, name: str, **labels: str) -> float | None:
    return watch.metrics.registry.get_sample_value(name, labels)


async def test_every_answer_of_discords_is_counted_and_so_is_none(watch: Watch, client: ChairsideClient) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.query["status"] == "none":
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=int(request.query["status"].replace("none", "200")))

    app = web.Application()
    app.router.add_get(f"/{TOKEN_IN_PATH}", answer)
    trace = client.http.http_trace
    assert trace is not None
    async with TestServer(app) as discord, aiohttp.ClientSession(trace_configs=[trace]) as session:
        for status in ("200", "204", "429", "403", "502", "none"):
            try:
                async with session.get(discord.make_url(f"/{TOKEN_IN_PATH}?status={status}")):
                    pass
            except aiohttp.ClientError:
                assert status == "none"
    counted = {
        status: figure(watch, "chairside_discord_responses_total", status=status)
        for status in ("2xx", "4xx", "429", "5xx", "none")
    }
    assert counted["2xx"] == 2
    assert {counted[status] for status in ("4xx", "429", "5xx")} == {1}
    assert counted["none"] is not None
    assert counted["none"] >= 1  # aiohttp may try once more by itself


async def test_loop_that_is_stuck_and_shard_that_is_away_are_told_in_another_thread(watch: Watch) -> None:
    assert watch._server is not None
    url = f"http://127.0.0.1:{watch._server.server_port}/healthz"

    def read() -> int:
        with urlopen(url, timeout=20) as answer:
            return int(answer.status)

    assert await asyncio.to_thread(read) == 200
    now = time.monotonic()
    watch._vitals = Vitals(now - 11)
    assert watch.ailment() == "the event loop has been stuck for 11 s"
    watch._vitals = Vitals(now, {0: now - 61})
    assert watch.ailment() == "shard 0 not connected to Discord's gateway for 61 s"
    watch.beat()
    assert watch.ailment() is None


async def test_shard_is_away_from_what_discord_py_dispatches(watch: Watch, client: ChairsideClient) -> None:
    watch.beat()
    assert set(watch._vitals.away_since) == {0}
    for event, away in (("connect", set()), ("disconnect", {0}), ("resumed", set())):
        listeners = client.extra_events[f"on_shard_{event}"]
        assert len(listeners) == 1
        await listeners[0](0)
        watch.beat()
        assert set(watch._vitals.away_since) == away


async def test_tasks_of_the_loop_are_counted(watch: Watch) -> None:
    watch.beat()
    before = figure(watch, "chairside_loop_tasks")
    assert before is not None
    more = [asyncio.create_task(asyncio.Event().wait()) for _ in range(3)]
    watch.beat()
    assert figure(watch, "chairside_loop_tasks") == before + 3
    for task in more:
        task.cancel()
    await asyncio.gather(*more, return_exceptions=True)
    watch.beat()
    assert figure(watch, "chairside_loop_tasks") == before


async def test_watch_that_never_began_can_be_stopped(client: ChairsideClient, db: Database) -> None:
    await Watch(("127.0.0.1", 0), client, db, Shards()).stop()
