"""Work that fails unexpectedly ends no other, and the log says of which delivery it was."""

from __future__ import annotations

import pytest
from sqlmodel import select

from bot.delivery.logged import logged
from bot.delivery.tasks import Tasks
from db.tables import Delivery
from tests.delivery.desk import Desk


async def test_unexpected_failure_names_its_delivery(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise RuntimeError("unexpected")

    async with desk.db.reading() as session:
        row = (await session.exec(select(Delivery).limit(1))).one()
    tasks = Tasks()
    tasks.start(fail(), row)
    tasks.start(fail())
    await tasks.finish()
    first, second = caplog.records
    assert {name: getattr(first, name) for name in logged(row)} == logged(row)
    assert set(logged(row)).isdisjoint(vars(second))
