"""The console of a server without a moderators' channel: a private thread, replaced where it was deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
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


@pytest.mark.slow
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


@pytest.mark.slow
async def test_thread_is_replaced_also_where_discord_tells_of_the_server_only_later(stage: ThreadStage) -> None:
    await handed_over_and_started(stage)
    await stage.kill_bot()
    stage.thread.delete()
    stage.at("12:34:30")
    stage.loopback.faults.delay(3, matching="gateway")
    await stage.start_bot()
    await stage.another_console()
    assert not [message for message in stage.general.messages if message.content.startswith("Chairside cannot")]
    assert "cannot be told" not in await stage.until_logged("the channel is gone")


async def test_thread_that_may_not_be_opened_is_told_and_opened_once_it_may(stage: ThreadStage) -> None:
    await handed_over_and_started(stage)
    stage.hall.deny_bot("create_private_threads")
    stage.thread.delete()
    told = await stage.until_posted("Chairside cannot show a session's console", channel=stage.general)
    assert "Create Private Threads" in told.content
    assert stage.hall.threads == []
    stage.hall.allow_bot("create_private_threads")
    await stage.another_console()
    assert len([message for message in stage.general.messages if message.content.startswith("Chairside cannot")]) == 1


@pytest.mark.slow
async def test_thread_that_could_not_be_opened_once_is_opened_without_anything_else_due(stage: ThreadStage) -> None:
    await handed_over_and_started(stage)
    await stage.loopback.requests.wait_for(f"PATCH /channels/{stage.thread.id}/messages")  # no more edits are due
    stage.loopback.faults.refuse(503, 1, matching=rf"POST /channels/{stage.hall.id}/threads")
    stage.thread.delete()
    await stage.another_console()


async def test_two_who_ask_for_a_console_at_once_are_let_into_one_thread(stage: ThreadStage) -> None:
    stage.thread.delete()
    other = stage.server.add_member("Nina", manages_server=True)
    stage.loopback.faults.delay(0.5, matching=rf"POST /channels/{stage.hall.id}/threads")
    await asyncio.gather(*(stage.use(person, "session console") for person in (stage.manager, other)))
    (thread,) = stage.hall.threads
    assert {stage.manager.id, other.id} <= set(thread.member_ids)


async def test_whoever_asks_for_the_console_is_let_into_its_thread_also_where_it_was_archived(
    stage: ThreadStage,
) -> None:
    await stage.use(stage.manager, "session handover", to=stage.attendee)
    stage.thread.member_ids.pop(stage.attendee.id)
    stage.thread.archive()
    await stage.use(stage.attendee, "session console")
    assert stage.attendee.id in stage.thread.member_ids
    assert stage.hall.threads == [stage.thread]
