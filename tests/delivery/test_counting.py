"""Deliveries by state, of all servers or of one process's."""

from __future__ import annotations

from collections import Counter

from sqlmodel import select

from bot.delivery.counting import count_by_state
from bot.delivery.shards import Shards
from bot.services.servers import SHARD_SHIFT
from db.database import Database
from db.tables import Delivery
from tests.builders import SERVER, at
from tests.delivery.desk import Desk


async def test_nothing_is_in_no_state(db: Database) -> None:
    assert await count_by_state(db, Shards()) == {}


async def test_each_process_counts_what_it_delivers(desk: Desk, db: Database) -> None:
    await desk.until(at("12:26"))
    async with db.reading() as session:
        states = Counter(await session.exec(select(Delivery.state)))
    assert states["sent"]
    assert states["pending"]
    assert await count_by_state(db, Shards()) == states
    shard = (SERVER >> SHARD_SHIFT) % 2
    assert await count_by_state(db, Shards(2, (shard,))) == states
    assert await count_by_state(db, Shards(2, (1 - shard,))) == {}
