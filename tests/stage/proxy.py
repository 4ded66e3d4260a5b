"""A reverse proxy as operators put before the stage view: under another name and a path, nothing held back."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

NAME, PATH = "stage.example.org", "/stage-view"
_HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


@dataclass
class Proxy:
    """Where it stands, and what it was asked for.

    Attributes:
        passes_name: whether it tells the bot under which name it was asked, as nginx does where it is told to.
    """

    target: str
    passes_name: bool
    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        """What STAGE_URL is then set to."""
        return f"http://{NAME}:{self.port}{PATH}"

    async def passed_on(self, request: web.Request) -> web.StreamResponse:
        """Ask the bot, and give back what it answers as it comes."""
        self.asked.append(request.path)
        async with aiohttp.ClientSession(auto_decompress=False) as http:
            url = self.target + request.path_qs.removeprefix(PATH)
            async with http.request(request.method, url, headers=self._headers(request), allow_redirects=False) as told:
                kept = {name: value for name, value in told.headers.items() if name.lower() not in _HOP_BY_HOP}
                response = web.StreamResponse(status=told.status, headers=kept)
                await response.prepare(request)
                with contextlib.suppress(ConnectionError):
                    async for chunk in told.content.iter_any():
                        await response.write(chunk)
                return response

    def _headers(self, request: web.Request) -> Mapping[str, str]:
        forwarded = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": NAME}
        forwarded["Forwarded"] = f"for=203.0.113.7;proto=https;host={NAME}"
        return forwarded | ({"Host": request.host} if self.passes_name else {})


class NamedHere(AbstractResolver):
    """Every name is this machine's, as in its list of hosts."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        here = {"hostname": host, "host": "127.0.0.1", "port": port, "family": family or 2, "proto": 0, "flags": 0}
        return [ResolveResult(**here)]  # type: ignore[typeddict-item] # its items are all there

    async def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def proxied(target: str, *, passes_name: bool = False) -> AsyncIterator[Proxy]:
    """A proxy that strips its path and passes the rest on to a server of this machine."""
    proxy = Proxy(target, passes_name)
    app = web.Application()
    app.router.add_route("*", PATH + "/{rest:.*}", proxy.passed_on)
    runner = web.AppRunner(app, shutdown_timeout=1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    proxy.port = runner.addresses[0][1]
    try:
        yield proxy
    finally:
        await runner.cleanup()
