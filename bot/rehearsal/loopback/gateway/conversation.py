"""What one connection says, and what it is answered: heartbeats, IDENTIFY, RESUME, requests for members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.errors import RateLimitedError
from bot.rehearsal.loopback.gateway.codes import Close, Op
from bot.rehearsal.loopback.gateway.intents import KNOWN, Intent, disallowed
from bot.rehearsal.loopback.gateway.sessions import Session
from bot.rehearsal.loopback.rest.rate_limits import Limit
from bot.rehearsal.loopback.world import payloads

if TYPE_CHECKING:
    from bot.rehearsal.loopback.gateway.connection import Connection
    from bot.rehearsal.loopback.gateway.gateway import Gateway
    from bot.rehearsal.loopback.moments import Handle

Json = dict[str, Any]

FRAMES = Limit(120, 60)
MAX_CHUNK = 1000
_SHARD_PAIR = 2


@dataclass(eq=False)
class Conversation:
    """One connection from HELLO to its end."""

    gateway: Gateway
    connection: Connection
    _silence: Handle | None = None

    def begin(self) -> None:
        """Say hello."""
        interval = int(self.gateway.settings.heartbeat_seconds * 1000)
        self.connection.send_json({"op": Op.HELLO, "d": {"heartbeat_interval": interval}})
        self._await_heartbeat()

    def end(self, close_code: int | None) -> None:
        """Note that the connection is gone."""
        if self._silence is not None:
            self._silence.cancel()
        self.gateway.left(self.connection, close_code)

    def receive(self, frame: Json) -> None:
        """Answer one frame of the client."""
        try:
            self.gateway.limits.take("gateway frames", FRAMES, str(id(self.connection)))
        except RateLimitedError:
            self.connection.close(Close.RATE_LIMITED)
            return
        op, data = frame.get("op"), frame.get("d")
        match op:
            case Op.HEARTBEAT:
                self._heartbeat()
            case Op.IDENTIFY if isinstance(data, dict):
                self._identify(data)
            case Op.RESUME if isinstance(data, dict):
                self._resume(data)
            case _ if self.connection.session is None:
                self.connection.close(Close.NOT_AUTHENTICATED)
            case Op.REQUEST_GUILD_MEMBERS if isinstance(data, dict):
                self._send_members(data)
            case Op.PRESENCE_UPDATE | Op.VOICE_STATE_UPDATE:
                pass
            case _:
                self.connection.close(Close.UNKNOWN_OPCODE)

    def _heartbeat(self) -> None:
        self._await_heartbeat()
        if not self.gateway.faults.no_ack:
            self.connection.send_json({"op": Op.HEARTBEAT_ACK})

    def _await_heartbeat(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
        patience = 2 * self.gateway.settings.heartbeat_seconds
        self._silence = self.gateway.world.moments.call_later(
            patience, lambda: self.connection.close(Close.SESSION_TIMED_OUT)
        )

    def _identify(self, data: Json) -> None:
        refusal = self._refusal(data)
        if refusal is not None:
            self.connection.close(refusal)
            return
        shard, shards = data.get("shard") or (0, 1)
        try:
            self.gateway.count_identify(shard)
        except RateLimitedError:
            self.connection.send_json({"op": Op.INVALID_SESSION, "d": False})
            return
        session = Session(shard, shards, data["intents"])
        self.gateway.admit(session, self.connection)
        self._welcome(session)

    def _refusal(self, data: Json) -> Close | None:
        if self.connection.session is not None:
            return Close.ALREADY_AUTHENTICATED
        if not self.gateway.authorizes(data.get("token")):
            return Close.AUTHENTICATION_FAILED
        shard = data.get("shard") or [0, 1]
        if not isinstance(shard, list) or len(shard) != _SHARD_PAIR or not 0 <= shard[0] < shard[1]:
            return Close.INVALID_SHARD
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN:
            return Close.INVALID_INTENTS
        if disallowed(intents, self.gateway.world.application.privileged):
            return Close.DISALLOWED_INTENTS
        return None

    def _welcome(self, session: Session) -> None:
        world = self.gateway.world
        servers = [s for s in world.servers.values() if s.has_bot and session.serves(s.id)]
        ready: Json = {
            "v": 10,
            "user": {**payloads.of_user(world.bot), "verified": True, "mfa_enabled": True, "flags": 0},
            "guilds": [{"id": str(server.id), "unavailable": True} for server in servers],
            "session_id": session.id,
            "resume_gateway_url": self.gateway.url,
            "shard": [session.shard, session.shards],
            "application": {"id": str(world.bot.id), "flags": self.gateway.application_flags},
        }
        session.send("READY", ready)
        if session.intents & Intent.GUILDS:
            for server in servers:
                if server.available:
                    self.gateway.send_server(session, server, returning=True)
        self.gateway.changed()

    def _resume(self, data: Json) -> None:
        session = self.gateway.sessions.get(str(data.get("session_id")))
        if not self.gateway.authorizes(data.get("token")):
            self.connection.close(Close.AUTHENTICATION_FAILED)
            return
        sequence = data.get("seq")
        missed = session.missed(sequence) if session and isinstance(sequence, int) else None
        if session is None or missed is None:
            self.connection.send_json({"op": Op.INVALID_SESSION, "d": False})
            return
        for frame in missed:
            self.connection.send(frame)
        self.gateway.admit(session, self.connection)
        session.send("RESUMED", {})
        self.gateway.changed()

    def _send_members(self, data: Json) -> None:
        session, world = self.connection.session, self.gateway.world
        server = world.servers.get(int(data.get("guild_id", 0)))
        if session is None or server is None:
            return
        wanted = [int(user_id) for user_id in data.get("user_ids") or ()]
        start, limit = (data.get("query") or "").lower(), data.get("limit") or len(server.members)
        found = [
            member
            for member in server.members.values()
            if (member.id in wanted if wanted else (member.nick or member.user.name).lower().startswith(start))
        ][:limit]
        chunks = [found[at : at + MAX_CHUNK] for at in range(0, len(found), MAX_CHUNK)] or [[]]
        for index, chunk in enumerate(chunks):
            payload: Json = {
                "guild_id": str(server.id),
                "members": [payloads.of_member(member) for member in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
                "not_found": [str(user_id) for user_id in wanted if user_id not in server.members],
                "nonce": data.get("nonce"),
            }
            session.send("GUILD_MEMBERS_CHUNK", payload)
