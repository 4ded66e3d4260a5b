"""Takes the README's and the documentation's pictures from a rehearsal, so that they show what there is.

`make pictures`, or `python -m tests.browser.pictures [FOLDER]`. The session is the bundled one, played by the lively
cast and stopped at the same virtual moment each time.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, expect

from bot.rehearsal.cast import Cast
from bot.rehearsal.loopback.moments import RealMoments, pause
from tests.browser.rehearsed import Rehearsed, rehearsed
from tests.browser.window import CHROMIUM, Window, chromium

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
MOMENT = datetime.fromisoformat("2022-07-21T12:59:30-07:00")
"""A question is being put to the speaker, and the talk before left a thread of what was not reached."""
NEAR = timedelta(seconds=45)
WIDE, NARROW = (1280, 800), (360, 740)
HEAVIEST = 300_000
"""Bytes that a picture may have."""


async def take(folder: Path) -> None:
    """Take all pictures; at the end the rehearsal is over."""
    with tempfile.TemporaryDirectory(prefix="chairside-") as place:
        async with chromium() as browser, rehearsed(Path(place), cast=Cast.LIVELY) as stage:
            await _take(browser, stage, folder)


async def _take(browser: Browser, stage: Rehearsed, folder: Path) -> None:
    window = await _opened(browser, stage, WIDE)
    await window.open("hall-f")
    await _until(stage, MOMENT - NEAR)
    await window.press("1x")  # at 60x the time that a click takes is half a minute
    await _until(stage, MOMENT)
    await window.press("Pause time")
    await expect(window.page.locator("#speed")).to_have_text("paused")
    await _save(window, folder / "watching.png")

    phone = await _opened(browser, stage, NARROW)
    await phone.become("Ada")
    await _save(phone, folder / "phone.png")
    await phone.press("Ask", phone.board)
    await expect(phone.page.get_by_role("dialog")).to_be_visible()
    await _save(phone, folder / "form.png")

    moderator = await _opened(browser, stage, WIDE, dark=True)
    await moderator.become("Robin")
    await moderator.open("moderators")
    await _save(moderator, folder / "moderating.png")
    await moderator.page.locator("#say").press_sequentially("/timer")
    await expect(moderator.page.locator("#suggestions [role=option]").nth(5)).to_be_visible()
    await _save(moderator, folder / "commands.png")

    await window.press("End the rehearsal")
    await window.press("End it", window.page.get_by_role("dialog"))
    await expect(window.page.locator("#summary")).to_be_visible()
    await _save(window, folder / "summary.png")


async def _until(stage: Rehearsed, moment: datetime) -> None:
    """Wait for a virtual moment."""
    while (seconds := stage.rehearsal.clock.seconds_until(moment)) > 0:
        await pause(RealMoments(), min(seconds, 0.2))


async def _opened(browser: Browser, stage: Rehearsed, size: tuple[int, int], *, dark: bool = False) -> Window:
    width, height = size
    return await Window.opened(browser, stage.url, width=width, height=height, dark=dark)


async def _save(window: Window, path: Path) -> None:
    """Take a picture without anything that the mouse or the focus leaves behind."""
    await window.page.mouse.move(0, 0)
    picture = await window.page.screenshot(path=path, caret="hide", animations="disabled")
    if len(picture) > HEAVIEST:
        raise SystemExit(f"{path.name} has {len(picture):,} bytes, which is more than {HEAVIEST:,}.")


if __name__ == "__main__":
    if CHROMIUM is None:
        raise SystemExit("Chromium is not installed (Debian: apt-get install chromium).")
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(chosen))
