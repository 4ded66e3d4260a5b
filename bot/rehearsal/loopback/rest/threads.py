"""Threads: from a message, on their own, and who is in them."""

from __future__ import annotations

from typing import Any

from bot.rehearsal.loopback.errors import ApiError, unknown
from bot.rehearsal.loopback.rest.call import Answer, Call, Route, require
from bot.rehearsal.loopback.rest.channels import ARCHIVE_MINUTES
from bot.rehearsal.loopback.validation.form import Form
from bot.rehearsal.loopback.world import payloads, posting
from bot.rehearsal.loopback.world.channels import ChannelKind, TextChannel, Thread
from bot.rehearsal.loopback.world.messages import Message, MessageFlag
from bot.rehearsal.loopback.world.permissions import Permission

Json = dict[str, Any]

_MAKES = {
    ChannelKind.PUBLIC_THREAD: Permission.CREATE_PUBLIC_THREADS,
    ChannelKind.PRIVATE_THREAD: Permission.CREATE_PRIVATE_THREADS,
}


def from_message(call: Call) -> Answer:
    """POST /channels/{id}/messages/{id}/threads: a public thread with the message's id."""
    channel = call.text_channel(Permission.CREATE_PUBLIC_THREADS, Permission.READ_MESSAGE_HISTORY)
    message = call.message(channel)
    if message.thread is not None:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    return _open(call, channel, ChannelKind.PUBLIC_THREAD, starter=message)


def alone(call: Call) -> Answer:
    """POST /channels/{id}/threads: without a message; private unless the body says otherwise."""
    channel = call.text_channel()
    form = Form()
    kind = call.form.get("type", ChannelKind.PRIVATE_THREAD)
    form.at("type").one_of(kind, [int(allowed) for allowed in _MAKES])
    form.check()
    require(channel, call.bot, _MAKES[ChannelKind(kind)])
    return _open(call, channel, ChannelKind(kind))


def _open(call: Call, channel: TextChannel, kind: ChannelKind, starter: Message | None = None) -> Answer:
    form, body, now = Form(), call.form, call.world.moments.now()
    name = form.at("name").text(body.get("name"), least=1, most=100)
    minutes = body.get("auto_archive_duration") or 1440
    form.at("auto_archive_duration").one_of(minutes, ARCHIVE_MINUTES)
    form.check()
    thread = Thread(
        starter.id if starter else call.world.snowflakes.make(),
        call.world,
        name,
        kind,
        trunk=channel,
        owner=call.bot,
        created_at=now,
        archived_at=now,
        member_ids={call.bot.id: now},
        invitable=bool(body.get("invitable", True)),
        auto_archive_minutes=minutes,
    )
    channel.home.open_thread(thread, starter=starter)
    if starter is not None:
        starter.flags |= MessageFlag.HAS_THREAD
        posting.tell_changed(call.world, starter)
    return Answer(payloads.of_thread(thread, reader=call.bot), status=201)


def join(call: Call) -> Answer:
    """PUT /channels/{id}/thread-members/@me."""
    _thread(call).add(call.bot)
    return Answer()


def add_member(call: Call) -> Answer:
    """PUT /channels/{id}/thread-members/{id}: takes that the bot may send there."""
    thread = _thread(call, Permission.SEND_MESSAGES_IN_THREADS)
    member = thread.server.members.get(call.id("user"))
    if member is None:
        raise unknown("member")
    thread.add(member.user)
    return Answer()


def remove_member(call: Call) -> Answer:
    """DELETE /channels/{id}/thread-members/{id}."""
    thread = _thread(call, Permission.MANAGE_THREADS)
    thread.member_ids.pop(call.id("user"), None)
    return Answer()


def members(call: Call) -> Answer:
    """GET /channels/{id}/thread-members."""
    thread = _thread(call)
    users = call.world.users
    return Answer([payloads.of_thread_member(thread, users[user_id]) for user_id in thread.member_ids])


def archived(call: Call) -> Answer:
    """GET /channels/{id}/threads/archived/public or private: newest archived first."""
    channel = call.text_channel(Permission.READ_MESSAGE_HISTORY)
    private = call.path["kind"] == "private"
    if private:
        require(channel, call.bot, Permission.MANAGE_THREADS)
    found = [thread for thread in channel.threads if thread.archived and thread.private == private]
    found.sort(key=lambda thread: thread.archived_at, reverse=True)
    listed = [payloads.of_thread(thread, reader=call.bot) for thread in found]
    return Answer({"threads": listed, "members": [], "has_more": False})


def _thread(call: Call, *needed: Permission) -> Thread:
    thread = call.channel(*needed)
    if not isinstance(thread, Thread):
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if thread.archived:
        raise ApiError(400, 50083, "Thread is archived")
    return thread


ROUTES = (
    Route("POST", "/channels/{channel}/messages/{message}/threads", from_message),
    Route("POST", "/channels/{channel}/threads", alone),
    Route("GET", "/channels/{channel}/threads/archived/{kind}", archived),
    Route("GET", "/channels/{channel}/thread-members", members),
    Route("PUT", "/channels/{channel}/thread-members/@me", join),
    Route("PUT", "/channels/{channel}/thread-members/{user}", add_member),
    Route("DELETE", "/channels/{channel}/thread-members/{user}", remove_member),
)
