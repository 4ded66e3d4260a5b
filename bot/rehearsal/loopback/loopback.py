"""The loopback itself: one object that starts it, stops it, and holds what tests and the rehearsal need."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from bot.rehearsal.loopback.faults import Faults
from bot.rehearsal.loopback.gateway.gateway import Gateway, GatewaySettings
from bot.rehearsal.loopback.hub import PATIENCE, Subscription
from bot.rehearsal.loopback.moments import Moments, RealMoments
from bot.rehearsal.loopback.requests import RequestLog
from bot.rehearsal.loopback.rest.pipeline import BASE, Pipeline
from bot.rehearsal.loopback.rest.rate_limits import RateLimits
from bot.rehearsal.loopback.rest.routes import build
from bot.rehearsal.loopback.world.commands import GLOBAL
from bot.rehearsal.loopback.world.permissions import INVITED, Permission
from bot.rehearsal.loopback.world.world import Application, World

if TYPE_CHECKING:
    from datetime import datetime

    from bot.rehearsal.loopback.world.servers import Server
    from bot.rehearsal.loopback.world.users import User

HOST = "127.0.0.1"


class Loopback:
    """A Discord on this machine, for one bot. Use it as an async context manager, or `start` and `stop` it.

    Args:
        speed: how fast the rehearsal's clock runs; rate-limit windows are divided by it.
        port: where to listen on 127.0.0.1; 0 takes a free one.
        moments: real time; `ManualMoments` lets a test move it.
        present: what people there take for the time, by which scheduled events begin and end; real time by default.
        privileged: the privileged intents that are switched on for the application, of
            `members`, `presences` and `message_content`.
        gateway: advice on shards, limits on identifying, heartbeats.
    """

    def __init__(
        self,
        *,
        speed: Callable[[], float] = lambda: 1.0,
        port: int = 0,
        moments: Moments | None = None,
        present: Callable[[], datetime] | None = None,
        privileged: Iterable[str] = (),
        gateway: GatewaySettings | None = None,
        name: str = "Chairside",
    ) -> None:
        moments = moments or RealMoments()
        self._port = port
        self._runner: web.AppRunner | None = None
        self._gateway = Gateway(gateway or GatewaySettings())
        self.token = f"chairside.loopback.{secrets.token_urlsafe(32)}"
        self.world = World(moments, Application(self.token, name, frozenset(privileged)), self._gateway)
        self.world.present = present or moments.now
        self.faults = Faults(moments, self._gateway)
        self.requests = RequestLog(self.world.hub)
        limits = RateLimits(moments, speed)
        self._pipeline = Pipeline(self.world, limits, self.faults, self.requests)
        self._gateway.attach(self.world, limits, self.faults)

    async def start(self) -> None:
        """Listen on 127.0.0.1.

        Raises:
            OSError: the port is taken.
        """
        app = build(self._pipeline, self._gateway)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.world.origin = f"http://{HOST}:{self._port}"

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        await self._gateway.close()
        self.world.hub.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def api_base(self) -> str:
        """The API's address with its version, as DISCORD_API_BASE wants it."""
        return self.world.origin + BASE

    @property
    def gateway_url(self) -> str:
        """The gateway's address, as GET /gateway/bot answers it."""
        return self._gateway.url

    @property
    def bot(self) -> User:
        """The bot's own account; its id is the application's too."""
        return self.world.bot

    @property
    def servers(self) -> list[Server]:
        return list(self.world.servers.values())

    def add_server(
        self, name: str, *, bot_permissions: Permission = INVITED, server_id: int | None = None, invite: bool = True
    ) -> Server:
        """Make a server and invite the bot, also while it is connected; its own role gets these permissions."""
        return self.world.add_server(name, bot_permissions=bot_permissions, server_id=server_id, invite=invite)

    def commands(self, server: Server | None = None) -> list[dict[str, Any]]:
        """The commands registered globally, or for one server, as Discord's JSON."""
        return self.world.commands.of(server.id if server else GLOBAL)

    def subscribe(self) -> Subscription:
        """An async iterator over what happens from now on."""
        return self.world.hub.subscribe()

    @property
    def ready_shards(self) -> int:
        """How many shards of the bot are connected and know their servers."""
        return self._gateway.ready

    async def wait_until_ready(self, *, shards: int = 1, within: float = PATIENCE) -> None:
        """Wait until so many shards of the bot are connected and know their servers.

        Raises:
            LoopbackTimeoutError: fewer did within so many real seconds.
        """
        await self._wait_for_shards(lambda ready: ready >= shards, within=within)

    async def wait_until_gone(self, *, within: float = PATIENCE) -> None:
        """Wait until no shard of the bot is connected any more.

        Raises:
            LoopbackTimeoutError: one still was after so many real seconds.
        """
        await self._wait_for_shards(lambda ready: ready == 0, within=within)

    async def _wait_for_shards(self, accept: Callable[[int], bool], *, within: float) -> None:
        await self.world.hub.wait_for(
            lambda: accept(self._gateway.ready) or None,
            within=within,
            otherwise=lambda: f"{self._gateway.ready} shards are ready",
        )
