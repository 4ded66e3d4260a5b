"""Posting, editing and deleting messages: one place for the bot's requests, its answers, and what people type."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.hub import MessageCreated, MessageDeleted, MessageEdited
from bot.rehearsal.loopback.world import payloads
from bot.rehearsal.loopback.world.channels import Channel, Thread
from bot.rehearsal.loopback.world.mentions import MESSAGES_DEFAULT, find_mentions
from bot.rehearsal.loopback.world.messages import (
    NO_FLAGS,
    Attachment,
    Cause,
    Edit,
    Mentions,
    Message,
    MessageFlag,
    Upload,
    walk,
)

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.users import User
    from bot.rehearsal.loopback.world.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to be posted."""

    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    flags: MessageFlag = NO_FLAGS
    allowed_mentions: Json = field(default_factory=lambda: MESSAGES_DEFAULT)
    nonce: str | None = None
    reference: Message | None = None
    only_for: User | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit replaces; None leaves as it was."""

    content: str | None = None
    embeds: list[Json] | None = None
    components: list[Json] | None = None
    kept: frozenset[int] | None = None
    uploads: list[Upload] = field(default_factory=list)
    flags: MessageFlag | None = None
    allowed_mentions: Json = field(default_factory=lambda: MESSAGES_DEFAULT)


def post(world: World, channel: Channel, author: User, draft: Draft) -> Message:
    """Put a message in a channel, or before one person's eyes, and tell the bot if everybody sees it."""
    mentions = _addressed(channel, author, draft)
    message = Message(
        world.snowflakes.make(),
        channel,
        author,
        content=draft.content,
        embeds=draft.embeds,
        components=numbered(draft.components),
        flags=draft.flags,
        nonce=draft.nonce,
        reference=draft.reference,
        only_for=draft.only_for,
        cause=draft.cause,
        pinged=mentions,
        mentions=mentions,
    )
    message.attachments = [attach(world, channel, upload) for upload in draft.uploads]
    (channel.hidden if message.only_for else channel.posted)[message.id] = message
    if message.nonce:
        channel.by_nonce[author.id, message.nonce] = message
    if isinstance(channel, Thread):
        _enliven(channel, message)
    _tell(world, "MESSAGE_CREATE", message)
    world.hub.publish(MessageCreated(message))
    return message


def _enliven(thread: Thread, message: Message) -> None:
    """A message opens its thread again, and brings its author and whom it mentions into it."""
    thread.sent += 1
    if thread.archived:
        thread.archived = False
        thread.server.thread_changed(thread)
    for user_id in {message.author.id, *message.mentions.users} - thread.member_ids.keys():
        thread.add(thread.world.users[user_id])


def edit(world: World, message: Message, change: Change) -> Message:
    """Make a message say something else; an edit pings nobody, except where a deferred answer takes its place."""
    was_loading = bool(message.flags & MessageFlag.LOADING)
    if not was_loading:
        message.edited_at = world.moments.now()
        message.edits.append(Edit(message.edited_at, message.content, message.components))
    message.content = message.content if change.content is None else change.content
    message.embeds = message.embeds if change.embeds is None else change.embeds
    if change.components is not None:
        message.components = numbered(change.components)
    if change.flags is not None:
        message.flags = change.flags
    message.flags &= ~MessageFlag.LOADING
    kept = [a for a in message.attachments if change.kept is None or a.id in change.kept]
    message.attachments = kept + [attach(world, message.channel, upload) for upload in change.uploads]
    message.mentions = find_mentions(
        message.channel, message.author, message.content, message.components, change.allowed_mentions
    )
    if was_loading:
        message.pinged = message.mentions
    tell_changed(world, message)
    return message


def tell_changed(world: World, message: Message) -> None:
    """Send MESSAGE_UPDATE for a message that is different now."""
    _tell(world, "MESSAGE_UPDATE", message)
    world.hub.publish(MessageEdited(message))


def delete(world: World, message: Message) -> None:
    """Remove a message; what hung on it is no longer served."""
    channel = message.channel
    message.deleted = True
    channel.posted.pop(message.id, None)
    channel.hidden.pop(message.id, None)
    for attachment in message.attachments:
        world.files.pop(attachment.id, None)
    if not message.ephemeral:
        gone = {"id": str(message.id), "channel_id": str(channel.id), **_server_id(channel)}
        world.tell("MESSAGE_DELETE", gone, channel=channel)
    world.hub.publish(MessageDeleted(message))


def attach(world: World, channel: Channel, upload: Upload) -> Attachment:
    """Store a file and serve it from now on."""
    attachment_id = world.snowflakes.make()
    kind = mimetypes.guess_type(upload.filename)[0] or "application/octet-stream"
    attachment = Attachment(
        attachment_id,
        upload.filename,
        upload.data,
        f"{world.origin}/attachments/{channel.id}/{attachment_id}/{upload.filename}",
        upload.description,
        f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
    )
    world.files[attachment_id] = attachment
    return attachment


def numbered(components: list[Json]) -> list[Json]:
    """The components with Discord's `id` on each that came without one."""
    taken = {component.get("id") for component in walk(components)}
    free = (number for number in range(1, 10_000) if number not in taken)
    for component in walk(components):
        if not component.get("id"):
            component["id"] = next(free)
    return components


def _addressed(channel: Channel, author: User, draft: Draft) -> Mentions:
    allowed = draft.allowed_mentions
    mentions = find_mentions(channel, author, draft.content, draft.components, allowed)
    # A reply pings whom it answers unless `allowed_mentions` came along without saying so.
    if draft.reference is not None and allowed.get("replied_user", allowed is MESSAGES_DEFAULT):
        return replace(mentions, users=mentions.users | {draft.reference.author.id})
    return mentions


def _tell(world: World, event: str, message: Message) -> None:
    if message.ephemeral:
        return
    extra = _server_id(message.channel)
    server = message.channel.server
    member = server.members.get(message.author.id) if server else None
    if member is not None:
        extra["member"] = payloads.of_member(member, with_user=False)
    bare = None
    if not payloads.readable(message, world.bot):
        bare = {**payloads.of_message(message, readable=False), **extra}
    world.tell(event, {**payloads.of_message(message), **extra}, channel=message.channel, bare=bare)


def _server_id(channel: Channel) -> Json:
    return {"guild_id": str(channel.server.id)} if channel.server else {}
