"""Behind a reverse proxy, under another name and a path: the page, what it loads, and its events."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import urljoin

import aiohttp
import pytest

from bot.messages.stage_links import page_link
from bot.rules.run import TimingKind
from bot.rules.stage_links import Page
from tests.builders import at
from tests.stage.proxy import NAME, NamedHere, proxied
from tests.stage.screens import PATIENCE, Screens, looking, until


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(resolver=NamedHere(), limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
        yield session


def address(hall_link: str, base: str) -> str:
    """The address that moderators are shown where links begin like that."""
    shown = re.search(r"<(\S+)>", hall_link)
    assert shown is not None
    assert shown[1].startswith(f"{base}/")
    return shown[1]


@pytest.mark.parametrize("passes_name", [True, False], ids=["the name is passed on", "it is not"])
@pytest.mark.parametrize("page", Page)
async def test_page_and_all_that_it_loads_come_through(
    hall: Screens, http: aiohttp.ClientSession, page: Page, *, passes_name: bool
) -> None:
    async with proxied(hall.base, passes_name=passes_name) as proxy:
        link = await hall.link(page)
        url = address(page_link(page, link.subject, link.title, link.link, proxy.base).content, proxy.base)
        async with http.get(url) as shown:
            assert shown.status == 200
            assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
            parts = re.findall(r'(?:src|href)="([^"]+)"', await shown.text())
        assert len(parts) >= 4
        for part in parts:
            async with http.get(urljoin(url, part)) as loaded:
                assert (loaded.status, loaded.url.host) == (200, NAME)
        async with http.head(url) as there, http.head(url[:-1] + "!") as nothing:
            assert (there.status, nothing.status) == (200, 404)


@pytest.mark.parametrize("passes_name", [True, False], ids=["the name is passed on", "it is not"])
async def test_each_change_comes_through_at_once(
    hall: Screens, http: aiohttp.ClientSession, *, passes_name: bool
) -> None:
    async with proxied(hall.base, passes_name=passes_name) as proxy:
        url = (await hall.url()).replace(hall.base, proxy.base)
        async with looking(http, url) as screen:
            assert screen.response.headers["X-Accel-Buffering"] == "no"
            await screen.until(phase="before")
            hall.at("12:32")
            await hall.tap(TimingKind.START, 1)
            state = await screen.until(phase="on stage", late="2 min late")
            assert state["to"] == at("12:37").timestamp() * 1000
            await hall.replace(renew=False)
            assert await screen.is_sent_away()


async def test_screen_that_leaves_the_proxy_leaves_the_bot(hall: Screens, http: aiohttp.ClientSession) -> None:
    feed = hall.stage._feeds[Page.STAGE]
    async with proxied(hall.base) as proxy:
        async with looking(http, (await hall.url()).replace(hall.base, proxy.base)) as screen:
            await screen.state()
            assert feed._viewers
        await until(lambda: not feed._viewers)
