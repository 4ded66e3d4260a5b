"""Questions asked in the channel and run from the console: nothing is lost, nothing is asked twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback import Message
from tests.journeys.question_stage import QuestionStage
from tests.journeys.stage import PATIENCE, TITLES, pdt


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[QuestionStage]:
    async with QuestionStage.running(tmp_path) as stage:
        yield stage


async def test_question_goes_from_the_channel_to_the_room_and_is_answered(stage: QuestionStage) -> None:
    await stage.on_stage()
    ada, ben = stage.people[:2]
    said = await stage.ask(ada, "  Does this hold for directed graphs?  ")
    assert f"Your question for **{TITLES[0]}** is number 1 in line:" in said
    assert "> Does this hold for directed graphs?" in said
    await stage.ask(ben, "What is the cost of training?", anonymous=True)
    stage.at("12:31")
    await stage.console("2 queued")
    stage.at("12:32")
    await stage.until_posted("**Now and next**", "2 questions queued")
    answer = await stage.tap("Next question")
    assert "“Does this hold for directed graphs?” was put to the speaker." in answer
    shown = await stage.until_posted("# Does this hold for directed graphs?")
    assert "Asked by Attendee 1" in shown.content
    await stage.console("Being asked: Does this hold for directed graphs?")
    assert "was put to the speaker" in await stage.tap("Next question")
    anonymous = await stage.until_posted("# What is the cost of training?")
    assert "Asked anonymously" in anonymous.content
    assert "Attendee 2" not in anonymous.content
    await stage.until_posted("Answered: Does this hold for directed graphs?")
    assert "was marked as answered" in await stage.tap("Answered")
    mine = await stage.use(ben, "questions mine")
    assert "answered" in mine.content
    assert not any(message.pinged for message in stage.hall.messages)


@pytest.mark.slow
async def test_asker_of_a_merged_question_is_told_in_private(stage: QuestionStage) -> None:
    await stage.on_stage()
    ada, ben = stage.people[:2]
    first = await stage.use(ada, "ask", question="Does this scale?")
    await stage.ask(ben, "Will this scale to a million?")
    question, into = await stage.question("Does this scale"), await stage.question("million")
    await stage.qa("merge", question=question, into=into)
    told = await first.followed_up(within=PATIENCE)
    assert "“Does this scale?” is now part of “Will this scale to a million?”" in told.content
    assert told.ephemeral
    assert "merged into" in (await stage.use(ada, "questions mine")).content


@pytest.mark.slow
async def test_two_moderators_who_press_next_question_at_once_are_one_advance(stage: QuestionStage) -> None:
    await stage.on_stage()
    for number, person in enumerate(stage.people[:3]):
        await stage.ask(person, f"Question number {number} about the proof?")
    stage.at("12:31")
    console = await stage.console("3 queued")
    replies = await asyncio.gather(
        stage.moderator.press(console, "Next question"), stage.second.press(console, "Next question")
    )
    answers = [(await reply.final(within=PATIENCE)).content for reply in replies]
    assert sum("was put to the speaker" in answer for answer in answers) == 1
    assert sum("is being asked by now" in answer for answer in answers) == 1
    await stage.console("Being asked: Question number 0 about the proof?", "2 queued")


@pytest.mark.slow
async def test_form_opened_before_a_restart_still_counts_and_a_refusal_gives_back_what_was_typed(
    stage: QuestionStage,
) -> None:
    await stage.on_stage()
    reminder = await stage.until_reminded(TITLES[1])
    ada = stage.people[0]
    form = await ada.press(reminder, "Ask")
    assert form.modal is not None
    await stage.kill_bot()
    await stage.start_bot()
    stage.at("12:31")
    await stage.clock_noticed()
    reply = await ada.submit(form.modal, {"question": "Why this loss?", "anonymous": False})
    assert f"for **{TITLES[1]}**" in (await reply.final(within=PATIENCE)).content
    again = await ada.submit(form.modal, {"question": "And why that optimizer?", "anonymous": False})
    refused = (await again.final(within=PATIENCE)).content
    assert "once every 30 s" in refused
    assert "And why that optimizer?" in refused


@pytest.mark.slow
async def test_every_step_can_be_taken_back_and_the_room_is_told(stage: QuestionStage) -> None:
    await stage.on_stage()
    for person, text in zip(stage.people, ("Is it fast?", "Is it sound?"), strict=False):
        await stage.ask(person, text)
    fast, sound = await stage.question("fast"), await stage.question("sound")
    for command, options, done in (
        ("pin", {"question": sound}, "“Is it sound?” was pinned."),
        ("dismiss", {"question": sound}, "“Is it sound?” was dismissed."),
        ("merge", {"question": sound, "into": fast}, "“Is it sound?” was merged."),
        ("answered", {"question": fast}, "“Is it fast?” was marked as answered."),
    ):
        before = everything(stage)
        step = await stage.use(stage.moderator, f"qa {command}", **options)
        assert step.content == done
        assert everything(stage) != before
        assert (await stage.press(stage.moderator, step.message, "Undo")).content == f"Taken back: {done}"
        assert everything(stage) == before


def everything(stage: QuestionStage) -> list[tuple[object, ...]]:
    """Where all questions stand, as stored."""
    return stage.stored("SELECT id, state, pinned, merged_into, asked_at FROM questions ORDER BY id")


@pytest.mark.slow
async def test_question_before_the_room_goes_back_and_comes_again(stage: QuestionStage) -> None:
    await stage.on_stage()
    for person, text in zip(stage.people, ("Is it fast?", "Is it sound?"), strict=False):
        await stage.ask(person, text)
    queued = everything(stage)
    first = await stage.use(stage.moderator, "qa next")
    shown = await stage.until_posted("# Is it fast?")
    asked = everything(stage)
    second = await stage.use(stage.moderator, "qa next")
    await stage.until_posted("Answered: Is it fast?")
    other = await stage.until_posted("# Is it sound?")
    # the step before the last one is not taken back from under it
    late = await stage.refused(stage.moderator, first.message, "Undo")
    assert "another step came after that one: “Is it sound?” was put to the speaker" in late
    undone = await stage.press(stage.moderator, second.message, "Undo")
    assert undone.content == "Taken back: “Is it sound?” was put to the speaker."
    assert everything(stage) == asked
    await reads(stage, shown, "# Is it fast?")
    await reads(stage, other, "This question went back to the queue.\nIs it sound?")
    for command, gone in (("answered", "Answered: Is it fast?"), ("dismiss", "This question was taken back.")):
        options = {"question": await stage.question("fast")} if command == "dismiss" else {}
        await stage.qa(command, **options)
        await reads(stage, shown, gone)
        assert "Taken back: “Is it fast?” was " in await stage.qa("undo")
        await reads(stage, shown, "# Is it fast?")
    await stage.console("Being asked: Is it fast?", "1 queued")
    await stage.qa("undo")
    assert everything(stage) == queued
    await reads(stage, shown, "This question went back to the queue.\nIs it fast?")
    assert "there is nothing to undo" in await stage.qa("undo")


@pytest.mark.slow
async def test_question_taken_back_and_asked_again_within_a_second_is_shown_again(stage: QuestionStage) -> None:
    await stage.on_stage()
    await stage.ask(stage.people[0], "Is it fast?")
    stage.clock.run_from(pdt("12:31"), 0.001)
    await stage.qa("next")
    shown = await stage.until_posted("# Is it fast?")
    await stage.qa("undo")
    await reads(stage, shown, "This question went back to the queue.")
    await stage.qa("next")
    await stage.until_posted("# Is it fast?")
    assert shown.content.startswith("This question went back to the queue.")


async def reads(stage: QuestionStage, message: Message, words: str) -> None:
    """Wait until a message of the room begins with these words."""
    await stage.hall.wait_for(lambda each: each is message and each.content.startswith(words), within=PATIENCE)


@pytest.mark.slow
async def test_change_that_comes_while_the_console_is_edited_is_shown_as_well(stage: QuestionStage) -> None:
    await stage.on_stage()
    console = await stage.console(f"On stage: **{TITLES[0]}**")
    await stage.ask(stage.people[0], "Is it fast?")
    edit = rf"PATCH /channels/{stage.backstage.id}/messages/{console.id}"
    before = len(stage.loopback.requests.matching(edit))
    stage.loopback.faults.delay(2, times=1, matching=edit)
    stage.at("12:31")
    await stage.until_store_says(
        "SELECT count(*) FROM deliveries WHERE kind = 'console' AND edit_at <= '2022-07-21 19:31:00'", (1,)
    )
    await stage.clock_noticed()
    await stage.ask(stage.people[1], "Is it sound?")
    await stage.loopback.requests.wait_for(edit, count=before + 1, within=PATIENCE)
    stage.at("12:32")
    await stage.console("2 queued")
