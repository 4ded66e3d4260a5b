"""The programme changes in the middle of its session: what the channel reads at the end is right, and said once."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.run_stage import RunStage
from tests.journeys.stage import STARTS, TITLES, Stage, pdt

CHANGED = "**The programme changed**"
DAY = "Thu 21 July 2022, "


@dataclass(frozen=True)
class Slot:
    """A row of the organisers' table; times as the page prints them."""

    title: str
    start: str
    minutes: int = 5
    status: str = ""


def slots() -> list[Slot]:
    return [
        Slot(title, start, 20 if number == 7 else 5)
        for number, (title, start) in enumerate(zip(TITLES, STARTS, strict=True))
    ]


def table(rows: Sequence[Slot]) -> bytes:
    """The organisers' table, as a spreadsheet writes it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Title", "Date", "Start", "End", "Room", "Session", "Chair", "Status"])
    for row in rows:
        end = pdt(row.start) + timedelta(minutes=row.minutes)
        writer.writerow(
            [row.title, "2022-07-21", row.start, f"{end:%H:%M}", "Hall F", "Deep Learning", "Robin Walters", row.status]
        )
    return text.getvalue().encode()


def changed_in_the_session() -> list[Slot]:
    """Two talks swap, one moves by ten minutes, one is cancelled, and one is new."""
    rows = slots()
    rows[3], rows[4] = replace(rows[4], start=rows[3].start), replace(rows[3], start=rows[4].start)
    rows[1] = replace(rows[1], status="cancelled")
    rows[14] = replace(rows[14], start="14:05")
    return [*rows, Slot("A late addition", "13:55")]


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RunStage]:
    stage = RunStage(tmp_path)
    await stage.open()
    try:
        await stage.use(stage.manager, "setup moderators", channel=stage.backstage, role=stage.role)
        await stage.set_up(table(slots()), "America/Los_Angeles")
        yield stage
    finally:
        await stage.close()


async def import_changed(stage: RunStage, rows: Sequence[Slot]) -> str:
    """Import a newer version, as a manager does; the preview."""
    preview = await stage.preview(table(rows), "America/Los_Angeles")
    shown = preview.content
    await stage.press(stage.manager, preview.message, "Import")
    return shown


def told(stage: Stage) -> list[list[str]]:
    return [message.content.splitlines()[1:] for message in stage.hall.messages if message.content.startswith(CHANGED)]


CHANGES = [
    f"- Cancelled: **{TITLES[1]}** · {DAY}12:35 PDT · Hall F",
    f"- Moved: **{TITLES[4]}** · {DAY}12:50 PDT to 12:45 PDT",
    f"- Moved: **{TITLES[3]}** · {DAY}12:45 PDT to 12:50 PDT",
    f"- Moved: **{TITLES[14]}** · {DAY}13:55 PDT to 14:05 PDT",
    f"- New: **A late addition** · {DAY}13:55 PDT · Hall F",
]


@pytest.mark.slow
@pytest.mark.parametrize("killed", [False, True], ids=["running", "killed"])
async def test_changes_while_reminders_are_pending_posted_and_on_stage(stage: RunStage, *, killed: bool) -> None:
    stage.at("12:25")
    await stage.until_reminded(TITLES[0])
    await stage.tap("Start", at="12:30")
    await stage.until_reminded(TITLES[1])
    stage.at("12:32")
    preview = await import_changed(stage, changed_in_the_session())
    assert [line for line in preview.splitlines() if line.startswith("- ")] == CHANGES
    if killed:
        await stage.kill_bot()
        await stage.start_bot()
    await stage.until_posted(CHANGED)
    # the reminder that stood for the cancelled talk says so, and the talk after it is announced
    await stage.until_posted("Cancelled", TITLES[1], "does not take place")
    await stage.console(f"On stage: **{TITLES[0]}**", f"Next: **{TITLES[2]}**")

    order = [TITLES[2], TITLES[4], TITLES[3], *TITLES[5:14], "A late addition", TITLES[14]]
    starts = ["12:40", "12:45", "12:50", *STARTS[5:14], "13:55", "14:05"]
    for title, start in zip(order, starts, strict=True):
        stage.at(f"{pdt(start) - timedelta(minutes=5):%H:%M}")
        await stage.until_reminded(title)
        assert f"“{title}” is on stage" in await stage.tap("Next", at=start)
        await stage.console(f"On stage: **{title}**")
    await stage.tap("End session", at="14:10")
    over = await stage.until_posted("is over. Thanks")
    assert over.content.splitlines()[1] == "Started 12:30 PDT, ended 14:10 PDT, on time."
    await stage.deliveries()
    assert told(stage) == [CHANGES]
    assert stage.announced() == [TITLES[0], *order]
    assert not any(message.content.startswith("Moved") for message in stage.hall.messages)
    assert len(stage.boards()) == 1


@pytest.mark.slow
async def test_talk_on_stage_goes_on_whatever_a_newer_version_says_of_it(stage: RunStage) -> None:
    await stage.tap("Start", at="12:30")
    stage.at("12:32")
    rows = slots()
    for newer in ([replace(rows[0], status="cancelled"), *rows[1:]], rows[1:]):
        preview = await stage.preview(table(newer), "America/Los_Angeles")
        assert "Nothing to import" in preview.content
    await stage.console(f"On stage: **{TITLES[0]}**", f"Next: **{TITLES[1]}**")
    assert f"“{TITLES[1]}” is on stage" in await stage.tap("Next", at="12:35")
    assert told(stage) == []


@pytest.mark.slow
async def test_changes_that_were_told_and_are_undone_are_told_back(stage: RunStage) -> None:
    stage.at("12:26")
    await import_changed(stage, changed_in_the_session())
    await stage.until_posted(CHANGED)
    asked = await stage.use(stage.manager, "schedule undo")
    assert "Import of “Deep Learning”" in asked.content
    await stage.press(stage.manager, asked.message, "Undo it")
    await stage.until_posted(CHANGED, "Takes place after all", "Cancelled: **A late addition**")
    assert len(told(stage)) == 2
