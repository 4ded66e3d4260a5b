"""People, channels, roles and files as an interaction carries them: by id, and described beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.errors import PersonRefusedError
from bot.rehearsal.loopback.validation.commands import OptionKind
from bot.rehearsal.loopback.world import payloads, posting
from bot.rehearsal.loopback.world.channels import Channel
from bot.rehearsal.loopback.world.interactions import of_channel
from bot.rehearsal.loopback.world.messages import Upload
from bot.rehearsal.loopback.world.users import Member, Role, User

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.messages import Message

Json = dict[str, Any]


class Resolved:
    """Collects what is referred to in one interaction."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.payload: dict[str, dict[str, Json]] = {}

    def take(self, kind: OptionKind, value: object, option: Json) -> str:
        """The id of a value for an option of this kind.

        Raises:
            PersonRefusedError: the option does not take it.
        """
        user = getattr(value, "user", value)
        if kind in (OptionKind.USER, OptionKind.MENTIONABLE) and isinstance(user, User):
            return self.add_user(user)
        if kind in (OptionKind.ROLE, OptionKind.MENTIONABLE) and isinstance(value, Role):
            return self._add("roles", value.id, payloads.of_role(value))
        if kind is OptionKind.CHANNEL and isinstance(value, Channel):
            return self.add_channel(value, option.get("channel_types"))
        if kind is OptionKind.ATTACHMENT and isinstance(value, Upload):
            return self.add_file(value)
        raise PersonRefusedError(f"{option.get('name', 'this')} takes a {kind.name.lower()}, not {value!r}")

    def add_user(self, user: User) -> str:
        """Refer to an account, and to its membership where this is a server."""
        member: Member | None = self._channel.server.members.get(user.id) if self._channel.server else None
        if member is not None:
            partial = payloads.of_member(member, with_user=False)
            permissions = str(int(self._channel.permissions_of(user)))
            self._add("members", user.id, {**partial, "permissions": permissions})
        return self._add("users", user.id, payloads.of_user(user))

    def add_channel(self, channel: Channel, kinds: list[int] | None) -> str:
        """Refer to a channel of one of these kinds."""
        if kinds and channel.kind not in kinds:
            raise PersonRefusedError(f"#{channel.name} is not offered: it is no channel of type {kinds}")
        permissions = str(int(channel.permissions_of(self._channel.world.bot)))
        return self._add("channels", channel.id, {**of_channel(channel), "permissions": permissions})

    def add_file(self, upload: Upload) -> str:
        """Upload a file with the interaction."""
        attachment = posting.attach(self._channel.world, self._channel, upload)
        return self._add("attachments", attachment.id, payloads.of_attachment(attachment, ephemeral=True))

    def add_message(self, message: Message) -> str:
        """Refer to a message, with all it says."""
        return self._add("messages", message.id, payloads.of_message(message))

    def _add(self, what: str, thing_id: int, payload: Json) -> str:
        self.payload.setdefault(what, {})[str(thing_id)] = payload
        return str(thing_id)
