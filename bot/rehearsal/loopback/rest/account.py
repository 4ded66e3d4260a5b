"""The bot's own account and application, the gateway's address, people, and direct messages."""

from __future__ import annotations

from typing import Any

from bot.rehearsal.loopback.errors import ApiError, unknown
from bot.rehearsal.loopback.rest.call import Answer, Call, Route
from bot.rehearsal.loopback.validation.form import snowflake
from bot.rehearsal.loopback.world import payloads

Json = dict[str, Any]

# Application flags say which privileged intents are switched on, for an application on few servers.
_LIMITED = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}


def own_user(call: Call) -> Answer:
    """GET /users/@me."""
    user = payloads.of_user(call.bot)
    return Answer({**user, "verified": True, "mfa_enabled": True, "flags": 0, "locale": call.bot.locale})


def application(call: Call) -> Answer:
    """GET /applications/@me and /oauth2/applications/@me."""
    return Answer(
        {
            **application_stub(call),
            "name": call.bot.name,
            "description": "",
            "icon": None,
            "bot": payloads.of_user(call.bot),
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": {**payloads.of_user(call.bot), "bot": False, "username": "operator"},
            "summary": "",
            "verify_key": "0" * 64,
            "team": None,
            "interactions_endpoint_url": None,
            "approximate_guild_count": sum(server.has_bot for server in call.world.servers.values()),
        }
    )


def application_stub(call: Call) -> Json:
    """The application's id and flags, as READY carries them too."""
    return {"id": str(call.bot.id), "flags": flags_of(call.world.application.privileged)}


def flags_of(privileged: frozenset[str]) -> int:
    """The flags that say which privileged intents an application may ask for."""
    return sum(_LIMITED[name] for name in privileged)


def user(call: Call) -> Answer:
    """GET /users/{id}."""
    found = call.world.users.get(call.id("user"))
    if found is None:
        raise unknown("user")
    return Answer(payloads.of_user(found))


def open_direct_messages(call: Call) -> Answer:
    """POST /users/@me/channels: works for anybody; whether they take messages shows when one is sent."""
    recipient = call.world.users.get(snowflake(call.form.get("recipient_id"), "recipient_id"))
    if recipient is None or recipient is call.bot:
        raise ApiError(400, 50033, "Invalid Recipient(s)")
    return Answer(payloads.of_direct_channel(call.world.direct_channel(recipient)))


ROUTES = (
    Route("GET", "/users/@me", own_user),
    Route("GET", "/applications/@me", application),
    Route("GET", "/oauth2/applications/@me", application),
    Route("POST", "/users/@me/channels", open_direct_messages),
    Route("GET", "/users/{user}", user),
)
