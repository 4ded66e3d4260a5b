"""The hall's screen of a rehearsal, opened from its page: it follows the virtual clock whatever is done to it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rehearsal.rehearsal import Rehearsal
from tests.browser.conftest import Opening
from tests.browser.rehearsed import Rehearsed
from tests.browser.window import PATIENCE, Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

LOOK_SECONDS = 0.2
TICKS = 3
"""A screen draws ten times a second, and is looked at from elsewhere: so many tenths of a second it may be off."""


async def hall_screen(window: Window) -> Page:
    """The second window that the button opens, once it counts."""
    async with window.page.context.expect_page() as opening:
        await window.press("Hall screen")
    screen = await opening.value
    await expect(screen.locator("#digits")).to_have_text(re.compile(r"\d"))
    return screen


async def follows(screen: Page, rehearsal: Rehearsal, when: str) -> None:
    """Wait until it counts down, by the plan, to where the rehearsal's clock says, and look once more."""
    talks, agreed = rehearsal.schedule.sessions[0].talks, 0
    moments = sorted({moment for talk in talks for moment in (talk.starts_at, talk.ends_at)})
    for _ in range(PATIENCE // int(LOOK_SECONDS * 1000)):
        digits = await screen.locator("#digits").inner_text()
        now = rehearsal.clock.now()
        left = (next(moment for moment in moments if moment > now) - now).total_seconds()
        minutes, _, seconds = digits.partition(":")
        off = left - (int(minutes) * 60 + int(seconds)) if seconds.isdigit() and minutes.isdigit() else 1e9
        agreed = agreed + 1 if abs(off) <= 1 + TICKS / 10 * max(rehearsal.clock.speed, 1) else 0
        if agreed == 2:
            return
        await pause(RealMoments(), LOOK_SECONDS)
    pytest.fail(f"{when}: the screen shows {digits}, {left} s are left")


async def test_screen_that_was_away_as_long_as_the_bot_is_right_again_afterwards(
    stage: Rehearsed, opened: Opening
) -> None:
    """The clock goes half as fast while the bot is away, and the screen does not know."""
    window = await opened(stage.url)
    screen = await hall_screen(window)
    await screen.route("**/*", lambda route: route.abort())
    await window.press("Faults")
    await window.press("Kill the bot and start it again")
    await expect(screen.locator("#connection")).to_have_text(re.compile("No connection"))
    await expect(window.connection).to_contain_text("killed on purpose")
    await expect(window.connection).to_be_hidden()
    await screen.unroute("**/*")
    await expect(screen.locator("#connection")).to_be_hidden()
    await follows(screen, stage.rehearsal, "after the bot was killed")


async def test_screen_follows_speed_pause_and_jump(stage: Rehearsed, opened: Opening) -> None:
    rehearsal = stage.rehearsal
    window = await opened(stage.url)
    await window.press("1x")
    screen = await hall_screen(window)
    assert screen.url.startswith(f"http://{rehearsal.bot.stage_address}/stage/")
    await expect(screen.locator("#words")).to_have_text("Starts in")
    await follows(screen, rehearsal, "at 1x")
    await window.press("10x")
    await follows(screen, rehearsal, "at 10x")
    await window.press("Pause time")
    await follows(screen, rehearsal, "paused")
    await window.press("1x")
    await window.press("Jump to the next event")
    await follows(screen, rehearsal, "after a jump")
    await window.press("600x")
    await expect(screen.locator("#words")).to_have_text("The session is over")


async def test_screen_shows_what_the_moderator_does(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await expect(window.board).to_be_visible()
    await window.press("Pause time")
    screen = await hall_screen(window)
    await window.become("Robin")
    await window.open("moderators")
    await window.press("Start", window.console)
    await expect(screen.locator("#words")).to_have_text("Time left")
    await expect(screen.locator("#title")).to_have_text(re.compile("Convergence"))
    await window.press("+1 min", window.console)
    await expect(screen.locator("#digits")).to_have_text("6:00")
    await window.open("hall-f")
    await window.sees("Stage view of")  # the button asked for the link as the moderator may
    link = window.message("Stage view of").locator("a[href*='/stage/']")
    assert await link.get_attribute("href") == screen.url
    assert "noopener" in (await link.get_attribute("rel") or "")


async def test_why_there_is_no_screen_is_said_beside_the_button(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await window.press("Pause time")
    await window.page.route("**/act/screen", lambda route: route.fulfill(status=409, json={"error": "there is none."}))
    await window.press("Hall screen")
    await expect(window.page.locator("#bar").get_by_role("alert")).to_have_text("There is none.")
    await window.press("Faults")
    await window.page.get_by_role("switch", name="Discord is down").click()
    await expect(window.page.get_by_role("button", name="Hall screen")).to_be_disabled()
    assert len(window.page.context.pages) == 1
