"""Who may do what: Discord's permission bits, and how roles and overwrites add up to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import reduce
from operator import or_
from typing import Protocol


class Permission(IntFlag):
    """Discord's bits, by Discord's names."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    PRIORITY_SPEAKER = 1 << 8
    STREAM = 1 << 9
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    VIEW_GUILD_INSIGHTS = 1 << 19
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    USE_VAD = 1 << 25
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EMBEDDED_ACTIVITIES = 1 << 39
    MODERATE_MEMBERS = 1 << 40
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 1 << 41
    USE_SOUNDBOARD = 1 << 42
    CREATE_GUILD_EXPRESSIONS = 1 << 43
    CREATE_EVENTS = 1 << 44
    USE_EXTERNAL_SOUNDS = 1 << 45
    SEND_VOICE_MESSAGES = 1 << 46
    SET_VOICE_CHANNEL_STATUS = 1 << 48
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


def _union(*permissions: Permission) -> Permission:
    return reduce(or_, permissions, Permission(0))


ALL = _union(*Permission)
NONE = Permission(0)

# What @everyone starts with on a new server, as Discord's client makes one.
EVERYONE = _union(
    Permission.CREATE_INSTANT_INVITE,
    Permission.ADD_REACTIONS,
    Permission.STREAM,
    Permission.VIEW_CHANNEL,
    Permission.SEND_MESSAGES,
    Permission.SEND_TTS_MESSAGES,
    Permission.EMBED_LINKS,
    Permission.ATTACH_FILES,
    Permission.READ_MESSAGE_HISTORY,
    Permission.MENTION_EVERYONE,
    Permission.USE_EXTERNAL_EMOJIS,
    Permission.CONNECT,
    Permission.SPEAK,
    Permission.USE_VAD,
    Permission.CHANGE_NICKNAME,
    Permission.USE_APPLICATION_COMMANDS,
    Permission.REQUEST_TO_SPEAK,
    Permission.CREATE_PUBLIC_THREADS,
    Permission.CREATE_PRIVATE_THREADS,
    Permission.USE_EXTERNAL_STICKERS,
    Permission.SEND_MESSAGES_IN_THREADS,
    Permission.SEND_VOICE_MESSAGES,
    Permission.SEND_POLLS,
)

# What the bot's own role has when it is invited, unless `add_server` is told otherwise.
INVITED = _union(
    Permission.VIEW_CHANNEL,
    Permission.SEND_MESSAGES,
    Permission.EMBED_LINKS,
    Permission.ATTACH_FILES,
    Permission.READ_MESSAGE_HISTORY,
    Permission.CREATE_PUBLIC_THREADS,
    Permission.CREATE_PRIVATE_THREADS,
    Permission.SEND_MESSAGES_IN_THREADS,
    Permission.MANAGE_THREADS,
    Permission.PIN_MESSAGES,
)

ONLY_IN_VOICE = _union(
    Permission.PRIORITY_SPEAKER,
    Permission.STREAM,
    Permission.CONNECT,
    Permission.SPEAK,
    Permission.MUTE_MEMBERS,
    Permission.DEAFEN_MEMBERS,
    Permission.MOVE_MEMBERS,
    Permission.USE_VAD,
    Permission.USE_EMBEDDED_ACTIVITIES,
    Permission.USE_SOUNDBOARD,
    Permission.USE_EXTERNAL_SOUNDS,
    Permission.SET_VOICE_CHANNEL_STATUS,
)
ONLY_ON_SERVERS = _union(
    Permission.KICK_MEMBERS,
    Permission.BAN_MEMBERS,
    Permission.ADMINISTRATOR,
    Permission.MANAGE_GUILD,
    Permission.VIEW_AUDIT_LOG,
    Permission.VIEW_GUILD_INSIGHTS,
    Permission.CHANGE_NICKNAME,
    Permission.MANAGE_NICKNAMES,
    Permission.MANAGE_GUILD_EXPRESSIONS,
    Permission.MANAGE_EVENTS,
    Permission.MODERATE_MEMBERS,
    Permission.VIEW_CREATOR_MONETIZATION_ANALYTICS,
    Permission.CREATE_GUILD_EXPRESSIONS,
    Permission.CREATE_EVENTS,
)
NEED_SENDING = _union(
    Permission.SEND_TTS_MESSAGES,
    Permission.MENTION_EVERYONE,
    Permission.EMBED_LINKS,
    Permission.ATTACH_FILES,
)
_LEFT_IN_TIMEOUT = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY

_ADMINISTRATOR = int(Permission.ADMINISTRATOR)
_VIEW = int(Permission.VIEW_CHANNEL)
_SEND = int(Permission.SEND_MESSAGES)
_SEND_IN_THREADS = int(Permission.SEND_MESSAGES_IN_THREADS)
_ONLY_IN_VOICE = int(ONLY_IN_VOICE)
_ONLY_ON_SERVERS = int(ONLY_ON_SERVERS)
_NEED_SENDING = int(NEED_SENDING)

# In a direct message: what Discord says the app has there.
IN_DIRECT_MESSAGES = _union(
    Permission.VIEW_CHANNEL,
    Permission.SEND_MESSAGES,
    Permission.EMBED_LINKS,
    Permission.ATTACH_FILES,
    Permission.READ_MESSAGE_HISTORY,
    Permission.MENTION_EVERYONE,
    Permission.USE_EXTERNAL_EMOJIS,
    Permission.ADD_REACTIONS,
    Permission.PIN_MESSAGES,
)


class OverwriteKind(IntEnum):
    """Whom an overwrite is for."""

    ROLE = 0
    MEMBER = 1


@dataclass(frozen=True, slots=True)
class Overwrite:
    """A channel's exception for one role or one member."""

    id: int
    kind: OverwriteKind
    allow: Permission = NONE
    deny: Permission = NONE


class _Role(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def permissions(self) -> Permission: ...


def named(names: Iterable[str]) -> Permission:
    """The bits for names such as `send_messages`."""
    return _union(*(Permission[name.upper()] for name in names))


# The sums below are made of plain integers: every request asks for them, and IntFlag's operators are slow.


def on_server(everyone: Permission, roles: Iterable[_Role]) -> Permission:
    """What @everyone's bits and a member's roles add up to, before any channel's exceptions."""
    base = reduce(or_, (int(role.permissions) for role in roles), int(everyone))
    return ALL if base & _ADMINISTRATOR else Permission(base)


def with_overwrites(
    base: Permission, overwrites: Iterable[Overwrite], *, server_id: int, member_id: int, role_ids: frozenset[int]
) -> Permission:
    """The base with a channel's exceptions: @everyone's, then all of the member's roles' at once, then the member's."""
    total = int(base)
    if total & _ADMINISTRATOR:
        return ALL
    everyone = roles_allow = roles_deny = own_allow = own_deny = everyone_deny = 0
    for overwrite in overwrites:
        if overwrite.id == server_id:
            everyone, everyone_deny = int(overwrite.allow), int(overwrite.deny)
        elif overwrite.kind is OverwriteKind.ROLE and overwrite.id in role_ids:
            roles_allow |= int(overwrite.allow)
            roles_deny |= int(overwrite.deny)
        elif overwrite.kind is OverwriteKind.MEMBER and overwrite.id == member_id:
            own_allow, own_deny = int(overwrite.allow), int(overwrite.deny)
    total = total & ~everyone_deny | everyone
    total = total & ~roles_deny | roles_allow
    return Permission(total & ~own_deny | own_allow)


def in_timeout(permissions: Permission) -> Permission:
    """What is left to a member who is timed out."""
    return permissions & _LEFT_IN_TIMEOUT


def in_stage(permissions: Permission) -> Permission:
    """What counts in a stage channel: who may not connect may do nothing there that voice is about, nor manage it."""
    total = int(permissions)
    if not total & _VIEW:
        total &= _ONLY_ON_SERVERS
    if not total & int(Permission.CONNECT):
        total &= ~(_ONLY_IN_VOICE | int(Permission.MANAGE_CHANNELS) | int(Permission.MANAGE_ROLES))
    return Permission(total)


def in_text(permissions: Permission, *, thread: bool = False) -> Permission:
    """What counts in a text channel or thread: without sending no embeds, without viewing nothing, never voice."""
    total = int(permissions)
    if not total & (_SEND_IN_THREADS if thread else _SEND):
        total &= ~_NEED_SENDING
    if not total & _VIEW:
        total &= _ONLY_ON_SERVERS
    return Permission(total & ~_ONLY_IN_VOICE)
