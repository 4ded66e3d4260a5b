"""How many deliveries stand where, for whoever watches the bot."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import col, select

from bot.delivery.shards import Shards
from db.database import Database
from db.tables import Delivery


async def count_by_state(db: Database, shards: Shards) -> dict[str, int]:
    """This process's deliveries in each state that there is one in; raises SQLAlchemyError."""
    query = select(Delivery.state, func.count()).group_by(col(Delivery.state))
    if (owned := shards.owns()) is not None:
        query = query.where(owned)
    async with db.reading() as session:
        return dict((await session.exec(query)).all())
