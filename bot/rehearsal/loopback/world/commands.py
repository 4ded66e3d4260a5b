"""The application commands that the bot has registered, globally and for single servers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.errors import unknown

if TYPE_CHECKING:
    from bot.rehearsal.loopback.snowflakes import Snowflakes

Json = dict[str, Any]
Key = tuple[int, str]

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
GLOBAL = 0

_KEPT = (
    "name",
    "description",
    "name_localizations",
    "description_localizations",
    "options",
    "default_member_permissions",
    "contexts",
    "integration_types",
    "dm_permission",
    "nsfw",
    "type",
)


class Commands:
    """Registered commands by scope: a server's id, or GLOBAL."""

    def __init__(self, snowflakes: Snowflakes, application_id: int) -> None:
        self._snowflakes = snowflakes
        self._application_id = application_id
        self._by_scope: dict[int, dict[Key, Json]] = {GLOBAL: {}}

    def of(self, scope: int) -> list[Json]:
        """All commands of one scope."""
        return list(self._by_scope.get(scope, {}).values())

    def get(self, scope: int, command_id: int) -> Json:
        """One command.

        Raises:
            ApiError: there is none with this id in the scope.
        """
        found = next((c for c in self.of(scope) if c["id"] == str(command_id)), None)
        if found is None:
            raise unknown("command")
        return found

    def replace_all(self, scope: int, payloads: Iterable[Json]) -> list[Json]:
        """Make these the scope's commands; one of the same kind and name keeps its id."""
        old = self._by_scope.get(scope, {})
        self._by_scope[scope] = {_key(p): self._stored(scope, p, old.get(_key(p))) for p in payloads}
        return self.of(scope)

    def put(self, scope: int, payload: Json) -> tuple[Json, bool]:
        """Add a command or replace the one of its kind and name; also whether it is new."""
        commands = self._by_scope.setdefault(scope, {})
        old = commands.get(_key(payload))
        commands[_key(payload)] = self._stored(scope, payload, old)
        return commands[_key(payload)], old is None

    def change(self, scope: int, command_id: int, payload: Json) -> Json:
        """Replace some fields of a command."""
        old = self.get(scope, command_id)
        del self._by_scope[scope][_key(old)]
        merged = {**old, **payload}
        self._by_scope[scope][_key(merged)] = self._stored(scope, merged, old)
        return self._by_scope[scope][_key(merged)]

    def remove(self, scope: int, command_id: int) -> None:
        """Delete a command."""
        del self._by_scope[scope][_key(self.get(scope, command_id))]

    def visible(self, server_id: int | None, kind: int) -> dict[str, Json]:
        """What a client offers on a server, or in direct messages, by name: a server's own come before global ones."""
        offered = {c["name"]: c for c in self.of(GLOBAL) if c["type"] == kind}
        if server_id is None:
            return offered
        return offered | {c["name"]: c for c in self.of(server_id) if c["type"] == kind}

    def _stored(self, scope: int, payload: Json, old: Json | None) -> Json:
        command: Json = {"type": CHAT_INPUT, "description": "", "nsfw": False, "options": []}
        command |= {key: payload[key] for key in _KEPT if key in payload}
        permissions = command.get("default_member_permissions")
        command["default_member_permissions"] = None if permissions is None else str(permissions)
        if scope != GLOBAL:
            command["guild_id"] = str(scope)
        command["application_id"] = str(self._application_id)
        same = old is not None and all(old.get(key) == command.get(key) for key in _KEPT)
        command["id"] = old["id"] if old else str(self._snowflakes.make())
        command["version"] = old["version"] if old and same else str(self._snowflakes.make())
        return command


def _key(payload: Json) -> Key:
    return payload.get("type", CHAT_INPUT), payload["name"]
