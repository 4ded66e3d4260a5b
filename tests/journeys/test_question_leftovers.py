"""What was not reached goes on in the talk's thread, once, whatever dies on the way."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback import Message
from bot.rehearsal.loopback.world.channels import Thread
from tests.journeys.question_stage import QuestionStage
from tests.journeys.stage import PATIENCE, TITLES

pytestmark = pytest.mark.long

TITLE = TITLES[0]
LEFT = 9
PARTS = 3


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[QuestionStage]:
    async with QuestionStage.running(tmp_path) as stage:
        stage.people.append(stage.server.add_member("Attendee 9"))
        await stage.on_stage()
        for number, person in enumerate(stage.people, 1):
            await stage.ask(person, f"What about case {number}?")
        await stage.tap("Next", at="12:35")
        yield stage


async def part(stage: QuestionStage, thread: Thread, number: int) -> Message:
    """One of the thread's messages, once it is there."""
    return await stage.until_posted(f"part {number} of {PARTS}", channel=thread)  # type: ignore[arg-type] # threads wait as well


async def posted(stage: QuestionStage) -> tuple[Message, Thread]:
    """The head and its thread, once all is posted and nothing is on its way any more."""
    head = await stage.until_posted(f"{LEFT} questions for **{TITLE}** were not reached")
    await stage.loopback.requests.wait_for(rf"POST /channels/{head.id}/messages", within=PATIENCE)
    (thread,) = stage.hall.threads
    for number in range(1, PARTS + 1):
        await part(stage, thread, number)
    await stage.deliveries()
    return head, thread


def shows_each_once(stage: QuestionStage, thread: Thread) -> None:
    heads = [message for message in stage.hall.messages if "not reached" in message.content]
    assert len(heads) == 1
    assert len(thread.messages) == PARTS
    numbers = [n for message in thread.messages for n in re.findall(r"case (\d)\?", message.content)]
    assert sorted(numbers) == [str(number) for number in range(1, LEFT + 1)]
    assert not any("cannot post" in message.content for message in stage.general.messages)


async def test_leftovers_reach_the_thread_of_their_talk_and_can_be_marked_as_answered_there(
    stage: QuestionStage,
) -> None:
    stage.at("12:44")
    await stage.clock_noticed()
    assert not stage.hall.threads
    stage.at("12:45")
    head, thread = await posted(stage)
    assert thread.id == head.id
    assert thread.name == f"Questions: {TITLE}"
    shows_each_once(stage, thread)
    first = await part(stage, thread, 1)
    refused = await stage.press(stage.people[0], first, "Mark 2 as answered")
    assert "only this session's moderators" in refused.content
    answered = await stage.press(stage.moderator, first, "Mark 2 as answered")
    assert "“What about case 2?” was marked as answered." in answered.content
    await stage.until_posted("Not reached", "no votes yet · answered", channel=thread)  # type: ignore[arg-type] # threads wait as well
    assert [button.get("label") for button in first.buttons if button.get("disabled")] == ["2 is answered"]
    assert "- What about case 2?\nanswered" in (await stage.use(stage.people[1], "questions mine")).content
    assert "- What about case 3?\nnot reached" in (await stage.use(stage.people[2], "questions mine")).content
    undone = await stage.press(stage.moderator, answered.message, "Undo")
    assert undone.content.startswith("Taken back: ")
    await thread.wait_for(lambda message: "Mark 2 as answered" in message.labels, within=PATIENCE)
    assert stage.standing() == {"queued": LEFT}


@pytest.mark.parametrize("lost", ["threads", "messages"])
async def test_leftovers_come_once_though_an_answer_of_discord_is_lost(stage: QuestionStage, lost: str) -> None:
    # a thread's own messages go to the channel with the id of the message that it hangs on
    where = rf"POST /channels/(?!{stage.hall.id}/messages|{stage.backstage.id}/)\d+/(messages/\d+/)?{lost}$"
    stage.loopback.faults.lose_response(2, matching=where)
    stage.at("12:45")
    _, thread = await posted(stage)
    shows_each_once(stage, thread)


async def test_head_whose_answer_is_lost_is_not_doubled(stage: QuestionStage) -> None:
    stage.loopback.faults.lose_response(1, matching=rf"POST /channels/{stage.hall.id}/messages$")
    stage.at("12:45")
    _, thread = await posted(stage)
    shows_each_once(stage, thread)


@pytest.mark.parametrize("held", ["before the thread", "before its messages", "after a message"])
async def test_bot_killed_between_head_and_parts_goes_on_where_it_was(stage: QuestionStage, held: str) -> None:
    faults = stage.loopback.faults
    at_message = rf"POST /channels/(?!{stage.hall.id}/|{stage.backstage.id}/)\d+/messages$"
    match held:
        case "before the thread":
            faults.delay(60, matching=r"/threads$")
        case "before its messages":
            faults.delay(60, matching=at_message)
        case _:
            faults.lose_response(1, matching=at_message)
            faults.delay(60, matching=r"GET /channels/\d+/messages")
    stage.at("12:45")
    await stage.until_posted("were not reached")
    await sending(stage, PARTS if held != "after a message" else 0)
    await stage.kill_bot()
    faults.clear()
    await stage.start_bot()
    _, thread = await posted(stage)
    shows_each_once(stage, thread)


async def sending(stage: QuestionStage, parts: int) -> None:
    """Wait until the thread's messages are on their way, or one of them is there."""
    if not parts:
        await stage.loopback.requests.wait_for(r"POST /channels/\d+/threads|POST /channels/\d+/messages/\d+/threads")
        await stage.hall.threads[0].wait_for(lambda _: True, within=PATIENCE)
        return
    under_way = "SELECT count(*) FROM deliveries WHERE kind = 'left_part' AND state = 'sending'"
    await stage.until_store_says(under_way, (parts,))
