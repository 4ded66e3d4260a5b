"""A SQLite file where it lies: where nothing may be written, and deleted or replaced under a running bot."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sqlite3
from pathlib import Path
from typing import Any

from bot.clock import pause, real_now
from bot.errors import DatabaseError

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
DELETED = (-1, -1)


def opened_as(path: str) -> dict[str, Any]:
    """What sqlite3.connect takes to open a file.

    One that nobody can change is opened as such: SQLite reads it in no other way, as it can make no files beside it.
    """
    if is_kept(path):
        return {"database": f"{Path(path).resolve().as_uri()}?immutable=1", "uri": True}
    return {"database": path}


def is_kept(path: str) -> bool:
    """Whether nothing may be written where a file lies, as on a read-only medium, and nobody is at it."""
    if not _lies_read_only(path):
        return False
    file = Path(path).resolve()
    log, shared = (file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm"))
    return not shared.exists() and not (log.exists() and log.stat().st_size)


def remedy(path: str) -> str:
    """What to do about a file that cannot be opened."""
    if _lies_read_only(path):
        return "Copy it, with its -wal if it has one, to a folder that this user may write to"
    return "Check that the folder exists and that this user may write to it"


def _lies_read_only(path: str) -> bool:
    try:
        file = Path(path).resolve()  # SQLite's files are beside the file itself, whatever links there are to it
        return file.is_file() and not os.access(file.parent, os.W_OK)
    except OSError:  # a name that is too long, say
        return False


async def stays_in_place(path: Path) -> None:
    """Look at the file every few seconds, for as long as it is the one that is there now.

    Raises:
        DatabaseError: it is not; everything it held until then is in a new file beside it.
    """
    first = _identity(path)
    # open for as long as that: a file that was deleted lives until it is closed
    kept = await asyncio.to_thread(_opened, path)
    try:
        while _identity(path) in (first, None):
            await pause(LOOK_SECONDS)
        rescued = path.with_name(f"{path.name}.kept-{real_now():%Y%m%d-%H%M%S}")
        left = f"What it held is in {rescued.name}"
        try:
            await asyncio.to_thread(_copy, kept, rescued)
        except sqlite3.Error as error:
            left = f"What it held is lost ({error}), so take a backup"
    finally:
        kept.close()
    do = f"{left}. Put what you want in its place, delete {path.name}-wal and {path.name}-shm, and start the bot"
    raise DatabaseError("the database was deleted or replaced while the bot ran", where=str(path), do=do)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells one file from another of its name; None while nobody knows, as on a network that is away."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return DELETED
    except OSError as error:
        log.warning("%s cannot be looked at: %s", path, error.strerror)
        return None
    return status.st_dev, status.st_ino


def _opened(path: Path) -> sqlite3.Connection:
    """A connection with its hands on everything that it needs to read, the log beside the file as well."""
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


def _copy(connection: sqlite3.Connection, to: Path) -> None:
    with contextlib.closing(sqlite3.connect(to)) as copy:
        connection.backup(copy)
