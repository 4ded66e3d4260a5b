"""What a server chose that every reading of its programme needs."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.people_tables import ModeratorName
from db.tables import RoomChannel, Server


class Chosen(NamedTuple):
    """What a server chose, and the moment that is asked about.

    Attributes:
        channels: the channel of each room that has one of its own, by the room's case-folded name.
        moderator_names: which Discord user each linked moderator is, by the key of the name.
    """

    server: Server
    channels: dict[str, int]
    moderator_names: dict[str, int]
    now: datetime

    def channel_of(self, room: str | None) -> int | None:
        """The channel that serves a room; None while none does."""
        return self.channels.get((room or "").casefold(), self.server.channel_id)


async def chosen_by(session: AsyncSession, server: Server, now: datetime) -> Chosen:
    """Read it; `now` is virtual."""
    channels = await room_channels(session, server.id)
    return Chosen(server, channels, await moderator_names(session, server.id), now)


async def room_channels(session: AsyncSession, server_id: int) -> dict[str, int]:
    """The channel of each room that has one of its own."""
    columns = select(RoomChannel.room, RoomChannel.channel_id)
    rows = await session.exec(columns.where(RoomChannel.server_id == server_id))
    return {room.casefold(): channel_id for room, channel_id in rows}


async def moderator_names(session: AsyncSession, server_id: int) -> dict[str, int]:
    """Which Discord user each linked moderator's name is, by its key."""
    columns = select(ModeratorName.name, ModeratorName.user_id)
    return dict((await session.exec(columns.where(ModeratorName.server_id == server_id))).all())
