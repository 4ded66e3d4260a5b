"""axe-core finds nothing, light and dark, wide and narrow; nothing is cut off at the side."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from bot.rules.run import TimingKind
from bot.rules.stage_links import Page
from db.database import Database
from tests.browser.conftest import Opening
from tests.browser.rehearsed import Rehearsed
from tests.browser.stage_screen import Screen
from tests.browser.window import hurdles
from tests.builders import at
from tests.clocks import SteppedClock
from tests.stage.screens import Screens

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

STICKING_OUT = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => `sticks out: ${one.tagName} ${one.id} ${one.className}`)"""
SIZES = {"wide": (1440, 900), "narrow": (360, 740)}
SCREENS = {"a hall's": (1920, 1080), "a phone": (360, 640)}


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
    assert {what: missed for what, missed in found.items() if missed} == {}


@pytest.fixture
async def hall(db: Database) -> AsyncIterator[Screens]:
    """The ICML session's hall; its clock stands still between a test's steps, also on the screens."""
    hall = Screens(db, SteppedClock(at("12:20"), speed=0))
    await hall.open()
    await hall.stage.start()
    yield hall
    await hall.stage.stop()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SCREENS.values(), ids=SCREENS)
async def test_nobody_is_kept_from_the_halls_screen(
    hall: Screens, browser: Browser, size: tuple[int, int], theme: str
) -> None:
    screen = await Screen.opened(browser, f"{await hall.url()}?{theme}", size)
    await screen.page.emulate_media(reduced_motion="reduce")  # half-way from amber to red nothing is measured
    found: dict[str, list[str]] = {}

    async def look(words: str) -> None:
        await screen.shows("#words", words)
        found[words] = await hurdles(screen.page)

    await look("Starts in")
    hall.at("12:30")
    await hall.tap(TimingKind.START, 1)
    await look("Time left")
    hall.at("12:34")
    await look("1 min left")
    await hall.ask("Does it hold for directed graphs?", talk=1)
    await hall.next()
    hall.at("12:36")
    await expect(screen.page.locator("#question")).to_be_visible()
    await look("1 min over")
    await hall.tap(TimingKind.PAUSE)
    await look("Paused")
    await hall.replace(renew=False)
    await screen.shows("#connection", "This link works no longer")
    found["revoked"] = await hurdles(screen.page)
    assert {what: missed for what, missed in found.items() if missed} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SCREENS.values(), ids=SCREENS)
async def test_nobody_is_kept_from_the_lobbys_screen(
    hall: Screens, browser: Browser, size: tuple[int, int], theme: str
) -> None:
    screen = await Screen.opened(browser, f"{await hall.url(Page.LOBBY)}?{theme}", size)
    await expect(screen.page.locator(".room .next .title")).to_be_visible()
    before = await hurdles(screen.page)
    hall.at("12:31")
    await hall.tap(TimingKind.START, 1)
    await expect(screen.page.locator(".room .on .title")).to_be_visible()
    meanwhile = await hurdles(screen.page)
    await hall.replace(Page.LOBBY, renew=False)
    await screen.shows("#connection", "This link works no longer")
    assert (before, meanwhile, await hurdles(screen.page)) == ([], [], [])


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
