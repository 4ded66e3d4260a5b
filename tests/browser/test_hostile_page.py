"""What people write is text on the page, whatever it looks like: never markup, never a script."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.rehearsal.cast import Handout
from tests.browser.conftest import Opening
from tests.browser.rehearsed import Rehearsed, rehearsed

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TITLE = "Nets <img src=x onerror=owned=1> & 'quotes\" <script>owned=2</script>"
QUESTION = (
    "</div><script>owned=3</script><img src=x onerror=owned=4><a href=javascript:owned=5>x</a> \u202eright to left"
)
OUTSIDERS = "#messages img, #messages script, #panels img, #composer img, dialog img, #summary img, iframe, [onerror]"
PROGRAMME = """Title,Start,End,Room,Speaker
"{title}",2022-07-21 15:30,2022-07-21 15:40,Hall F,<b>Eve</b>
Second,2022-07-21 15:40,2022-07-21 15:50,Hall F,Bob
"""


@pytest_asyncio.fixture
async def hostile(browser: Browser, tmp_path: Path) -> AsyncIterator[Rehearsed]:
    """A session whose first title is what an attacker would write."""
    title = TITLE.replace("<", "&lt;").replace(">", "&gt;").replace('"', '""')
    handout = Handout(
        "hostile.csv", PROGRAMME.format(title=title).encode(), "<i>Conference</i>", "America/New_York", None
    )
    async with rehearsed(tmp_path, handout) as stage:
        yield stage


async def test_titles_and_questions_are_shown_as_they_were_written(hostile: Rehearsed, opened: Opening) -> None:
    assert TITLE in [talk.title for talk in hostile.rehearsal.schedule.talks]
    robin, ada = await opened(hostile.url), await opened(hostile.url)
    await ada.become("Ada")
    await ada.open("hall-f")
    await ada.sees("Up next")
    await expect(ada.message("Up next")).to_contain_text(TITLE)
    await expect(ada.board).to_contain_text(TITLE)
    await robin.press("10x")
    await robin.press("Be the moderator")
    await robin.press("Start", robin.console)
    await expect(robin.console).to_contain_text(f"On stage: {TITLE}")

    await ada.type_command("/talk")
    await ada.page.keyboard.type("Nets")
    await expect(ada.page.locator("#command .active .label")).to_contain_text("<img src=x onerror=owned=1>")
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.get_by_label("talk", exact=True)).to_have_value(re.compile("onerror=owned=1"))
    await ada.page.locator("#command-leave").click()

    await ada.press("Ask", ada.board)
    await ada.page.get_by_label("Your question").fill(QUESTION)
    await ada.press("Submit")
    await ada.sees("number 1 in line")
    await robin.press("Next question", robin.console)
    await ada.sees("Asked by Ada")
    await expect(ada.message("Asked by Ada")).to_contain_text(
        "</div><script>owned=3</script><img src=x onerror=owned=4>"
    )

    await ada.page.locator("#say").fill(QUESTION)
    await ada.press("Send")
    await expect(ada.page.locator("#messages .message").last).to_contain_text("<script>owned=3</script>")

    await hostile.page.show_summary(f"given up: {TITLE} {QUESTION}", is_clean=False)
    for window in (robin, ada):
        await expect(window.page.locator("#summary.bad")).to_contain_text(TITLE)
        assert await window.page.evaluate("typeof owned") == "undefined"
        await expect(window.page.locator(OUTSIDERS)).to_have_count(0)
        await expect(window.page.locator("a[href^='javascript']")).to_have_count(0)


async def test_page_may_load_and_run_nothing_but_its_own(hostile: Rehearsed, opened: Opening) -> None:
    window = await opened(hostile.url)
    await expect(window.board).to_be_visible()
    blocked = await window.page.evaluate(
        """async () => {
            const blocked = [];
            document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.owned = 1";
            document.body.append(script);
            document.body.setAttribute("onclick", "window.owned = 2");
            document.body.setAttribute("style", "color: red");
            await fetch("https://example.org/").catch(() => {});
            await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
            return [blocked, window.owned ?? null];
        }"""
    )
    assert blocked == [["script-src-elem", "script-src-attr", "style-src-attr", "connect-src"], None]
    assert len(window.complaints) >= len(blocked[0])
    window.complaints.clear()
