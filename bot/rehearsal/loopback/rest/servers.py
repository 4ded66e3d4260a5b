"""A server, its channels, roles and members."""

from __future__ import annotations

from typing import Any

from bot.rehearsal.loopback.errors import missing_access, missing_permissions, unknown
from bot.rehearsal.loopback.rest.call import Answer, Call, Route
from bot.rehearsal.loopback.validation.form import Form, snowflake
from bot.rehearsal.loopback.world import payloads
from bot.rehearsal.loopback.world.permissions import Permission

Json = dict[str, Any]

MAX_MEMBERS = 1000


def server(call: Call) -> Answer:
    """GET /guilds/{id}."""
    found = call.server()
    payload = payloads.of_server(found)
    if call.query.get("with_counts") in ("1", "true", "True"):
        payload |= {"approximate_member_count": len(found.members), "approximate_presence_count": len(found.members)}
    return Answer(payload)


def own_servers(call: Call) -> Answer:
    """GET /users/@me/guilds."""
    servers = [s for s in call.world.servers.values() if s.has_bot]
    return Answer(
        [
            {
                "id": str(s.id),
                "name": s.name,
                "icon": None,
                "owner": False,
                "permissions": str(int(s.permissions_of(call.bot))),
                "features": [],
            }
            for s in servers
        ]
    )


def leave(call: Call) -> Answer:
    """DELETE /users/@me/guilds/{id}: the bot leaves."""
    call.world.remove_bot(call.server())
    return Answer()


def channels(call: Call) -> Answer:
    """GET /guilds/{id}/channels: all of them, also those that the bot can't read; no threads."""
    return Answer([payloads.of_text_channel(channel) for channel in call.server().channels.values()])


def create_channel(call: Call) -> Answer:
    """POST /guilds/{id}/channels: a text channel."""
    found = call.server()
    if not found.permissions_of(call.bot) & Permission.MANAGE_CHANNELS:
        raise missing_permissions()
    form = Form()
    name = form.at("name").text(call.form.get("name"), least=1, most=100)
    topic = form.at("topic").text(call.form.get("topic"), most=1024, required=False)
    form.check()
    return Answer(payloads.of_text_channel(found.add_channel(name, topic=topic or None)), status=201)


def active_threads(call: Call) -> Answer:
    """GET /guilds/{id}/threads/active: those that the bot may see."""
    seen = [t for t in call.server().threads.values() if not t.archived and t.permissions_of(call.bot)]
    joined = [payloads.of_thread_member(t, call.bot) for t in seen if call.bot.id in t.member_ids]
    return Answer({"threads": [payloads.of_thread(t, reader=call.bot) for t in seen], "members": joined})


def roles(call: Call) -> Answer:
    """GET /guilds/{id}/roles."""
    return Answer([payloads.of_role(role) for role in call.server().roles.values()])


def member(call: Call) -> Answer:
    """GET /guilds/{id}/members/{id}."""
    found = call.server().members.get(call.id("user"))
    if found is None:
        raise unknown("member")
    return Answer(payloads.of_member(found))


def members(call: Call) -> Answer:
    """GET /guilds/{id}/members: only for applications with the members intent switched on."""
    found = call.server()
    if "members" not in call.world.application.privileged:
        raise missing_access()
    limit = int(call.query.get("limit", 1))
    form = Form()
    form.at("limit").number(limit, least=1, most=MAX_MEMBERS)
    form.check()
    after = snowflake(call.query.get("after", 0), "after")
    later = sorted((m for m in found.members.values() if m.id > after), key=lambda m: m.id)
    return Answer([payloads.of_member(m) for m in later[:limit]])


ROUTES = (
    Route("GET", "/users/@me/guilds", own_servers),
    Route("DELETE", "/users/@me/guilds/{server}", leave),
    Route("GET", "/guilds/{server}", server),
    Route("GET", "/guilds/{server}/channels", channels),
    Route("POST", "/guilds/{server}/channels", create_channel),
    Route("GET", "/guilds/{server}/threads/active", active_threads),
    Route("GET", "/guilds/{server}/roles", roles),
    Route("GET", "/guilds/{server}/members", members),
    Route("GET", "/guilds/{server}/members/{user}", member),
)
