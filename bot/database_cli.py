"""`chairside db`: where the store is, and bringing it up to this version."""

from __future__ import annotations

from rich.console import Console
from sqlmodel import func, select

from bot.settings import read_settings
from db.database import Database
from db.migrate import head_revision
from db.tables import Conference, Delivery, Server, Session, Talk


async def upgrade() -> int:
    """Create or migrate the store. Returns the exit code."""
    db = Database(read_settings().database_url)
    await db.open()
    await db.close()
    Console().print(f"{db.place} is at revision {head_revision()}.", markup=False)
    return 0


async def status() -> int:
    """Print where the store is, its revision and how much it holds. Returns 1 if it needs an upgrade.

    Raises:
        DatabaseError: the file is no database, or cannot be opened.
    """
    console = Console()
    db = Database(read_settings().database_url)
    try:
        revision = await db.revision()
        console.print(f"{db.place}: revision {revision or 'none'}, this version's is {head_revision()}", markup=False)
        if revision != head_revision():
            console.print("Bring it up to date with: chairside db upgrade")
            return 1
        async with db.reading() as session:
            for table in (Server, Conference, Session, Talk, Delivery):
                count = (await session.exec(select(func.count()).select_from(table))).one()
                console.print(f"  {table.__tablename__}: {count:,}")
        return 0
    finally:
        await db.close()
