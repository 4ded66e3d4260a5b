"""The hall's and the lobby's screen in Chromium: they count right, also alone, and show what was written as text."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, Route

from bot.clock import Anchor, AnchoredClock, wait_until
from bot.rules.run import TimingKind
from bot.rules.stage_links import Page
from db.database import Database
from tests.browser.stage_screen import CHROMIUM, Line, Screen, chromium
from tests.builders import a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import import_page, use_channel
from tests.stage.screens import Screens, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script> </p></h1><b>bold</b> &lt;i&gt; \u202eevil"
SHOWN = "<img src=x onerror=alert(1)><script>alert(2)</script> </p></h1><b>bold</b> &lt;i&gt; evil"
SIZES = ((1920, 1080), (1280, 720), (768, 1024), (360, 640))
START, PAUSE, RESUME, EXTEND = TimingKind.START, TimingKind.PAUSE, TimingKind.RESUME, TimingKind.EXTEND


class SetClock(AnchoredClock):
    """A clock that runs by itself, as fast as a test says."""

    def __init__(self, virtual: datetime, speed: float) -> None:
        self.began = self.real()
        super().__init__(Anchor(virtual, self.began, speed))

    def run_at(self, speed: float) -> None:
        self._anchor = Anchor(self.now(), self.real(), speed)
        self._call_back()

    def virtual_at(self, milliseconds: float) -> datetime:
        """What it was at a moment of this machine's clock."""
        assert self._anchor is not None
        return self._anchor.virtual_at(datetime.fromtimestamp(milliseconds / 1000, UTC))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def hall(db: Database) -> AsyncIterator[Screens]:
    """A hall whose clock stands still between a test's steps, also on the screens."""
    hall = Screens(db, SteppedClock(at("12:20"), speed=0))
    await use_channel(db, hall.clock)
    yield hall
    await hall.stage.stop()


async def test_countdown_agrees_with_the_expected_end_after_half_an_hour_of_all_sorts(
    db: Database, browser: Browser
) -> None:
    """A pause, an extension and a lost connection, at 60 times the speed; read at the clock's own speed in the end."""
    clock = SetClock(at("12:30"), 60)
    hall = Screens(db, clock)  # type: ignore[arg-type] # it is only moved by time here
    talk = a_talk("A long one", minutes=40)
    await import_page(
        db,
        hall.clock,
        a_schedule(a_session(talk, replace(talk, title="Next", starts_at=at("13:10"), ends_at=at("13:20")))),
    )
    await hall.stage.start()
    line = Line(hall.stage.port)
    await line.join()
    url = (await hall.url()).replace(str(hall.stage.port), str(line.port))
    try:
        screen = await Screen.opened(browser, url)
        await hall.tap(START, 1)
        started_at = (await hall.queues()).placed.run.stints[0].starts_at
        await wait_until(clock, at("12:37"))
        await hall.tap(PAUSE)
        await wait_until(clock, at("12:40"))
        await hall.tap(RESUME)
        await hall.tap(EXTEND, minutes=5)
        await wait_until(clock, at("12:45"))
        await line.cut()
        await screen.shows("#connection", "No connection since 12:4")
        await screen.changes(clear=True)
        await wait_until(clock, at("12:53"))
        pauses = (await hall.queues()).placed.run.stints[0].pauses
        ends_at = (
            started_at + timedelta(minutes=45) + ((pauses[0].ends_at or pauses[0].starts_at) - pauses[0].starts_at)
        )
        alone = await screen.changes(clear=True)
        await line.join()
        await screen.page.locator("#connection").wait_for(state="hidden")
        await wait_until(clock, at("13:01"))
        clock.run_at(1)
        await wait_until(clock, clock.now() + timedelta(seconds=1))  # the screen hears of it, too
        await screen.changes(clear=True)
        await wait_until(clock, clock.now() + timedelta(seconds=4))
        joined = await screen.changes(clear=True)
    finally:
        await line.cut()
        await hall.stage.stop()
    # drawn ten times a second, which are six seconds of a clock at 60 times the speed
    fast = Anchor(at("12:30"), clock.began, 60)
    assert len(alone) > 50
    for milliseconds, seconds in alone:
        left = ends_at - fast.virtual_at(datetime.fromtimestamp(milliseconds / 1000, UTC))
        assert abs(left.total_seconds() - seconds) < 60 * 0.25
    assert len(joined) >= 3
    errors = [(ends_at - clock.virtual_at(milliseconds)).total_seconds() - seconds for milliseconds, seconds in joined]
    assert max(map(abs, errors)) < 0.5
    assert not [text for text in screen.complaints if "Content Security Policy" in text]


async def test_lost_connection_is_said_and_the_screen_counts_on(db: Database, browser: Browser) -> None:
    clock = SetClock(at("12:30"), 1)
    hall = Screens(db, clock)  # type: ignore[arg-type] # as above
    await hall.open()
    await hall.stage.start()
    line = Line(hall.stage.port)
    await line.join()
    try:
        await hall.tap(START, 1)
        screen = await Screen.opened(browser, (await hall.url()).replace(str(hall.stage.port), str(line.port)))
        await screen.shows("#words", "Time left")
        await line.cut()
        await screen.shows("#connection", "No connection since 12:30; still counting")
        await screen.changes(clear=True)
        await hall.tap(EXTEND, minutes=1)
        await wait_until(clock, clock.now() + timedelta(seconds=3))
        counted = [seconds for _, seconds in await screen.changes(clear=True)]
        assert len(counted) >= 2
        assert max(counted) < 300
        await line.join()
        await screen.page.locator("#connection").wait_for(state="hidden")
        await screen.shows("#digits", "5:")
    finally:
        await line.cut()
        await hall.stage.stop()


async def test_not_found_by_a_proxy_is_no_word_of_the_bots(hall: Screens, browser: Browser) -> None:
    await hall.open()
    await hall.stage.start()
    line = Line(hall.stage.port)
    await line.join()
    try:
        screen = await Screen.opened(browser, (await hall.url()).replace(str(hall.stage.port), str(line.port)))
        await line.cut()
        await line.stand_in(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await until(lambda: line.answered > 1)
        await screen.shows("#connection", "No connection since 12:20")
        await line.cut()
        await line.join()
        await screen.page.locator("#connection").wait_for(state="hidden")
    finally:
        await line.cut()


async def test_network_that_comes_and_goes_leaves_one_connection(hall: Screens, browser: Browser) -> None:
    await hall.open()
    await hall.stage.start()
    line, asked, may_go = Line(hall.stage.port), list[str](), asyncio.Event()
    await line.join()

    async def held(route: Route) -> None:
        asked.append(route.request.method)
        await may_go.wait()
        await route.continue_()

    try:
        screen = await Screen.opened(browser, (await hall.url()).replace(str(hall.stage.port), str(line.port)))
        await screen.page.route(re.compile(r"/stage/[\w-]+$"), held)
        await line.cut()
        await line.join()
        await until(lambda: bool(asked))
        for _ in range(3):
            await screen.page.evaluate("dispatchEvent(new Event('online'))")
        may_go.set()
        await screen.page.locator("#connection").wait_for(state="hidden")
        assert (asked, hall.stage._server._looking.total()) == (["HEAD"], 1)
    finally:
        await line.cut()


CLOCKS = """async () => {
  const { SharedClock } = await import("/static/clock.js");
  const clock = new SharedClock(() => 0);
  const told = { speed: 60, era: 1 };
  const seen = [];
  for (const [now, lost] of [[9000, false], [8000, false], [5000, true], [5500, false]]) {
    if (lost) clock.doubt();
    if (lost) seen.push(clock.now());
    clock.take({ ...told, now });
    seen.push(clock.now());
  }
  return seen;
}"""


async def test_what_was_told_before_the_connection_was_lost_is_believed_only_until_more_is_told(
    hall: Screens, browser: Browser
) -> None:
    """A bot that is started anew counts its clock's changes anew: another clock may look like the one before."""
    await import_page(hall.db, hall.clock)
    await hall.stage.start()
    screen = await Screen.opened(browser, await hall.url())
    assert await screen.page.evaluate(CLOCKS) == [9000, 9000, 9000, 5000, 5500]


@pytest.mark.parametrize("page", Page)
async def test_hostile_texts_are_shown_as_text(hall: Screens, browser: Browser, page: Page) -> None:
    talk = a_talk(HOSTILE, speakers=(HOSTILE, "\u05d3\u05d5\u05d3"), minutes=60)
    following = replace(talk, starts_at=at("13:30"), ends_at=at("14:00"))
    await import_page(hall.db, hall.clock, a_schedule(a_session(talk, following, title=HOSTILE, room=HOSTILE)))
    await hall.stage.start()
    hall.at("12:30")
    await hall.tap(START, 1)
    await hall.ask(HOSTILE, talk=1)
    await hall.next()
    screen = await Screen.opened(browser, await hall.url(page))
    titles = ("#title", "#next-title", "#question-text")
    for selector in (".on .title", ".next .title") if page is Page.LOBBY else titles:
        assert await screen.text(selector) == SHOWN
    assert await screen.page.locator("main img, main script, main b").count() == 0
    assert screen.complaints == []


async def test_revoked_link_leaves_nothing_on_the_screen(hall: Screens, browser: Browser) -> None:
    await import_page(hall.db, hall.clock)
    await hall.stage.start()
    screen = await Screen.opened(browser, await hall.url())
    await screen.shows("#words", "Starts in")
    await hall.replace(renew=False)
    await screen.shows("#connection", "This link works no longer. Ask for the new one.")
    assert not await screen.page.locator("main").is_visible()


async def test_words_come_with_every_colour(hall: Screens, browser: Browser) -> None:
    await import_page(hall.db, hall.clock)
    await hall.stage.start()
    screen = await Screen.opened(browser, await hall.url())
    hall.at("12:30")
    await hall.tap(START, 1)
    moments = [("12:32:00", "calm", "Time left", "3:00"), ("12:34:00", "amber", "1 min left", "1:00")]
    moments += [("12:34:30", "red", "30 s left", "0:30"), ("12:35:00", "red", "Time", "0:00")]
    moments += [("12:35:59", "red", "Time", "+0:59"), ("12:36:00", "red", "1 min over", "+1:00")]
    for time, level, words, digits in moments:
        hall.at(time)
        await screen.page.locator(f"html[data-level={level}]").wait_for()
        await screen.shows("#words", words)
        await screen.shows("#digits", digits)
        await screen.shows("#words", words)  # by the plan the digits are the same until the tap is heard of
        assert (await screen.text("#words"), await screen.text("#digits")) == (words, digits)
    await hall.tap(PAUSE)
    await screen.shows("#words", "Paused: 1 min over")


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_leaves_the_screen_at_any_size(hall: Screens, browser: Browser, size: tuple[int, int]) -> None:
    long = "Towards provably convergent representations of " * 6
    talks = [a_talk(long, minutes=90, speakers=["Ada Lovelace"] * 30), a_talk(long, starts_at=at("14:00"))]
    await import_page(hall.db, hall.clock, a_schedule(a_session(*talks, title=long[:200], room="Hall F")))
    await hall.stage.start()
    screen = await Screen.opened(browser, await hall.url(), size)
    await screen.shows("#digits", "10:00")
    hall.at("12:30")
    await hall.tap(START, 1)
    for time, digits in (("12:40", "1:20:00"), ("13:30", "30:00"), ("14:01", "+1:00"), ("14:11", "+11:00")):
        hall.at(time)
        await screen.shows("#digits", digits)
        assert await screen.overflow() == []
    lobby = await Screen.opened(browser, await hall.url(Page.LOBBY), size)
    await lobby.page.locator(".room").first.wait_for()
    assert await lobby.overflow() == []


@pytest.mark.parametrize("size", [*SIZES, (1024, 768), (800, 600)])
async def test_long_question_is_read_whole_beside_the_longest_title(
    hall: Screens, browser: Browser, size: tuple[int, int]
) -> None:
    """And what stands above the digits, too: what matters least makes way."""
    long = ("Towards provably convergent representations of " * 7)[:300]
    talks = [
        a_talk(long, minutes=90, speakers=["Hubert Blaine Wolfeschlegelsteinhausen the Younger"] * 30),
        a_talk(long, starts_at=at("14:00"), speakers=["Hubert Blaine Wolfeschlegelsteinhausen the Younger"] * 30),
    ]
    await import_page(hall.db, hall.clock, a_schedule(a_session(*talks, title=long[:200], room="Hall F")))
    await hall.stage.start()
    hall.at("12:30")
    await hall.tap(START, 1)
    await hall.ask(("How does the bound of theorem three behave as the width grows? " * 8)[:490], talk=1)
    await hall.next()
    screen = await Screen.opened(browser, await hall.url(), size)
    hall.at("14:11")
    await screen.shows("#digits", "+11:00")
    assert await screen.cut_off("#words", "#digits", "#question-text", "#question-by") == []
    assert await screen.overflow() == []


async def test_title_makes_way_before_the_talk_does(hall: Screens, browser: Browser) -> None:
    await import_page(hall.db, hall.clock)
    await hall.stage.start()
    screen = await Screen.opened(browser, await hall.url())
    lines = """tight => {
      document.documentElement.dataset.tight = tight;
      const style = getComputedStyle(document.getElementById("title"));
      return [style.webkitLineClamp, getComputedStyle(document.getElementById("talk")).display];
    }"""
    await screen.shows("#digits", "10:00")
    hall.at("12:30")
    await hall.tap(START, 1)
    await screen.shows("#words", "Time left")
    assert await screen.page.evaluate(lines, 1) == ["1", "block"]
    assert await screen.page.evaluate(lines, 2) == ["1", "none"]


async def test_screen_is_dark_and_light_where_it_is_asked_to_be(hall: Screens, browser: Browser) -> None:
    await import_page(hall.db, hall.clock)
    await hall.stage.start()
    for query, theme in (("", "dark"), ("?light", "light"), ("?auto", "light")):
        screen = await Screen.opened(browser, await hall.url() + query)
        await screen.page.locator(f"html[data-theme={theme}]").wait_for()


async def test_f_is_full_screen_and_back(hall: Screens, browser: Browser) -> None:
    await import_page(hall.db, hall.clock)
    await hall.stage.start()
    screen = await Screen.opened(browser, await hall.url())
    await screen.page.keyboard.press("f")
    await screen.page.locator("html:fullscreen").wait_for()
    await screen.page.keyboard.press("f")
    await screen.page.locator("html:not(:fullscreen)").wait_for()
    await screen.page.locator("#full").click()
    await screen.page.locator("html:fullscreen").wait_for()
