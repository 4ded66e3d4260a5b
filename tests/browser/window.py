"""A window of a real browser with the rehearsal's page in it, used by what people see there."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PATIENCE = 20_000
"""Real milliseconds that something may take to show on a busy machine; none is spent when all is well."""
SET_UP = 60_000
"""The same for the bot's start and its set-up."""
REFUSED = ("Failed to load resource", "WebSocket connection to")
"""What the browser itself says of an answer that refuses, or that does not come; the page says it in words."""

expect.set_options(timeout=PATIENCE)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Chromium with a profile of its own, gone afterwards."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        try:
            yield browser
        finally:
            await browser.close()


@dataclass  # without slots: Playwright keeps its wrapper of `_note` here
class Window:
    """One window.

    Attributes:
        complaints: what the browser said against the page: errors, and whatever its Content-Security-Policy forbade.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    async def opened(
        cls, browser: Browser, url: str, *, width: int = 1440, height: int = 900, dark: bool = False
    ) -> Window:
        """Open the page in a window of this size, and wait until the rehearsal plays; nothing moves in it by itself."""
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        window = cls(await context.new_page())
        window.page.on("console", window._note)
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        await window.page.goto(url)
        # the manager has set everything up once the clock runs
        await expect(window.page.locator("#speed")).to_have_text(re.compile("x$|paused"), timeout=SET_UP)
        return window

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(REFUSED):
            self.complaints.append(message.text)

    # --- who and where -------------------------------------------------------------------------------------------

    async def become(self, name: str) -> None:
        """Choose at the top who one is."""
        option = self.page.locator("#who option", has_text=name)
        await self.page.select_option("#who", value=await option.get_attribute("value"))
        await expect(self.page.locator("#say")).to_have_attribute("aria-label", re.compile(f"as {re.escape(name)}"))

    async def open(self, channel: str) -> None:
        """Open a channel by its name at the left."""
        await self.page.locator(".channel-link", has_text=channel).first.click()
        await expect(self.page.locator("#channel-name")).to_contain_text(channel)

    # --- what is seen --------------------------------------------------------------------------------------------

    @property
    def board(self) -> Locator:
        """The board beside the messages."""
        return self.page.locator(".board.board:not(.console)")

    @property
    def console(self) -> Locator:
        """The console beside the messages."""
        return self.page.locator(".board.console")

    @property
    def connection(self) -> Locator:
        """The line that says how the rehearsal stands."""
        return self.page.locator("#connection")

    def message(self, text: str) -> Locator:
        """The last message of the open channel with these words."""
        return self.page.locator("#messages .message", has_text=text).last

    async def sees(self, text: str) -> None:
        """Wait for a message with these words in the open channel."""
        await expect(self.message(text)).to_be_visible()

    # --- what is done --------------------------------------------------------------------------------------------

    async def press(self, label: str, within: Locator | None = None) -> None:
        """Press the button that has exactly this on it."""
        await (within or self.page).get_by_role("button", name=label, exact=True).click()

    async def type_command(self, text: str) -> None:
        """Type a command's name and take it from the list."""
        await self.page.locator("#say").press_sequentially(text)
        await expect(self.page.locator("#suggestions .active .label")).to_have_text(text)
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator("#command-name")).to_have_text(text)

    async def hurdles(self) -> list[str]:
        """What keeps people from using the page as it is now."""
        return await hurdles(self.page)


async def hurdles(page: Page) -> list[str]:
    """What axe-core finds on a page that keeps people from using it."""
    found = (await Axe().run(page)).response["violations"]
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]
