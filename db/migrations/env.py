"""Alembic's entry: migrate on the connection handed over at start, or on DATABASE_URL from the command line."""

from __future__ import annotations

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel.sql.sqltypes import AutoString

from bot.settings import read_settings
from db.columns import METADATA
from db.types import UTCDateTime


def rendered(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Migrations name plain column types, so that an old one does not depend on today's libraries."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return "UTCDateTime()" if kind == "type" and isinstance(item, UTCDateTime) else False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=True,
        render_item=rendered,
        transactional_ddl=False,  # the caller's transaction holds the lock and makes it all or nothing
    )
    context.run_migrations()


async def migrate_from_settings() -> None:
    engine = create_async_engine(read_settings().database_url)
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(migrate_from_settings())
