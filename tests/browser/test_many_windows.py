"""Many people in the windows of one browser, which lets an address have six connections of most kinds."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from playwright.async_api import Browser, expect

from tests.browser.rehearsed import Rehearsed
from tests.browser.window import SET_UP

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

WINDOWS = 8


async def test_eight_people_in_the_windows_of_one_browser_can_all_do_something(
    stage: Rehearsed, browser: Browser
) -> None:
    hall = stage.rehearsal.hall
    people = [hall.manager, hall.moderator, *hall.speakers, *hall.attendees][:WINDOWS]
    context = await browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(SET_UP)
    pages = [await context.new_page() for _ in people]
    for page, person in zip(pages, people, strict=True):
        await page.goto(f"{stage.url}?as={person.id}")
        await expect(page.locator("#who option:checked")).to_have_text(person.name, timeout=SET_UP)
    for page in pages:
        assert await page.evaluate("async () => (await fetch('commands?as=&channel=')).status") == HTTPStatus.OK
