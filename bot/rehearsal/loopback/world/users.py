"""Accounts, and who they are on one server."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.rehearsal.loopback.world.permissions import NONE, Permission

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.servers import Server


@dataclass(eq=False)
class User:
    """One account, the bot's or a person's."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    accepts_direct_messages: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    @property
    def username(self) -> str:
        """The unique lower-case name that Discord shows beside the display name."""
        return "".join(c if c.isalnum() else "_" for c in self.name.lower())[:32]


@dataclass(eq=False)
class Role:
    """A role of one server; @everyone has the server's own id."""

    id: int
    server: Server = field(repr=False)
    name: str
    permissions: Permission = NONE
    position: int = 1
    mentionable: bool = False
    managed: bool = False

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"

    def set_permissions(self, permissions: Permission) -> None:
        """Replace the role's bits, as a server's manager would."""
        self.permissions = permissions
        self.server.role_changed(self)

    def delete(self) -> None:
        """Remove the role from its server and from all who have it."""
        self.server.remove_role(self)


@dataclass(eq=False)
class Member:
    """An account on one server."""

    user: User
    server: Server = field(repr=False)
    joined_at: datetime
    role_ids: frozenset[int] = frozenset()
    nick: str | None = None
    timed_out_until: datetime | None = None

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def permissions(self) -> Permission:
        """What the member may do server-wide."""
        return self.server.permissions_of(self.user)

    def give(self, *roles: Role) -> None:
        """Add roles."""
        self._set_roles(self.role_ids | {role.id for role in roles})

    def take(self, *roles: Role) -> None:
        """Take roles away."""
        self._set_roles(self.role_ids - {role.id for role in roles})

    def time_out(self, until: datetime | None) -> None:
        """Put the member in time-out until a moment, or lift it."""
        self.timed_out_until = until
        self.server.member_changed(self)

    def _set_roles(self, role_ids: frozenset[int]) -> None:
        self.role_ids = role_ids
        self.server.member_changed(self)
