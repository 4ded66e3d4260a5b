"""The people of a rehearsal. They do what people do on Discord: every step is a real interaction with the real bot."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import ConfigurationError
from bot.messages.text import shortened
from bot.rehearsal.audience import attendees, listeners
from bot.rehearsal.loopback.loopback import Loopback
from bot.rehearsal.loopback.people.person import Person
from bot.rehearsal.loopback.people.reply import Reply
from bot.rehearsal.loopback.world.channels import TextChannel
from bot.rehearsal.loopback.world.messages import Upload
from bot.rehearsal.loopback.world.servers import Server
from bot.rehearsal.loopback.world.users import Role
from bot.schedules.schedule import Schedule

MAX_ROOM_CHANNELS = 40
ANSWER_SECONDS = 30
NAME_LIMIT = 60


class Cast(StrEnum):
    """How the session is played."""

    PUNCTUAL = "punctual"
    LIVELY = "lively"


@dataclass(frozen=True, slots=True)
class Hall:
    """The rehearsal's server: its people, and the channel of each room."""

    server: Server
    manager: Person
    moderator: Person
    moderators_role: Role
    attendees: tuple[Person, ...]
    listeners: tuple[Person, ...]
    channels: dict[str | None, TextChannel]
    backstage: TextChannel

    @property
    def channel(self) -> TextChannel:
        """The channel that serves every room without one of its own."""
        return self.channels[None]


@dataclass(frozen=True, slots=True)
class Handout:
    """The file that the manager imports, what they state about it, and the name of their server."""

    filename: str
    content: bytes
    conference: str
    timezone: str | None
    year: int | None


def build_hall(loopback: Loopback, schedule: Schedule, conference: str) -> Hall:
    """A server with a channel for each room, a moderators' channel, and people; the bot is invited."""
    server = loopback.add_server(conference)
    server.add_channel("general", topic="Hello")
    rooms = list(dict.fromkeys(session.room for session in schedule.sessions if session.room))
    names: dict[str | None, str] = {None: rooms[0] if len(rooms) == 1 else "programme"}
    if len(rooms) > 1:
        names |= {room: room for room in rooms[:MAX_ROOM_CHANNELS]}
    channels = {room: server.add_channel(_channel_name(name)) for room, name in names.items()}
    role = server.add_role("Moderators")
    chair = next((session.moderator for session in schedule.sessions if session.moderator), "Robin")
    return Hall(
        server=server,
        manager=server.add_member("Mona (organiser)", manages_server=True),
        moderator=server.add_member(shortened(f"{chair} (moderator)", NAME_LIMIT), roles=[role]),
        moderators_role=role,
        attendees=attendees(server),
        listeners=listeners(server),
        channels=channels,
        backstage=server.add_channel("moderators"),
    )


def _channel_name(room: str) -> str:
    letters = "".join(character if character.isalnum() else " " for character in room.casefold())
    return "-".join(letters.split())[:90] or "room"


async def set_up(hall: Hall, handout: Handout) -> Reply:
    """The manager chooses channels and imports the schedule, as in the README.

    Raises:
        ConfigurationError: the bot refused something; says what it answered.
    """
    manager, channel = hall.manager, hall.channel
    chosen = await manager.slash(channel, "setup moderators", channel=hall.backstage, role=hall.moderators_role)
    _accepted(await _answer(chosen), "Consoles")
    for room, place in hall.channels.items():
        options: dict[str, object] = {"channel": place} | ({"room": room} if room else {})
        _accepted(await _answer(await manager.slash(channel, "setup channel", **options)), "announced")
    options = {"file": Upload(handout.filename, handout.content)}
    options |= {"timezone": handout.timezone} if handout.timezone else {}
    options |= {"year": handout.year} if handout.year else {}
    preview = await _answer(await manager.slash(channel, "schedule import", **options))
    if preview.message is None or "Import" not in preview.message.labels:
        said = preview.content.rstrip(".")
        raise ConfigurationError(f"the bot refused the schedule: {said}", do="Here that is --timezone or --year")
    return _accepted(await _answer(await manager.press(preview.message, "Import")), "Imported")


async def _answer(reply: Reply) -> Reply:
    return await reply.final(within=ANSWER_SECONDS)


def _accepted(reply: Reply, word: str) -> Reply:
    if word not in reply.content:
        raise ConfigurationError(f"the bot answered the set-up with: {reply.content}")
    return reply
