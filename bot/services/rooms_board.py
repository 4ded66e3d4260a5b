"""Where the board of all rooms stands."""

from __future__ import annotations

from bot.clock import Clock
from bot.services.planning import replan
from bot.services.servers import server_row
from db.database import Database


async def set_rooms_board(db: Database, clock: Clock, *, server_id: int, channel_id: int | None) -> None:
    """Keep a board of all rooms in a channel, one message a day; nowhere for None."""
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.board_channel_id = channel_id
        await session.flush()
        await replan(session, server=server, now=clock.now())
