"""The disk is full, somebody keeps the database locked, and it is deleted under the running bot."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback.moments import RealMoments, pause
from db import sqlite
from tests.journeys.prepared_bot import PreparedBot
from tests.journeys.run_stage import RunStage
from tests.journeys.stage import PATIENCE, TITLES

pytestmark = pytest.mark.store("sqlite")
STORE_AWAY = (
    "Chairside's store does not answer, so nothing was changed. Try again in a minute; if it goes on, tell whoever "
    "runs the bot: its log says why."
)


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RunStage]:
    async with RunStage.running(tmp_path) as stage:
        yield stage


def fill_disk(stage: RunStage) -> None:
    """From now on no file of the bot's may grow, neither the store nor its log: the kernel refuses every write."""
    resource.prlimit(_pid(stage), resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def empty_disk(stage: RunStage) -> None:
    resource.prlimit(_pid(stage), resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _pid(stage: RunStage) -> int:
    assert stage.bot._process is not None
    return stage.bot._process.pid


@pytest.mark.slow
async def test_full_disk_loses_nothing_says_so_to_who_taps_and_goes_on_when_there_is_room(stage: RunStage) -> None:
    await stage.tap("Start", at="12:24")
    console = await stage.console(f"On stage: **{TITLES[0]}**")
    fill_disk(stage)
    stage.at("12:30")
    for _ in range(2):
        assert (await stage.press(stage.moderator, console, "Pause")).content == STORE_AWAY
    # what needs no writing goes on
    assert TITLES[0] in (await stage.use(stage.attendee, "now")).content
    stage.at("12:31")
    assert stage.announced() == []
    empty_disk(stage)
    await stage.until_reminded(TITLES[1])
    await stage.until_logged("the store answers again")
    assert "paused" in (await stage.press(stage.moderator, console, "Pause")).content.casefold()
    assert stage.stored("SELECT kind FROM timing_events") == [("start",), ("pause",)]
    assert stage.announced() == [TITLES[1]]
    assert stage.stored("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.slow
async def test_message_posted_in_the_moment_the_disk_filled_up_is_found_and_not_doubled(stage: RunStage) -> None:
    await stage.until_posted("**Now and next**")
    stage.loopback.faults.delay(1, times=1, matching=rf"POST /channels/{stage.hall.id}/messages")
    stage.at("12:25")
    async with asyncio.timeout(PATIENCE):
        while stage.stored("SELECT count(*) FROM deliveries WHERE state = 'sending' AND kind = 'up_next'") == [(0,)]:
            await pause(RealMoments(), 0.02)
    fill_disk(stage)
    await stage.until_reminded(TITLES[0])
    await stage.kill_bot()
    await stage.start_bot()
    stage.at("12:30")
    await stage.until_reminded(TITLES[1])
    assert stage.announced() == list(TITLES[:2])


def wait_half_a_second() -> None:
    """In the bot's process: ten seconds, as it waits for a lock, are long for a test."""
    sqlite.BUSY_TIMEOUT_SECONDS = 0.5


class ImpatientStage(RunStage):
    async def start_bot(self) -> None:
        self.bot = PreparedBot(
            *(self.folder, self.loopback.token, self.loopback.api_base, self.clock.setting),
            log_level="INFO",
            store=self.bot.store,
            prepare=wait_half_a_second,
        )
        await super().start_bot()


@pytest.mark.slow
async def test_database_locked_by_another_program_for_longer_than_the_bot_waits(tmp_path: Path) -> None:
    async with ImpatientStage.running(tmp_path) as stage:
        console = await stage.console()
        with closing(sqlite3.connect(stage.folder / "chairside.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            stage.at("12:25")
            assert (await stage.use(stage.attendee, "now")).content  # who reads waits for nobody
            assert (await stage.press(stage.moderator, console, "Start")).content == STORE_AWAY
            await stage.until_logged("the store did not answer (database is locked)")
            assert stage.announced() == []
            other.execute("COMMIT")
        await stage.until_reminded(TITLES[0])
        await stage.until_logged("the store answers again")
        assert TITLES[0] in (await stage.press(stage.moderator, console, "Start")).content
        assert stage.announced() == [TITLES[0]]


@pytest.mark.slow
async def test_database_deleted_under_the_running_bot_is_one_line_and_exit_code_2_and_what_it_held_is_kept(
    stage: RunStage,
) -> None:
    await stage.tap("Start", at="12:24")
    place = stage.folder / "chairside.sqlite3"
    for path in stage.folder.glob("chairside.sqlite3*"):
        if path.suffix != ".lock":
            path.unlink()
    async with asyncio.timeout(PATIENCE):
        assert await stage.bot.ended_by_itself() == 2
    last = stage.bot.log_tail().splitlines()[-1]
    assert last.startswith(f"chairside: {place}: the database was deleted or replaced while the bot ran. What it held")
    (kept,) = stage.folder.glob("chairside.sqlite3.kept-*")
    for path in stage.folder.glob("chairside.sqlite3-*"):
        path.unlink()
    kept.rename(place)
    await stage.start_bot()
    stage.at("12:30")
    await stage.until_reminded(TITLES[1])
    assert stage.stored("SELECT kind FROM timing_events") == [("start",)]
