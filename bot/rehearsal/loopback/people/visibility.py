"""Which commands Discord's client offers to whom: permissions, and what managers set under Integrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.world.channels import DirectChannel
from bot.rehearsal.loopback.world.permissions import Permission

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.channels import Channel
    from bot.rehearsal.loopback.world.servers import Server
    from bot.rehearsal.loopback.world.users import User

Json = dict[str, Any]

ON_SERVERS, IN_DIRECT_MESSAGES = 0, 1
ROLE, USER, CHANNEL = 1, 2, 3


def may_use(user: User, channel: Channel, command: Json) -> bool:
    """Whether the client shows a command to a person in a channel."""
    contexts = command.get("contexts")
    direct = isinstance(channel, DirectChannel)
    if contexts is not None and (IN_DIRECT_MESSAGES if direct else ON_SERVERS) not in contexts:
        return False
    server = channel.server
    if server is None:
        return command.get("dm_permission") is not False
    permissions = channel.permissions_of(user)
    if server.permissions_of(user) & Permission.ADMINISTRATOR:
        return True
    if not permissions & Permission.VIEW_CHANNEL or not permissions & Permission.USE_APPLICATION_COMMANDS:
        return False
    for_all = server.integrations.get(int(command["application_id"]), [])
    entries = server.integrations.get(int(command["id"]), for_all)
    if _set_for_channel(entries, channel, server) is False:
        return False
    decided = _set_for_user(entries, user, server)
    return _has_defaults(permissions, command) if decided is None else decided


def _has_defaults(permissions: Permission, command: Json) -> bool:
    wanted = command.get("default_member_permissions")
    if wanted is None:
        return True
    # "0" is Discord's way to say: administrators only.
    return int(wanted) != 0 and int(wanted) & ~int(permissions) == 0


def _set_for_channel(entries: list[Json], channel: Channel, server: Server) -> bool | None:
    parent = channel.parent or channel
    by_id = {int(entry["id"]): bool(entry["permission"]) for entry in entries if entry["type"] == CHANNEL}
    # Discord's id for "all channels" is the server's less one.
    return by_id.get(parent.id, by_id.get(server.id - 1))


def _set_for_user(entries: list[Json], user: User, server: Server) -> bool | None:
    own = [entry["permission"] for entry in entries if entry["type"] == USER and int(entry["id"]) == user.id]
    if own:
        return bool(own[0])
    roles = {int(entry["id"]): bool(entry["permission"]) for entry in entries if entry["type"] == ROLE}
    mine = [roles[role_id] for role_id in server.members[user.id].role_ids if role_id in roles]
    return any(mine) if mine else roles.get(server.id)
