"""Takes the README's and the documentation's pictures from a rehearsal, so that they show what there is.

`make pictures`, or `python -m tests.browser.pictures [FOLDER]`. The session is the bundled one, played by the lively
cast and stopped while a question is being put to the speaker. Debian's fonts-noto-cjk draws the names in it that are
Chinese or Japanese. The report's is of the same session as the tests of its picture play it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from playwright.async_api import Browser, expect

from bot.drawing.palette import Look
from bot.drawing.session_picture import session_picture
from bot.rehearsal.cast import Cast
from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rules.stage_links import Page
from bot.services.queues import SETTLES
from bot.services.stage_links import links_to_show
from bot.stage.stage import Stage
from db.database import Database
from tests.browser.rehearsed import Rehearsed, rehearsed
from tests.browser.stage_screen import Screen
from tests.browser.window import CHROMIUM, Window, chromium
from tests.builders import LOS_ANGELES, NEW_YORK
from tests.drawing.sessions import the_icml_session
from tests.services.hall import anybody

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
MOMENT = datetime.fromisoformat("2022-07-21T13:03:00-07:00")
"""Talks before left threads of what was not reached; the next question comes soon."""
BEING_ASKED = "#messages > .message:nth-last-child(-n + 3) h3"
WIDE, NARROW, SCREEN = (1360, 900), (360, 740), (1280, 720)
PICTURES = {Page.STAGE: "hall", Page.LOBBY: "lobby"}
SOON = 60_000
"""Real milliseconds within which the cast's moderator puts a question to the speaker, at 10x."""
HEAVIEST = 300_000
"""Bytes that a picture may have."""


async def take(folder: Path) -> None:
    """Take all pictures; at the end the rehearsal is over."""
    report = session_picture(the_icml_session(), NEW_YORK, LOS_ANGELES, Look.DARK)
    (folder / "report.png").write_bytes(report)
    with tempfile.TemporaryDirectory(prefix="chairside-") as place:
        async with chromium() as browser, rehearsed(Path(place), cast=Cast.LIVELY) as stage:
            await _take(browser, stage, folder)


async def _take(browser: Browser, stage: Rehearsed, folder: Path) -> None:
    window = await _opened(browser, stage, WIDE)
    await window.open("hall-f")
    await _until(stage, MOMENT)
    await window.press("10x")  # at 60x the time that a click takes is half a minute
    await expect(window.page.locator(BEING_ASKED)).to_be_visible(timeout=SOON)
    await window.press("1x")
    await pause(RealMoments(), SETTLES.total_seconds() + 1)  # then board and console know of it, too
    await window.press("Pause time")
    await expect(window.page.locator("#speed")).to_have_text("paused")
    await _save(window, folder / "watching.png")
    await _take_screens(browser, stage, folder)

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


async def _take_screens(browser: Browser, stage: Rehearsed, folder: Path) -> None:
    """What the hall's and the lobby's screen show meanwhile."""
    rehearsal = stage.rehearsal
    db = Database(rehearsal.bot.database_url)
    pages = Stage(("127.0.0.1", 0), db, rehearsal.clock)
    await pages.start()
    server = rehearsal.hall.server.id
    try:
        links = await links_to_show(db, rehearsal.clock, server_id=server, session_id=1, check=anybody, with_lobby=True)
        for found in links:
            assert found.link is not None
            url = f"http://127.0.0.1:{pages.port}/{found.page.value}/{found.link.secret}"
            screen = await Screen.opened(browser, url, SCREEN)
            await screen.page.screenshot(path=folder / f"{PICTURES[found.page]}.png")
    finally:
        await pages.stop()
        await db.close()


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
