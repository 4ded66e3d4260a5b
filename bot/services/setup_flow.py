"""What the guided set-up stores: rooms' channels all at once, who is pinged, which steps were left."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import col, delete

from bot.clock import Clock
from bot.errors import CommandError
from bot.rules.setup_flow import SetUp, Step, mark_of, with_mark
from bot.rules.setup_rooms import distinct_rooms
from bot.services.planning import replan
from bot.services.servers import ServerSettings, server_row
from db.database import Database
from db.tables import RoomChannel


def set_up_so_far(settings: ServerSettings) -> SetUp:
    """What decides which step comes next."""
    rooms = distinct_rooms(settings.rooms)
    return SetUp(
        has_channel=settings.channel_id is not None,
        has_rooms=bool(rooms),
        all_placed=bool(rooms) and all(room.casefold() in settings.room_channels for room in rooms),
        has_moderators=bool(settings.moderators_channel_id or settings.moderators_role_id),
        has_zone=settings.timezone is not None,
        has_ping=settings.ping_role_id is not None,
        has_programme=settings.sessions > 0,
        marks=frozenset(settings.setup_steps),
    )


async def leave_step(db: Database, *, server_id: int, step: Step, so_far: SetUp) -> None:
    """Remember that a step was left as it is."""
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.setup_steps = with_mark(server.setup_steps, mark_of(step, so_far))


async def set_ping_role(db: Database, *, server_id: int, role_id: int | None) -> None:
    """Mention a role in every reminder from now on, or nobody.

    Raises:
        CommandError: it is @everyone's role.
    """
    if role_id == server_id:
        raise CommandError("@everyone is never pinged", do="Choose a role that people take themselves, or nobody")
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.ping_role_id = role_id
        server.setup_steps = with_mark(server.setup_steps, Step.PING)


async def only_managers_moderate(db: Database, clock: Clock, *, server_id: int) -> None:
    """No role's members moderate every session any more; the moderators' channel stays."""
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.moderators_role_id = None
        server.setup_steps = with_mark(server.setup_steps, Step.MODERATORS)
        await session.flush()
        await replan(session, server=server, now=clock.now())


async def without_moderators_channel(db: Database, clock: Clock, *, server_id: int) -> None:
    """Consoles and time signals go to a private thread of each session's channel again; the moderators' role stays."""
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.moderators_channel_id = None
        await session.flush()
        await replan(session, server=server, now=clock.now())


async def set_room_channels(db: Database, clock: Clock, *, server_id: int, channels: Mapping[str, int | None]) -> None:
    """Give rooms channels of their own, or with None the one for all sessions again; all at once."""
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        for room, channel_id in channels.items():
            key = room.casefold()
            if channel_id is None:
                of_room = col(RoomChannel.server_id) == server_id, col(RoomChannel.room) == key
                await session.exec(delete(RoomChannel).where(*of_room))
            else:
                await session.merge(RoomChannel(server_id=server_id, room=key, channel_id=channel_id))
        await session.flush()
        await replan(session, server=server, now=clock.now())
