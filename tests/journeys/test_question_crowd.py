"""A full hall asks and votes at once, the bot dies in between, and the counts add up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback import Message, Person
from bot.rehearsal.loopback.hub import MessageEdited, Subscription
from bot.services.queues import SETTLES
from tests.journeys.question_stage import QuestionStage
from tests.journeys.stage import PATIENCE, TITLES, pdt

pytestmark = pytest.mark.long

FIRST, SECOND = TITLES[:2]
ASKED = (
    "How sensitive is the loss to the learning rate?",
    "Did you publish your code anywhere?",
    "Who labelled these images?",
    "Does the proof need smoothness?",
    "What happens on a graph without edges?",
    "Why three layers and not thirty?",
    "Is there a baseline without pretraining?",
    "Could one train it on a laptop?",
    "Were negative results left out?",
    "Which figure surprised you most?",
    "Has anybody reproduced table two?",
    "Where does the constant in theorem four come from?",
    "Is memory or compute the bottleneck?",
    "Do symmetries help in practice?",
    "When will the dataset be released?",
    "Can attention replace your pooling?",
    "Whom should we cite for the lemma?",
    "What would you do differently today?",
    "Are the error bars over seeds or folds?",
    "Does dropout break equivariance?",
    "How long did annotation take?",
    "Would a kernel method do as well?",
    "Is the bound tight in one dimension?",
    "May I have your slides?",
)


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[QuestionStage]:
    async with QuestionStage.running(tmp_path) as stage:
        stage.people += [stage.server.add_member(f"Attendee {number}") for number in range(9, 21)]
        yield stage


async def test_sixty_questions_of_a_session_add_up_over_merging_a_kill_and_closing(stage: QuestionStage) -> None:
    await stage.on_stage()
    reminder = await stage.until_reminded(SECOND)
    stage.at("12:31")
    named = await stage.ask_all(zip(stage.people, ASKED[:20], strict=True))
    assert all(f"Your question for **{FIRST}** is number" in answer for answer in named)
    stage.at("12:32")
    alike = [ASKED[0].casefold().rstrip("?"), f"Hello, {ASKED[1].casefold()}", ASKED[2], *ASKED[20:]]
    hidden = await stage.ask_all(zip(stage.people[::-1], alike, strict=False), anonymous=True)
    assert all("moderators see who asked" in answer for answer in hidden)
    board = await stage.until_posted("**Now and next**", "20 questions queued")
    stage.at("12:33")
    console = await stage.console("27 queued")
    await _merge_what_is_alike(stage)
    ballot = await stage.listed(stage.people[9])
    assert "was put to the speaker" in (await stage.press(stage.moderator, console, "Next question")).content
    await stage.console("Being asked:", "23 queued")

    await stage.restart_bot()
    await _old_buttons_still_work(stage, reminder=reminder, board=board, console=console, ballot=ballot.message)
    for number in (2, 3):
        assert "was dismissed" in await stage.qa("dismiss", question=await stage.question(ASKED[17 + number]))

    await stage.tap("Next", at="12:36")
    stage.at("12:37")
    late = [(person, f"{question} I mean yours") for person, question in zip(stage.people, ASKED, strict=False)]
    assert all(f"for **{SECOND}**" in answer for answer in await stage.ask_all(late))
    first_talk = await stage.talk(0)
    stage.at("12:46")
    after = [(person, f"Is it too late to ask, says number {n}?") for n, person in enumerate(stage.people[:12], 1)]
    for (_, typed), answer in zip(after, await stage.ask_all(after, talk=first_talk), strict=True):
        assert f"questions for “{FIRST}” are closed" in answer
        assert f"> {typed}" in answer
    await stage.until_posted(f"20 questions for **{FIRST}** were not reached")
    _adds_up(stage, entered=20 + 7 + 1 + 20)


async def _merge_what_is_alike(stage: QuestionStage) -> None:
    listed = await stage.use(stage.moderator, "qa list")
    assert listed.content.count("Alike, ") == 3
    for left in (2, 1, 0):
        assert listed.message is not None
        (label, *_) = [label for label in listed.message.labels if label.startswith("Merge ")]
        listed = await stage.press(stage.moderator, listed.message, label)
        assert listed.content.count("Alike, ") == left
    assert stage.standing() == {"queued": 24, "merged": 3}


async def _old_buttons_still_work(
    stage: QuestionStage, *, reminder: Message, board: Message, console: Message, ballot: Message | None
) -> None:
    """All four were posted by the process that was killed."""
    ada, ben = stage.people[8:10]
    asked = await stage.in_form(ada, reminder, "Is this form older than the bot?")
    assert f"Your question for **{SECOND}** is number 1" in asked.content
    queue = await stage.press(ada, board, "Questions")
    assert f"**Questions** for **{FIRST}**" in queue.content
    voted = await stage.press(ben, ballot, "Vote 2")
    assert "1 vote (you voted)" in voted.content
    assert "was put to the speaker" in (await stage.press(stage.moderator, console, "Next question")).content


def _adds_up(stage: QuestionStage, *, entered: int) -> None:
    counts = stage.standing()
    asked = counts.get("asked", 0) + counts["answered"]
    left = counts["queued"] + counts.get("waiting", 0)
    assert (asked, counts["dismissed"], counts["merged"]) == (2, 2, 3)
    assert asked + counts["dismissed"] + counts["merged"] + left == entered
    assert stage.stored("SELECT count(DISTINCT text || talk_id || asker_id) FROM questions") == [(entered,)]


async def test_two_hundred_votes_in_a_burst_count_each_person_once_and_cost_a_handful_of_edits(
    stage: QuestionStage,
) -> None:
    await stage.on_stage()
    for person, question in zip(stage.people, ("Is it fast?", "Is it sound?"), strict=False):
        await stage.ask(person, question)
    stage.at("12:31")
    console = await stage.console("**1.** Is it fast?", "**2.** Is it sound?")
    crowd = [stage.server.add_member(f"Voter {number}") for number in range(200)]
    ballots = await asyncio.gather(*(_ballot(stage, person) for person in crowd))
    before = pdt("12:32")
    stage.clock.run_from(before, 1)
    await stage.clock_noticed()
    with stage.loopback.subscribe() as events:
        presses = (person.press(ballot, "Vote 2") for person, ballot in zip(crowd, ballots, strict=True))
        replies = await asyncio.gather(*presses)
        shown = [(await reply.final(within=PATIENCE)).content for reply in replies]
        took = stage.clock.now() - before
        stage.clock.run_from(before + 2 * took + SETTLES, 0)
        await stage.console("**1.** Is it sound?")
        edits = _edits(events, console)
    assert all("(you voted)" in content for content in shown)
    assert 1 <= edits <= took / SETTLES + 2
    votes = stage.stored("SELECT count(*), count(DISTINCT user_id), count(DISTINCT question_id) FROM question_votes")
    assert votes == [(200, 200, 1)]
    assert "queued · 200 votes · Attendee 2" in await stage.qa("list")
    again = await stage.press(crowd[0], await _ballot(stage, crowd[0]), "Take back 1")
    assert "199 votes" in again.content


async def _ballot(stage: QuestionStage, person: Person) -> Message:
    reply = await (await person.slash(stage.hall, "questions list")).final(within=PATIENCE)
    assert reply.message is not None
    return reply.message


def _edits(events: Subscription, message: Message) -> int:
    """How often a message was edited so far."""
    seen = list(events._events)
    return sum(isinstance(event, MessageEdited) and event.message is message for event in seen)
