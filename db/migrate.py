"""Alembic migrations, applied at start on the connection that already holds the write lock.

Alembic is imported only where there is something to migrate: a bot that starts on its own store does without its 11 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from bot.errors import DatabaseError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings for the migrations that ship with this package."""
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def head_revision() -> str:
    """The revision that this version of Chairside expects; migrations' files begin with theirs."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def current_revision(connection: Connection) -> str | None:
    """The revision that the store is at, None if it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def upgrade(connection: Connection) -> None:
    """Bring the store up to this version's tables; does nothing when it is.

    Raises:
        DatabaseError: the store was made by a newer version.
    """
    if current_revision(connection) == head_revision():
        return
    with _nothing_deleted_along(connection):
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    current = current_revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseError(
            f"the database was written by a newer version of Chairside (revision {current})",
            do="Install that version, or restore the backup made before the upgrade",
        )
    command.upgrade(alembic_config(connection), "head")


@contextmanager
def _nothing_deleted_along(connection: Connection) -> Iterator[None]:
    """Change tables without following references; a transaction is under way before and after, and one within.

    A migration that SQLite cannot do in place makes a table anew and drops the old one, which deletes all its rows, and
    with them whatever refers to them ON DELETE CASCADE. References are only let go of between two transactions.

    Raises:
        DatabaseError: rows would be left that refer to nothing.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    run = connection.exec_driver_sql
    run("COMMIT")
    run("PRAGMA foreign_keys=OFF")
    try:
        run("BEGIN IMMEDIATE")
        yield
        _refuse_loose_ends(connection)
        run("COMMIT")
    except BaseException:
        with suppress(DBAPIError):  # where the disk is full, say, SQLite has done so already
            run("ROLLBACK")
        raise
    finally:
        run("PRAGMA foreign_keys=ON")
        run("BEGIN")


def _refuse_loose_ends(connection: Connection) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise DatabaseError(
            "the upgrade would leave rows that refer to nothing, and was taken back",
            do="Go on with the version before, and report this",
        )
