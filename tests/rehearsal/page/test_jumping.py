"""A jump goes to shortly before what comes next, and waits for what is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, update

from bot.rehearsal import rehearsal as played
from bot.rehearsal.cast import Cast
from bot.rehearsal.rehearsal import Rehearsal
from bot.rules.outbox import State
from db.database import NOBODY, Database
from db.tables import Delivery
from tests.builders import at
from tests.clocks import SteppedClock
from tests.rehearsal.page.browser import Browser
from tests.services.store import import_page, use_channel
from tests.stores import Stores, open_database

pytestmark = pytest.mark.store("sqlite")


@pytest.fixture
async def db(rehearsal: Rehearsal, stores: Stores, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch) -> Database:
    """What the bot has stored at 12:21, paused; what is due was posted."""
    monkeypatch.setattr(played, "SETTLED_WITHIN_SECONDS", 0.1)
    store = open_database(stores.new(rehearsal.folder, "rehearsal"))
    await use_channel(store, clock)
    await import_page(store, clock)
    await sent(store, "12:21")
    await store.close()
    rehearsal.clock.run_from(at("12:21"), 0)
    rehearsal.control.open(Cast.NOBODY, 10)
    rehearsal.control.pace.pause(paused=True)
    return store


async def sent(db: Database, until: str) -> None:
    async with db.transaction(NOBODY) as session:
        due = col(Delivery.due_at) <= at(until)
        await session.exec(update(Delivery).where(due).values(state=State.SENT, edit_at=None))


async def test_paused_it_goes_near_and_then_to_the_very_moment(
    db: Database, rehearsal: Rehearsal, browser: Browser
) -> None:
    await browser.send("control/clock", jump=True)
    near = rehearsal.clock.now()
    assert timedelta(0) < at("12:25") - near < timedelta(seconds=11)
    await browser.send("control/clock", jump=True)
    assert rehearsal.clock.now() == at("12:25")
    line = "what is due now is still to be posted. Jump again once it is."
    assert await browser.refused("control/clock", jump=True) == (409, line)
    assert rehearsal.clock.now() == at("12:25")
    await sent(db, "12:25")
    await browser.send("control/clock", jump=True)
    assert rehearsal.clock.now() > at("12:25")
    await db.close()


async def test_running_it_goes_a_real_second_before_and_no_further(
    db: Database, rehearsal: Rehearsal, browser: Browser
) -> None:
    await browser.send("control/clock", speed=1)
    for _ in range(3):
        await browser.send("control/clock", jump=True)
        assert at("12:24:59") <= rehearsal.clock.now() < at("12:25")
    assert not rehearsal.control.took_part


async def test_what_comes_next_stands_on_the_controls(db: Database, browser: Browser) -> None:
    async with browser.watching() as window:
        await window.next()
        while (upcoming := (await window.until("control"))["next"]) is None:
            pass
    assert upcoming == {"at": round(at("12:25").timestamp() * 1000), "what": "Up next: Talk 1"}
