"""A server: its people, roles, channels and threads, and what the bot is told when they change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from bot.rehearsal.loopback.people.person import Person
from bot.rehearsal.loopback.world import payloads
from bot.rehearsal.loopback.world.channels import ChannelKind, StageChannel, TextChannel, Thread
from bot.rehearsal.loopback.world.commands import CHAT_INPUT
from bot.rehearsal.loopback.world.permissions import (
    ALL,
    INVITED,
    NONE,
    Permission,
    in_timeout,
    on_server,
    with_overwrites,
)
from bot.rehearsal.loopback.world.users import Member, Role, User

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.channels import Stage
    from bot.rehearsal.loopback.world.messages import Message
    from bot.rehearsal.loopback.world.scheduled_events import ScheduledEvent
    from bot.rehearsal.loopback.world.world import World

Json = dict[str, Any]
Added = TypeVar("Added", bound=TextChannel)


@dataclass(eq=False)
class Server:
    """One Discord server. What changes here while the bot is connected, it hears of."""

    id: int
    world: World = field(repr=False)
    name: str
    owner: User
    locale: str = "en-US"
    available: bool = True
    integrations: dict[int, list[Json]] = field(default_factory=dict, repr=False)
    roles: dict[int, Role] = field(default_factory=dict, repr=False)
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    channels: dict[int, TextChannel] = field(default_factory=dict, repr=False)
    threads: dict[int, Thread] = field(default_factory=dict, repr=False)
    events: dict[int, ScheduledEvent] = field(default_factory=dict, repr=False)

    @property
    def everyone(self) -> Role:
        """The role that all have."""
        return self.roles[self.id]

    @property
    def bot_member(self) -> Member:
        """The bot as a member of this server."""
        return self.members[self.world.bot.id]

    @property
    def has_bot(self) -> bool:
        return self.world.bot.id in self.members

    @property
    def system_channel(self) -> TextChannel | None:
        """Where Discord itself would greet new members: the first channel."""
        return next(iter(self.channels.values()), None)

    @property
    def open_stages(self) -> list[tuple[StageChannel, Stage]]:
        """The stage channels whose stage is open."""
        stages = [channel for channel in self.channels.values() if isinstance(channel, StageChannel)]
        return [(channel, channel.stage) for channel in stages if channel.stage is not None]

    def permissions_of(self, user: User) -> Permission:
        """What an account may do server-wide; nothing if it is no member."""
        member = self.members.get(user.id)
        if member is None:
            return NONE
        if user is self.owner:
            return ALL
        roles = [self.roles[role_id] for role_id in member.role_ids if role_id in self.roles]
        return on_server(self.everyone.permissions, roles)

    def permissions_in(self, channel: TextChannel, user: User) -> Permission:
        """What roles and the channel's overwrites allow an account, before what a channel's kind implies."""
        base = self.permissions_of(user)
        member = self.members.get(user.id)
        if member is None or base == ALL:
            return base
        allowed = with_overwrites(
            base, channel.overwrites.values(), server_id=self.id, member_id=user.id, role_ids=member.role_ids
        )
        until = member.timed_out_until
        return in_timeout(allowed) if until and until > self.world.moments.now() else allowed

    # What a manager does in Discord's client.

    def add_channel(self, name: str, *, topic: str | None = None, channel_id: int | None = None) -> TextChannel:
        """Open a text channel at the bottom of the list."""
        key, position = channel_id or self.world.snowflakes.make(), len(self.channels)
        return self._add(
            TextChannel(key, self.world, name, ChannelKind.TEXT, home=self, topic=topic, position=position)
        )

    def add_stage_channel(self, name: str) -> StageChannel:
        """Open a stage channel at the bottom of the list."""
        key, position = self.world.snowflakes.make(), len(self.channels)
        return self._add(StageChannel(key, self.world, name, ChannelKind.STAGE, home=self, position=position))

    def _add(self, channel: Added) -> Added:
        self.channels[channel.id] = self.world.channels[channel.id] = channel
        self._tell("CHANNEL_CREATE", payloads.of_text_channel(channel))
        return channel

    def add_role(
        self, name: str, permissions: Permission = NONE, *, mentionable: bool = False, managed: bool = False
    ) -> Role:
        """Add a role above the others."""
        role = Role(
            self.world.snowflakes.make(), self, name, permissions, len(self.roles), mentionable, managed=managed
        )
        self.roles[role.id] = role
        self._tell("GUILD_ROLE_CREATE", {"guild_id": str(self.id), "role": payloads.of_role(role)})
        return role

    def add_member(
        self,
        person: str | Person,
        *,
        roles: Iterable[Role] = (),
        manages_server: bool = False,
        locale: str = "en-US",
    ) -> Person:
        """Let a new person, or one from another server, join this one."""
        user = self.world.add_user(person, locale=locale) if isinstance(person, str) else person.user
        extra = [self._managers()] if manages_server else []
        role_ids = frozenset(role.id for role in [*roles, *extra])
        member = Member(user, self, self.world.moments.now(), role_ids)
        self.members[user.id] = member
        self._tell("GUILD_MEMBER_ADD", {**payloads.of_member(member), "guild_id": str(self.id)})
        return Person(self.world, user)

    def remove_member(self, person: Person) -> None:
        """Let a person leave, or remove them."""
        self.members.pop(person.id, None)
        self._tell("GUILD_MEMBER_REMOVE", {"guild_id": str(self.id), "user": payloads.of_user(person.user)})

    def invite_bot(self, permissions: Permission = INVITED) -> None:
        """Invite the bot to a server it is not on; it is told of all channels at once."""
        self.world.invite(self, permissions)

    def remove_bot(self) -> None:
        """Remove the bot from the server; it hears so and no more."""
        self.world.remove_bot(self)

    def integrate(self, command: str | None, target: Role | Person | TextChannel, *, allowed: bool) -> None:
        """Set under Integrations who may use a command, or where; what is set wins over the command's defaults.

        Without a command it counts for all those that nothing is set for alone.

        Raises:
            KeyError: no such slash command is registered.
        """
        kind = 1 if isinstance(target, Role) else 2 if isinstance(target, Person) else 3
        listed = self.world.commands.visible(self.id, CHAT_INPUT)
        command_id = int(listed[command]["id"]) if command else self.world.bot.id
        entries = [e for e in self.integrations.get(command_id, []) if e["id"] != str(target.id)]
        self.integrations[command_id] = [*entries, {"id": str(target.id), "type": kind, "permission": allowed}]

    def go_away(self) -> None:
        """Make the server unavailable to the bot, as in an outage of Discord."""
        self.available = False
        self._tell("GUILD_DELETE", {"id": str(self.id), "unavailable": True})

    def come_back(self) -> None:
        """End the server's outage."""
        self.available = True
        self.world.gateway.announce(self, returning=True)

    # What the rest of the world calls when something of this server changed.

    def events_now(self) -> list[ScheduledEvent]:
        """All events, those that began or ended by themselves meanwhile as such."""
        for event in self.events.values():
            event.let_time_pass(self.world.present())
        return list(self.events.values())

    def tell_of_event(self, what: str, event: ScheduledEvent) -> None:
        self._tell(f"GUILD_SCHEDULED_EVENT_{what}", payloads.of_event(event))

    def tell_of_stage(self, what: str, channel: StageChannel, stage: Stage) -> None:
        self._tell(f"STAGE_INSTANCE_{what}", payloads.of_stage(channel, stage))

    def channel_changed(self, channel: TextChannel) -> None:
        self._tell("CHANNEL_UPDATE", payloads.of_text_channel(channel))

    def role_changed(self, role: Role) -> None:
        self._tell("GUILD_ROLE_UPDATE", {"guild_id": str(self.id), "role": payloads.of_role(role)})

    def member_changed(self, member: Member) -> None:
        """Tell the bot of a member's new roles; about itself it hears even without the members intent."""
        payload = {**payloads.of_member(member), "guild_id": str(self.id)}
        self._tell("GUILD_MEMBER_UPDATE", payload, always=member.user is self.world.bot)

    def remove_role(self, role: Role) -> None:
        self.roles.pop(role.id, None)
        for member in self.members.values():
            member.role_ids -= {role.id}
        self._tell("GUILD_ROLE_DELETE", {"guild_id": str(self.id), "role_id": str(role.id)})

    def remove_channel(self, channel: TextChannel) -> None:
        for thread in channel.threads:
            self._forget(thread)
        channel.exists = False
        self.channels.pop(channel.id, None)
        self.world.channels.pop(channel.id, None)
        self._tell("CHANNEL_DELETE", payloads.of_text_channel(channel))

    def open_thread(self, thread: Thread, *, starter: Message | None = None) -> None:
        """Add a thread that was just made; the bot hears of it if it may see it."""
        self.threads[thread.id] = self.world.channels[thread.id] = thread
        if starter is not None:
            starter.thread = thread
        if thread.permissions_of(self.world.bot):
            payload = payloads.of_thread(thread, reader=self.world.bot)
            self._tell("THREAD_CREATE", {**payload, "newly_created": True})

    def thread_changed(self, thread: Thread) -> None:
        self._tell("THREAD_UPDATE", payloads.of_thread(thread))

    def thread_joined(self, thread: Thread, user: User) -> None:
        bot = self.world.bot
        thread.member_ids.setdefault(user.id, self.world.moments.now())
        if user is bot:
            self._tell("THREAD_CREATE", payloads.of_thread(thread, reader=bot))
        payload = {
            "id": str(thread.id),
            "guild_id": str(self.id),
            "member_count": len(thread.member_ids),
            "added_members": [payloads.of_thread_member(thread, user)],
            "removed_member_ids": [],
        }
        self._tell("THREAD_MEMBERS_UPDATE", payload, always=user is bot)

    def remove_thread(self, thread: Thread) -> None:
        self._forget(thread)
        gone = {
            "id": str(thread.id),
            "guild_id": str(self.id),
            "parent_id": str(thread.trunk.id),
            "type": int(thread.kind),
        }
        self._tell("THREAD_DELETE", gone)

    def _forget(self, thread: Thread) -> None:
        thread.exists = False
        self.threads.pop(thread.id, None)
        self.world.channels.pop(thread.id, None)

    def _managers(self) -> Role:
        existing = next((role for role in self.roles.values() if role.name == "Managers"), None)
        return existing or self.add_role("Managers", Permission.MANAGE_GUILD)

    def _tell(self, event: str, payload: Json, *, always: bool = False) -> None:
        if self.has_bot:
            self.world.gateway.dispatch(event, payload, server_id=self.id, always=always)
