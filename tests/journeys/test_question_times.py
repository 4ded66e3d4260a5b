"""The queue follows the clock, and a moderator's word beats it; settings on approval and limits hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.rehearsal.loopback import Person
from tests.journeys.question_stage import QuestionStage
from tests.journeys.stage import TITLES, pdt

FIRST, SECOND = TITLES[:2]


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[QuestionStage]:
    async with QuestionStage.running(tmp_path) as stage:
        yield stage


def refused(answer: str, typed: str) -> bool:
    """Whether nothing was stored and what was typed is given back."""
    return "Nothing was stored" in answer and f"> {typed}" in answer


@pytest.mark.slow
async def test_queue_opens_with_the_reminder_and_closes_ten_minutes_after_the_actual_end(stage: QuestionStage) -> None:
    ada = stage.people[0]
    early = await stage.ask(ada, "Am I early?")
    assert f"questions for “{FIRST}” open <t:{int(pdt('12:25').timestamp())}:R>. Ask again then" in early
    assert refused(early, "Am I early?")
    stage.at("12:25")
    assert f"for **{FIRST}** is number 1 in line" in await stage.ask(ada, "Am I in time?")
    await stage.tap("Start", at="12:34")
    # by the plan it ends at 12:35; at 12:45 it is on stage still
    stage.at("12:46")
    assert f"for **{FIRST}** is number 2 in line" in await stage.ask(ada, "Why does it run over?")
    await stage.tap("Next", at="12:46")
    first = await stage.talk(0)
    stage.at("12:55")
    assert f"for **{FIRST}** is number 3 in line" in await stage.ask(ada, "Is there time left?", talk=first)
    stage.at("12:56")
    late = await stage.ask(ada, "Is there still time left?", talk=first)
    assert f"questions for “{FIRST}” are closed" in late
    assert refused(late, "Is there still time left?")
    await stage.until_posted(f"3 questions for **{FIRST}** were not reached")
    assert f"for **{SECOND}** is number 1 in line" in await stage.ask(ada, "And what about this one?")


@pytest.mark.slow
async def test_queue_of_a_talk_that_nobody_taps_closes_by_the_plan(stage: QuestionStage) -> None:
    stage.at("12:26")
    assert f"for **{FIRST}** is number 1 in line" in await stage.ask(stage.people[0], "Will anybody tap?")
    stage.at("12:44")
    await stage.clock_noticed()
    assert not any("not reached" in message.content for message in stage.hall.messages)
    stage.at("12:45")
    await stage.until_posted(f"1 question for **{FIRST}** was not reached")


@pytest.mark.slow
async def test_moderators_word_beats_the_clock_in_all_three_ways(stage: QuestionStage) -> None:
    ada, ben = stage.people[:2]
    assert await stage.qa("open") == f"The queue of “{FIRST}” is open now."
    assert f"for **{FIRST}** is number 1 in line" in await stage.ask(ada, "Is it open already?")
    await stage.on_stage()
    assert await stage.qa("close", voting=True) == f"The queue of “{FIRST}” is open for votes only now."
    stage.at("12:31")
    answer = await stage.ask(ben, "May I still ask?")
    assert "takes votes only, no new questions" in answer
    assert refused(answer, "May I still ask?")
    ballot = await stage.listed(ben)
    assert "Voting only: new questions are not taken now." in ballot.content
    assert ballot.message is not None
    assert ballot.message.labels == ["Vote 1"]
    assert "1 vote (you voted)" in (await stage.press(ben, ballot.message, "Vote 1")).content
    assert await stage.qa("close") == f"The queue of “{FIRST}” is closed now."
    closed = await stage.ask(ben, "And now?")
    assert f"questions for “{FIRST}” are closed" in closed
    assert "the queue of this talk is closed" in await stage.refused(ben, ballot.message, "Take back 1")
    assert "that queue is closed already" in await stage.qa("close")
    assert await stage.qa("open") == f"The queue of “{FIRST}” is open now."
    assert "is number 2 in line" in await stage.ask(ben, "Open again?")
    assert "only this session's moderators" in (await stage.use(ada, "qa close")).content


@pytest.mark.slow
async def test_waiting_question_is_seen_by_moderators_only_until_it_is_approved(stage: QuestionStage) -> None:
    await stage.configure(approval=True)
    await stage.on_stage()
    ada, ben = stage.people[:2]
    answer = await stage.ask(ada, "Is this about orchids?")
    assert f"Your question for **{FIRST}** waits for a moderator's approval" in answer
    stage.at("12:31")
    await stage.console("none queued · 1 waiting for approval")
    assert "no question is queued. Approve one first: 1 is waiting" in await stage.qa("next")
    assert "waiting for approval" in (await stage.use(ada, "questions mine")).content
    listed = await stage.use(stage.moderator, "qa list")
    assert "waiting for approval · 0 votes · Attendee 1: Is this about orchids?" in listed.content
    assert "orchids" not in (await stage.listed(ben)).content
    assert "orchids" not in seen_by(stage, ben)
    assert "only this session's moderators" in (await stage.use(ben, "qa list")).content
    assert "was approved" in await stage.qa("approve", question=await stage.question("orchids"))
    assert "Is this about orchids?\nAttendee 1 · no votes yet" in (await stage.listed(ben)).content
    assert "Taken back: “Is this about orchids?” was approved." in await stage.qa("undo")
    assert "orchids" not in (await stage.listed(ben)).content
    one = await stage.chosen(stage.moderator, 1)
    assert "Now: queued" in (await stage.press(stage.moderator, one.message, "Approve")).content
    await stage.console("1 queued", "Is this about orchids?")
    assert "waits" not in await stage.use_in_hall(stage.moderator, "Do orchids need no approval from the hall?")


def seen_by(stage: QuestionStage, person: Person) -> str:
    """All that a person can read in any channel, but for answers to what they did themselves."""
    channels = (stage.general, stage.hall, stage.backstage, *stage.hall.threads)
    return "\n".join(m.text for channel in channels for m in person.sees(channel) if not m.ephemeral)


@pytest.mark.slow
async def test_limits_of_a_person_give_back_what_was_typed(stage: QuestionStage) -> None:
    await stage.on_stage()
    ada = stage.people[0]
    for number in range(5):
        stage.clock.run_from(pdt("12:31") + number * (pdt("12:32") - pdt("12:31")) / 2, 0)
        assert f"is number {number + 1} in line" in await stage.ask(ada, f"Question number {number} of mine?")
        again = await stage.ask(ada, "So soon again?")
        assert refused(again, "So soon again?")
        assert ("once every 30 s. Ask again in 30 seconds" in again) == (number < 4)
    stage.at("12:34")
    sixth = await stage.ask(ada, "And a sixth one?")
    assert "5 of your questions for this talk are open, and 5 is the most" in sixth
    assert refused(sixth, "And a sixth one?")
    await stage.qa("dismiss", question=await stage.question("number 3"))
    assert "is number 5 in line" in await stage.ask(ada, "And a sixth one?")


@pytest.mark.slow
async def test_moderator_asks_for_somebody_in_the_hall_and_an_attendee_may_not(stage: QuestionStage) -> None:
    await stage.on_stage()
    said = await stage.use_in_hall(stage.moderator, "Does it hold for trees?")
    assert "Asked as Frau Doktor Grün" in said
    assert "is number 2 in line" in await stage.use_in_hall(stage.moderator, "And for forests?")
    answer = await stage.use_in_hall(stage.people[0], "Does it hold for bushes?")
    assert "only this session's moderators" in answer
    assert refused(answer, "Does it hold for bushes?")
    assert stage.standing() == {"queued": 2}
    await stage.qa("next")
    shown = await stage.until_posted("# Does it hold for trees?")
    assert "Asked by Frau Doktor Grün" in shown.content


@pytest.mark.slow
async def test_message_is_queued_as_a_question_by_its_author_or_a_moderator_only(stage: QuestionStage) -> None:
    await stage.on_stage()
    ada, ben, cleo = stage.people[:3]
    message = await ada.say(stage.hall, "I wonder whether  dropout\nhelps here?")
    refusal = await (await ben.context_menu(message, "Queue as question")).final()
    assert "only this session's moderators" in refusal.content
    assert "> I wonder whether dropout\n> helps here?" in refusal.content
    done = await (await stage.moderator.context_menu(message, "Queue as question")).final()
    assert f"Your question for **{FIRST}** is number 1 in line" in done.content
    own = await cleo.say(stage.hall, "Is mine queued too?")
    assert "is number 2 in line" in (await (await cleo.context_menu(own, "Queue as question")).final()).content
    stored = stage.stored("SELECT asker_id, entered_by, message_url FROM questions ORDER BY id")
    url = f"https://discord.com/channels/{stage.server.id}/{stage.hall.id}/"
    assert stored == [(ada.id, stage.moderator.id, f"{url}{message.id}"), (cleo.id, None, f"{url}{own.id}")]
    await stage.qa("next")
    shown = await stage.until_posted("# I wonder whether dropout helps here?")
    assert "Asked by Attendee 1" in shown.content
    assert "being asked now" in (await stage.use(ada, "questions mine")).content
    board = await stage.until_posted("**Now and next**")
    bots = await (await stage.moderator.context_menu(board, "Queue as question")).final()
    assert "only what a person wrote can be queued" in bots.content
