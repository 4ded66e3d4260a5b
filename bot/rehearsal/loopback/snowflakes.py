"""Discord's ids: 42 bits of milliseconds since 2015, then 22 bits that keep ids of one millisecond apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.rehearsal.loopback.moments import Moments

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_BITS_BELOW_TIME = 22
_MILLISECOND = timedelta(milliseconds=1)


class Snowflakes:
    """Makes ids from real time, each greater than the one before it even if the time steps back."""

    def __init__(self, moments: Moments) -> None:
        self._moments = moments
        self._last = 0

    def make(self) -> int:
        self._last = max(earliest_at(self._moments.now()), self._last + 1)
        return self._last


def earliest_at(moment: datetime) -> int:
    """The smallest id that can be made at a moment."""
    return (moment - EPOCH) // _MILLISECOND << _BITS_BELOW_TIME


def moment_of(snowflake: int) -> datetime:
    """When an id was made, to the millisecond."""
    return EPOCH + (snowflake >> _BITS_BELOW_TIME) * _MILLISECOND


def shard_of(server_id: int, shards: int) -> int:
    """The shard that serves a server when there are so many."""
    return (server_id >> _BITS_BELOW_TIME) % shards
