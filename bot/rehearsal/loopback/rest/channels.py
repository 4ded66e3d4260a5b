"""Channels: looking, editing, deleting, exceptions for roles and members, typing."""

from __future__ import annotations

from typing import Any

from bot.rehearsal.loopback.errors import ApiError, missing_permissions, unknown
from bot.rehearsal.loopback.rest.call import Answer, Call, Route, sending
from bot.rehearsal.loopback.rest.rate_limits import CHANNEL_NAME
from bot.rehearsal.loopback.validation.form import Form
from bot.rehearsal.loopback.world.channels import DirectChannel, TextChannel, Thread
from bot.rehearsal.loopback.world.interactions import of_channel
from bot.rehearsal.loopback.world.permissions import Permission

Json = dict[str, Any]

ARCHIVE_MINUTES = (60, 1440, 4320, 10080)


def channel(call: Call) -> Answer:
    """GET /channels/{id}."""
    return Answer(of_channel(call.channel()))


def edit_channel(call: Call) -> Answer:
    """PATCH /channels/{id}: a channel's name and topic, or a thread's state."""
    found = call.channel()
    if isinstance(found, Thread):
        _edit_thread(call, found)
    elif isinstance(found, TextChannel):
        _edit_text_channel(call, call.text_channel(Permission.MANAGE_CHANNELS))
    else:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    return Answer(of_channel(found))


def _edit_text_channel(call: Call, found: TextChannel) -> None:
    form, body = Form(), call.form
    name = form.at("name").text(body["name"], least=1, most=100) if "name" in body else None
    topic = form.at("topic").text(body.get("topic"), most=1024, required=False) if "topic" in body else None
    form.check()
    if name is not None or topic is not None:
        # Discord documents no number; this one is known from its answers (discord/discord-api-docs#1900).
        call.limits.take("channel name or topic", CHANNEL_NAME, str(found.id))
    found.edit(name=name, topic=topic)


def _edit_thread(call: Call, thread: Thread) -> None:
    body = call.form
    manages = bool(thread.permissions_of(call.bot) & Permission.MANAGE_THREADS)
    if not manages and (thread.owner is not call.bot or "locked" in body):
        raise missing_permissions()
    form = Form()
    if "name" in body:
        thread.name = form.at("name").text(body["name"], least=1, most=100)
    if "auto_archive_duration" in body:
        form.at("auto_archive_duration").one_of(body["auto_archive_duration"], ARCHIVE_MINUTES)
        thread.auto_archive_minutes = body["auto_archive_duration"]
    form.check()
    thread.locked = bool(body.get("locked", thread.locked))
    thread.invitable = bool(body.get("invitable", thread.invitable))
    if bool(body.get("archived", thread.archived)) != thread.archived:
        thread.archived = not thread.archived
        thread.archived_at = call.world.moments.now()
    thread.server.thread_changed(thread)


def delete_channel(call: Call) -> Answer:
    """DELETE /channels/{id}: a channel or a thread; direct messages are only closed."""
    found = call.channel()
    payload = of_channel(found)
    if isinstance(found, Thread):
        call.channel(Permission.MANAGE_THREADS)
        found.delete()
    elif isinstance(found, TextChannel):
        call.channel(Permission.MANAGE_CHANNELS)
        found.delete()
    return Answer(payload)


def set_overwrite(call: Call) -> Answer:
    """PUT /channels/{id}/permissions/{id}."""
    found = call.text_channel(Permission.MANAGE_ROLES)
    allow, deny = (Permission(int(call.form.get(key) or 0)) for key in ("allow", "deny"))
    target = found.home.roles.get(call.id("target")) or found.home.members.get(call.id("target"))
    if target is None:
        raise unknown("overwrite")
    if (allow | deny) & ~found.permissions_of(call.bot) and not found.permissions_of(
        call.bot
    ) & Permission.ADMINISTRATOR:
        raise missing_permissions()
    found.set_overwrite(target, allow=allow, deny=deny)
    return Answer()


def drop_overwrite(call: Call) -> Answer:
    """DELETE /channels/{id}/permissions/{id}."""
    found = call.text_channel(Permission.MANAGE_ROLES)
    if found.overwrites.pop(call.id("target"), None) is None:
        raise unknown("overwrite")
    found.home.channel_changed(found)
    return Answer()


def typing(call: Call) -> Answer:
    """POST /channels/{id}/typing."""
    found = call.channel()
    if not isinstance(found, DirectChannel) and not found.permissions_of(call.bot) & sending(found):
        raise missing_permissions()
    return Answer()


ROUTES = (
    Route("GET", "/channels/{channel}", channel),
    Route("PATCH", "/channels/{channel}", edit_channel),
    Route("DELETE", "/channels/{channel}", delete_channel),
    Route("PUT", "/channels/{channel}/permissions/{target}", set_overwrite),
    Route("DELETE", "/channels/{channel}/permissions/{target}", drop_overwrite),
    Route("POST", "/channels/{channel}/typing", typing),
)
