"""A session of one shard: it outlives its connections, and keeps what it sent so that a client can resume."""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.gateway.intents import Intent
from bot.rehearsal.loopback.snowflakes import shard_of

if TYPE_CHECKING:
    from bot.rehearsal.loopback.gateway.connection import Connection

Json = dict[str, Any]

KEPT = 2_000
DISPATCH = 0


@dataclass(eq=False)
class Session:
    """One identified shard of the bot."""

    shard: int
    shards: int
    intents: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    sequence: int = 0
    connection: Connection | None = None
    _sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=KEPT), repr=False)

    @property
    def reads_content(self) -> bool:
        return bool(self.intents & Intent.MESSAGE_CONTENT)

    def serves(self, server_id: int | None) -> bool:
        """Whether this shard is told of a server; direct messages are shard 0's."""
        return self.shard == (0 if server_id is None else shard_of(server_id, self.shards))

    def send(self, event: str, payload: Json) -> None:
        """Send an event, now or when the client has resumed."""
        self.sequence += 1
        frame = json.dumps({"op": DISPATCH, "s": self.sequence, "t": event, "d": payload}, separators=(",", ":"))
        self._sent.append((self.sequence, frame))
        if self.connection is not None:
            self.connection.send(frame)

    def missed(self, sequence: int) -> Iterable[str] | None:
        """The frames after a sequence number, or None if they are no longer all there, or never were."""
        if sequence > self.sequence:
            return None
        if self._sent and self._sent[0][0] > sequence + 1:
            return None
        return [frame for number, frame in self._sent if number > sequence]
