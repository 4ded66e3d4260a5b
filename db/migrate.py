"""Alembic migrations, applied at start on the connection that already holds the write lock."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import DatabaseError

MIGRATIONS = Path(__file__).with_name("migrations")


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings for the migrations that ship with this package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def head_revision() -> str | None:
    """The revision that this version of Chairside expects."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def current_revision(connection: Connection) -> str | None:
    """The revision that the store is at, None if it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection) -> None:
    """Bring the store up to this version's tables; does nothing when it is.

    Raises:
        DatabaseError: the store was made by a newer version.
    """
    current = current_revision(connection)
    if current == head_revision():
        return
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseError(
            f"the database was written by a newer version of Chairside (revision {current})",
            do="Install that version, or restore the backup made before the upgrade",
        )
    command.upgrade(alembic_config(connection), "head")
