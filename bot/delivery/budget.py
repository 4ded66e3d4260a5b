"""How many requests may go out now: Discord allows 50 a second a token, and a 429 costs more than waiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

REQUESTS_PER_SECOND = 50
DIRECT_PER_SECOND = 30
"""Of those, direct messages: what channels are owed always finds room beside them."""
WINDOW = timedelta(seconds=1, milliseconds=10)
"""A second after a request's answer, and what the clocks may differ by: then Discord's own second is over as well."""


class Budget:
    """At most `allowed` requests in any window; the caller takes what is free and waits for the rest.

    While `is_shut` says so there is no room at all.
    """

    def __init__(self, allowed: int = REQUESTS_PER_SECOND, window: timedelta = WINDOW) -> None:
        self.allowed = allowed
        self._window = window
        self._taken: deque[datetime] = deque()
        self._held = 0
        self._on_the_way = 0
        self.is_shut: Callable[[], bool] = _never

    def free(self, real: datetime) -> int:
        """How many requests may go out at this real moment."""
        if self._taken and self._taken[-1] - real > self._window:
            # the machine's clock was set back, or nothing would go out until it is where it was; a caller's moment
            # that is a little older than the last request's is no such case, and would make all of them young again
            self._taken = deque([real] * len(self._taken))
        while self._taken and real - self._taken[0] >= self._window:
            self._taken.popleft()
        if self.is_shut():
            return 0
        return max(0, self.allowed - len(self._taken) - self._held - self._on_the_way)

    def hold(self, number: int) -> None:
        """Keep room for requests that are about to go out; `take` or `let_go` ends it."""
        self._held += number

    def let_go(self, number: int) -> None:
        """Give back what was held."""
        self._held -= number

    def take(self, number: int, real: datetime) -> None:
        """Count requests that go out now."""
        self._taken.extend([real] * number)

    def begin(self, number: int) -> None:
        """Count requests that go out now; each takes its room until a window after `end`."""
        self._on_the_way += number

    def end(self, real: datetime) -> None:
        """One of them was answered, or given up: it reached Discord by now, however long it was on the way."""
        self._on_the_way -= 1
        self.take(1, real)

    def free_at(self, real: datetime, *, beside: int = 0) -> datetime:
        """The real moment at which one more request than `beside` may go out, or at which to ask again."""
        missing = beside + 1 - self.free(real)
        if missing <= 0:
            return real
        if self.is_shut():
            return real + self._window
        if self._taken:
            return self._taken[min(missing, len(self._taken)) - 1] + self._window
        return real + self._window if self._on_the_way or beside else real


def _never() -> bool:
    return False
