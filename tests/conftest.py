"""Fixtures that every part of the tests may use."""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from bot.cli import _loop_factory as loop_factory
from db.database import Database
from tests.builders import DURING_BREAK
from tests.clocks import SteppedClock

# no deadline: a slow machine fails no test; derandomized: every run of one version tries the same examples
settings.register_profile("chairside", deadline=None, derandomize=True, database=None)
settings.load_profile("chairside")


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests run on the event loop that the bot runs on."""
    return {"the bot's": loop_factory() or asyncio.new_event_loop}


def pytest_collection_finish() -> None:
    """What was imported and collected stays: no collection of garbage needs to walk it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)  # as much is alive at any time: 700 new objects are no reason to look


def database_at(path: Path) -> Database:
    """A store that knows the statements which earlier ones compiled: a fifth of what most of these tests do."""
    database = Database(f"sqlite+aiosqlite:///{path}")
    if _FIRST:
        first = _FIRST[0]._engine.sync_engine
        for engine in (database._engine.sync_engine, database._writing_engine.sync_engine):
            # the cache is by dialect as well
            engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
    return database


_FIRST: list[Database] = []


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store at this version's tables; migrated once, copied by each test."""
    path = tmp_path_factory.mktemp("store") / "migrated.sqlite3"

    async def migrate() -> None:
        db = database_at(path)
        await db.open()
        await db.close()
        _FIRST.append(db)

    asyncio.run(migrate())
    return path


@pytest.fixture
async def db(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A store of the test's own, as a file."""
    path = tmp_path / "chairside.sqlite3"
    shutil.copy(migrated_file, path)
    database = database_at(path)
    yield database
    await database.close()


@pytest.fixture
def clock() -> SteppedClock:
    """Ten minutes before the ICML session: 2022-07-21 12:20 PDT."""
    return SteppedClock(DURING_BREAK)
