"""A store that does not answer is told of in full once, in a line a minute, and once when it is back."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy.exc import OperationalError

from bot.delivery.store_away import SAY_AGAIN_SECONDS, StoreAway


def test_trouble_is_not_told_every_second_and_its_end_is(caplog: pytest.LogCaptureFixture) -> None:
    seconds = 100.0
    store = StoreAway(lambda: seconds)
    store.answered()
    assert caplog.messages == []
    full = OperationalError("COMMIT", None, Exception("database or disk is full"))
    for later in (100.0, 101.0, 102.0, 100.0 + SAY_AGAIN_SECONDS, 101.0 + SAY_AGAIN_SECONDS):
        seconds = later
        store.failed(full)
    assert store.since == 100.0
    seconds = 200.0
    store.answered()
    store.answered()
    assert store.since is None
    told = "the store did not answer (database or disk is full); nothing is posted until it does, trying again every"
    assert caplog.messages == [
        f"{told} second",
        "the store has not answered for 60 s",
        "the store answers again, after 100 s",
    ]
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, False]
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.ERROR, logging.WARNING]
