"""The console of a server without a moderators' channel: a private thread, replaced where it was deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.rehearsal.loopback import Message, Thread
from bot.rehearsal.loopback.moments import RealMoments, pause
from tests.journeys.stage import PATIENCE, Stage


class ThreadStage(Stage):
    """A stage whose console stands in a thread: 12:20, and nobody but the manager is in it."""

    thread: Thread

    async def ready(self) -> None:
        await self.set_up()
        self.at("12:20")
        self.answer = await self.use(self.manager, "session console")
        self.thread = self.hall.threads[0]

    async def console(self, *words: str) -> Message:
        return await self.until_posted("**Console**", *words, channel=self.thread)  # type: ignore[arg-type] # threads wait as well

    async def another_console(self) -> None:
        """Wait for the console in another thread than the last, with everyone in it."""
        last = self.thread
        async with asyncio.timeout(PATIENCE):
            while not (others := [thread for thread in self.hall.threads if thread is not last]):
                await pause(RealMoments(), 0.02)
        (self.thread,) = others
        await self.console("On stage")
        assert {self.manager.id, self.attendee.id} <= set(self.thread.member_ids)

    async def delete_while_away(self) -> None:
        """Delete the thread while the bot is not there to hear of it."""
        await self.kill_bot()
        self.thread.delete()
        await self.start_bot()


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[ThreadStage]:
    async with ThreadStage.running(tmp_path) as stage:
        yield stage


async def handed_over_and_started(stage: ThreadStage) -> None:
    await stage.use(stage.manager, "session handover", to=stage.attendee)
    assert stage.attendee.id in stage.thread.member_ids
    stage.at("12:30")
    assert "is on stage" in (await stage.press(stage.attendee, await stage.console(), "Start")).content


async def test_console_opens_in_a_private_thread_which_whoever_takes_over_is_let_into(stage: ThreadStage) -> None:
    assert stage.thread.private
    assert stage.thread.mention in stage.answer.content
    assert "Start" in (await stage.console()).labels
    assert stage.attendee.id not in stage.thread.member_ids
    await handed_over_and_started(stage)


async def test_thread_that_was_deleted_is_replaced_with_everyone_in_it_whoever_finds_out(stage: ThreadStage) -> None:
    await handed_over_and_started(stage)
    stage.thread.delete()
    await stage.another_console()
    await stage.delete_while_away()
    stage.at("12:34:30")
    await stage.another_console()
    await stage.delete_while_away()
    await stage.use(stage.attendee, "session console")
    await stage.another_console()
    assert not [message for message in stage.general.messages if "cannot post" in message.content]


async def test_whoever_asks_for_the_console_is_let_into_its_thread_also_where_it_was_archived(
    stage: ThreadStage,
) -> None:
    await stage.use(stage.manager, "session handover", to=stage.attendee)
    stage.thread.member_ids.pop(stage.attendee.id)
    stage.thread.archive()
    await stage.use(stage.attendee, "session console")
    assert stage.attendee.id in stage.thread.member_ids
    assert stage.hall.threads == [stage.thread]
