"""The stores that conferences are played on."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Stage
from tests.stores import Stores


@pytest.fixture(autouse=True)
def _stores_at_hand(stores: Stores) -> None:
    Stage.stores = stores
