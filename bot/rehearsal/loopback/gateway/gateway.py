"""The gateway: takes the bot's connections in, keeps its sessions, and passes events on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.rehearsal.loopback.gateway.codes import ENDS_SESSION, Close, Op
from bot.rehearsal.loopback.gateway.connection import Connection, compressor
from bot.rehearsal.loopback.gateway.conversation import Conversation
from bot.rehearsal.loopback.gateway.intents import Intent, intent_of
from bot.rehearsal.loopback.hub import GatewayChanged
from bot.rehearsal.loopback.rest.account import flags_of
from bot.rehearsal.loopback.rest.rate_limits import Limit, RateLimits
from bot.rehearsal.loopback.world import payloads

if TYPE_CHECKING:
    from bot.rehearsal.loopback.faults import Faults
    from bot.rehearsal.loopback.gateway.sessions import Session
    from bot.rehearsal.loopback.world.servers import Server
    from bot.rehearsal.loopback.world.world import World

Json = dict[str, Any]

VERSION = "10"
IDENTIFIES_A_DAY = 1000
GOODBYE_SECONDS = 1.0
"""How long a client may take to answer that its connection is closed."""


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """How the gateway is set up: its advice on shards, how often clients may identify, and their heartbeats."""

    shards: int = 1
    max_concurrency: int = 1
    identify_seconds: float = 5.0
    heartbeat_seconds: float = 41.25


class Gateway:
    """All sessions and connections of the bot."""

    world: World
    limits: RateLimits
    faults: Faults

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        self.sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self._identified = 0

    def attach(self, world: World, limits: RateLimits, faults: Faults) -> None:
        """Give the gateway what it serves; done once, before anybody connects."""
        self.world, self.limits, self.faults = world, limits, faults

    @property
    def url(self) -> str:
        """Where clients connect to."""
        return f"{self.world.origin.replace('http', 'ws', 1)}/gateway"

    @property
    def application_flags(self) -> int:
        return flags_of(self.world.application.privileged)

    @property
    def ready(self) -> int:
        """How many shards are identified and connected."""
        return sum(session.connection is not None for session in self.sessions.values())

    def address(self) -> Json:
        """What GET /gateway/bot answers."""
        limit = {
            "total": IDENTIFIES_A_DAY,
            "remaining": max(0, IDENTIFIES_A_DAY - self._identified),
            "reset_after": 86_400_000,
            "max_concurrency": self.settings.max_concurrency,
        }
        return {"url": self.url, "shards": self.settings.shards, "session_start_limit": limit}

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Serve one WebSocket until it closes."""
        if self.faults.is_down:
            return web.Response(status=503)
        try:
            packer = compressor(request.query.get("compress"))
        except ValueError as error:
            return web.Response(status=400, text=f"compress={error} is not to be had here")
        socket = web.WebSocketResponse(compress=False, timeout=GOODBYE_SECONDS)
        await socket.prepare(request)
        connection = Connection(socket, request, packer)
        self._connections.add(connection)
        conversation = Conversation(self, connection)
        if request.query.get("v") == VERSION and request.query.get("encoding", "json") == "json":
            conversation.begin()
        else:
            connection.close(Close.INVALID_VERSION)
        try:
            await connection.run(conversation.receive)
        finally:
            conversation.end(connection.close_code)
        return socket

    # What connections tell.

    def authorizes(self, token: object) -> bool:
        return token == self.world.application.token and not self.faults.token_revoked

    def count_identify(self, shard: int) -> None:
        """Count an IDENTIFY against max_concurrency.

        Raises:
            RateLimitedError: the shard's group has used its turn.
        """
        group = shard % self.settings.max_concurrency
        self.limits.take("identify", Limit(1, self.settings.identify_seconds), str(group))
        self._identified += 1

    def admit(self, session: Session, connection: Connection) -> None:
        """Let a connection speak for a session; a dead session of the same shard is forgotten."""
        for old in list(self.sessions.values()):
            if (
                old is not session
                and old.connection is None
                and (old.shard, old.shards)
                == (
                    session.shard,
                    session.shards,
                )
            ):
                del self.sessions[old.id]
        self.sessions[session.id] = session
        session.connection = connection
        connection.session = session

    def left(self, connection: Connection, close_code: int | None) -> None:
        """Note that a connection is gone; its session waits for a resume unless the client said goodbye."""
        self._connections.discard(connection)
        session = connection.session
        if session is not None and session.connection is connection:
            session.connection = None
            if close_code in ENDS_SESSION:
                self.sessions.pop(session.id, None)
        self.changed()

    def changed(self) -> None:
        """Tell who watches how many shards are ready."""
        self.world.hub.publish(GatewayChanged(self.ready))

    # What the world tells.

    def dispatch(
        self, event: str, payload: Json, *, server_id: int | None, bare: Json | None = None, always: bool = False
    ) -> None:
        """Send an event to the sessions whose shard and intents it concerns."""
        intent = intent_of(event, direct=server_id is None)
        for session in self.sessions.values():
            if session.serves(server_id) and (always or session.intents & intent):
                session.send(event, payload if bare is None or session.reads_content else bare)

    def announce(self, server: Server, *, returning: bool = False) -> None:
        """Send GUILD_CREATE: the bot was invited, or the server is back from an outage."""
        for session in self.sessions.values():
            if session.serves(server.id) and session.intents & Intent.GUILDS:
                self.send_server(session, server, returning=returning)

    def send_server(self, session: Session, server: Server, *, returning: bool) -> None:
        """Send one session a server; `unavailable` comes along only where it was announced or away before."""
        members = bool(session.intents & Intent.GUILD_MEMBERS)
        payload = payloads.of_server_created(server, reader=self.world.bot, all_members=members)
        session.send("GUILD_CREATE", {**payload, "unavailable": False} if returning else payload)

    # What faults do.

    def close_all(self, code: int, *, shard: int | None = None) -> None:
        """Close the connections of all shards, or of one, with a code."""
        for connection in list(self._connections):
            if shard is None or (connection.session is not None and connection.session.shard == shard):
                connection.close(code)

    def invalidate(self, *, resumable: bool) -> None:
        """Tell all that their session is over; unless resumable, it is forgotten too."""
        for connection in list(self._connections):
            if connection.session is not None and not resumable:
                self.sessions.pop(connection.session.id, None)
            connection.send_json({"op": Op.INVALID_SESSION, "d": resumable})

    def ask_to_reconnect(self) -> None:
        """Tell all to reconnect and resume."""
        for connection in list(self._connections):
            connection.send_json({"op": Op.RECONNECT, "d": None})

    async def close(self) -> None:
        """Close all connections because the loopback ends."""
        for connection in list(self._connections):
            await connection.go_away()
