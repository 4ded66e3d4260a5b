"""Notes that the bot is on a server, and finds the place for its welcome where it was not there before."""

from __future__ import annotations

import logging
from datetime import datetime

from bot.clock import Clock
from bot.delivery.channel import Channels
from bot.services.servers import known_name, server_joined
from bot.services.welcoming import Join
from db.database import Database

log = logging.getLogger(__name__)


async def note_join(
    db: Database, clock: Clock, channels: Channels, *, server_id: int, name: str, at: datetime | None
) -> None:
    """Note a server that the bot is on since the real moment `at`; its managers are owed one welcome a join."""
    known = await known_name(db, server_id, at)
    if known == name:
        return
    join = Join(at or clock.real())
    if known is None:
        place = channels.place_for_notice(server_id, 0)
        owner = None if place else await channels.owner_channel(server_id)
        if place is None and owner is None:
            log.warning(
                "server %s cannot be welcomed: there is no place for it", server_id, extra={"server": str(server_id)}
            )
        join = Join(join.at, place or owner, is_direct=place is None)
    await server_joined(db, clock, server_id, name, join)
