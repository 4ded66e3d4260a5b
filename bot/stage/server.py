"""Serves the stage view's pages, to anybody who has a secret link and to nobody else; it changes nothing.

What it takes of the bot's process is bounded: connections, what waits to be sent, and how long a browser may take.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.listening import listen
from bot.rules.stage_links import Link, Page
from bot.served_pages import KINDS, file_served, harden
from bot.services.stage_links import find_link
from bot.stage.feed import Feed
from db.database import Database

log = logging.getLogger(__name__)

PER_LINK, IN_ALL = 300, 500
"""Browsers that look at the same time; the next one is told to come later."""
CONNECTIONS = 600
"""Open at the same time: a process may have 1,024 files open as a rule, and Discord and the store need some."""
HEARTBEAT_SECONDS = 5.0
"""Real time after which a browser is told the clock when nothing changed; one that hears nothing thrice knows it."""
SLOW_SECONDS = 10.0
"""How long a browser may not take what it is sent, and whoever connects may not ask for anything."""
STATIC = files("bot.stage") / "static"
NOT_FOUND = "There is nothing here. If this link worked before, it was replaced or revoked: ask for the new one.\n"
FULL = "Too many screens look at the same time. Close one, or try again later.\n"
# aiohttp would log what strangers send, with the address that they ask for: it holds a secret
_SILENT = logging.getLogger("bot.stage.http")
_SILENT.disabled = True


class StageServer:
    """Listens from `start` on.

    Args:
        feeds: what each kind of page follows.
        clock_event: the clock as it stands, which is sent with everything.
    """

    def __init__(
        self, address: tuple[str, int], db: Database, feeds: Mapping[Page, Feed], clock_event: Callable[[], bytes]
    ) -> None:
        self._address = address
        self._db = db
        self._feeds = feeds
        self._clock_event = clock_event
        self._looking: Counter[int] = Counter()
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._address[1]

    async def start(self) -> None:
        """Answer until stopped.

        Raises:
            ConfigurationError: the address is not this machine's, or in use.
        """
        listening = listen("STAGE_ADDRESS", self._address)
        _give_up_on_the_lost(listening)
        self._address = self._address[0], listening.getsockname()[1]
        runner = web.AppRunner(
            self._application(),
            access_log=None,
            logger=_SILENT,
            handle_signals=False,
            handler_cancellation=True,
            shutdown_timeout=1,
            keepalive_timeout=SLOW_SECONDS,
            lingering_time=1,
        )
        await runner.setup()
        self._runner = runner

        def connection() -> asyncio.Protocol:
            server = runner.server
            assert server is not None  # noqa: S101 - it was set up above
            return server() if len(server.connections) < CONNECTIONS else _Refused()

        self._server = await asyncio.get_running_loop().create_server(connection, sock=listening)

    async def stop(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[_in_a_word])
        harden(app, **{"X-Robots-Tag": "noindex, nofollow", "Server": "Chairside"})
        for file in STATIC.iterdir():
            ending = file.name.rpartition(".")[2]
            if ending in KINDS and ending != "html":  # those are for whoever has a link
                app.router.add_get(f"/static/{file.name}", file_served(file.read_bytes(), KINDS[ending]))
        key = r"{secret:[\w-]{43}}"
        for page in Page:
            app.router.add_get(f"/{page.value}/{key}", self._page(page))
            app.router.add_get(f"/{page.value}/{key}/events", self._events(page), allow_head=False)
        return app

    def _page(self, page: Page) -> Handler:
        body = (STATIC / ("lobby.html" if page is Page.LOBBY else "stage.html")).read_bytes()

        async def answer(request: web.Request) -> web.StreamResponse:
            """GET: the page, which then asks for its events."""
            await self._link(request, page)
            return web.Response(body=body, content_type="text/html", charset="utf-8")

        return answer

    def _events(self, page: Page) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            """GET: the state, then each change, until the browser goes away or is sent away."""
            link = await self._link(request, page)
            with self._seat(link):
                return await self._follow(request, link)

        return answer

    async def _link(self, request: web.Request, page: Page) -> Link:
        link = await find_link(self._db, page, request.match_info["secret"])
        if link is None:
            raise web.HTTPNotFound(text=NOT_FOUND)
        return link

    @contextlib.contextmanager
    def _seat(self, link: Link) -> Iterator[None]:
        """A place among those who look."""
        if self._looking[link.id] >= PER_LINK or self._looking.total() >= IN_ALL:
            raise web.HTTPServiceUnavailable(text=FULL, headers={"Retry-After": "30"})
        self._looking[link.id] += 1
        try:
            yield
        finally:
            self._looking[link.id] -= 1
            self._looking += Counter()  # forgets those with nobody

    async def _follow(self, request: web.Request, link: Link) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        response.force_close()
        await response.prepare(request)
        # hundreds that were told the same thing would all have to be told the clock in the same moment
        heartbeat = HEARTBEAT_SECONDS * random.uniform(0.6, 1)  # noqa: S311 - nobody gains by guessing it
        with self._feeds[link.page].joined(link.subject, link.id) as viewer, contextlib.suppress(ConnectionError):
            while (news := await viewer.next(heartbeat)) is not None:
                try:
                    async with asyncio.timeout(SLOW_SECONDS):
                        await response.write(self._clock_event() + news)
                except TimeoutError:
                    if request.transport is not None:
                        request.transport.abort()
                    break
        return response


class _Refused(asyncio.Protocol):
    """A connection too many: closed before anything is read."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


def _give_up_on_the_lost(listening: socket.socket) -> None:
    """A browser that lost power holds its place no longer than this; where the system can, for each connection."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(3 * SLOW_SECONDS * 1000))


@web.middleware
async def _in_a_word(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What is not there, and what fails, is said in a line; the log does not name the address."""
    try:
        response = await handler(request)
    except web.HTTPNotFound:
        # by which a page knows the bot's own word from that of a proxy that does not reach it
        response = web.Response(status=404, text=NOT_FOUND, headers={"X-Chairside": "no such link"})
    except (web.HTTPException, ConnectionError):
        raise
    except Exception:
        log.exception("a page of the stage view could not be shown")
        response = web.Response(status=500, text="Something went wrong. Try again in a moment.\n")
    if not response.prepared:
        response.force_close()  # one request a connection: nobody keeps one open for nothing
    return response
