"""A person's use of a command, component or modal, and what the bot has made of it so far."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.errors import ApiError, unknown
from bot.rehearsal.loopback.hub import InteractionChanged, InteractionSent
from bot.rehearsal.loopback.world import payloads
from bot.rehearsal.loopback.world.channels import DirectChannel, TextChannel, Thread

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.channels import Channel
    from bot.rehearsal.loopback.world.messages import Message
    from bot.rehearsal.loopback.world.users import User
    from bot.rehearsal.loopback.world.world import World

Json = dict[str, Any]

TO_ACKNOWLEDGE = timedelta(seconds=3)
TOKEN_LASTS = timedelta(minutes=15)
ATTACHMENT_LIMIT = 10 * 1024 * 1024


class InteractionKind(IntEnum):
    """Discord's interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    """Discord's ways to answer one."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(eq=False)
class Interaction:
    """One interaction from the person's click to the end of its token."""

    id: int
    token: str = field(repr=False)
    kind: InteractionKind
    user: User
    channel: Channel = field(repr=False)
    created_at: datetime
    data: Json = field(repr=False)
    message: Message | None = field(default=None, repr=False)
    callback: Callback | None = None
    acknowledged_at: datetime | None = None
    died: bool = False
    original: Message | None = field(default=None, repr=False)
    loading: bool = False
    settled: bool = False
    followups: list[Message] = field(default_factory=list, repr=False)
    choices: list[Json] = field(default_factory=list, repr=False)
    modal: Json | None = field(default=None, repr=False)

    @property
    def command(self) -> str | None:
        """The command's full name, with its group; None for components and modals."""
        if self.kind not in (InteractionKind.COMMAND, InteractionKind.AUTOCOMPLETE):
            return None
        names, options = [self.data["name"]], self.data.get("options", [])
        while options and "options" in options[0]:
            names.append(options[0]["name"])
            options = options[0]["options"]
        return " ".join(names)


class Interactions:
    """All interactions whose token still lives."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_token: dict[str, Interaction] = {}

    def send(
        self,
        kind: InteractionKind,
        user: User,
        channel: Channel,
        data: Json,
        *,
        message: Message | None = None,
    ) -> Interaction:
        """Send a person's interaction to the bot; if nobody acknowledges it in time it dies."""
        now = self._world.moments.now()
        self._forget_expired(now)
        interaction_id = self._world.snowflakes.make()
        token = secrets.token_urlsafe(48)
        interaction = Interaction(interaction_id, token, kind, user, channel, now, data, message)
        self._by_token[token] = interaction
        self._world.hub.publish(InteractionSent(interaction))
        server = channel.server
        payload = self._payload(interaction)
        self._world.gateway.dispatch(
            "INTERACTION_CREATE", payload, server_id=server.id if server else None, always=True
        )
        self._world.moments.call_later(TO_ACKNOWLEDGE.total_seconds(), lambda: self._give_up(interaction))
        return interaction

    def awaiting(self, interaction_id: int, token: str) -> Interaction:
        """The interaction to acknowledge.

        Raises:
            ApiError: it is unknown, died unanswered, or was acknowledged before.
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise unknown("interaction")
        if interaction.callback is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if interaction.died or self._world.moments.now() - interaction.created_at > TO_ACKNOWLEDGE:
            raise unknown("interaction")
        return interaction

    def acknowledged(self, token: str) -> Interaction:
        """The interaction whose token is used as a webhook.

        Raises:
            ApiError: the token is unknown or not acknowledged (404), or has expired (401).
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.callback is None:
            raise unknown("webhook")
        if self._world.moments.now() - interaction.created_at > TOKEN_LASTS:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return interaction

    def acknowledge(self, interaction: Interaction, callback: Callback) -> None:
        """Note how and when the bot answered."""
        interaction.callback = callback
        interaction.acknowledged_at = self._world.moments.now()

    def changed(self, interaction: Interaction) -> None:
        """Wake those who wait for the interaction's answer."""
        self._world.hub.publish(InteractionChanged(interaction))

    def _give_up(self, interaction: Interaction) -> None:
        if interaction.callback is None:
            interaction.died = True
            self.changed(interaction)

    def _forget_expired(self, now: datetime) -> None:
        # Kept for twice their life, so that a late use is told "expired" instead of "unknown". Oldest come first.
        for token, interaction in list(self._by_token.items()):
            if now - interaction.created_at <= 2 * TOKEN_LASTS:
                return
            del self._by_token[token]

    def _payload(self, interaction: Interaction) -> Json:
        channel, user, bot = interaction.channel, interaction.user, self._world.bot
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(bot.id),
            "type": int(interaction.kind),
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel_id": str(channel.id),
            "channel": of_channel(channel) | {"permissions": str(int(channel.permissions_of(user)))},
            "app_permissions": str(int(channel.permissions_of(bot))),
            "locale": user.locale,
            "entitlements": [],
            "attachment_size_limit": ATTACHMENT_LIMIT,
        }
        if interaction.message is not None:
            payload["message"] = payloads.of_message(interaction.message)
        if channel.server is None:
            return payload | {
                "user": payloads.of_user(user),
                "context": 1,
                "authorizing_integration_owners": {"0": "0"},
            }
        server = channel.server
        member = payloads.of_member(server.members[user.id])
        return payload | {
            "context": 0,
            "guild_id": str(server.id),
            "guild": {"id": str(server.id), "locale": server.locale, "features": []},
            "guild_locale": server.locale,
            "member": member | {"permissions": str(int(channel.permissions_of(user)))},
            "authorizing_integration_owners": {"0": str(server.id)},
        }


def of_channel(channel: Channel) -> Json:
    """Any channel as Discord's JSON."""
    match channel:
        case TextChannel():
            return payloads.of_text_channel(channel)
        case Thread():
            return payloads.of_thread(channel, reader=channel.world.bot)
        case DirectChannel():
            return payloads.of_direct_channel(channel)
        case _:
            raise TypeError(channel)
