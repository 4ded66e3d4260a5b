"""The sender's surroundings, with the ICML session stored and a channel set."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from db.database import Database
from tests.clocks import SteppedClock
from tests.delivery.desk import Desk
from tests.delivery.fakes import FakeChannels
from tests.services.store import import_page, use_channel


@pytest.fixture
def channels(clock: SteppedClock) -> FakeChannels:
    return FakeChannels(clock)


@pytest.fixture
async def desk(db: Database, clock: SteppedClock, channels: FakeChannels) -> AsyncIterator[Desk]:
    """A sender at 12:20 PDT, ten minutes before the imported ICML session."""
    await use_channel(db, clock)
    await import_page(db, clock)
    desk = Desk(db, clock, channels)
    yield desk
    await desk.db.close()
