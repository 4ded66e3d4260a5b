"""The ICML session's hall, at 12:20, with its screens' server running."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from db.database import Database
from tests.clocks import SteppedClock
from tests.stage.screens import PATIENCE, Screens


@pytest.fixture
async def hall(db: Database, clock: SteppedClock) -> AsyncIterator[Screens]:
    hall = Screens(db, clock)
    await hall.open()
    await hall.stage.start()
    yield hall
    await hall.stage.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
        yield session
