"""The line by which a window hears what happens.

To a browser's window it is a WebSocket: of other connections a browser lets one address have six, all windows together,
and seven people in seven windows would be one too many. Whoever asks for no WebSocket gets server-sent events.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from aiohttp import WSMsgType, web

from bot.errors import CommandError
from bot.rehearsal.page.refusals import status_of

SLOW_SECONDS = 30.0
"""Real time in which a window may not take what it is sent before it is given up; it comes again by itself."""
REFUSED = 4404
"""The code of a socket that is closed because nobody like that is in the rehearsal: browsers tell no status."""
LONGEST = 64
"""Bytes of what a window sends, which is nothing."""


class Line(Protocol):
    """A line that is open."""

    @property
    def response(self) -> web.StreamResponse:
        """What the request is answered with in the end."""

    async def send(self, event: bytes) -> None:
        """Send a server-sent event."""

    async def over(self) -> None:
        """Wait until it is closed from the other side, as far as that is told."""

    async def close(self) -> None:
        """End it."""


class _Socket:
    def __init__(self) -> None:
        self.response = web.WebSocketResponse(compress=False, max_msg_size=LONGEST, timeout=1)

    async def send(self, event: bytes) -> None:
        await self.response.send_frame(event, WSMsgType.TEXT)

    async def over(self) -> None:
        async for _ in self.response:
            pass

    async def close(self) -> None:
        await self.response.close()


class _Stream:
    def __init__(self) -> None:
        self.response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})

    async def send(self, event: bytes) -> None:
        await self.response.write(event)

    async def over(self) -> None:
        """The server breaks off whoever answers a request that is gone."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """It is over with its answer."""


async def opened(request: web.Request) -> Line:
    """The line that a request asks for."""
    line: Line = _Socket() if _wants_socket(request) else _Stream()
    await line.response.prepare(request)
    return line


async def refused(request: web.Request, refusal: CommandError) -> web.StreamResponse:
    """No line, and why."""
    if not _wants_socket(request):
        return web.json_response({"error": str(refusal)}, status=status_of(refusal))
    socket = _Socket()
    await socket.response.prepare(request)
    await socket.response.close(code=REFUSED)
    return socket.response


async def told(request: web.Request, line: Line, event: bytes) -> bool:
    """Send an event; whether it was taken in time."""
    try:
        async with asyncio.timeout(SLOW_SECONDS):
            await line.send(event)
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
        return False
    return True


def _wants_socket(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"
