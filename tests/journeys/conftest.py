"""The whole bot on a stage of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.stage import Stage


@pytest.fixture(scope="session", autouse=True)
def _store_at_hand(migrated_file: Path) -> None:
    Stage.migrated_store = migrated_file


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A connected bot that knows nothing yet, at 12:10 PDT, with the clock standing still."""
    async with Stage.running(tmp_path) as stage:
        yield stage
