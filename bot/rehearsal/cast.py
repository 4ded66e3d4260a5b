"""The people of a rehearsal. They do what people do on Discord: every step is a real interaction with the real bot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.errors import ConfigurationError
from bot.messages.text import shortened
from bot.rehearsal.audience import attendees, listeners
from bot.rehearsal.loopback.loopback import Loopback
from bot.rehearsal.loopback.people.person import Person
from bot.rehearsal.loopback.people.reply import Reply
from bot.rehearsal.loopback.world.channels import TextChannel
from bot.rehearsal.loopback.world.messages import Upload
from bot.rehearsal.loopback.world.permissions import Permission
from bot.rehearsal.loopback.world.servers import Server
from bot.rehearsal.loopback.world.users import Role
from bot.schedules.schedule import Schedule, Talk

MAX_ROOM_CHANNELS = 40
ANSWER_SECONDS = 30
NAME_LIMIT = 60
ASKED_IN = timedelta(minutes=15)
"""So long after the session's start a speaker's talk begins who can be asked, and asked again, before it."""
AUTOCOMPLETED = 100
"""Characters of what is typed that a command takes."""


class Cast(StrEnum):
    """How the session is played."""

    PUNCTUAL = "punctual"
    LIVELY = "lively"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Hall:
    """The rehearsal's server: its people, and the channel of each room."""

    server: Server
    manager: Person
    moderator: Person
    moderators_role: Role
    speakers: tuple[Person, ...]
    attendees: tuple[Person, ...]
    listeners: tuple[Person, ...]
    channels: dict[str | None, TextChannel]
    backstage: TextChannel

    @property
    def channel(self) -> TextChannel:
        """The channel that serves every room without one of its own."""
        return self.channels[None]

    @property
    def audience(self) -> tuple[Person, ...]:
        """Those who ask and those who only vote."""
        return (*self.attendees, *self.listeners)


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
    manager = server.add_member("Mona (organiser)", manages_server=True)
    talk = speakers_talk(schedule)
    speaker = talk.speakers[0] if talk and talk.speakers else "Sam"
    return Hall(
        server=server,
        manager=manager,
        moderator=server.add_member(shortened(f"{chair} (moderator)", NAME_LIMIT), roles=[role]),
        moderators_role=role,
        speakers=(server.add_member(shortened(f"{speaker} (speaker)", NAME_LIMIT)),),
        attendees=attendees(server),
        listeners=listeners(server),
        channels=channels,
        backstage=_backstage(server, role, manager),
    )


def speakers_talk(schedule: Schedule) -> Talk | None:
    """The talk whose speaker is on the server: one that begins late enough for them to be asked whether they come."""
    session = schedule.sessions[0]
    ahead = (talk for talk in session.talks if talk.starts_at >= session.starts_at + ASKED_IN)
    return next((talk for talk in ahead if talk.speakers and not talk.cancelled), None)


def _backstage(server: Server, role: Role, manager: Person) -> TextChannel:
    """The moderators' channel, which nobody else sees but the manager and the bot."""
    channel = server.add_channel("moderators")
    channel.hide(but_for=role)
    channel.set_overwrite(manager.user, allow=Permission.VIEW_CHANNEL)
    channel.allow_bot("view_channel")
    return channel


def _channel_name(room: str) -> str:
    letters = "".join(character if character.isalnum() else " " for character in room.casefold())
    return "-".join(letters.split())[:90] or "room"


async def set_up(hall: Hall, handout: Handout, schedule: Schedule) -> Reply:
    """The manager chooses channels and imports the schedule, as in the README; a speaker is linked with their talk.

    Raises:
        ConfigurationError: the bot refused something; says what it answered.
    """
    manager, channel = hall.manager, hall.channel
    chosen = await manager.slash(channel, "setup moderators", channel=hall.backstage, role=hall.moderators_role)
    accepted(await answer_of(chosen), "Consoles")
    for room, place in hall.channels.items():
        options: dict[str, object] = {"channel": place} | ({"room": room} if room else {})
        accepted(await answer_of(await manager.slash(channel, "setup channel", **options)), "announced")
    options = {"file": Upload(handout.filename, handout.content)}
    options |= {"timezone": handout.timezone} if handout.timezone else {}
    options |= {"year": handout.year} if handout.year else {}
    preview = await answer_of(await manager.slash(channel, "schedule import", **options))
    if preview.message is None or "Import" not in preview.message.labels:
        said = preview.content.rstrip(".")
        raise ConfigurationError(f"the bot refused the schedule: {said}", do="Here that is --timezone or --year")
    imported = accepted(await answer_of(await manager.press(preview.message, "Import")), "Imported")
    await _link_speaker(hall, schedule)
    return imported


async def _link_speaker(hall: Hall, schedule: Schedule) -> None:
    """The manager says which talk the speaker gives, as far as there is one that begins late enough."""
    talk = speakers_talk(schedule)
    if talk is None:
        return
    place = hall.channels.get(talk.room or schedule.sessions[0].room, hall.channel)
    offered = await hall.manager.autocomplete(place, "speaker link", talk=talk.title[:AUTOCOMPLETED])
    if offered:
        options: dict[str, object] = {"talk": str(offered[0].value), "member": hall.speakers[0]}
        await answer_of(await hall.manager.slash(place, "speaker link", **options))


async def answer_of(reply: Reply) -> Reply:
    """The reply once the bot's answer is there."""
    return await reply.final(within=ANSWER_SECONDS)


def accepted(reply: Reply, word: str) -> Reply:
    """The reply, if it says this.

    Raises:
        ConfigurationError: it says something else, which is repeated.
    """
    if word not in reply.content:
        raise ConfigurationError(f"the bot answered the set-up with: {reply.content}")
    return reply
