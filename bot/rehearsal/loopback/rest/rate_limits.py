"""Discord's rate limits: windows that open with their first request, and the headers that tell a client of them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from bot.rehearsal.loopback.errors import RateLimitedError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.rehearsal.loopback.moments import Moments

VIA = {"Via": "1.1 loopback"}
_MANY_WINDOWS = 4096


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in so many seconds."""

    count: int
    seconds: float


GLOBAL = Limit(50, 1)
INVALID = Limit(10_000, 600)
ORDINARY = Limit(10, 10)
MESSAGES = Limit(5, 5)
WEBHOOK = Limit(5, 2)
CHANNEL_NAME = Limit(2, 600)
COMMANDS = Limit(5, 20)
UNLIMITED = Limit(1_000_000, 1)


@dataclass(slots=True)
class _Window:
    ends: datetime
    left: int


class RateLimits:
    """Counts requests per bucket; the windows shrink by the speed at which the rehearsal's clock runs."""

    def __init__(self, moments: Moments, speed: Callable[[], float]) -> None:
        self._moments = moments
        self._speed = speed
        self._windows: dict[tuple[str, str], _Window] = {}

    def take_global(self, token: str) -> None:
        """Count one request against the token's 50 a second.

        Raises:
            RateLimitedError: that was one too many.
        """
        now = self._moments.now()
        window = self._window("global", token, GLOBAL, now)
        if window.left <= 0:
            wait = _seconds(window.ends - now)
            headers = {**VIA, "X-RateLimit-Global": "true", "X-RateLimit-Scope": "global", "Retry-After": _whole(wait)}
            raise RateLimitedError(wait, scope="global", headers=headers)
        window.left -= 1

    def take(self, bucket: str, limit: Limit, major: str) -> dict[str, str]:
        """Count one request of a route for one channel, server or webhook; the headers for its answer.

        Raises:
            RateLimitedError: that was one too many.
        """
        now = self._moments.now()
        window = self._window(bucket, major, limit, now)
        allowed = window.left > 0
        window.left -= allowed
        wait = _seconds(window.ends - now)
        headers = {
            **VIA,
            "X-RateLimit-Limit": str(limit.count),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{window.ends.timestamp():.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": bucket_hash(bucket),
        }
        if not allowed:
            headers |= {"X-RateLimit-Scope": "user", "Retry-After": _whole(wait)}
            raise RateLimitedError(wait, scope="user", headers=headers)
        return headers

    def note_invalid(self) -> None:
        """Count an answer of 401, 403 or 429 towards Discord's ban."""
        self._window("invalid", "", INVALID, self._moments.now()).left -= 1

    @property
    def banned(self) -> bool:
        """Whether so many requests were invalid that Discord would no longer listen."""
        return self._window("invalid", "", INVALID, self._moments.now()).left < 0

    def _window(self, bucket: str, major: str, limit: Limit, now: datetime) -> _Window:
        window = self._windows.get((bucket, major))
        if window is None or window.ends <= now:
            self._forget_old(now)
            window = _Window(now + timedelta(seconds=limit.seconds / (self._speed() or 1)), limit.count)
            self._windows[bucket, major] = window
        return window

    def _forget_old(self, now: datetime) -> None:
        if len(self._windows) > _MANY_WINDOWS:
            self._windows = {key: window for key, window in self._windows.items() if window.ends > now}


@cache
def bucket_hash(bucket: str) -> str:
    """The name by which a client tells buckets apart."""
    return hashlib.sha256(bucket.encode()).hexdigest()[:32]


def _seconds(rest: timedelta) -> float:
    # Rounded up, so that a client that comes back exactly then is not a moment early.
    return math.ceil(rest.total_seconds() * 1000) / 1000


def _whole(seconds: float) -> str:
    return str(max(1, math.ceil(seconds)))
