"""`chairside db`: where the store is, bringing it up to this version, and copying it."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

from rich.console import Console
from sqlalchemy.exc import DBAPIError
from sqlmodel import func, select

from bot.clock import pause
from bot.errors import DatabaseError
from bot.messages.text import plural
from bot.settings import read_settings
from db.copying import copy_rows
from db.database import NOBODY, Database
from db.migrate import head_revision
from db.tables import Conference, Delivery, Server, Session, Talk

LOOK_SECONDS = 0.5
"""Real time between two looks whether a bot has ended."""


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


async def copy(origin: str, to: str, *, replace: bool) -> int:
    """Copy everything from one store to another, and compare them row by row. Returns the exit code.

    Where a bot runs on the one that is copied, what it writes meanwhile follows once it has ended.

    Raises:
        DatabaseError: one of them cannot be used, or the other holds something already.
    """
    source, target = Database(_url(origin)), Database(_url(to))
    try:
        await _check(source, target, replace=replace)
        with target.only_bot():
            await target.open()
            await _copied(source, target)
            if await source.in_use():
                say(f"A bot runs on {source.place}. Stop it now; what it wrote meanwhile follows by itself.")
                while await source.in_use():
                    await pause(LOOK_SECONDS)
                await _copied(source, target)
            if rows := await _copied(source, target):
                remedy = "Stop every bot, then copy again"
                raise DatabaseError(f"{rows:,} rows changed while they were compared", do=remedy)
        say(f"{target.place} holds what {source.place} does, row by row.")
        return 0
    finally:
        await source.close()
        await target.close()


async def backup(file: Path) -> int:
    """Copy the bot's store, as it is at one moment, to a new SQLite file. Returns the exit code.

    Raises:
        DatabaseError: the store cannot be read, or the file is there already.
    """
    if Database(_url(str(file))).is_there():
        raise DatabaseError("there is such a file already", where=str(file), do="Choose another name")
    source = Database(read_settings().database_url)
    try:
        await _check_tables(source)
        # under another name until it is whole, and nobody else's to read: it holds who asked anonymously
        with _written_whole(file) as part:
            target = Database(_url(str(part)))
            try:
                await target.open()
                rows = await _copied(source, target)
            finally:
                await target.close()
    finally:
        await source.close()
    say(f"{file} holds {rows:,} rows of {source.place}.")
    return 0


@contextmanager
def _written_whole(file: Path) -> Iterator[Path]:
    """A file that gets this name once it is written, and is gone if it cannot be."""
    try:
        opened, name = mkstemp(prefix=f"{file.name}.", suffix=".part", dir=file.parent)
    except OSError as error:
        what = f"the backup cannot be written there ({error.strerror})"
        raise DatabaseError(what, where=str(file), do="Choose another folder") from error
    os.close(opened)
    part = Path(name)
    try:
        yield part
        part.rename(file)
    finally:
        for left in part.parent.glob(f"{glob.escape(part.name)}*"):
            left.unlink()


async def restore(file: Path, *, replace: bool) -> int:
    """Put back what a backup holds into the bot's store. Returns the exit code.

    Raises:
        DatabaseError: there is no such backup, a bot runs, or the store holds something already.
    """
    if not Database(_url(str(file))).is_there():
        raise DatabaseError("there is no such file", where=str(file), do="Name one that chairside db backup made")
    return await copy(str(file), read_settings().database_url, replace=replace)


def say(line: str) -> None:
    Console().print(line, markup=False, soft_wrap=True)


def _url(text: str) -> str:
    """An address as it is; a path is a SQLite file's."""
    return text if "://" in text else f"sqlite+aiosqlite:///{text}"


async def _check(source: Database, target: Database, *, replace: bool) -> None:
    if source.url == target.url:
        raise DatabaseError("that is one and the same store", where=source.place, do="Name another one to copy to")
    await _check_tables(source)
    revision = await target.revision()
    if revision is None:
        return
    if await target.in_use():
        raise DatabaseError("a bot runs on it", where=target.place, do="Stop it first, or copy to another store")
    if not replace:
        async with target.reading() as session:
            servers = (await session.exec(select(func.count()).select_from(Server))).one()
        if servers:
            do = "Copy to an empty one, or add --replace to lose what it holds"
            raise DatabaseError(f"it holds {plural(servers, 'server')} already", where=target.place, do=do)


async def _check_tables(source: Database) -> None:
    if not source.is_there():
        raise DatabaseError("there is no database", where=source.place, do="Look at its name, or at DATABASE_URL")
    if await source.revision() != head_revision():
        remedy = "Bring it up to date with: chairside db upgrade"
        raise DatabaseError("the database has another version's tables", where=source.place, do=remedy)


async def _copied(source: Database, target: Database) -> int:
    """Copy whatever differs; how many rows that were."""
    if await target.in_use():
        raise DatabaseError("a bot was started on it", where=target.place, do="Stop it, then copy again")
    try:
        async with source.reading() as read, target.transaction(NOBODY) as written:
            return await copy_rows(read, written)
    except DBAPIError as error:
        cause = str(error.orig).splitlines()[0]
        remedy = "What was copied by now is not whole: put right what it says, then copy again"
        raise DatabaseError(f"copying stopped ({cause})", where=target.place, do=remedy) from error
