"""Watches one application for whoever monitors it; made only where METRICS_PORT is set."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from bot.client import ChairsideClient
from bot.delivery.counting import count_by_state
from bot.delivery.shards import Shards
from bot.gateways import Gateways
from bot.health import Vitals, ailment
from bot.metrics import Metrics
from bot.metrics_server import MetricsServer
from db.database import Database

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
COUNT_SECONDS = 10.0


class Watch:
    """Notes each second that the loop runs and what it sees; a thread of its own answers with that."""

    def __init__(self, address: tuple[str, int], client: ChairsideClient, db: Database, shards: Shards) -> None:
        self._address = address
        self._client = client
        self._db = db
        self._shards = shards
        self._gateways = Gateways(time.monotonic)
        self._gateways.listen(client)
        self._vitals = Vitals(time.monotonic())
        self.store_away_since: Callable[[], float | None] = lambda: None
        self.metrics = Metrics(ails=lambda: self.ailment() is not None)
        client.answers.heard.append(lambda answer: self.metrics.answered(answer.status))
        self._server: MetricsServer | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def ailment(self) -> str | None:
        """What is wrong at this moment; in any thread."""
        return ailment(self._vitals, time.monotonic())

    def start(self) -> None:
        """Begin to watch, and to answer.

        Raises:
            ConfigurationError: METRICS_PORT is not free, or not this machine's.
        """
        self._server = MetricsServer(self._address, self.metrics.registry, self.ailment)
        self.beat()
        self._server.start()
        self._tasks = [asyncio.create_task(self._beat(), name="beat"), asyncio.create_task(self._count(), name="count")]
        log.info("metrics: %s, port %d", *self._address)

    async def stop(self) -> None:
        """Watch and answer no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)

    def beat(self) -> None:
        """Note what the loop sees at this moment."""
        expected = self._client.shard_ids or range(self._client.shard_count or 1)
        latencies = dict(self._client.latencies)
        self._gateways.measured(latencies)
        away, silent = self._gateways.away_since(expected), self._gateways.silent_since()
        self._vitals = Vitals(time.monotonic(), away, silent, self.store_away_since())
        self.metrics.refused(self._client.answers.invalid)
        self.metrics.tasks(len(asyncio.all_tasks()))
        self.metrics.gateway({shard: latencies[shard] for shard in self._gateways.connected & latencies.keys()})

    async def _beat(self) -> None:
        while True:
            due = time.monotonic() + BEAT_SECONDS
            await asyncio.sleep(BEAT_SECONDS)  # noqa: TID251 - measures how late the loop is in real time
            self.metrics.beaten(max(0.0, time.monotonic() - due))
            self.beat()

    async def _count(self) -> None:
        while True:
            try:
                self.metrics.stored(await count_by_state(self._db, self._shards))
            except SQLAlchemyError:
                log.exception("the store did not answer; deliveries are counted again in %.0f s", COUNT_SECONDS)
            await asyncio.sleep(COUNT_SECONDS)  # noqa: TID251 - as often as monitoring reads, in real time
