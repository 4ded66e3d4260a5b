"""The sender's surroundings, with the ICML session stored and a channel set."""

from __future__ import annotations

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
async def desk(db: Database, clock: SteppedClock, channels: FakeChannels) -> Desk:
    """A sender at 12:20 PDT, ten minutes before the imported ICML session."""
    await use_channel(db, clock)
    await import_page(db, clock)
    return Desk(db, clock, channels)
