"""Faults on a switch: who looks on sees what is broken on purpose, and that nothing is lost."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Opening
from tests.browser.rehearsed import Rehearsed
from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CLEAN = "The session is over: all went well"


async def end(window: Window) -> None:
    await window.press("End the rehearsal")
    await window.press("End it", window.page.get_by_role("dialog"))


async def test_what_discord_missed_while_it_was_down_comes_afterwards(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await window.become("Robin")
    await window.open("moderators")
    await expect(window.console).to_be_visible()
    await window.press("Faults")
    down = window.page.get_by_role("switch", name="Discord is down")
    await down.click()
    await expect(down).to_be_checked()
    await expect(window.connection).to_contain_text("Discord is down, on purpose")
    await window.press("Start", window.console)
    await expect(window.console.get_by_role("alert")).to_contain_text("This interaction failed")
    await window.press("Faults: Discord is down")
    await down.click()
    await expect(window.connection).to_be_hidden()
    await window.open("hall-f")
    await window.sees("Up next")
    await end(window)
    await expect(window.page.get_by_role("region", name=CLEAN)).to_contain_text("0 doubled")


async def test_bot_that_is_killed_comes_back_and_knows_all(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await window.become("Robin")
    await window.open("moderators")
    await window.press("Start", window.console)
    await expect(window.console).to_contain_text("On stage: Convergence")
    await window.press("Faults")
    await window.press("Kill the bot and start it again")
    await expect(window.connection).to_contain_text("killed on purpose")
    await expect(window.connection).to_be_hidden()
    await window.press("Next", window.console)
    await expect(window.console).to_contain_text("On stage: Rich Feature")
    await end(window)
    await expect(window.page.get_by_role("region", name=CLEAN)).to_contain_text("0 doubled")


async def test_slow_answers_are_waited_for(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await window.become("Ada")
    await window.open("hall-f")
    await window.press("Faults")
    await window.page.get_by_role("switch", name="Slow answers").click()
    await expect(window.connection).to_contain_text("Answers are slow, on purpose")
    await window.press("Agenda", window.board)
    await window.sees("Only you can see this")


async def test_clock_is_paused_sped_up_and_made_to_jump(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await expect(window.board).to_be_visible()
    await window.press("Pause time")
    await expect(window.page.locator("#speed")).to_have_text("paused")
    await window.press("10x")
    await expect(window.page.get_by_role("button", name="10x")).to_have_attribute("aria-pressed", "true")
    await expect(window.page.locator("#speed")).to_have_text("10x")
    await expect(window.page.locator("#next")).not_to_be_empty()
    before = await window.page.locator("#time").text_content()
    await window.press("Jump to the next event")
    await expect(window.page.locator("#time")).not_to_have_text(before or "")
    await window.open("hall-f")
    await window.sees("Up next")


async def test_cast_can_be_switched(stage: Rehearsed, opened: Opening) -> None:
    window, other = await opened(stage.url), await opened(stage.url)
    await expect(window.board).to_be_visible()
    await window.press("Cast")
    switch = window.page.get_by_role("switch", name="The moderator acts")
    await expect(switch).not_to_be_checked()
    await switch.click()
    await expect(switch).to_be_checked()
    await other.press("Cast")
    await expect(other.page.get_by_role("switch", name="The moderator acts")).to_be_checked()
    await other.become("Robin")
    await other.open("moderators")
    await other.press("Questions", other.console)
    await expect(other.page.locator("#note")).to_contain_text("The cast's moderator rests now")
    await expect(switch).not_to_be_checked()
