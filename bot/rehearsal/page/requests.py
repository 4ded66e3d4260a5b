"""How a window's requests become calls: its body is JSON and no larger than a file may be, its answer JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.errors import CommandError
from bot.rehearsal.page.given import Given
from bot.rehearsal.page.refusals import status_of

Json = dict[str, Any]

LARGEST = 15 * 1024 * 1024
"""Bytes of a body: the largest file that Discord takes, in base64."""
JSON = "application/json"


class Requests:
    """Carries out what is sent, to its end also where the window goes away in the middle."""

    def __init__(self) -> None:
        self._doing: set[asyncio.Task[Json]] = set()

    def taken_by(self, act: Callable[[Given], Awaitable[Json]]) -> Handler:
        """The handler of a POST that does this."""

        async def handler(request: web.Request) -> web.Response:
            if request.content_type != JSON:
                return web.json_response({"error": f"the page sends {JSON}."}, status=415)
            try:
                body = await request.read()
            except web.HTTPRequestEntityTooLarge:
                return web.json_response({"error": f"more than {LARGEST // 2**20} MiB is too much."}, status=413)
            task = asyncio.create_task(_done(act, body), name=request.path)
            self._doing.add(task)
            task.add_done_callback(self._doing.discard)
            return await answered(asyncio.shield(task))

        return handler

    async def stop(self) -> None:
        """Break off what is still being done."""
        for task in self._doing:
            task.cancel()
        await asyncio.gather(*self._doing, return_exceptions=True)


async def answered(doing: Awaitable[Json]) -> web.Response:
    """What it comes to, or one line that says why it is not done."""
    try:
        return web.json_response(await doing)
    except CommandError as refusal:
        return web.json_response({"error": str(refusal)}, status=status_of(refusal))


async def _done(act: Callable[[Given], Awaitable[Json]], body: bytes) -> Json:
    return await act(Given.of(body))
