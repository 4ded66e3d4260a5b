"""A person at Discord's client: everything they do reaches the bot as a real interaction or message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.errors import PersonRefusedError
from bot.rehearsal.loopback.people.forms import fill_modal, select_values
from bot.rehearsal.loopback.people.options import choose_command, fill_in, type_into
from bot.rehearsal.loopback.people.reply import Choice, Modal, Reply
from bot.rehearsal.loopback.people.resolving import Resolved
from bot.rehearsal.loopback.people.visibility import may_use
from bot.rehearsal.loopback.validation.components import SELECTS, Kind
from bot.rehearsal.loopback.validation.messages import MAX_CONTENT
from bot.rehearsal.loopback.world import commands, posting
from bot.rehearsal.loopback.world.channels import Channel, DirectChannel, Thread
from bot.rehearsal.loopback.world.interactions import InteractionKind
from bot.rehearsal.loopback.world.messages import LINK_STYLE, Message, Upload
from bot.rehearsal.loopback.world.permissions import Permission

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.users import User
    from bot.rehearsal.loopback.world.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who uses the servers they are on.

    What Discord's client would not let them do raises PersonRefusedError; what the bot refuses is in the reply.
    """

    world: World = field(repr=False)
    user: User

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def mention(self) -> str:
        return self.user.mention

    @property
    def direct_channel(self) -> DirectChannel:
        """Their direct messages with the bot."""
        return self.world.direct_channel(self.user)

    def take_direct_messages(self, *, allowed: bool) -> None:
        """Open or close their direct messages for the bot."""
        self.user.accepts_direct_messages = allowed

    def sees(self, channel: Channel) -> list[Message]:
        """All messages of a channel as they see it, oldest first, with the ephemeral ones for them."""
        if not channel.permissions_of(self.user) & Permission.VIEW_CHANNEL:
            return []
        own = [message for message in channel.hidden.values() if message.only_for is self.user]
        return sorted([*channel.posted.values(), *own], key=lambda message: message.id)

    def commands(self, channel: Channel, kind: int = commands.CHAT_INPUT) -> list[Json]:
        """The commands that the client offers them in a channel, as Discord's JSON."""
        server = channel.server
        offered = self.world.commands.visible(server.id if server else None, kind)
        return [command for command in offered.values() if may_use(self.user, channel, command)]

    async def slash(self, channel: Channel, command: str, /, **options: object) -> Reply:
        """Use a slash command by its full name, such as `schedule import`; the reply is at least acknowledged.

        Files are `Upload`s; people, channels and roles are given as such; choices by name or value.

        Raises:
            PersonRefusedError: the client does not offer the command, or an option does not take its value.
        """
        self._require(channel)
        chosen = choose_command(self.user, channel, command, commands.CHAT_INPUT)
        return await self._send(InteractionKind.COMMAND, channel, fill_in(chosen, channel, options))

    async def autocomplete(self, channel: Channel, command: str, /, **options: object) -> list[Choice]:
        """What the bot suggests while they type; the option given last is the one being typed.

        Raises:
            PersonRefusedError: the client does not offer the command, or the option has no autocomplete.
        """
        self._require(channel)
        chosen = choose_command(self.user, channel, command, commands.CHAT_INPUT)
        return (await self._send(InteractionKind.AUTOCOMPLETE, channel, type_into(chosen, options))).choices

    async def context_menu(self, target: Message | Person, name: str, *, channel: Channel | None = None) -> Reply:
        """Use a command from the menu of a message, or of a person in a channel.

        Raises:
            PersonRefusedError: the client does not offer it.
        """
        where = target.channel if isinstance(target, Message) else channel
        if where is None:
            raise PersonRefusedError("a person's menu is opened in a channel")
        self._require(where)
        resolved = Resolved(where)
        if isinstance(target, Message):
            self._require_sees(target)
            kind, target_id = commands.MESSAGE, resolved.add_message(target)
        else:
            kind, target_id = commands.USER, resolved.add_user(target.user)
        chosen = choose_command(self.user, where, name, kind)
        data = {**chosen.data([], resolved.payload), "target_id": target_id}
        return await self._send(InteractionKind.COMMAND, where, data)

    async def press(self, message: Message, label: str | None = None, *, custom_id: str | None = None) -> Reply:
        """Press a button by what stands on it, or by its custom_id.

        Raises:
            PersonRefusedError: there is no such button, or it is disabled or a link.
        """
        self._require_sees(message)
        button = next(
            (b for b in message.buttons if (b.get("custom_id") == custom_id if custom_id else b.get("label") == label)),
            None,
        )
        if button is None:
            raise PersonRefusedError(f"no button {custom_id or label!r} among {message.labels}")
        if button.get("disabled") or button["style"] == LINK_STYLE:
            raise PersonRefusedError(f"button {button.get('label')!r} can't be pressed")
        return await self._use(message, button, {})

    async def choose(self, message: Message, custom_id: str, values: Sequence[object] | str) -> Reply:
        """Choose in a select: options by value or label, or people, roles and channels.

        Raises:
            PersonRefusedError: there is no such select, or it does not take the values.
        """
        self._require_sees(message)
        select = message.component(custom_id)
        if select is None or select["type"] not in SELECTS or select.get("disabled"):
            raise PersonRefusedError(f"no select {custom_id!r} to choose in")
        resolved = Resolved(message.channel)
        chosen = select_values(select, [values] if isinstance(values, str) else values, resolved)
        data: Json = {"values": chosen}
        if select["type"] != Kind.STRING_SELECT:
            data["resolved"] = resolved.payload
        return await self._use(message, select, data)

    async def submit(self, modal: Modal | Reply, values: Mapping[str, object]) -> Reply:
        """Fill in a modal by its fields' custom_ids and send it.

        Raises:
            PersonRefusedError: a field is unknown, missing, or does not take its value.
        """
        shown = modal.modal if isinstance(modal, Reply) else modal
        if shown is None:
            raise PersonRefusedError("no modal was shown")
        cause = shown.reply.interaction
        components, resolved = fill_modal(cause.channel, shown.data, values)
        data = {"custom_id": shown.custom_id, "components": components, "resolved": resolved}
        return await self._send(InteractionKind.MODAL, cause.channel, data, message=cause.message)

    async def say(
        self, channel: Channel, text: str, *, files: Sequence[Upload] = (), reply_to: Message | None = None
    ) -> Message:
        """Write a message.

        Raises:
            PersonRefusedError: they may not write here.
        """
        self._require(channel)
        sending = Permission.SEND_MESSAGES_IN_THREADS if isinstance(channel, Thread) else Permission.SEND_MESSAGES
        if not channel.permissions_of(self.user) & sending:
            raise PersonRefusedError(f"{self.name} may not write in {channel.name}")
        if (not text.strip() and not files) or len(text) > MAX_CONTENT:
            raise PersonRefusedError(f"a message takes up to {MAX_CONTENT} characters, not {len(text)}")
        draft = posting.Draft(content=text, uploads=list(files), reference=reply_to)
        return posting.post(self.world, channel, self.user, draft)

    async def delete(self, message: Message) -> None:
        """Delete a message: their own, or as someone who manages messages.

        Raises:
            PersonRefusedError: it is not theirs to delete.
        """
        self._require_sees(message)
        manages = message.channel.permissions_of(self.user) & Permission.MANAGE_MESSAGES
        if message.author is not self.user and not manages and message.only_for is not self.user:
            raise PersonRefusedError(f"{self.name} may not delete messages in {message.channel.name}")
        posting.delete(self.world, message)

    async def _use(self, message: Message, component: Json, data: Json) -> Reply:
        about = {"custom_id": component["custom_id"], "component_type": component["type"], "id": component.get("id")}
        return await self._send(InteractionKind.COMPONENT, message.channel, {**about, **data}, message=message)

    async def _send(
        self, kind: InteractionKind, channel: Channel, data: Json, *, message: Message | None = None
    ) -> Reply:
        interaction = self.world.interactions.send(kind, self.user, channel, data, message=message)
        return await Reply(self.world, interaction).acknowledged()

    def _require(self, channel: Channel) -> None:
        if not channel.exists or not channel.permissions_of(self.user) & Permission.VIEW_CHANNEL:
            raise PersonRefusedError(f"{self.name} does not see {channel.name}")

    def _require_sees(self, message: Message) -> None:
        self._require(message.channel)
        if message.deleted or message.only_for not in (None, self.user):
            raise PersonRefusedError(f"{self.name} does not see that message")
