"""A rehearsal that stands still 5 minutes before its first talk, its page, and a browser; no bot is started."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.rehearsal.cast import Cast, Handout
from bot.rehearsal.page import Page
from bot.rehearsal.rehearsal import Rehearsal
from tests.builders import FIRST_START, NEW_YORK, a_schedule, a_session, a_talk
from tests.rehearsal.conftest import Client, connected, point_client_at
from tests.rehearsal.page.browser import Browser
from tests.rehearsal.page.small_bot import small_bot

NOW = FIRST_START - timedelta(minutes=5)
TALKS = (a_talk(), a_talk("The second", starts_at=FIRST_START + timedelta(minutes=5)))
HEARTBEAT = 60.0


@pytest.fixture
async def rehearsal(tmp_path: Path) -> AsyncIterator[Rehearsal]:
    schedule = a_schedule(a_session(*TALKS), conference="ICML 2022", timezone=NEW_YORK)
    rehearsal = Rehearsal(schedule, Handout("icml.txt", b"", "ICML 2022", None, None), tmp_path)
    rehearsal.clock.run_from(NOW, 0)
    async with rehearsal:
        yield rehearsal


@pytest.fixture
async def page(rehearsal: Rehearsal) -> AsyncIterator[Page]:
    async with Page(rehearsal, port=0, heartbeat=HEARTBEAT) as page:
        yield page


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=None, sock_read=30), connector=connector
    ) as session:
        yield session


@pytest.fixture
def browser(http: aiohttp.ClientSession, page: Page) -> Browser:
    return Browser(http, page)


@pytest.fixture
async def bot(rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """A small bot that is connected, in a rehearsal that people may take part in; no cast acts."""
    point_client_at(rehearsal.loopback, monkeypatch)
    async with connected(rehearsal.loopback, small_bot) as client:
        rehearsal.control.open(Cast.LIVELY, 1)
        rehearsal.control.pace.pause(paused=True)
        yield client
