"""One browser that looks at a page: it is owed the newest state, and none that came before it."""

from __future__ import annotations

import asyncio


class Viewer:
    """What is to be sent to one browser next; a slow one misses what was replaced meanwhile, and so never lags.

    Attributes:
        link: the id of the link that it came by.
    """

    def __init__(self, link: int) -> None:
        self.link = link
        self._news = asyncio.Event()
        self._newest = b""
        self._is_over = False

    def show(self, state: bytes = b"") -> None:
        """Have a state sent; without one, only the clock, which is sent with everything."""
        if not self._is_over:
            self._newest = state or self._newest
            self._news.set()

    def send_away(self, last: bytes = b"") -> None:
        """Have it sent this and nothing more."""
        self._newest, self._is_over = last, True
        self._news.set()

    @property
    def is_over(self) -> bool:
        return self._is_over

    async def next(self, within: float) -> bytes | None:
        """What is to be sent next, None at the end.

        Nothing where it is only to be told the clock, after so many real seconds at most.
        """
        if self._is_over and not self._newest:
            return None
        try:
            async with asyncio.timeout(within):
                await self._news.wait()
        except TimeoutError:
            return b""
        self._news.clear()
        newest, self._newest = self._newest, b""
        return newest
