"""Registering application commands, globally or on one server."""

from __future__ import annotations

from typing import Any

from bot.rehearsal.loopback.errors import missing_access, unknown
from bot.rehearsal.loopback.rest.call import Answer, Call, Route
from bot.rehearsal.loopback.rest.rate_limits import COMMANDS
from bot.rehearsal.loopback.validation.commands import check_all_commands, check_command
from bot.rehearsal.loopback.validation.form import invalid
from bot.rehearsal.loopback.world.commands import GLOBAL

Json = dict[str, Any]


def _scope(call: Call) -> int:
    if call.id("application") != call.bot.id:
        raise missing_access()
    if "server" not in call.path:
        return GLOBAL
    server = call.world.servers.get(call.id("server"))
    if server is None or not server.has_bot:
        raise missing_access()
    return server.id


def all_of(call: Call) -> Answer:
    """GET …/commands."""
    return Answer(call.world.commands.of(_scope(call)))


def one(call: Call) -> Answer:
    """GET …/commands/{id}."""
    return Answer(call.world.commands.get(_scope(call), call.id("command")))


def replace_all(call: Call) -> Answer:
    """PUT …/commands: these and no others."""
    scope = _scope(call)
    if not isinstance(call.body, list):
        raise invalid("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    return Answer(call.world.commands.replace_all(scope, check_all_commands(call.body)))


def put(call: Call) -> Answer:
    """POST …/commands: adds one, or replaces the one of its name."""
    command, new = call.world.commands.put(_scope(call), check_command(call.form))
    return Answer(command, status=201 if new else 200)


def change(call: Call) -> Answer:
    """PATCH …/commands/{id}."""
    scope, command_id = _scope(call), call.id("command")
    old = call.world.commands.get(scope, command_id)
    check_command({**old, **call.form})
    return Answer(call.world.commands.change(scope, command_id, call.form))


def remove(call: Call) -> Answer:
    """DELETE …/commands/{id}."""
    call.world.commands.remove(_scope(call), call.id("command"))
    return Answer()


def permissions(call: Call) -> Answer:
    """GET …/commands/permissions: what a server's managers set under Integrations."""
    server = call.world.server(_scope(call))
    return Answer([_permissions(call, server.id, command_id, set_) for command_id, set_ in server.integrations.items()])


def permissions_of_one(call: Call) -> Answer:
    """GET …/commands/{id}/permissions."""
    server, command_id = call.world.server(_scope(call)), call.id("command")
    if command_id not in server.integrations:
        raise unknown("command permissions")
    return Answer(_permissions(call, server.id, command_id, server.integrations[command_id]))


def _permissions(call: Call, server_id: int, command_id: int, entries: list[Json]) -> Json:
    ids = {"id": str(command_id), "application_id": str(call.bot.id), "guild_id": str(server_id)}
    return {**ids, "permissions": entries}


_OF_APPLICATION = "/applications/{application}/commands"
_OF_SERVER = "/applications/{application}/guilds/{server}/commands"

ROUTES = (
    Route("GET", f"{_OF_SERVER}/permissions", permissions),
    Route("GET", f"{_OF_SERVER}/{{command}}/permissions", permissions_of_one),
    *(
        route
        for base in (_OF_APPLICATION, _OF_SERVER)
        for route in (
            Route("GET", base, all_of),
            Route("PUT", base, replace_all, COMMANDS),
            Route("POST", base, put, COMMANDS),
            Route("GET", f"{base}/{{command}}", one),
            Route("PATCH", f"{base}/{{command}}", change, COMMANDS),
            Route("DELETE", f"{base}/{{command}}", remove, COMMANDS),
        )
    ),
)
