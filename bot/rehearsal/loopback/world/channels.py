"""Where messages stand: text channels, threads, and direct messages with the bot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.rehearsal.loopback.hub import PATIENCE
from bot.rehearsal.loopback.world.permissions import (
    IN_DIRECT_MESSAGES,
    NONE,
    Overwrite,
    OverwriteKind,
    Permission,
    in_stage,
    in_text,
    named,
)
from bot.rehearsal.loopback.world.users import Member, Role, User

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.messages import Message
    from bot.rehearsal.loopback.world.servers import Server
    from bot.rehearsal.loopback.world.world import World


class ChannelKind(IntEnum):
    """Discord's channel types, as far as there are such channels here."""

    TEXT = 0
    DIRECT = 1
    STAGE = 13
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12


@dataclass(eq=False)
class Channel:
    """What all places have: messages that everybody there sees, and those that one person sees."""

    id: int
    world: World = field(repr=False)
    name: str
    kind: ChannelKind
    posted: dict[int, Message] = field(default_factory=dict, repr=False)
    hidden: dict[int, Message] = field(default_factory=dict, repr=False)
    by_nonce: dict[tuple[int, str], Message] = field(default_factory=dict, repr=False)
    exists: bool = True

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    @property
    def server(self) -> Server | None:
        """The server it belongs to; None for direct messages."""
        return None

    @property
    def parent(self) -> TextChannel | None:
        """The channel a thread hangs on."""
        return None

    @property
    def messages(self) -> list[Message]:
        """What everybody sees who sees the channel, oldest first; ephemeral messages are not among them."""
        return list(self.posted.values())

    @property
    def last_message(self) -> Message | None:
        return next(reversed(self.posted.values()), None)

    def find(self, message_id: int) -> Message | None:
        """The message with this id, ephemeral ones included."""
        return self.posted.get(message_id) or self.hidden.get(message_id)

    def permissions_of(self, user: User) -> Permission:
        """What an account may do here."""
        raise NotImplementedError

    async def wait_for(self, predicate: Callable[[Message], object], within: float = PATIENCE) -> Message:
        """The oldest message that everybody sees and the predicate accepts, as soon as there is one.

        Raises:
            LoopbackTimeoutError: none within so many real seconds; says what the channel holds.
        """
        return await self.world.hub.wait_for(
            lambda: next((m for m in self.posted.values() if predicate(m)), None),
            within=within,
            otherwise=lambda: f"#{self.name} holds {[m.text for m in self.messages]}",
        )


@dataclass(eq=False)
class DirectChannel(Channel):
    """Direct messages between the bot and one person."""

    recipient: User = field(kw_only=True)

    def permissions_of(self, user: User) -> Permission:
        return IN_DIRECT_MESSAGES if user in (self.recipient, self.world.bot) else NONE


@dataclass(eq=False)
class TextChannel(Channel):
    """A text channel of a server, with its exceptions for roles and members."""

    home: Server = field(kw_only=True, repr=False)
    topic: str | None = field(default=None, kw_only=True)
    position: int = field(default=0, kw_only=True)
    overwrites: dict[int, Overwrite] = field(default_factory=dict, kw_only=True, repr=False)

    @property
    def server(self) -> Server:
        return self.home

    @property
    def threads(self) -> list[Thread]:
        return [thread for thread in self.home.threads.values() if thread.trunk is self]

    def permissions_of(self, user: User) -> Permission:
        return in_text(self.home.permissions_in(self, user))

    def set_overwrite(self, target: Role | Member | User, *, allow: Permission = NONE, deny: Permission = NONE) -> None:
        """Make this the channel's exception for a role or a member; without bits there is none any more."""
        kind = OverwriteKind.ROLE if isinstance(target, Role) else OverwriteKind.MEMBER
        if allow or deny:
            self.overwrites[target.id] = Overwrite(target.id, kind, allow, deny)
        else:
            self.overwrites.pop(target.id, None)
        self.home.channel_changed(self)

    def deny_bot(self, *names: str) -> None:
        """Take permissions such as `send_messages` from the bot in this channel."""
        old = self._own_overwrite()
        bits = named(names)
        self.set_overwrite(self.world.bot, allow=old.allow & ~bits, deny=old.deny | bits)

    def allow_bot(self, *names: str) -> None:
        """Give the bot permissions such as `send_messages` in this channel, whatever its roles say."""
        old = self._own_overwrite()
        bits = named(names)
        self.set_overwrite(self.world.bot, allow=old.allow | bits, deny=old.deny & ~bits)

    def hide(self, *, but_for: Role | Member | User | None = None) -> None:
        """Make the channel invisible to all but managers and, if given, one role or member."""
        self.set_overwrite(self.home.everyone, deny=Permission.VIEW_CHANNEL)
        if but_for is not None:
            self.set_overwrite(but_for, allow=Permission.VIEW_CHANNEL)

    def edit(self, *, name: str | None = None, topic: str | None = None) -> None:
        """Rename the channel or give it another topic."""
        self.name = name if name is not None else self.name
        self.topic = topic if topic is not None else self.topic
        self.home.channel_changed(self)

    def delete(self) -> None:
        """Delete the channel with its threads and messages, as a manager would."""
        self.home.remove_channel(self)

    def _own_overwrite(self) -> Overwrite:
        bot = self.world.bot
        return self.overwrites.get(bot.id, Overwrite(bot.id, OverwriteKind.MEMBER))


@dataclass
class Stage:
    """A stage that is open; `topic` is what stands below its channel's name."""

    id: int
    topic: str


@dataclass(eq=False)
class StageChannel(TextChannel):
    """A stage channel: a voice channel whose moderators open the stage, here without any voice."""

    stage: Stage | None = field(default=None, kw_only=True)

    def permissions_of(self, user: User) -> Permission:
        return in_stage(self.home.permissions_in(self, user))

    def close(self) -> None:
        """End the stage, as Discord does when nobody has spoken for minutes."""
        if self.stage is not None:
            self.home.tell_of_stage("DELETE", self, self.stage)
        self.stage = None


@dataclass(eq=False)
class Thread(Channel):
    """A thread of a text channel; a private one is for its members and for who manages threads."""

    trunk: TextChannel = field(kw_only=True, repr=False)
    owner: User = field(kw_only=True)
    created_at: datetime = field(kw_only=True)
    member_ids: dict[int, datetime] = field(default_factory=dict, kw_only=True, repr=False)
    archived: bool = field(default=False, kw_only=True)
    archived_at: datetime = field(kw_only=True)
    locked: bool = field(default=False, kw_only=True)
    invitable: bool = field(default=True, kw_only=True)
    auto_archive_minutes: int = field(default=1440, kw_only=True)
    sent: int = field(default=0, kw_only=True)

    @property
    def server(self) -> Server:
        return self.trunk.home

    @property
    def parent(self) -> TextChannel:
        return self.trunk

    @property
    def private(self) -> bool:
        return self.kind is ChannelKind.PRIVATE_THREAD

    def permissions_of(self, user: User) -> Permission:
        permissions = in_text(self.trunk.home.permissions_in(self.trunk, user), thread=True)
        if self.private and user.id not in self.member_ids and not permissions & Permission.MANAGE_THREADS:
            return NONE
        return permissions

    def add(self, user: User) -> None:
        """Let somebody into the thread."""
        self.trunk.home.thread_joined(self, user)

    def archive(self, *, locked: bool = False) -> None:
        """Close the thread, as Discord does after a while without messages, or lock it too."""
        self.archived, self.locked = True, locked
        self.archived_at = self.world.moments.now()
        self.trunk.home.thread_changed(self)

    def delete(self) -> None:
        """Delete the thread with its messages."""
        self.trunk.home.remove_thread(self)
