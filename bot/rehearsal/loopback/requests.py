"""What the bot asked of the loopback, kept for tests and for the page."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator

from bot.rehearsal.loopback.hub import PATIENCE, Hub, RequestServed

KEPT = 10_000
_INVALID = (401, 403, 429)


class RequestLog:
    """The latest requests, oldest first, and counts over all of them."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._latest: deque[RequestServed] = deque(maxlen=KEPT)
        self.statuses: Counter[int] = Counter()

    def add(self, request: RequestServed) -> None:
        """Note one request and tell who watches."""
        self._latest.append(request)
        self.statuses[request.status] += 1
        self._hub.publish(request)

    def __iter__(self) -> Iterator[RequestServed]:
        return iter(self._latest)

    def __len__(self) -> int:
        return self.statuses.total()

    @property
    def rate_limited(self) -> int:
        """How many were answered 429."""
        return self.statuses[429]

    @property
    def invalid(self) -> int:
        """How many count towards Discord's ban: 401, 403 and 429."""
        return sum(self.statuses[status] for status in _INVALID)

    def matching(self, pattern: str) -> list[RequestServed]:
        """Those whose line, such as `POST /channels/123/messages`, holds a regular expression."""
        return [request for request in self._latest if re.search(pattern, f"{request.method} {request.path}")]

    async def wait_for(self, pattern: str, *, count: int = 1, within: float = PATIENCE) -> list[RequestServed]:
        """All that match, as soon as there are so many.

        Raises:
            LoopbackTimeoutError: there were fewer within so many real seconds.
        """

        def enough() -> list[RequestServed] | None:
            found = self.matching(pattern)
            return found if len(found) >= count else None

        return await self._hub.wait_for(
            enough, within=within, otherwise=lambda: f"{len(self.matching(pattern))} of {count} requests {pattern!r}"
        )
