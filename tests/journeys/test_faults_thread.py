"""What the bot may do in the console's private thread is taken away in mid-session, and given back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback import Message
from tests.journeys.stage import TITLES
from tests.journeys.test_console_thread import ThreadStage, handed_over_and_started

SENDING = "send_messages_in_threads"
TICK_THE_BOX = (
    "Tick Send Messages in Threads for Chairside under Edit Channel → Permissions of #hall-f. "
    "Reminders that are still due then go out by themselves."
)


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[ThreadStage]:
    async with ThreadStage.running(tmp_path) as stage:
        yield stage


def signals(stage: ThreadStage) -> list[str]:
    """What stands in the thread beside the console."""
    return [message.content for message in stage.thread.messages if not message.content.startswith("**Console**")]


def notices(stage: ThreadStage) -> list[Message]:
    return [message for message in stage.general.messages if message.content.startswith("Chairside cannot")]


@pytest.mark.slow
async def test_sending_in_threads_taken_away_in_mid_session_holds_time_signals_and_the_console_goes_on(
    stage: ThreadStage,
) -> None:
    await handed_over_and_started(stage)
    stage.hall.deny_bot(SENDING)
    stage.at("12:34")
    notice = await stage.until_posted("Chairside cannot post", channel=stage.general)
    assert notice.content.splitlines() == [
        "Chairside cannot post: in #Console: Deep Learning it lacks Send Messages in Threads.",
        TICK_THE_BOX,
    ]
    # what stands is edited without that permission, its buttons work, and the room is told as ever
    await stage.press(stage.attendee, await stage.console("On stage"), "+1 min")
    await stage.press(stage.attendee, await stage.console(TITLES[0]), "Next")
    await stage.console(f"On stage: **{TITLES[1]}**")
    stage.at("12:35")
    await stage.until_reminded(TITLES[2])
    assert signals(stage) == []
    stage.at("12:38")
    stage.hall.allow_bot(SENDING)
    said = await stage.until_posted("1:00 left", channel=stage.thread)  # type: ignore[arg-type] # threads wait as well
    assert signals(stage) == [said.content]  # those of the talk before help nobody any more
    assert len(notices(stage)) == 1
    assert [request.path for request in stage.loopback.requests if request.status == HTTPStatus.FORBIDDEN] == []


async def test_thread_is_not_replaced_before_the_bot_may_send_in_the_next_one(stage: ThreadStage) -> None:
    await handed_over_and_started(stage)
    stage.hall.deny_bot(SENDING)
    stage.thread.delete()
    told = await stage.until_posted("Chairside cannot show a session's console", channel=stage.general)
    assert "Send Messages in Threads" in told.content
    answer = await stage.use(stage.attendee, "session console")
    assert "a private thread cannot be opened" in answer.content
    assert stage.hall.threads == []
    stage.hall.allow_bot(SENDING)
    await stage.another_console()
    assert len(notices(stage)) == 1
