"""Everything without a mouse: keys only, and the focus is never lost on the way."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Opening
from tests.browser.rehearsed import Rehearsed
from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FARTHEST = 120
"""Tabs that may lie between two things on the page."""


async def tab_to(window: Window, target: Locator) -> None:
    """Press Tab until it has the focus."""
    for _ in range(FARTHEST):
        if await target.evaluate("element => element === document.activeElement"):
            return
        await window.page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached with Tab")


async def test_session_is_run_and_a_command_typed_with_keys_alone(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    keys = window.page.keyboard
    await expect(window.console).to_be_visible()
    await tab_to(window, window.page.get_by_role("button", name="Pause time", exact=True))
    await keys.press("Space")
    await expect(window.page.locator("#pause")).to_have_text("Resume time")
    await tab_to(window, window.page.get_by_role("button", name="Be the moderator"))
    await keys.press("Enter")
    await expect(window.page.locator("#channel-name")).to_have_text("#moderators")

    await tab_to(window, window.console.get_by_role("button", name="Start"))
    await keys.press("Enter")
    next_talk = window.console.get_by_role("button", name="Next", exact=True)
    await expect(next_talk).to_be_focused()  # the console was drawn anew under the key
    await keys.press("Enter")
    await expect(window.console).to_contain_text("On stage: Rich Feature")
    await expect(next_talk).to_be_focused()

    await tab_to(window, window.page.locator("#say"))
    await keys.type("/timer ext")
    await expect(window.page.locator("#suggestions .active .label")).to_have_text("/timer extend")
    await keys.press("Enter")
    await expect(window.page.get_by_label("minutes", exact=True)).to_be_focused()
    await keys.type("2")
    await keys.press("Enter")
    await expect(window.page.locator("#command-send")).to_be_focused()
    await keys.press("Enter")
    await window.sees("used /timer extend")
    await expect(window.message("used /timer extend")).to_contain_text("extended to")
    await expect(window.page.locator("#say")).to_be_focused()


async def test_escape_leaves_one_thing_at_a_time(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await window.become("Ada")
    await window.open("hall-f")
    say, command = window.page.locator("#say"), window.page.locator("#command")
    await window.type_command("/talk")
    suggestions = command.get_by_role("option")
    await window.page.keyboard.type("graph")
    await expect(suggestions.first).to_contain_text("Graph")
    await window.page.keyboard.press("Escape")
    await expect(suggestions).to_have_count(0)
    await expect(command).to_be_visible()
    await window.page.keyboard.press("Escape")
    await expect(command).to_be_hidden()
    await expect(say).to_be_focused()
    await window.press("Ask", window.board)
    await expect(window.page.get_by_role("dialog")).to_be_visible()
    await window.page.keyboard.press("Escape")
    await expect(window.page.get_by_role("dialog")).to_be_hidden()


async def test_suggested_talk_is_taken_and_sent(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await window.become("Ada")
    await window.open("hall-f")
    await window.type_command("/talk")
    await window.page.keyboard.type("soups")
    await expect(window.page.locator("#command .active .label")).to_contain_text("Model soups")
    await window.page.keyboard.press("Enter")
    await window.page.keyboard.press("Enter")
    await window.sees("used /talk")
    await expect(window.message("used /talk")).to_contain_text("Model soups")


async def test_channels_of_a_narrow_window_are_a_drawer(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url, width=360, height=640)
    links = window.page.locator("#places")
    await expect(window.page.locator("#board, .board").first).to_be_visible()
    await expect(links).to_be_hidden()
    await window.page.get_by_role("button", name="Channels").focus()
    await window.page.keyboard.press("Enter")
    await expect(links).to_be_visible()
    await window.page.keyboard.press("Escape")
    await expect(links).to_be_hidden()
    await expect(window.page.get_by_role("button", name="Channels")).to_be_focused()
    await window.page.keyboard.press("Enter")
    await window.open("general")
    await expect(links).to_be_hidden()
