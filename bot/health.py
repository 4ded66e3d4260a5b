"""Whether the bot is alive: decided from what its loop last said of itself, by whoever asks and in whatever thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STUCK_SECONDS = 10.0
GONE_SECONDS = 60.0
"""Longer than discord.py takes to resume a connection that Discord closed, or to connect anew."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the event loop last said; replaced as a whole, so that another thread reads one moment's.

    Attributes:
        beat_at: when it said so; seconds of `time.monotonic`, as all moments here.
        away_since: each shard that is not connected to Discord's gateway, and since when.
        silent_since: each that is, but had no answer to its last heartbeat, and when it had one.
        store_away_since: since when the store does not do what it is asked, None while it does.
    """

    beat_at: float
    away_since: Mapping[int, float] = field(default_factory=dict)
    silent_since: Mapping[int, float] = field(default_factory=dict)
    store_away_since: float | None = None


def ailment(vitals: Vitals, now: float) -> str | None:
    """What is wrong at this moment, in one line; None while all is well."""
    if (silent := now - vitals.beat_at) > STUCK_SECONDS:
        return f"the event loop has been stuck for {silent:.0f} s"
    if vitals.store_away_since is not None and (away := now - vitals.store_away_since) > GONE_SECONDS:
        return f"the store has not answered for {away:.0f} s"
    return _overdue("not connected to Discord's gateway", vitals.away_since, now) or _overdue(
        "without an answer of Discord's gateway", vitals.silent_since, now
    )


def _overdue(what: str, since: Mapping[int, float], now: float) -> str | None:
    gone = {shard: now - moment for shard, moment in since.items() if now - moment > GONE_SECONDS}
    if not gone:
        return None
    shards = "shard" if len(gone) == 1 else "shards"
    first = ", ".join(map(str, sorted(gone)[:10])) + (" …" if len(gone) > 10 else "")  # noqa: PLR2004 - in one line
    return f"{shards} {first} {what} for {max(gone.values()):.0f} s"
