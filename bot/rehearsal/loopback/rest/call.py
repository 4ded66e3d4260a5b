"""One request as its handler sees it, and the table row that leads there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.errors import missing_access, missing_permissions, unknown
from bot.rehearsal.loopback.rest.rate_limits import ORDINARY, Limit, RateLimits
from bot.rehearsal.loopback.validation.form import invalid, snowflake
from bot.rehearsal.loopback.world.channels import TextChannel, Thread
from bot.rehearsal.loopback.world.permissions import Permission

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.channels import Channel
    from bot.rehearsal.loopback.world.messages import Message, Upload
    from bot.rehearsal.loopback.world.servers import Server
    from bot.rehearsal.loopback.world.users import User
    from bot.rehearsal.loopback.world.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with; without a payload there is no body (204)."""

    payload: Json | list[Json] | None = None
    status: int = 200


@dataclass(slots=True)
class Call:
    """A request after authorization and rate limits: what it names, asks and carries."""

    world: World
    limits: RateLimits
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    files: dict[int, Upload] = field(default_factory=dict)

    def id(self, name: str) -> int:
        """An id from the path."""
        return snowflake(self.path[name], name)

    @property
    def bot(self) -> User:
        return self.world.bot

    @property
    def form(self) -> Json:
        """The body, which must be an object."""
        if not isinstance(self.body, dict):
            raise invalid("", "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return self.body

    def server(self) -> Server:
        """The server that the path names."""
        return self.world.server(self.id("server"))

    def channel(self, *needed: Permission) -> Channel:
        """The channel that the path names.

        Raises:
            ApiError: there is none, or the bot may not see it or lacks one of the permissions there.
        """
        channel = self.world.channel(self.id("channel"))
        require(channel, self.bot, *needed)
        return channel

    def text_channel(self, *needed: Permission) -> TextChannel:
        """The channel that the path names, which must be a server's own and no thread."""
        channel = self.channel(*needed)
        if not isinstance(channel, TextChannel):
            raise invalid("channel_id", "CHANNEL_TYPE_INVALID", "Cannot execute action on this channel type")
        return channel

    def message(self, channel: Channel) -> Message:
        """The message of a channel that the path names; nobody's ephemeral one."""
        message = channel.posted.get(self.id("message"))
        if message is None:
            raise unknown("message")
        return message


def require(channel: Channel, user: User, *needed: Permission) -> None:
    """Insist that an account sees a channel and may do these things there.

    Raises:
        ApiError: 403, with Discord's distinction between what is hidden and what is only not allowed.
    """
    permissions = channel.permissions_of(user)
    if not permissions & Permission.VIEW_CHANNEL:
        raise missing_access()
    for permission in needed:
        if not permissions & permission:
            raise missing_permissions()


def sending(channel: Channel) -> Permission:
    """The permission that sending takes here."""
    return Permission.SEND_MESSAGES_IN_THREADS if isinstance(channel, Thread) else Permission.SEND_MESSAGES


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, what answers there, and how often it may be called.

    Routes used with an interaction's token need no authorization and don't count towards the global limit.
    """

    method: str
    path: str
    handler: Handler
    limit: Limit = ORDINARY
    by_token: bool = False

    @property
    def bucket(self) -> str:
        return f"{self.method} {self.path}"

    @staticmethod
    def major(path: Mapping[str, str]) -> str:
        """The part of a path that has buckets of its own: the channel, the server, or the webhook's token."""
        return path.get("channel") or path.get("server") or path.get("token") or ""
