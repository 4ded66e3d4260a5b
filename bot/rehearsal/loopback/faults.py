"""What can be made to go wrong, while everything runs."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.rehearsal.loopback.moments import pause

if TYPE_CHECKING:
    from bot.rehearsal.loopback.moments import Moments


class Connections(Protocol):
    """What faults do to the gateway's connections."""

    def close_all(self, code: int, *, shard: int | None = None) -> None:
        """Close the connections of all shards, or of one, with a code."""

    def invalidate(self, *, resumable: bool) -> None:
        """Tell all that their session is over; unless resumable, it is forgotten too."""

    def ask_to_reconnect(self) -> None:
        """Tell all to reconnect and resume."""


@dataclass(eq=False)
class _Rule:
    pattern: re.Pattern[str]
    left: float

    def applies(self, line: str) -> bool:
        """Whether it strikes this request; counts down if so."""
        if self.left <= 0 or not self.pattern.search(line):
            return False
        self.left -= 1
        return True


class Faults:
    """Switches for trouble. `matching` is a regular expression on lines such as `POST /channels/123/messages`."""

    def __init__(self, moments: Moments, connections: Connections) -> None:
        self._moments = moments
        self._connections = connections
        self.no_ack = False
        self.token_revoked = False
        self._clear()

    def _clear(self) -> None:
        self.is_down = False
        self._refusals: list[tuple[_Rule, int]] = []
        self._losses: list[_Rule] = []
        self._delays: list[tuple[_Rule, float]] = []

    def clear(self) -> None:
        """End all faults."""
        self._clear()
        self.no_ack = False
        self.token_revoked = False

    def down(self) -> None:
        """Make Discord unreachable: requests are dropped unanswered, the gateway closes and takes no one in."""
        self.is_down = True
        self._connections.close_all(1006)

    def up(self) -> None:
        """Make Discord reachable again."""
        self.is_down = False

    def lose_response(self, times: int = 1, *, matching: str = "") -> None:
        """Carry out the next requests that match, then drop the connection instead of answering."""
        self._losses.append(_rule(matching, times))

    def refuse(self, status: int = 503, times: float = float("inf"), *, matching: str = "") -> None:
        """Answer requests that match with a status, without carrying them out; forever unless told how often."""
        self._refusals.append((_rule(matching, times), status))

    def delay(self, seconds: float, times: float = float("inf"), *, matching: str = "") -> None:
        """Let requests that match wait so many real seconds before they are carried out."""
        self._delays.append((_rule(matching, times), seconds))

    def end_delays(self) -> None:
        """Let all requests be carried out at once again."""
        self._delays = []

    def close_gateway(self, code: int = 4000, *, shard: int | None = None) -> None:
        """Close the gateway's connections with a code; most codes let a client resume."""
        self._connections.close_all(code, shard=shard)

    def invalidate_sessions(self, *, resumable: bool = False) -> None:
        """Send INVALID_SESSION."""
        self._connections.invalidate(resumable=resumable)

    def ask_to_reconnect(self) -> None:
        """Send RECONNECT."""
        self._connections.ask_to_reconnect()

    def revoke_token(self) -> None:
        """Make the token invalid: requests get 401, the gateway closes with 4004."""
        self.token_revoked = True
        self._connections.close_all(4004)

    # What the server asks.

    async def before(self, line: str) -> int | None:
        """Wait if a delay strikes; the status to refuse with, or None to go on."""
        if self._delays:
            waits = [seconds for rule, seconds in self._delays if rule.applies(line)]
            if waits:
                await pause(self._moments, max(waits))
        return next((status for rule, status in self._refusals if rule.applies(line)), None)

    def loses(self, line: str) -> bool:
        """Whether the answer to this request is to be lost."""
        return self.is_down or any(rule.applies(line) for rule in self._losses)


def _rule(matching: str, times: float) -> _Rule:
    return _Rule(re.compile(matching), times)


def drop(transport: asyncio.Transport | None) -> None:
    """Cut a connection without another byte."""
    if transport is not None:
        transport.abort()
