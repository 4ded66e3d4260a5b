"""Fixtures that every part of the tests may use."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from db.database import Database
from tests.builders import DURING_BREAK
from tests.clocks import SteppedClock

# no deadline: a slow machine fails no test; derandomized: every run of one version tries the same examples
settings.register_profile("chairside", deadline=None, derandomize=True, database=None)
settings.load_profile("chairside")


def database_at(path: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{path}")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store at this version's tables; migrated once, copied by each test."""
    path = tmp_path_factory.mktemp("store") / "migrated.sqlite3"

    async def migrate() -> None:
        db = database_at(path)
        await db.open()
        await db.close()

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
