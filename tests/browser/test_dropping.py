"""One's own schedule, dropped on the page."""

from __future__ import annotations

import base64

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.conftest import Opening
from tests.browser.rehearsed import Rehearsed
from tests.browser.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PROGRAMME = b"""Title,Start,End,Room,Speaker
Opening words,2022-07-22 09:00,2022-07-22 09:10,Hall F,Ada
Second words,2022-07-22 09:10,2022-07-22 09:20,Hall F,Bob
"""


async def drop(window: Window, name: str, content: bytes) -> None:
    """Let a file be dropped on the messages, as a browser reports it."""
    await window.page.evaluate(
        """([name, content]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([bytes], name));
            for (const kind of ["dragover", "drop"]) {
                const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
                document.getElementById("messages").dispatchEvent(event);
            }
        }""",
        [name, base64.b64encode(content).decode()],
    )


async def test_dropped_file_is_asked_about_and_imported_by_the_manager(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await expect(window.console).to_be_visible()
    await drop(window, "tomorrow.csv", PROGRAMME)
    await expect(window.page.locator("#who")).to_have_value(str(stage.rehearsal.hall.manager.id))
    await window.sees("used /schedule import")
    answer = window.message("used /schedule import")
    await expect(answer).to_contain_text("zone")  # the file names none: the bot asks
    await expect(window.page.locator("#drop")).to_be_hidden()


async def test_file_that_is_no_schedule_is_answered_in_words(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await window.become("Mona")
    await window.open("moderators")
    async with window.page.expect_file_chooser() as chooser:
        await window.press("Import a schedule file")
    await (await chooser.value).set_files({"name": "x.txt", "mimeType": "text/plain", "buffer": b"nothing at all"})
    await window.sees("used /schedule import")
    await expect(window.message("used /schedule import")).to_contain_text("x.txt")


async def test_file_is_an_option_of_the_command_as_well(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await window.become("Mona")
    await window.open("moderators")
    await window.type_command("/schedule import")
    await window.press("+ file")
    file = FilePayload(name="tomorrow.csv", mimeType="text/csv", buffer=PROGRAMME)
    await window.page.get_by_label("file", exact=True).set_input_files(file)
    await window.press("+ timezone")
    await window.page.get_by_label("timezone", exact=True).fill("America/New_York")
    await window.page.locator("#command-send").click()
    await window.press("Import", window.message("used /schedule import"))
    await window.sees("2 new")


async def test_file_dropped_after_the_end_does_not_leave_the_page(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await stage.page.show_summary("nothing lost", is_clean=True)
    await expect(window.page.locator("#summary")).to_be_visible()
    left = """() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["Title"], "late.csv"));
        const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
        return document.getElementById("messages").dispatchEvent(event);
    }"""
    assert await window.page.evaluate(left) is False, "the browser would open the file in the page's place"
    await expect(window.page.locator("#drop")).to_be_hidden()


async def test_too_large_a_file_stays_here(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await window.become("Mona")
    await drop(window, "large.csv", bytes(10 * 1024 * 1024 + 1))
    await expect(window.page.get_by_role("alert")).to_contain_text("larger than 10 MB")
