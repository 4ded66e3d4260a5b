"""Who is addressed by a text, and who of them is pinged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.world.messages import TEXT_DISPLAY, Mentions, walk
from bot.rehearsal.loopback.world.permissions import Permission

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.channels import Channel
    from bot.rehearsal.loopback.world.users import User

Json = dict[str, Any]

MESSAGES_DEFAULT: Json = {"parse": ["users", "roles", "everyone"]}
WEBHOOKS_DEFAULT: Json = {"parse": ["users"]}

_CODE = re.compile(r"```.*?```|``.*?``|`[^`\n]*`", re.DOTALL)
_USER = re.compile(r"<@!?(\d{1,20})>")
_ROLE = re.compile(r"<@&(\d{1,20})>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")


def find_mentions(channel: Channel, author: User, content: str, components: list[Json], allowed: Json) -> Mentions:
    """Whom a message addresses: what its text names, as far as `allowed_mentions` and the author's permissions go.

    Code is never read for mentions. What exists nowhere, or on another server, is nobody.
    """
    displayed = (c.get("content", "") for c in walk(components) if c.get("type") == TEXT_DISPLAY)
    text = "\n".join([content, *displayed])
    if "@" not in text:
        return Mentions()
    text = _CODE.sub("", text)
    may_ping_all = bool(channel.permissions_of(author) & Permission.MENTION_EVERYONE)
    return Mentions(
        users=frozenset(_permitted(_USER.findall(text), allowed, "users") & _people(channel)),
        roles=frozenset(_permitted(_ROLE.findall(text), allowed, "roles") & _roles(channel, every=may_ping_all)),
        everyone=may_ping_all and "everyone" in allowed.get("parse", ()) and bool(_EVERYONE.search(text)),
    )


def _permitted(found: Iterable[str], allowed: Json, kind: str) -> set[int]:
    named = {int(text) for text in found}
    if kind in (allowed.get("parse") or ()):
        return named
    return named & {int(text) for text in allowed.get(kind) or ()}


def _people(channel: Channel) -> set[int]:
    if channel.server is not None:
        return set(channel.server.members)
    return set(channel.world.users)


def _roles(channel: Channel, *, every: bool) -> set[int]:
    if channel.server is None:
        return set()
    return {role.id for role in channel.server.roles.values() if every or role.mentionable}
