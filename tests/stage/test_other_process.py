"""What another process on the same PostgreSQL changes is on the screens at once: NOTIFY tells of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.rules.run import TimingKind
from bot.rules.stage_links import Page
from bot.stage import feed
from db.database import Database
from tests.clocks import SteppedClock
from tests.services.hall import Hall
from tests.stage.screens import Screens, looking

pytestmark = pytest.mark.store("postgresql")


@pytest.fixture
async def listening(hall: Screens, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Screens]:
    """A hall whose screens are served by a process that hears of others, and looks by itself too late for a test."""
    monkeypatch.setattr(feed, "LOOK_SECONDS", 3600.0)
    heard = asyncio.Event()

    def hear() -> None:
        heard.set()
        hall.stage.wake()

    task = asyncio.create_task(hall.db.listen(hear))
    await heard.wait()
    yield hall
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def other(db: Database, clock: SteppedClock) -> AsyncIterator[Hall]:
    """The process that the moderator's taps reach; it serves no screens."""
    database = Database(db.url)
    yield Hall(database, clock)
    await database.close()


async def test_tap_in_another_process_is_on_the_screens(
    listening: Screens, other: Hall, http: aiohttp.ClientSession
) -> None:
    own, rooms, lobby = [await listening.url(page) for page in (Page.STAGE, Page.ROOM, Page.LOBBY)]
    async with looking(http, own) as screen, looking(http, rooms) as of_room, looking(http, lobby) as board:
        await screen.until(phase="before")
        await of_room.until(phase="before")
        assert (await board.state())["rooms"][0]["on"] is None
        other.at("12:32")
        await screen.until(label="By the plan")
        await of_room.until(label="By the plan")
        await other.tap(TimingKind.START, 1)
        await screen.until(phase="on stage", late="2 min late")
        await of_room.until(phase="on stage", late="2 min late")
        while (on := (await board.state())["rooms"][0]["on"]) is None or on["late"] != "2 min late":
            pass
        await other.tap(TimingKind.PAUSE)
        await screen.until(phase="paused")


async def test_question_and_revoked_link_reach_them_as_well(
    listening: Screens, other: Hall, http: aiohttp.ClientSession
) -> None:
    other.at("12:30")
    async with looking(http, await listening.url()) as screen:
        await other.tap(TimingKind.START, 1)
        await screen.until(label="Time left")
        await other.ask("Does it scale?")
        await other.next()
        while ((await screen.state())["question"] or {}).get("text") != "Does it scale?":
            pass
        elsewhere = Screens(other.db, other.clock)
        await elsewhere.replace(renew=True)
        assert await screen.is_sent_away()
