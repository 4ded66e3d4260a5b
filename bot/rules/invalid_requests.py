"""When to hold requests back: Discord bans an address after 10,000 invalid ones in ten minutes."""

from __future__ import annotations

from collections import deque
from http import HTTPStatus

LIMIT, WINDOW_SECONDS = 10_000, 600.0
INVALID = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})


def is_invalid(status: int | None, scope: str | None) -> bool:
    """Whether an answer counts; a limit that others used up as well (`shared`) does not."""
    return status in INVALID and not (status == HTTPStatus.TOO_MANY_REQUESTS and scope == "shared")


class InvalidRequests:
    """Those of the last ten minutes; moments are seconds of a clock that never goes back.

    Half of what is allowed is left for answers to taps, which are never held back, and for a restart, which forgets.
    """

    def __init__(self, allowed: int = LIMIT) -> None:
        self._hold_at = max(2, allowed // 2)
        self._moments: deque[float] = deque(maxlen=max(2, allowed))
        self._holds = False

    def note(self, moment: float) -> None:
        """One more."""
        self._moments.append(moment)

    def count(self, moment: float) -> int:
        """How many there were in the ten minutes until a moment."""
        while self._moments and moment - self._moments[0] >= WINDOW_SECONDS:
            self._moments.popleft()
        return len(self._moments)

    def holds(self, moment: float) -> bool:
        """Whether to hold back what can wait: from half of what is allowed on, until no more than a quarter is left."""
        self._holds = self.count(moment) >= (self._hold_at // 2 + 1 if self._holds else self._hold_at)
        return self._holds
