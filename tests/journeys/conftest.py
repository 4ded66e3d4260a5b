"""The whole bot on a stage of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.stage import Stage
from tests.stores import Stores


@pytest.fixture(autouse=True)
def _stores_at_hand(stores: Stores) -> None:
    Stage.stores = stores


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A connected bot that knows nothing yet, at 12:10 PDT, with the clock standing still."""
    async with Stage.running(tmp_path) as stage:
        yield stage
