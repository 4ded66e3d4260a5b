"""All posting of a server, held at a manager's wish: planning goes on, and nothing is sent or edited."""

from __future__ import annotations

from datetime import datetime

from bot.clock import Clock
from bot.services.servers import server_row
from db.database import Database


async def pause_posting(db: Database, clock: Clock, server_id: int) -> datetime:
    """Post and edit nothing on a server until it is resumed; since when that is so, by virtual time."""
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        server.paused_at = server.paused_at or clock.now()
        return server.paused_at


async def resume_posting(db: Database, server_id: int) -> bool:
    """Post again what still helps; whether it was paused."""
    async with db.transaction(server_id) as session:
        server = await server_row(session, server_id)
        was_paused, server.paused_at = server.paused_at is not None, None
        return was_paused
