"""The things of the world as the JSON that Discord sends for them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.channels import DirectChannel, Stage, StageChannel, TextChannel, Thread
    from bot.rehearsal.loopback.world.messages import Attachment, Cause, Mentions, Message
    from bot.rehearsal.loopback.world.scheduled_events import ScheduledEvent
    from bot.rehearsal.loopback.world.servers import Server
    from bot.rehearsal.loopback.world.users import Member, Role, User

Json = dict[str, Any]

REPLY = 19
CHAT_INPUT_REPLY = 20
STAGE_CHANNEL = 13
EXTERNAL_EVENT = 3


def of_user(user: User) -> Json:
    return {
        "id": str(user.id),
        "username": user.username,
        "global_name": None if user.bot else user.name,
        "discriminator": "0000" if user.bot else "0",
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
    }


def of_member(member: Member, *, with_user: bool = True) -> Json:
    payload: Json = {
        "nick": member.nick,
        "avatar": None,
        "roles": [str(role_id) for role_id in sorted(member.role_ids)],
        "joined_at": _iso(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": _iso(member.timed_out_until),
    }
    return {**payload, "user": of_user(member.user)} if with_user else payload


def of_role(role: Role) -> Json:
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.managed,
        "mentionable": role.mentionable,
        "flags": 0,
    }


def of_text_channel(channel: TextChannel) -> Json:
    last = channel.last_message
    in_voice = {"bitrate": 64_000, "user_limit": 0, "rtc_region": None} if channel.kind == STAGE_CHANNEL else {}
    return {
        **in_voice,
        "id": str(channel.id),
        "guild_id": str(channel.home.id),
        "type": int(channel.kind),
        "name": channel.name,
        "topic": channel.topic,
        "position": channel.position,
        "parent_id": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "last_message_id": str(last.id) if last else None,
        "flags": 0,
        "permission_overwrites": [
            {"id": str(o.id), "type": int(o.kind), "allow": str(int(o.allow)), "deny": str(int(o.deny))}
            for o in channel.overwrites.values()
        ],
    }


def of_thread(thread: Thread, *, reader: User | None = None) -> Json:
    last = thread.last_message
    payload: Json = {
        "id": str(thread.id),
        "guild_id": str(thread.server.id),
        "parent_id": str(thread.trunk.id),
        "owner_id": str(thread.owner.id),
        "type": int(thread.kind),
        "name": thread.name,
        "last_message_id": str(last.id) if last else None,
        "message_count": len(thread.posted),
        "total_message_sent": thread.sent,
        "member_count": len(thread.member_ids),
        "rate_limit_per_user": 0,
        "flags": 0,
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": _iso(thread.archived_at),
            "auto_archive_duration": thread.auto_archive_minutes,
            "locked": thread.locked,
            "invitable": thread.invitable,
            "create_timestamp": _iso(thread.created_at),
        },
    }
    if reader is not None and reader.id in thread.member_ids:
        payload["member"] = of_thread_member(thread, reader)
    return payload


def of_thread_member(thread: Thread, user: User) -> Json:
    joined = thread.member_ids[user.id]
    return {"id": str(thread.id), "user_id": str(user.id), "join_timestamp": _iso(joined), "flags": 0}


def of_direct_channel(channel: DirectChannel) -> Json:
    last = channel.last_message
    return {
        "id": str(channel.id),
        "type": int(channel.kind),
        "recipients": [of_user(channel.recipient)],
        "last_message_id": str(last.id) if last else None,
        "flags": 0,
    }


def of_server(server: Server) -> Json:
    """The server's own fields, as GET /guilds/{id} answers."""
    return {
        "id": str(server.id),
        "name": server.name,
        "owner_id": str(server.owner.id),
        "icon": None,
        "description": None,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": [of_role(role) for role in server.roles.values()],
        "preferred_locale": server.locale,
        "system_channel_id": str(server.system_channel.id) if server.system_channel else None,
        "afk_timeout": 300,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "system_channel_flags": 0,
        "verification_level": 1,
    }


def of_server_created(server: Server, *, reader: User, all_members: bool) -> Json:
    """What GUILD_CREATE carries: channels and threads, and all members or only the bot's own."""
    members = [m for m in server.members.values() if all_members or m.user is reader]
    seen = [t for t in server.threads.values() if not t.archived and t.permissions_of(reader)]
    return {
        **of_server(server),
        "large": False,
        "joined_at": _iso(server.members[reader.id].joined_at),
        "member_count": len(server.members),
        "members": [of_member(member) for member in members],
        "channels": [of_text_channel(channel) for channel in server.channels.values()],
        "threads": [of_thread(thread, reader=reader) for thread in seen],
        "presences": [],
        "voice_states": [],
        "stage_instances": [of_stage(channel, stage) for channel, stage in server.open_stages],
        "guild_scheduled_events": [of_event(event) for event in server.events.values() if event.stands],
        "soundboard_sounds": [],
    }


def of_event(event: ScheduledEvent) -> Json:
    return {
        "id": str(event.id),
        "guild_id": str(event.server.id),
        "channel_id": None,
        "creator_id": str(event.creator.id),
        "creator": of_user(event.creator),
        "name": event.name,
        "description": event.description,
        "scheduled_start_time": _iso(event.starts_at),
        "scheduled_end_time": _iso(event.ends_at),
        "privacy_level": 2,
        "status": int(event.status),
        "entity_type": EXTERNAL_EVENT,
        "entity_id": None,
        "entity_metadata": {"location": event.location},
        "image": None,
        "recurrence_rule": None,
        "guild_scheduled_event_exceptions": [],
    }


def of_stage(channel: StageChannel, stage: Stage) -> Json:
    return {
        "id": str(stage.id),
        "guild_id": str(channel.home.id),
        "channel_id": str(channel.id),
        "topic": stage.topic,
        "privacy_level": 2,
        "discoverable_disabled": True,
        "guild_scheduled_event_id": None,
    }


def of_attachment(attachment: Attachment, *, ephemeral: bool = False) -> Json:
    payload: Json = {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": len(attachment.data),
        "url": attachment.url,
        "proxy_url": attachment.url,
        "content_type": attachment.content_type,
        "flags": 0,
    }
    if attachment.description is not None:
        payload["description"] = attachment.description
    return {**payload, "ephemeral": True} if ephemeral else payload


def of_message(message: Message, *, readable: bool = True) -> Json:
    """A message; without the message-content intent another's comes with its content left empty."""
    payload: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": _kind(message),
        "author": of_user(message.author),
        "content": message.content if readable else "",
        "embeds": message.embeds if readable else [],
        "components": message.components if readable else [],
        "attachments": [of_attachment(a, ephemeral=message.ephemeral) for a in message.attachments if readable],
        "timestamp": _iso(message.created_at),
        "edited_timestamp": _iso(message.edited_at),
        "flags": int(message.flags),
        "pinned": message.pinned,
        "tts": False,
        **_mentioned(message, message.mentions),
    }
    if message.nonce is not None:
        payload["nonce"] = message.nonce
    if message.cause is not None:
        payload |= _caused(message, message.cause)
    if message.reference is not None:
        payload |= _referring(message.reference, readable=readable)
    if message.thread is not None:
        payload["thread"] = of_thread(message.thread)
    return payload


def readable(message: Message, reader: User) -> bool:
    """Whether the bot sees what a message says even without the message-content intent."""
    return message.author is reader or message.channel.server is None or reader.id in message.mentions.users


def _kind(message: Message) -> int:
    if message.reference is not None:
        return REPLY
    return CHAT_INPUT_REPLY if message.cause and message.cause.name else 0


def _mentioned(message: Message, mentions: Mentions) -> Json:
    users = message.channel.world.users
    return {
        "mentions": [of_user(users[user_id]) for user_id in sorted(mentions.users)],
        "mention_roles": [str(role_id) for role_id in sorted(mentions.roles)],
        "mention_everyone": mentions.everyone,
    }


def _caused(message: Message, cause: Cause) -> Json:
    owners = {"0": str(message.channel.server.id if message.channel.server else 0)}
    user = of_user(cause.user)
    metadata: Json = {"id": str(cause.id), "type": cause.kind, "user": user, "authorizing_integration_owners": owners}
    if cause.message_id is not None:
        metadata["interacted_message_id"] = str(cause.message_id)
    payload: Json = {"interaction_metadata": metadata, "application_id": str(message.author.id)}
    if cause.name is not None:
        payload["interaction"] = {"id": str(cause.id), "type": cause.kind, "name": cause.name, "user": user}
    return payload


def _referring(reference: Message, *, readable: bool) -> Json:
    server = reference.channel.server
    place: Json = {"type": 0, "message_id": str(reference.id), "channel_id": str(reference.channel.id)}
    if server is not None:
        place["guild_id"] = str(server.id)
    shown = None if reference.deleted else of_message(reference, readable=readable) | {"referenced_message": None}
    return {"message_reference": place, "referenced_message": shown}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
