"""What the page draws, as JSON: servers, channels, messages, clock. Text of messages is HTML made safe by `reading`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.rehearsal.loopback import (
    Channel,
    DirectChannel,
    Loopback,
    Message,
    Permission,
    Person,
    Server,
    TextChannel,
    Thread,
    User,
)
from bot.rehearsal.loopback.world.interactions import InteractionKind
from bot.rehearsal.loopback.world.messages import Cause, MessageFlag
from bot.rehearsal.page.course import Course
from bot.rehearsal.page.doings import live_name
from bot.rehearsal.page.files import picture_size
from bot.rehearsal.page.rows import rows
from bot.rehearsal.questions_told import is_aside
from bot.rehearsal.reading import Reader, as_html, clean
from bot.timezones import abbreviation, local

Json = dict[str, Any]

AVATAR_COLOURS = 6
INITIALS = 2


def clock(of: Clock, zone: str) -> Json:
    """The virtual time, how fast it runs, and the venue's wall clock; enough for a browser to go on by itself."""
    now = of.now()
    there = local(now, zone)
    offset = there.utcoffset() or timedelta(0)
    return {
        "now": milliseconds(now),
        "speed": of.speed,
        "offset": offset // timedelta(minutes=1),
        "zone": abbreviation(now, zone),
    }


def course(of: Course) -> Json:
    """The starts of the talks, the end of the last, and where the clock stands at first."""
    starts = [milliseconds(start) for start in of.starts]
    return {"starts": starts, "ends": milliseconds(of.ends_at), "opens": milliseconds(of.opens_at)}


def places(loopback: Loopback, reader: Person | None) -> list[Json]:
    """Everywhere that somebody sees messages, in the order of Discord's list: channels, threads below them, people.

    None is whoever watches, and sees everything.
    """
    servers = [_server(server, reader) for server in loopback.servers]
    direct = [
        place(channel, reader)
        for channel in loopback.world.channels.values()
        if isinstance(channel, DirectChannel) and (channel.posted or channel.hidden) and may_see(reader, channel)
    ]
    return [*servers, {"name": "Direct messages", "channels": direct}] if direct else servers


def layout(loopback: Loopback) -> object:
    """What `places` depends on: as long as this is equal, nobody sees others."""
    return [
        (c.id, c.name, _topic(c), *_who_sees(c))
        for c in loopback.world.channels.values()
        if not isinstance(c, DirectChannel) or c.posted or c.hidden
    ]


def _who_sees(channel: Channel) -> tuple[object, ...]:
    if isinstance(channel, Thread):
        return (frozenset(channel.member_ids),)
    return (channel.position, *channel.overwrites.values()) if isinstance(channel, TextChannel) else ()


def may_see(reader: Person | None, channel: Channel) -> bool:
    return reader is None or bool(channel.permissions_of(reader.user) & Permission.VIEW_CHANNEL)


def _server(server: Server, reader: Person | None) -> Json:
    channels = [
        place(channel, reader)
        for text_channel in sorted(server.channels.values(), key=lambda c: (c.position, c.id))
        for channel in (text_channel, *text_channel.threads)
        if may_see(reader, channel)
    ]
    return {"name": clean(server.name), "channels": channels}


def place(channel: Channel, reader: Person | None) -> Json:
    """One entry of somebody's list."""
    kind = "direct" if channel.server is None else "thread" if isinstance(channel, Thread) else "text"
    drawn = {"id": str(channel.id), "name": clean(channel.name), "kind": kind, "topic": clean(_topic(channel))}
    if reader is None:
        return drawn
    if isinstance(channel, DirectChannel):
        drawn["name"] = f"@{clean(channel.world.bot.name)}"
    sending = Permission.SEND_MESSAGES_IN_THREADS if isinstance(channel, Thread) else Permission.SEND_MESSAGES
    return drawn | {"writes": bool(channel.permissions_of(reader.user) & sending)}


def _topic(channel: Channel) -> str:
    if isinstance(channel, Thread):
        return f"a thread of #{channel.parent.name}"
    return getattr(channel, "topic", None) or ""


def message(shown: Message, reader: Reader, at: datetime) -> Json:
    """A message as a reader sees it."""
    return {
        "id": str(shown.id),
        "channel": str(shown.channel.id),
        "author": _author(shown.author),
        "at": milliseconds(at),
        "time": f"{local(at, reader.zone):%H:%M}",
        "html": as_html(shown.text, reader),
        "thinking": bool(shown.flags & MessageFlag.LOADING),
        "edited": shown.edited_at is not None,
        "live": live_name(shown),
        "private": clean(shown.only_for.name) if shown.only_for else None,
        "dismissable": shown.ephemeral,
        "aside": is_aside(shown),
        "cause": _cause(shown.cause) if shown.cause else None,
        "files": [_file(shown, number) for number in range(len(shown.attachments))],
        "rows": rows(shown),
    }


def _file(shown: Message, number: int) -> Json:
    attachment = shown.attachments[number]
    # the number of the attachment: an edit puts another picture in its place, which a browser must not overlook
    where = f"/files/{shown.id}/{number}?{attachment.id}"
    told: Json = {"name": clean(attachment.filename), "size": len(attachment.data), "url": where}
    size = picture_size(attachment.data)
    if size is None:
        return told
    return told | {"picture": {"width": size[0], "height": size[1], "alt": clean(attachment.description or "")}}


def milliseconds(moment: datetime) -> int:
    """A moment as JavaScript counts it."""
    return round(moment.timestamp() * 1000)


def _author(user: User) -> Json:
    name = clean(user.name)
    words = [word for word in name.split() if word[:1].isalnum()]
    initials = "".join(word[0] for word in words[:INITIALS]).upper() or "?"
    return {"name": name, "initials": initials, "colour": user.id % AVATAR_COLOURS, "bot": user.bot}


def _cause(cause: Cause) -> str:
    """What Discord writes above an answer."""
    name = clean(cause.user.name)
    return f"{name} used /{cause.name}" if cause.kind == InteractionKind.COMMAND and cause.name else f"For {name}"
