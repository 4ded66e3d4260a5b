"""Serves the page on 127.0.0.1, to this machine's browsers and to no other site's pages."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.beside import until_first_ends
from bot.clock import pause
from bot.errors import CommandError, ConfigurationError
from bot.listening import open_socket
from bot.rehearsal.page.acting import Acting
from bot.rehearsal.page.controls import Controls
from bot.rehearsal.page.course import Directed
from bot.rehearsal.page.feed import Feed
from bot.rehearsal.page.files import add_static, attachment_served
from bot.rehearsal.page.line import Line, opened, refused, told
from bot.rehearsal.page.people import Company
from bot.rehearsal.page.requests import LARGEST, Requests, answered
from bot.rehearsal.page.screen import Screen
from bot.rehearsal.page.views import Listener
from bot.served_pages import harden

ADDRESS = "127.0.0.1"
PORT = 8765
PORTS_TRIED = 21
HEARTBEAT_SECONDS = 5.0
"""Real time between two looks at the clock when nothing else happens; a lost browser is noticed as late."""
LEFT_SECONDS = 5.0
"""Real time in which a window that is loaded again is back."""
ELSEWHERE = "This page is only for browsers on the machine that the rehearsal runs on.\n"
_TAKEN = (errno.EADDRINUSE, errno.EACCES)
_OWN = frozenset({None, "same-origin", "none"})
"""Where browsers say that a request comes from: this page, or somebody who typed its address."""


class Page:
    """The rehearsal's page. Use it as an async context manager, or `start` and `stop` it.

    Args:
        port: the first port to try; where it is taken one of the next 20 is used. 0 takes any free one.
        heartbeat: how often, in real seconds, an idle browser is told the clock.
    """

    def __init__(self, rehearsal: Directed, *, port: int = PORT, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self._port = port
        self._heartbeat = heartbeat
        self._rehearsal = rehearsal
        self._feed = Feed(rehearsal)
        self._acting = Acting(rehearsal)
        self._requests = Requests()
        self._watching: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://{ADDRESS}:{self._port}/"

    async def start(self) -> str:
        """Listen on 127.0.0.1; returns the page's address.

        Raises:
            ConfigurationError: this port and the 20 after it are taken.
        """
        listening = _listen(self._port)
        self._port = listening.getsockname()[1]
        self._runner = web.AppRunner(
            self._application(),
            access_log=None,
            handle_signals=False,
            shutdown_timeout=1,
            handler_cancellation=True,  # a window that is closed is known to be gone at once
        )
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()
        self._watching = asyncio.create_task(self._feed.run(), name="page")
        return self.url

    async def stop(self) -> None:
        """Send all browsers away and stop listening."""
        self._feed.close()
        await self._requests.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._watching is not None:
            await self._watching
            self._watching = None

    async def show_summary(self, text: str, *, is_clean: bool) -> None:
        """Show that the session is over, with this text; who comes later sees it as well."""
        self._feed.show_summary(text, is_clean=is_clean)

    @property
    def is_watched(self) -> bool:
        """Whether it is open in any window."""
        return not self._feed.left.is_set()

    async def until_left(self) -> None:
        """Wait until the last window was closed, and none has come back within a moment; at once if there is none."""
        while self.is_watched:
            await self._feed.left.wait()
            await pause(LEFT_SECONDS)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.stop()

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._own_pages_only], client_max_size=LARGEST)
        harden(app, Server="Chairside rehearsal")
        app.router.add_get("/events", self._events, allow_head=False)
        app.router.add_get("/commands", self._commands, allow_head=False)
        attachment = attachment_served(self._rehearsal.loopback)
        app.router.add_get(r"/files/{message:\d{1,20}}/{number:\d{1,2}}", attachment, allow_head=False)
        add_static(app)
        acting, controls = self._acting, Controls(self._rehearsal)
        for name in ("slash", "autocomplete", "press", "choose", "menu", "submit", "say", "drop"):
            app.router.add_post(f"/act/{name}", self._requests.taken_by(getattr(acting, name)))
        app.router.add_post("/act/screen", self._requests.taken_by(Screen(self._rehearsal).link))
        for name in ("clock", "cast", "faults", "bot", "finish"):
            app.router.add_post(f"/control/{name}", self._requests.taken_by(getattr(controls, name)))
        return app

    @web.middleware
    async def _own_pages_only(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what another site's page may send here, also under a name that it lets point to 127.0.0.1."""
        hosts = {f"{ADDRESS}:{self._port}", f"localhost:{self._port}"}
        origin = request.headers.get("Origin")
        if request.headers.get("Host") not in hosts or origin not in {None, *(f"http://{host}" for host in hosts)}:
            raise web.HTTPForbidden(text=ELSEWHERE)
        # a picture or a script of another site tells no origin; its links may lead here
        if request.path != "/" and request.headers.get("Sec-Fetch-Site") not in _OWN:
            raise web.HTTPForbidden(text=ELSEWHERE)
        return await handler(request)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """GET /events: what somebody sees, whole, then each change, until the window or the rehearsal goes away."""
        number = request.query.get("as", "")
        try:
            person = Company(self._rehearsal.hall).person(number) if number else None
        except CommandError as refusal:
            return await refused(request, refusal)
        line = await opened(request)
        with self._feed.joined(person) as listener, contextlib.suppress(ConnectionError):
            await until_first_ends(telling=self._tell(request, line, listener), window=line.over())
            await line.close()
        return line.response

    async def _tell(self, request: web.Request, line: Line, listener: Listener) -> None:
        """Send what happens until the rehearsal sends the window away, or it takes nothing any more."""
        while True:
            try:
                event = await listener.next(self._heartbeat)
            except TimeoutError:
                event = self._feed.clock_event()
            if event is None or not await told(request, line, event):
                return

    async def _commands(self, request: web.Request) -> web.Response:
        """GET /commands: what somebody may use in a channel."""

        async def found() -> dict[str, object]:
            return self._acting.commands(request.query.get("as", ""), request.query.get("channel", ""))

        return await answered(found())


def _listen(first: int) -> socket.socket:
    """A socket bound to the first free port from `first` on.

    Raises:
        ConfigurationError: none of those tried is free.
    """
    tried = range(first, min(first + PORTS_TRIED, 65536)) if first else (0,)
    for port in tried:
        try:
            return open_socket((ADDRESS, port))
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
    raise ConfigurationError(
        f"ports {tried[0]} to {tried[-1]} are all taken",
        do="End what listens there, or rehearse without the page: --no-page",
    )
