"""Attendees ask, vote and look, on the real store."""

from __future__ import annotations

import pytest

from bot.errors import CommandError
from bot.rules.question_steps import StepKind
from bot.rules.queue_times import Phase
from bot.rules.run import TimingKind
from bot.services.asking import questions_of
from bot.services.question_choice import QuestionChoice, set_questions
from db.database import Database
from tests.builders import CHANNEL, SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.hall import ANA, BEN, MODERATOR, Hall
from tests.services.store import everything, import_page, use_channel

OTHER_SERVER = 5


@pytest.fixture
async def hall(db: Database, clock: SteppedClock) -> Hall:
    """The ICML session five minutes before its first talk, whose queue has just opened."""
    made = Hall(db, clock)
    await made.open()
    made.at("12:25")
    return made


async def choose(hall: Hall, choice: QuestionChoice) -> None:
    await set_questions(hall.db, hall.clock, server_id=SERVER, choice=choice)


async def fates(hall: Hall, user_id: int, server_id: int = SERVER) -> list[tuple[int, str, str]]:
    found = await questions_of(hall.db, hall.clock, server_id=server_id, user_id=user_id)
    return [(question.id, title, fate) for question, title, fate in found]


async def test_question_is_stored_as_it_was_typed_and_trimmed(hall: Hall) -> None:
    done = await hall.ask("  Does it\u00a0scale?\r\n", ANA, anonymous=True, message_url="https://discord.com/x")
    assert (done.question.text, done.question.asker, done.question.anonymous) == ("Does it scale?", ANA, True)
    assert (done.talk.talk.title, done.position, done.alike) == ("Talk 1", 1, None)
    assert (await hall.view(1)).queues.questions == (done.question,)


@pytest.mark.parametrize(
    ("time", "title"),
    [
        ("12:25", "Talk 1"),  # nothing has begun: the next one
        ("12:31", "Talk 1"),  # on stage by the plan
        ("14:05", "Talk 15"),  # just ended, its queue still open
    ],
)
async def test_question_without_a_talk_is_for_the_one_meant_in_the_channel(hall: Hall, time: str, title: str) -> None:
    hall.at(time)
    assert (await hall.ask()).talk.talk.title == title


async def test_question_between_two_talks_is_for_the_one_just_ended(hall: Hall) -> None:
    hall.at("12:30")
    await hall.tap(TimingKind.START)
    hall.at("12:34")
    await hall.tap(TimingKind.END)
    hall.at("12:34:30")
    assert (await hall.ask()).talk.talk.title == "Talk 1"


async def test_question_goes_to_the_talk_on_stage_by_the_clock_not_by_the_plan(hall: Hall) -> None:
    hall.at("12:31")
    await hall.tap(TimingKind.START)
    hall.at("12:36")
    assert (await hall.ask()).talk.talk.title == "Talk 1"
    await hall.tap(TimingKind.START, is_next=True)
    assert (await hall.ask()).talk.talk.title == "Talk 2"


async def test_question_in_another_channel_finds_no_talk(hall: Hall) -> None:
    with pytest.raises(CommandError, match="no talk is on or coming up in this channel"):
        await hall.ask(channel_ids=[CHANNEL + 1])


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "the question is empty"),
        (" \n\u200b ", "the question is empty"),
        ("x" * 501, "the question has 501 characters, and 500 is the most"),
    ],
)
async def test_text_that_is_no_question_is_refused_and_nothing_is_stored(hall: Hall, text: str, refusal: str) -> None:
    before = everything(hall.db)
    with pytest.raises(CommandError, match=refusal):
        await hall.ask(text)
    assert everything(hall.db) == before


async def test_five_hundred_characters_are_a_question(hall: Hall) -> None:
    assert len((await hall.ask(f"  {'x' * 500} ")).question.text) == 500


async def test_queue_that_is_not_open_refuses_and_says_why(hall: Hall) -> None:
    with pytest.raises(CommandError, match=r"questions for “Talk 2” open <t:\d+:R>"):
        await hall.ask(talk=2)
    await hall.put(Phase.VOTING)
    with pytest.raises(CommandError, match="“Talk 1” takes votes only"):
        await hall.ask(talk=1)
    await hall.put(Phase.CLOSED)
    with pytest.raises(CommandError, match="questions for “Talk 1” are closed"):
        await hall.ask(talk=1)
    await hall.put(Phase.OPEN, talk=2)
    assert (await hall.ask(talk=2)).talk.talk.title == "Talk 2"


async def test_queue_closes_by_itself_ten_minutes_after_the_end(hall: Hall) -> None:
    hall.at("12:44:59")
    await hall.ask(talk=1)
    hall.at("12:45")
    with pytest.raises(CommandError, match="questions for “Talk 1” are closed"):
        await hall.ask(talk=1)


async def test_person_asks_once_in_thirty_seconds_in_the_whole_session(hall: Hall) -> None:
    await hall.ask("First?", ANA, talk=1)
    await hall.put(Phase.OPEN, talk=2)
    hall.clock.advance(seconds=29)
    with pytest.raises(CommandError, match=r"you asked 29 s ago.*Ask again in 1 second"):
        await hall.ask("Second?", ANA, talk=2)
    await hall.ask("Mine?", BEN, talk=2)
    hall.clock.advance(seconds=1)
    await hall.ask("Second?", ANA, talk=2)


async def test_person_has_so_many_questions_open_for_a_talk_and_may_ask_again_once_one_was_asked(hall: Hall) -> None:
    await choose(hall, QuestionChoice(seconds_between=0, open_at_most=2))
    first = (await hall.ask("First?", ANA, talk=1)).question.id
    await hall.ask("Second?", ANA, talk=1)
    with pytest.raises(CommandError, match="2 of your questions for this talk are open, and 2 is the most"):
        await hall.ask("Third?", ANA, talk=1)
    await hall.step(StepKind.ASK, first)
    await hall.ask("Third?", ANA, talk=1)


async def test_moderator_enters_for_the_hall_without_limits_or_approval(hall: Hall) -> None:
    await choose(hall, QuestionChoice(approval=True))
    for text in ("First?", "Second?"):
        done = await hall.ask(text, talk=1, asker=None, entered_by=MODERATOR, asker_name="Somebody in row 3")
        assert done.position > 0


async def test_who_may_not_enter_for_somebody_is_refused_and_nothing_is_stored(hall: Hall) -> None:
    def nobody(_placed: object) -> None:
        raise CommandError("not you")

    before = everything(hall.db)
    with pytest.raises(CommandError, match="not you"):
        await hall.ask(entered_by=ANA, check=nobody)
    assert everything(hall.db) == before


async def test_where_approval_is_on_a_question_waits_and_the_room_does_not_see_it(hall: Hall) -> None:
    await choose(hall, QuestionChoice(approval=True))
    done = await hall.ask("Why?", ANA)
    assert done.position == 0
    assert await hall.listed() == []
    assert await fates(hall, ANA) == [(done.question.id, "Talk 1", "waiting for approval")]
    with pytest.raises(CommandError, match="that question is not shown yet"):
        await hall.vote(done.question.id, BEN)
    await hall.step(StepKind.APPROVE, done.question.id)
    assert await hall.listed() == [(done.question.id, 0)]


async def test_much_the_same_question_is_pointed_out(hall: Hall) -> None:
    first = (await hall.ask("How does it scale with the number of nodes?")).question
    again = await hall.ask("How does this scale with the number of nodes?")
    assert again.alike is not None
    assert again.alike.id == first.id


async def test_another_servers_talk_is_not_found(hall: Hall) -> None:
    await import_page(hall.db, hall.clock, server_id=OTHER_SERVER)
    before = everything(hall.db)
    with pytest.raises(CommandError, match="not in this server's programme"):
        await hall.ask(talk=16)
    question = (await hall.ask(talk=16, server_id=OTHER_SERVER)).question
    with pytest.raises(CommandError, match="not in this server's programme"):
        await hall.vote(question.id, ANA)
    with pytest.raises(CommandError, match="not in this server's programme"):
        await hall.vote(404, ANA)
    with pytest.raises(CommandError, match="not in this server's programme"):
        await hall.view(16)
    assert everything(hall.db)["question_votes"] == before["question_votes"]


async def test_person_sees_what_became_of_each_question(hall: Hall) -> None:
    await choose(hall, QuestionChoice(seconds_between=0, open_at_most=9))
    texts = ("Queued?", "Asked?", "Answered?", "Dismissed?", "Merged?")
    queued, asked, answered, dismissed, merged = [(await hall.ask(text, ANA)).question.id for text in texts]
    (other,) = await hall.queued("Something else?")
    await hall.vote(queued, BEN)
    await hall.step(StepKind.ANSWER, answered)
    await hall.step(StepKind.DISMISS, dismissed)
    await hall.step(StepKind.MERGE, merged, into=other)
    await hall.step(StepKind.ASK, asked)
    assert await fates(hall, ANA) == [
        (merged, "Talk 1", "merged into “Something else?”: queued, no votes yet"),
        (dismissed, "Talk 1", "dismissed"),
        (answered, "Talk 1", "answered"),
        (asked, "Talk 1", "being asked now"),
        (queued, "Talk 1", "queued, 1 vote"),
    ]
    hall.at("12:45")
    assert [fate for _, _, fate in await fates(hall, ANA)] == [
        "merged into “Something else?”: not reached",
        "dismissed",
        "answered",
        "asked",
        "not reached",
    ]
    assert await fates(hall, BEN) == []
    assert await fates(hall, ANA, OTHER_SERVER) == []


async def test_two_sessions_of_a_server_are_kept_apart(db: Database, clock: SteppedClock) -> None:
    hall = Hall(db, clock)
    await use_channel(db, clock)
    await use_channel(db, clock, 7, room="Hall G")
    await import_page(db, clock, a_schedule(a_session(a_talk("A", starts_at=at("12:30")))))
    await import_page(
        db, clock, a_schedule(a_session(a_talk("B", starts_at=at("12:30")), title="Other", room="Hall G"))
    )
    hall.at("12:31")
    here = (await hall.ask("Here?", ANA)).question.id
    there = (await hall.ask("There?", ANA, channel_ids=[7])).question.id
    assert [q.id for q in (await hall.queues(1)).questions] == [here]
    assert [q.id for q in (await hall.queues(2)).questions] == [there]
    await hall.step(StepKind.ASK, here)
    await hall.step(StepKind.ASK, there, session=2)
    assert await hall.states() == {here: "asked", there: "asked"}
    with pytest.raises(CommandError, match="that question is not in this session"):
        await hall.step(StepKind.DISMISS, there, session=1)
