"""The conference's report in Chromium: nothing keeps people out, nothing sticks out, nothing is asked of anybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from benchmarks.reporting_rows import SERVER, MadeConference
from bot.conference_report.page import report_page
from bot.services.conference_report import conference_report
from db.database import NOBODY, Database
from db.tables import Talk
from tests.browser.test_accessible import SIZES, STICKING_OUT
from tests.browser.window import hurdles
from tests.conference_report.made import name_moderators

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
async def page_file(db: Database, tmp_path: Path) -> Path:
    """A conference whose last sessions are running, with long, right-to-left and hostile titles."""
    made = MadeConference(rooms=9, days=2, talks=5, running=True)
    await made.store(db)
    await name_moderators(db, SERVER)
    async with db.transaction(NOBODY) as session:
        titles = ("<script>document.title = 'x'</script>", "W" * 500, "למידה עמוקה 🎉", "Überlänge " * 50)
        for key in range(1, 91):
            talk = await session.get(Talk, key)
            assert talk is not None
            talk.title = titles[key % len(titles)]
    path = tmp_path / "report.html"
    path.write_bytes(report_page(await conference_report(db, 1, made.over_at)))
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_nobody_is_kept_from_the_report(
    page_file: Path, browser: Browser, size: tuple[int, int], scheme: str
) -> None:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # axe is a script, and the page allows none
    )
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    address = page_file.as_uri()
    await page.goto(address)
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert [*await hurdles(page), *await page.evaluate(STICKING_OUT)] == []
    assert (asked, await page.title()) == ([address], "Made-up conference: what happened")


async def test_policy_lets_the_page_be_seen_as_it_is_meant(page_file: Path, browser: Browser) -> None:
    page = await browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(page_file.as_uri())
    ground = await page.evaluate("getComputedStyle(document.querySelector('td.c3')).backgroundColor")
    assert ground != "rgba(0, 0, 0, 0)"
    assert complaints == []
