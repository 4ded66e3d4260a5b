"""A schedule is imported from an address, and looked at again: what changed is asked about, or applies by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.rehearsal.loopback import Reply
from bot.rehearsal.loopback.moments import RealMoments, pause
from tests.journeys.published import Published
from tests.journeys.stage import PATIENCE, TITLES, Stage
from tests.journeys.test_changes import CHANGED, CHANGES, changed_in_the_session, slots, table, told

OK, NOT_MODIFIED = 200, 304


@pytest_asyncio.fixture
async def published() -> AsyncIterator[Published]:
    async with Published(table(slots())) as address:
        yield address


async def import_from(stage: Stage, published: Published, **options: object) -> Reply:
    """Import from the address, as a manager does."""
    await stage.use(stage.manager, "setup channel", channel=stage.hall)
    zone = "America/Los_Angeles"
    preview = await stage.use(stage.manager, "schedule import", url=published.url, timezone=zone, **options)
    return await stage.press(stage.manager, preview.message, "Import")


async def looked(stage: Stage, published: Published, at: str) -> int:
    """Let it be this moment, when the address is to be looked at once more; what it answered."""
    before = len(published.answers)
    stage.at(at)
    async with asyncio.timeout(PATIENCE):
        while len(published.answers) == before:
            await pause(RealMoments(), 0.05)
    return published.answers[-1]


@pytest.mark.slow
async def test_changes_are_asked_about_once_and_taken_over_by_a_press(stage: Stage, published: Published) -> None:
    stage.at("11:52")
    assert (await import_from(stage, published)).content.startswith("Imported into")
    shown = (await stage.use(stage.manager, "schedule show")).content
    assert "/schedule.csv: looked at every 10 minutes, changes are asked about" in shown
    assert await looked(stage, published, "12:03") == NOT_MODIFIED
    published.content = table(changed_in_the_session())
    assert await looked(stage, published, "12:13") == OK
    asked = await stage.until_posted("changed: 1 cancelled, 3 moved, 1 new", channel=stage.general)
    assert "s3cr3t" not in asked.content
    assert told(stage) == []
    assert await looked(stage, published, "12:23") == NOT_MODIFIED
    preview = await stage.press(stage.manager, asked, "Look at the changes")
    assert preview.ephemeral
    assert [line for line in preview.content.splitlines() if line.startswith("- ")] == CHANGES
    refused = await stage.press(stage.attendee, asked, "Look at the changes")
    assert refused.content.startswith("only managers of this server")
    await stage.press(stage.manager, preview.message, "Import")
    await stage.until_posted(CHANGED)
    assert told(stage) == [CHANGES]
    assert len([m for m in stage.general.messages if "changed:" in m.content]) == 1


@pytest.mark.slow
async def test_changes_apply_by_themselves_where_the_server_chose_that(stage: Stage, published: Published) -> None:
    stage.at("11:30")
    await import_from(stage, published, changes="apply by themselves")
    published.content = table(changed_in_the_session())
    await looked(stage, published, "11:41")
    await stage.until_posted(CHANGED)
    assert told(stage) == [CHANGES]
    # what was undone does not come back by itself
    asked = await stage.use(stage.manager, "schedule undo")
    assert "Refresh of" in asked.content
    assert "by itself" in asked.content
    await stage.press(stage.manager, asked.message, "Undo it")
    assert await looked(stage, published, "11:52") == NOT_MODIFIED
    assert f"**{TITLES[14]}**" not in (await stage.use(stage.manager, "schedule show")).content


@pytest.mark.slow
async def test_file_cut_short_never_applies_by_itself(stage: Stage, published: Published) -> None:
    stage.at("11:30")
    await import_from(stage, published, changes="apply by themselves")
    published.content = table(slots()[:9])
    await looked(stage, published, "11:41")
    asked = await stage.until_posted("changed: 6 removed", channel=stage.general)
    assert "More than a third of the talks" in asked.content
    assert told(stage) == []


@pytest.mark.slow
async def test_address_that_fails_is_told_once_and_looked_at_ever_more_seldom(
    stage: Stage, published: Published
) -> None:
    stage.at("8:00")
    await import_from(stage, published)
    published.status = 503
    for moment in ("8:11", "8:32", "9:13"):
        assert await looked(stage, published, moment) == published.status
    asked = await stage.until_posted("cannot be fetched", channel=stage.general)
    assert "s3cr3t" not in asked.content
    assert "it could not be fetched" in (await stage.use(stage.manager, "schedule show")).content
    assert await looked(stage, published, "10:34") == published.status
    published.status, published.content = OK, b"%PDF-1.7\n"
    assert await looked(stage, published, "13:15") == OK
    await stage.until_posted("cannot be read any more", "PDF", channel=stage.general)
    published.content = table(slots())
    await looked(stage, published, "13:26")
    shown = (await stage.use(stage.manager, "schedule show")).content
    assert "it could not be fetched" not in shown
    assert len([m for m in stage.general.messages if "cannot be fetched" in m.content]) == 1


async def test_address_is_looked_at_no_more_when_the_server_says_so(stage: Stage, published: Published) -> None:
    stage.at("11:30")
    await import_from(stage, published)
    zone = "America/Los_Angeles"
    again = await stage.use(
        stage.manager, "schedule import", url=published.url, timezone=zone, changes="never look again"
    )
    assert "Nothing to import" in again.content
    assert "not looked at again" in (await stage.use(stage.manager, "schedule show")).content


async def test_difference_is_shown_and_nothing_stored(stage: Stage, published: Published) -> None:
    stage.at("12:00")
    await import_from(stage, published)
    last = await stage.use(stage.manager, "schedule diff")
    assert last.content.startswith("Last change: **Import of")
    published.content = table([replace(slots()[0], start="12:29"), *slots()[1:]])
    zone = "America/Los_Angeles"
    shown = await stage.use(stage.manager, "schedule diff", url=published.url, timezone=zone)
    assert f"- Moved: **{TITLES[0]}** · Thu 21 July 2022, 12:30 PDT to 12:29 PDT" in shown.content
    assert shown.message is not None
    assert shown.message.labels == []
    assert "12:30 PDT to 14:00 PDT" in (await stage.use(stage.manager, "schedule show")).content
    neither = await stage.use(stage.manager, "schedule import")
    assert neither.content == "one file or one url is needed. Attach a file, or write an https address as url:."


async def test_address_that_must_not_be_fetched_is_refused_in_a_line(stage: Stage) -> None:
    for url in ("http://example.org/schedule.csv", "https://10.0.0.1/schedule.csv", "ftp://example.org/x"):
        answer = await stage.use(stage.manager, "schedule import", url=url)
        assert len(answer.content.splitlines()) == 1
        assert "https" in answer.content or "address" in answer.content
    assert (await stage.use(stage.manager, "schedule show")).content.startswith("No programme is stored")
