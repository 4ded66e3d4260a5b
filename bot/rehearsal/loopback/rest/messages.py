"""Messages: posting with nonces, looking back, editing, deleting, pinning."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.rehearsal.loopback.errors import ApiError
from bot.rehearsal.loopback.rest.call import Answer, Call, Route, require, sending
from bot.rehearsal.loopback.rest.rate_limits import MESSAGES
from bot.rehearsal.loopback.validation.form import Form, snowflake
from bot.rehearsal.loopback.validation.messages import Rules, read_change, read_draft
from bot.rehearsal.loopback.world import payloads, posting
from bot.rehearsal.loopback.world.channels import Channel, DirectChannel, Thread
from bot.rehearsal.loopback.world.mentions import MESSAGES_DEFAULT
from bot.rehearsal.loopback.world.messages import Message, MessageFlag
from bot.rehearsal.loopback.world.permissions import Permission

Json = dict[str, Any]

NONCE_LASTS = timedelta(minutes=5)  # Discord says "the past few minutes"
MAX_LIMIT = 100
BULK = range(2, 101)

RULES = Rules(
    MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.COMPONENTS_V2, MESSAGES_DEFAULT
)


def create(call: Call) -> Answer:
    """POST /channels/{id}/messages."""
    channel = call.channel()
    require_sending(call, channel)
    draft = read_draft(call.form, call.files, RULES)
    require_extras(channel, call, draft)
    reference = _reference(call, channel)
    if draft.nonce and call.form.get("enforce_nonce"):
        earlier = _same_nonce(call, channel, draft.nonce)
        if earlier is not None:
            return Answer(payload_of(call, earlier))
    message = posting.post(call.world, channel, call.bot, replace(draft, reference=reference))
    return Answer(payload_of(call, message))


def require_sending(call: Call, channel: Channel) -> None:
    """Insist that the bot may write here.

    Raises:
        ApiError: it lacks the permission, the person takes no messages, or the thread is locked.
    """
    if isinstance(channel, DirectChannel):
        if not call.world.shares_server(channel.recipient):
            raise ApiError(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
        if not channel.recipient.accepts_direct_messages:
            raise ApiError(403, 50007, "Cannot send messages to this user")
        return
    require(channel, call.bot, sending(channel))
    if isinstance(channel, Thread) and channel.locked and not _manages_threads(call, channel):
        raise ApiError(400, 160005, "Thread is locked")


def require_extras(channel: Channel, call: Call, draft: posting.Draft) -> None:
    """Insist on what embeds and files take beside sending."""
    if draft.embeds:
        require(channel, call.bot, Permission.EMBED_LINKS)
    if draft.uploads:
        require(channel, call.bot, Permission.ATTACH_FILES)


def _manages_threads(call: Call, thread: Thread) -> bool:
    return bool(thread.permissions_of(call.bot) & Permission.MANAGE_THREADS)


def _reference(call: Call, channel: Channel) -> Message | None:
    asked = call.form.get("message_reference")
    if not asked:
        return None
    if not channel.permissions_of(call.bot) & Permission.READ_MESSAGE_HISTORY:
        raise ApiError(403, 160002, "Cannot reply without permission to read message history")
    found = channel.posted.get(snowflake(asked.get("message_id"), "message_reference"))
    if found is None and asked.get("fail_if_not_exists", True):
        form = Form()
        form.at("message_reference").fail("REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        form.check()
    return found


def _same_nonce(call: Call, channel: Channel, nonce: str) -> Message | None:
    earlier = channel.by_nonce.get((call.bot.id, nonce))
    if earlier is None or earlier.deleted:
        return None
    return earlier if call.world.moments.now() - earlier.created_at <= NONCE_LASTS else None


def payload_of(call: Call, message: Message) -> Json:
    """A message as the bot may read it."""
    readable = call.world.application.reads_content or payloads.readable(message, call.bot)
    return payloads.of_message(message, readable=readable)


def look(call: Call) -> Answer:
    """GET /channels/{id}/messages: newest first; nothing at all without Read Message History."""
    channel = call.channel()
    form = Form()
    limit = int(call.query.get("limit", 50))
    form.at("limit").number(limit, least=1, most=MAX_LIMIT)
    form.check()
    if not channel.permissions_of(call.bot) & Permission.READ_MESSAGE_HISTORY:
        return Answer([])
    return Answer([payload_of(call, message) for message in _page(channel, call, limit)])


def _page(channel: Channel, call: Call, limit: int) -> list[Message]:
    asked = {key: snowflake(call.query[key], key) for key in ("around", "before", "after") if key in call.query}
    messages = channel.messages
    if "around" in asked:
        half = limit // 2
        older = [m for m in messages if m.id < asked["around"]][-half:] if half else []
        page = older + [m for m in messages if m.id >= asked["around"]][: limit - len(older)]
    elif "after" in asked:
        page = [m for m in messages if m.id > asked["after"] and m.id < asked.get("before", m.id + 1)][:limit]
    else:
        page = [m for m in messages if m.id < asked.get("before", m.id + 1)][-limit:]
    return page[::-1]


def get(call: Call) -> Answer:
    """GET /channels/{id}/messages/{id}."""
    return Answer(payload_of(call, call.message(call.channel(Permission.READ_MESSAGE_HISTORY))))


def edit(call: Call) -> Answer:
    """PATCH /channels/{id}/messages/{id}: the bot's own."""
    channel = call.channel()
    message = call.message(channel)
    if message.author is not call.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    if isinstance(channel, Thread) and channel.archived:
        raise ApiError(400, 50083, "Thread is archived")
    change = read_change(message, call.form, call.files, MESSAGES_DEFAULT)
    if change.embeds:
        require(channel, call.bot, Permission.EMBED_LINKS)
    if change.uploads:
        require(channel, call.bot, Permission.ATTACH_FILES)
    return Answer(payload_of(call, posting.edit(call.world, message, change)))


def delete(call: Call) -> Answer:
    """DELETE /channels/{id}/messages/{id}: others' take Manage Messages."""
    channel = call.channel()
    message = call.message(channel)
    if message.author is not call.bot:
        require(channel, call.bot, Permission.MANAGE_MESSAGES)
    posting.delete(call.world, message)
    return Answer()


def bulk_delete(call: Call) -> Answer:
    """POST /channels/{id}/messages/bulk-delete."""
    channel = call.text_channel(Permission.MANAGE_MESSAGES)
    ids = [snowflake(value, "messages") for value in call.form.get("messages", [])]
    if len(ids) not in BULK:
        raise ApiError(400, 50016, "Provided too few or too many messages to delete.")
    for message_id in ids:
        if message_id in channel.posted:
            posting.delete(call.world, channel.posted[message_id])
    return Answer()


def pin(call: Call) -> Answer:
    """PUT /channels/{id}/messages/pins/{id}."""
    channel, message = _to_pin(call)
    if not message.pinned:
        message.pinned_at = call.world.moments.now()
        _tell_pins(call, channel, message)
    return Answer()


def unpin(call: Call) -> Answer:
    """DELETE /channels/{id}/messages/pins/{id}."""
    channel, message = _to_pin(call)
    if message.pinned:
        message.pinned_at = None
        _tell_pins(call, channel, message)
    return Answer()


def _to_pin(call: Call) -> tuple[Channel, Message]:
    channel = call.channel(Permission.PIN_MESSAGES)
    return channel, call.message(channel)


def _tell_pins(call: Call, channel: Channel, message: Message) -> None:
    latest = max((m.pinned_at for m in channel.messages if m.pinned_at), default=None)
    payload: Json = {"channel_id": str(channel.id), "last_pin_timestamp": latest.isoformat() if latest else None}
    if channel.server is not None:
        payload["guild_id"] = str(channel.server.id)
    call.world.tell("CHANNEL_PINS_UPDATE", payload, channel=channel)
    posting.tell_changed(call.world, message)


def pins(call: Call) -> Answer:
    """GET /channels/{id}/messages/pins."""
    channel = call.channel()
    if not channel.permissions_of(call.bot) & Permission.READ_MESSAGE_HISTORY:
        return Answer({"items": [], "has_more": False})
    pinned = [(m.pinned_at, m) for m in channel.messages if m.pinned_at]
    newest_first = sorted(pinned, key=lambda pair: pair[0], reverse=True)
    items = [{"pinned_at": at.isoformat(), "message": payload_of(call, m)} for at, m in newest_first]
    return Answer({"items": items, "has_more": False})


ROUTES = (
    Route("POST", "/channels/{channel}/messages", create, MESSAGES),
    Route("GET", "/channels/{channel}/messages", look),
    Route("POST", "/channels/{channel}/messages/bulk-delete", bulk_delete),
    Route("GET", "/channels/{channel}/messages/pins", pins),
    Route("PUT", "/channels/{channel}/messages/pins/{message}", pin),
    Route("DELETE", "/channels/{channel}/messages/pins/{message}", unpin),
    Route("PUT", "/channels/{channel}/pins/{message}", pin),
    Route("DELETE", "/channels/{channel}/pins/{message}", unpin),
    Route("GET", "/channels/{channel}/messages/{message}", get),
    Route("PATCH", "/channels/{channel}/messages/{message}", edit, MESSAGES),
    Route("DELETE", "/channels/{channel}/messages/{message}", delete),
)
