"""Which shards are connected to Discord's gateway, from what discord.py dispatches."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from discord.ext import commands


class Gateways:
    """Moments are in seconds of `moment`, which tells the present one."""

    def __init__(self, moment: Callable[[], float]) -> None:
        self._moment = moment
        self.connected: set[int] = set()
        self._lost_at: dict[int, float] = {}
        self._newest_at = moment()

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

    async def went(self, shard: int) -> None:
        self.connected.discard(shard)
        self._lost_at.setdefault(shard, self._moment())

    def away_since(self, expected: Iterable[int]) -> dict[int, float]:
        """Which of these shards are not connected, and since when.

        They come one after the other: one that never was is waited for since the last other one's first time.
        """
        away = (shard for shard in expected if shard not in self.connected)
        return {shard: self._lost_at.get(shard, self._newest_at) for shard in away}
