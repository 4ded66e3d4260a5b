"""Which shards are connected to Discord's gateway, and answered there, from what discord.py tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from discord.ext import commands

SILENT_SECONDS = 45.0
"""Longer than the 41.25 s from one heartbeat to the next: by then one went without an answer."""


class Gateways:
    """Moments are in seconds of `moment`, which tells the present one."""

    def __init__(self, moment: Callable[[], float]) -> None:
        self._moment = moment
        self.connected: set[int] = set()
        self._lost_at: dict[int, float] = {}
        self._newest_at = moment()
        self._latencies: dict[int, float] = {}
        self._answered_at: dict[int, float] = {}

    def listen(self, client: commands.AutoShardedBot) -> None:
        """Hear of every connection that comes and goes."""
        client.add_listener(self.came, "on_shard_connect")
        client.add_listener(self.came, "on_shard_resumed")
        client.add_listener(self.went, "on_shard_disconnect")

    async def came(self, shard: int) -> None:
        if shard not in self.connected and shard not in self._lost_at:
            self._newest_at = self._moment()
        self.connected.add(shard)
        self._lost_at.pop(shard, None)
        self._answered_at[shard] = self._moment()

    async def went(self, shard: int) -> None:
        self.connected.discard(shard)
        now, answered_at = self._moment(), self._answered_at.get(shard, self._newest_at)
        # discord.py gives up after 60 s without a word: then it was not gone from now on only
        is_silent = shard not in self._lost_at and now - answered_at > SILENT_SECONDS
        self._lost_at.setdefault(shard, answered_at if is_silent else now)

    def measured(self, latencies: Mapping[int, float]) -> None:
        """Note which shards' heartbeats were answered: each answer is measured anew, to parts of a microsecond."""
        for shard, seconds in latencies.items():
            if seconds != self._latencies.get(shard):
                self._answered_at[shard] = self._moment()
        self._latencies = dict(latencies)

    def away_since(self, expected: Iterable[int]) -> dict[int, float]:
        """Which of these shards are not connected, and since when.

        They come one after the other: one that never was is waited for since the last other one's first time.
        """
        away = (shard for shard in expected if shard not in self.connected)
        return {shard: self._lost_at.get(shard, self._newest_at) for shard in away}

    def silent_since(self) -> dict[int, float]:
        """Which shards are connected and had a heartbeat that was not answered, and the last answer before it."""
        before = self._moment() - SILENT_SECONDS
        return {shard: self._answered_at[shard] for shard in self.connected if self._answered_at[shard] < before}
