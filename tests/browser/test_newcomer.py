"""What a newcomer does in the first minutes: watch, run the session, ask, vote, see how it went."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Opening
from tests.browser.rehearsed import Rehearsed

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FIRST, SECOND = "Convergence of Invariant Graph Networks", "Rich Feature Construction"
QUESTION = "Does it scale?"


async def test_newcomer_watches_a_reminder_and_runs_the_session(stage: Rehearsed, opened: Opening) -> None:
    robin = await opened(stage.url)
    await expect(robin.page.locator("#hint")).to_contain_text("the real bot")
    await robin.open("hall-f")
    await robin.sees("Up next")
    await robin.press("Pause time")
    await expect(robin.page.locator("#speed")).to_have_text("paused")

    await robin.press("Be the moderator")
    await expect(robin.page.locator("#channel-name")).to_have_text("#moderators")
    await expect(robin.page.locator("#hint")).to_contain_text("press Start")
    await robin.press("Start", robin.console)
    await expect(robin.console).to_contain_text(f"On stage: {FIRST}")
    await robin.press("Next", robin.console)
    await expect(robin.console).to_contain_text(f"On stage: {SECOND}")
    until = await robin.console.get_by_text("time up at").text_content()
    await robin.press("+1 min", robin.console)
    await expect(robin.console.get_by_text("time up at")).not_to_have_text(until or "")
    await robin.press("Undo", robin.console)
    await expect(robin.console.get_by_text("time up at")).to_have_text(until or "")
    await robin.sees("The last step is taken back.")
    await robin.press("10x")

    ada = await opened(stage.url)
    await ada.become("Ada")
    await ada.open("hall-f")
    await ada.press("Ask", ada.board)
    await ada.page.get_by_label("Your question").fill(QUESTION)
    await ada.press("Submit")
    await ada.sees("number 1 in line")
    await expect(ada.message("number 1 in line")).to_contain_text("Only you can see this")

    yusuf = await opened(stage.url)
    await yusuf.become("Yusuf")
    await yusuf.open("hall-f")
    await yusuf.press("Questions", yusuf.board)
    await yusuf.press("Vote 1", yusuf.message(QUESTION))
    await yusuf.sees("you voted")
    await expect(yusuf.page.locator("#messages")).not_to_contain_text("number 1 in line")

    await robin.press("Next question", robin.console)
    await expect(robin.console).to_contain_text(QUESTION)
    await ada.sees("Asked by Ada")
    await robin.press("Answered", robin.console)
    await ada.sees(f"Answered: {QUESTION}")

    await robin.press("End the rehearsal")
    await robin.press("End it", robin.page.get_by_role("dialog"))
    for window in (robin, ada, yusuf):
        summary = window.page.get_by_role("region", name="The session is over: all went well")
        await expect(summary).to_contain_text("1 put to the speaker (1 marked as answered)")
        await expect(window.connection).to_be_hidden()
        await expect(window.page.locator("#say")).to_be_hidden()


async def test_after_the_end_nothing_seems_to_wait_for_a_press(stage: Rehearsed, opened: Opening) -> None:
    robin = await opened(stage.url)
    await robin.become("Robin")
    await robin.open("hall-f")
    await robin.sees("Up next")
    await robin.press("End the rehearsal")
    await robin.press("End it", robin.page.get_by_role("dialog"))
    await expect(robin.page.locator("#summary")).to_be_visible()
    usable = robin.page.locator(":is(#bar, #messages, #panels) button:not([aria-disabled=true])")
    await expect(usable.filter(visible=True)).to_have_count(0)
    await robin.open("moderators")  # what is drawn from now on as well
    await expect(usable.filter(visible=True)).to_have_count(0)
    start = robin.console.get_by_role("button", name="Start")
    await start.click(force=True)  # Playwright would wait until it can be used
    await expect(robin.console.get_by_role("alert")).to_contain_text("The rehearsal has ended")
    await robin.page.locator("#faults-button").click(force=True)
    await expect(robin.page.locator("#faults")).to_be_hidden()


async def test_moderator_is_offered_the_days_own_pace(stage: Rehearsed, opened: Opening) -> None:
    robin = await opened(stage.url)
    await robin.press("Be the moderator")
    hint = robin.page.locator("#hint")
    await expect(hint).to_contain_text("Time runs 60 times as fast")
    await robin.press("Go at 1x")
    await expect(robin.page.locator("#speed")).to_have_text("1x")
    await expect(hint).not_to_contain_text("as fast")
    await expect(hint).to_contain_text("press Start")
    await robin.press("Pause time")
    await expect(robin.page.locator("#next")).to_contain_text("waits for time to go on")


async def test_private_answers_are_theirs_alone_and_can_be_dismissed(stage: Rehearsed, opened: Opening) -> None:
    ada, watcher = await opened(stage.url), await opened(stage.url)
    await ada.become("Ada")
    await ada.open("hall-f")
    await ada.press("Agenda", ada.board)
    await expect(ada.message("Only you can see this")).to_contain_text(FIRST)
    await watcher.open("hall-f")
    await expect(watcher.message("Only Ada sees this")).to_contain_text(FIRST)
    await ada.press("Dismiss message")
    await expect(ada.page.get_by_text("Only you can see this")).to_have_count(0)
    await ada.open("general")
    await ada.open("hall-f")
    await expect(ada.page.get_by_text("Only you can see this")).to_have_count(0)


async def test_who_only_watches_is_told_to_be_somebody(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await window.press("Agenda", window.board)
    told = window.page.get_by_role("alert")
    await expect(told).to_contain_text("You only watch. Choose who you are:")
    await told.get_by_role("button", name="Be Ada").click()
    await expect(window.page.locator("#say")).to_be_visible()
    await expect(window.page.locator("#who")).to_have_value(str(stage.rehearsal.hall.attendees[0].id))


async def test_what_comes_elsewhere_is_marked_until_it_is_read(stage: Rehearsed, opened: Opening) -> None:
    robin, ada = await opened(stage.url), await opened(stage.url)
    await ada.become("Ada")
    await robin.become("Robin")
    await ada.open("general")
    await robin.open("hall-f")
    await robin.page.locator("#say").fill("Good morning")
    await robin.press("Send")
    link = ada.page.locator(".channel-link", has_text="hall-f")
    await expect(link.locator(".unread")).to_be_visible()
    await ada.open("hall-f")
    await ada.sees("Good morning")
    await expect(link.locator(".unread")).to_have_count(0)


async def test_buttons_stay_where_they_are_while_the_words_above_change(stage: Rehearsed, opened: Opening) -> None:
    window = await opened(stage.url)
    await window.open("hall-f")
    ask = window.message("Now and next").get_by_role("button", name="Ask", exact=True)
    buttons = [await one.element_handle() for one in (ask, window.board.get_by_role("button", name="Ask", exact=True))]
    await window.press("600x")
    for where in (window.board, window.message("Now and next")):
        await expect(where).to_contain_text(f"Now: {SECOND}")
    assert [await button.evaluate("one => one.isConnected") for button in buttons] == [
        True,
        True,
    ]
