"""A schedule that organisers publish at an address on this machine, and change."""

from __future__ import annotations

from hashlib import sha256
from types import TracebackType
from typing import Self

from aiohttp import web


class Published:
    """Answers with what it holds at the moment, or with an error; counts what it was asked."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.status = 200
        self.answers: list[int] = []
        """The status of each answer so far."""
        app = web.Application()
        app.router.add_get("/schedule.csv", self._answer)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}/schedule.csv?secret=s3cr3t"

    async def _answer(self, request: web.Request) -> web.Response:
        tag = f'"{sha256(self.content).hexdigest()[:16]}"'
        status = self.status
        if status == web.HTTPOk.status_code and request.headers.get("If-None-Match") == tag:
            status = web.HTTPNotModified.status_code
        self.answers.append(status)
        body = self.content if status == web.HTTPOk.status_code else None
        return web.Response(status=status, body=body, headers={"ETag": tag})
