"""Everything there is on the loopback, and the one who is told of changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.rehearsal.loopback.errors import unknown
from bot.rehearsal.loopback.hub import Hub
from bot.rehearsal.loopback.snowflakes import Snowflakes
from bot.rehearsal.loopback.world.channels import Channel, ChannelKind, DirectChannel
from bot.rehearsal.loopback.world.commands import Commands
from bot.rehearsal.loopback.world.interactions import Interactions
from bot.rehearsal.loopback.world.permissions import EVERYONE, INVITED, Permission
from bot.rehearsal.loopback.world.servers import Server
from bot.rehearsal.loopback.world.users import Member, Role, User

if TYPE_CHECKING:
    from datetime import datetime

    from bot.rehearsal.loopback.moments import Moments
    from bot.rehearsal.loopback.world.messages import Attachment

Json = dict[str, Any]


class Gateway(Protocol):
    """Who tells the bot."""

    def dispatch(
        self, event: str, payload: Json, *, server_id: int | None, bare: Json | None = None, always: bool = False
    ) -> None:
        """Send an event to the sessions whose shard and intents it concerns; all intents if `always`.

        `bare` is what sessions without the message-content intent get instead.
        """

    def announce(self, server: Server, *, returning: bool = False) -> None:
        """Send GUILD_CREATE: the bot was invited, or the server is back from an outage."""


@dataclass(frozen=True, slots=True)
class Application:
    """The bot as it is set up in Discord's developer portal; `privileged` are the intents that are switched on."""

    token: str
    name: str = "Chairside"
    privileged: frozenset[str] = frozenset()

    @property
    def reads_content(self) -> bool:
        """Whether it is sent what people write."""
        return "message_content" in self.privileged


class World:
    """All servers, channels, people and files, by id."""

    def __init__(self, moments: Moments, application: Application, gateway: Gateway) -> None:
        self.moments = moments
        self.present: Callable[[], datetime] = moments.now
        self.application = application
        self.gateway = gateway
        self.snowflakes = Snowflakes(moments)
        self.hub = Hub()
        self.origin = ""
        self.users: dict[int, User] = {}
        self.servers: dict[int, Server] = {}
        self.channels: dict[int, Channel] = {}
        self.files: dict[int, Attachment] = {}
        self._direct: dict[int, DirectChannel] = {}
        self.bot = self.add_user(application.name, bot=True)
        self.commands = Commands(self.snowflakes, self.bot.id)
        self.interactions = Interactions(self)

    def add_user(self, name: str, *, bot: bool = False, locale: str = "en-US") -> User:
        user = User(self.snowflakes.make(), name, bot, locale)
        self.users[user.id] = user
        return user

    def add_server(
        self, name: str, *, bot_permissions: Permission = INVITED, server_id: int | None = None, invite: bool = True
    ) -> Server:
        """Make a server with an owner, and invite the bot with these permissions in its own role."""
        owner = self.add_user(f"Owner of {name}")
        server = Server(server_id or self.snowflakes.make(), self, name, owner)
        server.roles[server.id] = Role(server.id, server, "@everyone", EVERYONE, 0)
        server.members[owner.id] = Member(owner, server, self.moments.now())
        self.servers[server.id] = server
        if invite:
            self.invite(server, bot_permissions)
        return server

    def invite(self, server: Server, bot_permissions: Permission = INVITED) -> None:
        """Let the bot join a server; its role has exactly these permissions."""
        role = server.add_role(self.application.name, bot_permissions, managed=True)
        server.members[self.bot.id] = Member(self.bot, server, self.moments.now(), frozenset({role.id}))
        self.gateway.announce(server)

    def remove_bot(self, server: Server) -> None:
        """Let the bot leave a server."""
        if server.members.pop(self.bot.id, None) is None:
            return
        server.roles = {role_id: role for role_id, role in server.roles.items() if not role.managed}
        self.gateway.dispatch("GUILD_DELETE", {"id": str(server.id)}, server_id=server.id)

    def server(self, server_id: int) -> Server:
        """A server that the bot is on.

        Raises:
            ApiError: there is none, or the bot is not on it.
        """
        server = self.servers.get(server_id)
        if server is None or not server.has_bot or not server.available:
            raise unknown("guild")
        return server

    def channel(self, channel_id: int) -> Channel:
        """A channel of a server that the bot is on, or its direct messages.

        Raises:
            ApiError: there is none, or it is on a server that the bot is not on.
        """
        channel = self.channels.get(channel_id)
        if channel is None or (channel.server and not channel.server.has_bot):
            raise unknown("channel")
        return channel

    def direct_channel(self, user: User) -> DirectChannel:
        """The direct messages between the bot and a person, opened if need be."""
        if user.id in self._direct:
            return self._direct[user.id]
        name, kind = f"@{user.name}", ChannelKind.DIRECT
        opened = DirectChannel(self.snowflakes.make(), self, name, kind, recipient=user)
        self.channels[opened.id] = self._direct[user.id] = opened
        return opened

    def shares_server(self, user: User) -> bool:
        """Whether the bot is on any server with this person."""
        return any(server.has_bot and user.id in server.members for server in self.servers.values())

    def tell(self, event: str, payload: Json, *, channel: Channel, bare: Json | None = None) -> None:
        """Tell the bot of something in a channel, if it may see the channel."""
        if channel.permissions_of(self.bot) & Permission.VIEW_CHANNEL:
            server = channel.server
            self.gateway.dispatch(event, payload, server_id=server.id if server else None, bare=bare)
