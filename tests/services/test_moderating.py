"""What moderators do with questions, on the real store: each step, what it owes the room, and undo."""

from __future__ import annotations

import asyncio

import pytest
from sqlmodel import col, select

from bot.errors import CommandError
from bot.rules.question_steps import StepKind
from bot.rules.questions import Order
from bot.rules.queue_times import Phase
from bot.services.moderating import Wanted, place_of_question, take_step
from bot.services.planning import replan
from bot.services.question_choice import QuestionChoice, set_questions
from bot.services.replanning import catch_up
from db import question_tables as tables
from db.database import NOBODY, Database
from db.tables import Server
from tests.builders import SERVER, at
from tests.clocks import SteppedClock
from tests.services.hall import ANA, BEN, CAM, MODERATOR, Hall
from tests.services.store import deliveries, everything, import_page

OTHER_SERVER = 5


@pytest.fixture
async def hall(db: Database, clock: SteppedClock) -> Hall:
    """The ICML session while its first talk is on stage by the plan."""
    made = Hall(db, clock)
    await made.open()
    made.at("12:31")
    return made


async def steps(hall: Hall) -> list[tuple[str, int | None, int | None]]:
    """What is kept of every step: its kind, who did it, and what it took back."""
    async with hall.db.reading() as session:
        rows = await session.exec(select(tables.QuestionStep).order_by(col(tables.QuestionStep.id)))
        return [(row.kind, row.by, row.undoes) for row in rows]


def questions_stored(hall: Hall) -> list[tuple[object, ...]]:
    return everything(hall.db)["questions"]


@pytest.mark.parametrize(
    ("kind", "state", "did"),
    [
        (StepKind.ASK, "asked", "put to the speaker"),
        (StepKind.ANSWER, "answered", "marked as answered"),
        (StepKind.DISMISS, "dismissed", "dismissed"),
        (StepKind.PIN, "queued", "pinned"),
    ],
)
async def test_step_does_what_it_says_is_kept_and_can_be_taken_back(
    hall: Hall, kind: StepKind, state: str, did: str
) -> None:
    _, key = await hall.queued("First?", "Second?")
    before = questions_stored(hall)
    taken = await hall.step(kind, key)
    assert (taken.did, (await hall.states())[key]) == (f"“Second?” was {did}", state)
    assert (await hall.question(key)).pinned == (kind is StepKind.PIN)
    undone = await hall.step(StepKind.UNDO, step_id=taken.step.id)
    assert undone.did == f"Taken back: “Second?” was {did}"
    assert questions_stored(hall) == before
    assert await steps(hall) == [(kind.value, MODERATOR, None), ("undo", MODERATOR, taken.step.id)]


async def test_waiting_question_is_approved_and_waits_again_after_undo(hall: Hall) -> None:
    await set_questions(hall.db, hall.clock, server_id=SERVER, choice=QuestionChoice(approval=True))
    (key,) = await hall.queued("Why?")
    with pytest.raises(CommandError, match="Approve one first: 1 is waiting"):
        await hall.next()
    assert (await hall.step(StepKind.APPROVE, key)).did == "“Why?” was approved"
    assert await hall.states() == {key: "queued"}
    await hall.step(StepKind.UNDO)
    assert await hall.states() == {key: "waiting"}


async def test_unpinned_question_goes_back_to_its_place(hall: Hall) -> None:
    first, second = await hall.queued("First?", "Second?")
    await hall.step(StepKind.PIN, second)
    assert [key for key, _ in await hall.listed()] == [second, first]
    await hall.step(StepKind.UNPIN, second)
    assert [key for key, _ in await hall.listed()] == [first, second]


async def test_merged_questions_come_back_with_their_own_votes_after_undo(hall: Hall) -> None:
    first, second = await hall.queued("Why?", "But why?")
    await hall.vote(first, ANA)
    await hall.vote(second, ANA)
    await hall.vote(second, BEN)
    before = questions_stored(hall)
    await hall.step(StepKind.MERGE, second, into=first)
    assert await hall.listed() == [(first, 2)]
    await hall.step(StepKind.UNDO)
    assert (questions_stored(hall), await hall.listed()) == (before, [(second, 2), (first, 1)])


async def test_next_answers_the_one_before_and_undo_puts_that_before_the_speaker_again(hall: Hall) -> None:
    first, second = await hall.queued("First?", "Second?")
    await hall.next()
    assert await hall.states() == {first: "asked", second: "queued"}
    await hall.next()
    assert await hall.states() == {first: "answered", second: "asked"}
    await hall.step(StepKind.UNDO)
    assert await hall.states() == {first: "asked", second: "queued"}
    await hall.step(StepKind.UNDO)
    assert await hall.states() == {first: "queued", second: "queued"}
    with pytest.raises(CommandError, match="there is nothing to undo"):
        await hall.step(StepKind.UNDO)


async def test_next_after_the_last_one_answers_it(hall: Hall) -> None:
    (key,) = await hall.queued("Why?")
    await hall.next()
    assert (await hall.next()).did == "“Why?” was marked as answered"
    assert await hall.states() == {key: "answered"}


async def test_two_who_press_next_at_once_are_one_step(hall: Hall) -> None:
    first, second = await hall.queued("First?", "Second?")
    pressed = (hall.step(StepKind.NEXT, talk=1, sees=None) for _ in range(2))
    results = await asyncio.gather(*pressed, return_exceptions=True)
    refused = [result for result in results if isinstance(result, CommandError)]
    assert [str(error) for error in refused] == ["“First?” is being asked by now. Nothing was changed."]
    assert await hall.states() == {first: "asked", second: "queued"}
    assert len(await steps(hall)) == 1


async def test_question_of_the_next_talk_takes_the_place_of_the_one_still_being_asked(hall: Hall) -> None:
    (first,) = await hall.queued("First?")
    (second,) = await hall.queued("Second?", talk=2)
    await hall.next(1)
    await hall.next(2)
    assert await hall.states() == {first: "answered", second: "asked"}


@pytest.mark.parametrize("kind", [StepKind.ASK, StepKind.DISMISS, StepKind.PIN, StepKind.UNPIN, StepKind.APPROVE])
async def test_step_without_a_question_is_refused_and_nothing_is_changed(hall: Hall, kind: StepKind) -> None:
    await hall.queued("Why?")
    before = everything(hall.db)
    with pytest.raises(CommandError, match="no question was named"):
        await hall.step(kind)
    assert everything(hall.db) == before


async def test_who_may_not_is_refused_and_nothing_is_changed(hall: Hall) -> None:
    def nobody(_placed: object) -> None:
        raise CommandError("not you")

    (key,) = await hall.queued("Why?")
    before = everything(hall.db)
    with pytest.raises(CommandError, match="not you"):
        await take_step(
            hall.db,
            hall.clock,
            server_id=SERVER,
            session_id=1,
            wanted=Wanted(StepKind.DISMISS, ANA, question_id=key),
            check=nobody,
        )
    assert everything(hall.db) == before


async def test_another_servers_session_is_not_found(hall: Hall) -> None:
    await import_page(hall.db, hall.clock, server_id=OTHER_SERVER)
    (key,) = await hall.queued("Why?")
    before = everything(hall.db)
    for session, server_id in ((1, OTHER_SERVER), (2, SERVER), (404, SERVER), (1, 404)):
        with pytest.raises(CommandError, match="that session is not in this server's programme"):
            await hall.step(StepKind.DISMISS, key, session=session, server_id=server_id)
    assert everything(hall.db) == before


async def test_session_of_a_question_is_found_by_its_key(hall: Hall) -> None:
    (key,) = await hall.queued("Why?")
    assert [await place_of_question(hall.db, each) for each in (key, 404)] == [(1, 1), (0, 0)]


async def test_moderators_word_on_a_queue_beats_the_clock_and_cannot_be_said_twice(hall: Hall) -> None:
    assert (await hall.put(Phase.CLOSED)).phase(1) is Phase.CLOSED
    with pytest.raises(CommandError, match="that queue is closed already"):
        await hall.put(Phase.CLOSED)
    hall.at("12:32")
    assert (await hall.queues()).phase(1) is Phase.CLOSED
    assert (await hall.put(Phase.OPEN)).phase(1) is Phase.OPEN
    with pytest.raises(CommandError, match="no talk of this session is meant now"):
        await hall.put(Phase.OPEN, talk=404)


async def test_queue_that_is_put_as_the_clock_has_it_follows_the_clock_again(hall: Hall) -> None:
    await hall.put(Phase.CLOSED)
    assert (await hall.put(Phase.OPEN)).overrides == {}
    hall.at("12:45")
    assert (await hall.queues()).phase(1) is Phase.CLOSED


async def test_queue_opened_again_after_its_time_closes_by_itself_and_hands_over_what_is_left(hall: Hall) -> None:
    hall.at("13:00")
    await hall.put(Phase.OPEN)
    key = (await hall.ask(talk=1)).question.id
    hall.at("13:09:59")
    assert (await hall.queues()).phase(1) is Phase.OPEN
    hall.at("13:10")
    assert (await hall.queues()).phase(1) is Phase.CLOSED
    await catch_up(hall.db, hall.clock.now())
    (row,) = await deliveries(hall.db, kind="leftovers", talk_id=1)
    assert (row.state, row.details["questions"], row.due_at) == ("pending", str(key), at("13:10"))


async def test_order_of_a_session_goes_before_the_servers(hall: Hall) -> None:
    first, second = await hall.queued("First?", "Second?")
    await hall.vote(second, CAM)
    assert [key for key, _ in await hall.listed()] == [second, first]
    queues = await hall.order(Order.OLDEST)
    assert queues.placed.question_settings.order is Order.OLDEST
    assert [key for key, _ in await hall.listed()] == [first, second]
    await set_questions(hall.db, hall.clock, server_id=SERVER, choice=QuestionChoice(order=Order.TOP))
    assert [key for key, _ in await hall.listed()] == [first, second]


async def test_fair_order_lets_whoever_was_asked_least_in_the_session_go_first(hall: Hall) -> None:
    await hall.order(Order.FAIR)
    before = (await hall.ask("First?", ANA, talk=1)).question.id
    await hall.step(StepKind.ASK, before)
    hall.clock.advance(seconds=30)
    anas = (await hall.ask("Another?", ANA, talk=2)).question.id
    bens = (await hall.ask("Mine?", BEN, talk=2)).question.id
    await hall.vote(anas, CAM)
    assert [key for key, _ in await hall.listed(2)] == [bens, anas]


async def test_question_before_the_speaker_is_owed_to_the_room_once_an_asking(hall: Hall) -> None:
    (key,) = await hall.queued("Why?")
    await hall.step(StepKind.ASK, key)
    (row,) = await deliveries(hall.db, kind="question")
    assert (row.state, row.due_at, row.talk_id, row.details["question"]) == ("pending", at("12:31"), 1, str(key))
    await plan_again(hall)
    assert [each.id for each in await deliveries(hall.db, kind="question")] == [row.id]
    await hall.step(StepKind.UNDO)
    assert [each.state for each in await deliveries(hall.db, kind="question")] == ["withdrawn"]
    hall.at("12:32")
    await hall.step(StepKind.ASK, key)
    assert [(each.state, each.due_at) for each in await deliveries(hall.db, kind="question")] == [
        ("withdrawn", at("12:31")),
        ("pending", at("12:32")),
    ]


async def plan_again(hall: Hall) -> None:
    async with hall.db.transaction(NOBODY) as session:
        server = await session.get_one(Server, SERVER)
        assert (await replan(session, server=server, now=hall.clock.now())).is_empty


async def test_steps_at_one_instant_keep_their_order(hall: Hall) -> None:
    first, second = await hall.queued("First?", "Second?")
    await hall.step(StepKind.DISMISS, first)
    taken = await hall.step(StepKind.DISMISS, second)
    with pytest.raises(CommandError, match="another step came after that one"):
        await hall.step(StepKind.UNDO, step_id=taken.step.id - 1)
    await hall.step(StepKind.UNDO, step_id=taken.step.id)
    with pytest.raises(CommandError, match="that step was already taken back"):
        await hall.step(StepKind.UNDO, step_id=taken.step.id)
    assert await hall.states() == {first: "dismissed", second: "queued"}
