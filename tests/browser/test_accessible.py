"""axe-core finds nothing, light and dark, wide and narrow; nothing is cut off at the side."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Opening
from tests.browser.rehearsed import Rehearsed

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

STICKING_OUT = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => `sticks out: ${one.tagName} ${one.id} ${one.className}`)"""
SIZES = {"wide": (1440, 900), "narrow": (360, 740)}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_nobody_is_kept_out(stage: Rehearsed, opened: Opening, size: str, dark: bool) -> None:  # noqa: FBT001 - a parameter of the test
    width, height = SIZES[size]
    window = await opened(stage.url, width=width, height=height, dark=dark)
    page = window.page
    found: dict[str, list[str]] = {}

    async def look(what: str) -> None:
        found[what] = [*await window.hurdles(), *await page.evaluate(STICKING_OUT)]

    await expect(page.locator("#hint")).to_contain_text("the real bot")
    await expect(page.locator(".board").first).to_be_visible()
    await look("watching")
    await window.become("נועה")
    await page.locator("#say").fill("/")
    await expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    await look("the commands")
    await page.keyboard.press("Escape")
    await page.locator("#say").fill("")
    await window.type_command("/talk")
    await page.keyboard.type("graph")
    await expect(page.locator("#command [role=option]").first).to_be_visible()
    await look("an option's suggestions")
    await page.locator("#command-leave").click()
    await window.press("Ask", window.board)
    await expect(page.get_by_role("dialog")).to_be_visible()
    await look("a form")
    await page.keyboard.press("Escape")
    await window.become("Robin")
    if size == "narrow":
        await window.press("Channels")
        await expect(page.locator("#places")).to_be_visible()
        await look("the drawer")
        await page.locator(".channel-link", has_text="moderators").click()
        await window.press("Controls")
    else:
        await window.open("moderators")
    await expect(window.console).to_be_visible()
    await window.press("Faults")
    await page.get_by_role("switch", name="Slow answers").click()
    await expect(window.connection).to_contain_text("slow")
    await look("the console and the faults")
    await stage.page.show_summary("15 talks\nnothing lost", is_clean=True)
    await expect(page.locator("#summary.good")).to_be_visible()
    await look("the summary")
    assert {what: hurdles for what, hurdles in found.items() if hurdles} == {}


async def test_switch_to_dark_is_remembered(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await window.page.evaluate(ground)
    await window.press("Switch to dark")
    dark = await window.page.evaluate(ground)
    assert dark != light
    await window.page.reload()
    await expect(window.page.get_by_role("button", name="Switch to light")).to_be_visible()
    assert await window.page.evaluate(ground) == dark
