"""A website on this machine that answers as a test says, and names that lead where a test says."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def page(body: bytes = b"schedule", headers: Mapping[str, str] | None = None, status: int = 200) -> Handler:
    """A page that is the same for everybody."""

    async def answer(_: web.BaseRequest) -> web.Response:
        return web.Response(body=body, headers=headers, status=status)

    return answer


@dataclass
class Site:
    """What was asked of it, and how often anybody connected at all; a page that never ends waits for `closing`."""

    port: int = 0
    scheme: str = "http"
    pages: dict[str, Handler] = field(default_factory=dict)
    requests: list[web.BaseRequest] = field(default_factory=list)
    connections: int = 0
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        self.pages[path] = page(status=status, headers={"Location": target})

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append(request)
        return await self.pages[request.path](request)


@asynccontextmanager
async def site(tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    """A website at a free port of 127.0.0.1."""
    there = Site(scheme="https" if tls else "http")
    server = web.Server(there.answer)

    def connected() -> asyncio.Protocol:
        there.connections += 1
        return server()

    listening = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0, ssl=tls)
    there.port = listening.sockets[0].getsockname()[1]
    try:
        yield there
    finally:
        there.closing.set()
        listening.close()
        await server.shutdown(1)


@dataclass
class Names(AbstractResolver):
    """Looks every name up as the next of these addresses; the last one stays."""

    addresses: list[tuple[str, ...]]
    port: int | None = None
    asked: list[str] = field(default_factory=list)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self.addresses.pop(0) if len(self.addresses) > 1 else self.addresses[0]
        return [
            ResolveResult(hostname=host, host=each, port=self.port or port, family=family, proto=0, flags=0)
            for each in found
        ]

    async def close(self) -> None:
        """There is nothing to close."""
