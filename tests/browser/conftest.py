"""Chromium for each test, where it is installed, and the promise that no page ever offends its own policy."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.rehearsed import Rehearsed, rehearsed
from tests.browser.window import CHROMIUM, Window, chromium

Opening = Callable[..., Awaitable[Window]]


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture
async def stage(browser: Browser, tmp_path: Path) -> AsyncIterator[Rehearsed]:
    """The bundled session, played by nobody at 60x; it needs the browser, or else skips with it."""
    async with rehearsed(tmp_path) as stage:
        yield stage


@pytest_asyncio.fixture
async def opened(browser: Browser) -> AsyncIterator[Opening]:
    """Opens windows; at the end none may have complained of the page."""
    windows: list[Window] = []

    async def opening(url: str, *, width: int = 1440, height: int = 900, dark: bool = False) -> Window:
        windows.append(await Window.opened(browser, url, width=width, height=height, dark=dark))
        return windows[-1]

    yield opening
    assert [complaint for window in windows for complaint in window.complaints] == []
