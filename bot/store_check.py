"""What commands that only read see to before they ask the store anything."""

from __future__ import annotations

from bot.errors import DatabaseError
from db.database import Database
from db.migrate import head_revision

NOTHING_YET = "Start the bot, or import a programme with: chairside import FILE --server ID"
NO_PROGRAMME = "no programme is stored yet"
IMPORT_ONE = "Import one with: chairside import FILE --server ID"


async def check_store(db: Database) -> None:
    """Look without making or migrating anything.

    Raises:
        DatabaseError: there is none, it holds nothing yet, or it has another version's tables.
    """
    place = db.place
    if not db.is_there():
        remedy = "Run this in the bot's folder, or set DATABASE_URL as the bot has it"
        raise DatabaseError("there is no database", where=place, do=remedy)
    revision = await db.revision()
    if revision is None:
        raise DatabaseError("there is nothing in the database yet", where=place, do=NOTHING_YET)
    if revision != head_revision():
        remedy = "Bring it up to date with: chairside db upgrade"
        raise DatabaseError("the database has another version's tables", where=place, do=remedy)
