"""A SQLite file that is deleted or replaced under a running bot ends it, and what it held is kept."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import select

from bot.errors import DatabaseError
from db import sqlite_file
from db.database import NOBODY, Database
from db.sqlite_file import is_kept, opened_as, remedy
from db.tables import Server
from tests.read_only import nothing_may_be_written

pytestmark = pytest.mark.store("sqlite")


@pytest.mark.parametrize(
    ("beside", "as_one_that_cannot_change"),
    [({}, True), ({"-wal": b""}, True), ({"-wal": b"log"}, False), ({"-wal": b"", "-shm": b"used"}, False)],
)
def test_file_where_nothing_may_be_written_is_opened_as_one_that_cannot_change_unless_somebody_is_at_it(
    tmp_path: Path, beside: dict[str, bytes], *, as_one_that_cannot_change: bool
) -> None:
    path = tmp_path / "a 1%?#.sqlite3"
    path.touch()
    for end, content in beside.items():
        path.with_name(path.name + end).write_bytes(content)
    (elsewhere := tmp_path / "elsewhere").mkdir()
    (link := elsewhere / "link").symlink_to(path)
    assert opened_as(str(path)) == {"database": str(path)}
    assert "may write to it" in remedy(str(path))
    with nothing_may_be_written(tmp_path):
        for name in (path, link):
            assert is_kept(str(name)) is as_one_that_cannot_change
            assert ("?immutable=1" in opened_as(str(name))["database"]) is as_one_that_cannot_change
            assert remedy(str(name)).startswith("Copy it")


@pytest.mark.parametrize("path", [":memory:", "none.sqlite3", "n" * 900, "."])
def test_what_is_no_file_is_opened_as_it_is(path: str) -> None:
    assert opened_as(path) == {"database": path}


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_file_where_nothing_may_be_written_is_read_without_a_file_beside_it(db: Database, tmp_path: Path) -> None:
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=1))
    await db.close()
    with nothing_may_be_written(tmp_path):
        async with db.reading() as session:
            assert await session.get(Server, 1) is not None
            assert names_in(tmp_path) == ["chairside.sqlite3"]
            assert not await db.in_use()


class Looks:
    """Stands in for the pause between two looks: each ends when the test says so."""

    def __init__(self) -> None:
        self._allowed: asyncio.Queue[None] = asyncio.Queue()
        self._ended: asyncio.Queue[None] = asyncio.Queue()

    async def pause(self, _seconds: float) -> None:
        self._ended.put_nowait(None)
        await self._allowed.get()

    def again(self) -> None:
        self._allowed.put_nowait(None)

    async def ended(self) -> None:
        """Until a look is over that had nothing to tell."""
        await asyncio.wait_for(self._ended.get(), 30)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    made = Looks()
    monkeypatch.setattr(sqlite_file, "pause", made.pause)
    return made


async def add(db: Database, server: int) -> None:
    async with db.transaction(NOBODY) as session:
        session.add(Server(id=server))


async def ended(listening: asyncio.Task[None]) -> str:
    with pytest.raises(DatabaseError) as refusal:
        await asyncio.wait_for(listening, 30)
    return str(refusal.value)


def kept(place: Path) -> Path:
    (found,) = place.parent.glob("*.kept-*")
    return found


def servers(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as store:
        return [number for (number,) in store.execute("SELECT id FROM servers ORDER BY id")]


@pytest.mark.parametrize("beside", [True, False])
async def test_file_that_is_deleted_ends_the_bot_and_everything_it_held_is_kept(
    db: Database, looks: Looks, *, beside: bool
) -> None:
    """Also what came to the store between the deletion and the look."""
    place = Path(db.place)
    await add(db, 1)
    listening = asyncio.create_task(db.listen(lambda: None))
    await looks.ended()
    await add(db, 2)
    for path in place.parent.glob(f"{place.name}*" if beside else place.name):
        path.unlink()
    await add(db, 3)
    looks.again()
    said = await ended(listening)
    assert said == (
        f"{place}: the database was deleted or replaced while the bot ran. What it held is in {kept(place).name}. Put "
        f"what you want in its place, delete {place.name}-wal and {place.name}-shm, and start the bot."
    )
    assert servers(kept(place)) == [1, 2, 3]


async def test_file_that_is_replaced_ends_the_bot_and_the_new_one_stays_as_it_is(
    db: Database, looks: Looks, tmp_path: Path
) -> None:
    place = Path(db.place)
    shutil.copy(place, tmp_path / "backup")
    with closing(sqlite3.connect(tmp_path / "backup")) as backup, backup:
        backup.execute("INSERT INTO servers (id, lead_minutes) VALUES (9, '[5]')")
    listening = asyncio.create_task(db.listen(lambda: None))
    await add(db, 1)
    await looks.ended()
    (tmp_path / "backup").rename(place)
    looks.again()
    assert "the database was deleted or replaced while the bot ran" in await ended(listening)
    assert servers(kept(place)) == [1]
    await db.close()
    for beside in ("-wal", "-shm"):
        place.with_name(place.name + beside).unlink(missing_ok=True)
    again = Database(db.url)
    await again.open()
    async with again.reading() as session:
        assert [server.id for server in await session.exec(select(Server))] == [9]
    await again.close()


async def test_file_on_a_network_that_is_away_is_waited_for(
    db: Database, looks: Looks, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    listening = asyncio.create_task(db.listen(lambda: None))
    await looks.ended()

    def away(path: Path) -> None:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(Path, "stat", away)
    looks.again()
    await looks.ended()
    monkeypatch.undo()
    assert not listening.done()
    assert f"{db.place} cannot be looked at: Stale file handle" in caplog.messages
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
