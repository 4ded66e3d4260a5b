"""The stage view in a real browser: Chromium from the system's packages, and a line to the hall that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

CHROMIUM = shutil.which("chromium")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
COMPLAINS = frozenset({"error", "warning"})


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            await browser.close()


NOTE_CHANGES = """
window.noted = [];
document.addEventListener("DOMContentLoaded", () => {
  const digits = document.getElementById("digits");
  if (digits === null) return;
  const note = () => window.noted.push([Date.now(), digits.textContent]);
  new MutationObserver(note).observe(digits, { childList: true, characterData: true, subtree: true });
});
"""
OVERFLOWING = """() => [...document.querySelectorAll("body *")]
  .filter((part) => part.getClientRects().length && part.id !== "full" && part.closest("[hidden]") === null)
  .filter((part) => part.getBoundingClientRect().right > innerWidth + 1 || part.getBoundingClientRect().left < -1)
  .map((part) => part.id || part.className || part.tagName)"""
CUT_OFF = """(chosen) => chosen.filter((selector) => {
  const [part, main] = [selector, "main"].map((one) => document.querySelector(one).getBoundingClientRect());
  return part.height === 0 || part.top < main.top - 1 || part.bottom > main.bottom + 1;
})"""


class Screen:
    """A page on a screen; what its browser complains of is kept, a broken Content-Security-Policy among it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @classmethod
    async def opened(cls, browser: Browser, url: str, size: tuple[int, int] = (1920, 1080)) -> Self:
        """A screen of this size with the page, drawn once."""
        page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
        screen = cls(page)
        await page.add_init_script(NOTE_CHANGES)
        await page.goto(url)
        await page.locator("#time").filter(has_not_text="--").wait_for()
        return screen

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in COMPLAINS:
            self.complaints.append(message.text)

    async def shows(self, selector: str, text: str) -> None:
        """Wait until an element's text begins so."""
        await self.page.locator(selector).filter(has_text=re.compile(rf"^{re.escape(text)}")).wait_for(timeout=20_000)

    async def text(self, selector: str) -> str:
        return await self.page.locator(selector).inner_text()

    async def changes(self, *, clear: bool) -> list[tuple[float, int]]:
        """When the digits changed, in milliseconds of this machine's clock, and to how many seconds left."""
        noted = await self.page.evaluate("(clear) => clear ? window.noted.splice(0) : window.noted", clear)
        return [(at, _seconds(digits)) for at, digits in noted if digits]

    async def overflow(self) -> list[str]:
        """The parts that stick out to the left or right."""
        found: list[str] = await self.page.evaluate(OVERFLOWING)
        return found

    async def cut_off(self, *selectors: str) -> list[str]:
        """Those parts of the middle that are not seen whole."""
        found: list[str] = await self.page.evaluate(CUT_OFF, list(selectors))
        return found


def _seconds(digits: str) -> int:
    seconds = 0
    for part in digits.removeprefix("+").split(":"):
        seconds = seconds * 60 + int(part)
    return -seconds if digits.startswith("+") else seconds


class Line:
    """What stands between a browser and the hall's server; it can be cut, and joined again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = self.answered = 0

    async def join(self) -> None:
        """Let through what is said."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stand_in(self, answer: bytes) -> None:
        """Answer everybody so, as a proxy does that does not reach the bot."""

        async def answered(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.answered += 1
            writer.write(answer)
            writer.close()

        self._server = await asyncio.start_server(answered, "127.0.0.1", self.port)

    async def cut(self) -> None:
        """End every connection, and take no other."""
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {writer, back}
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(_pour(reader, back), _pour(there, writer))


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while said := await reader.read(65536):
            writer.write(said)
    writer.close()
