"""When queues open and close on the real store, and what is left over then."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.rules.question_steps import StepKind
from bot.rules.queue_times import Phase
from bot.rules.run import TimingKind
from bot.services.cue_settings import CueChoice, set_cues
from bot.services.queues import SETTLES
from bot.services.replanning import catch_up
from db.database import NOBODY, Database
from db.tables import Delivery
from tests.builders import CHANNEL, SERVER, at
from tests.clocks import SteppedClock
from tests.services.hall import ANA, BEN, Hall
from tests.services.store import deliveries, statements


@pytest.fixture
async def hall(db: Database, clock: SteppedClock) -> Hall:
    """The ICML session, its first talk on stage since 12:32."""
    made = Hall(db, clock)
    await made.open()
    made.at("12:32")
    await made.tap(TimingKind.START)
    return made


async def leftovers(hall: Hall, time: str | None = None) -> list[tuple[str, datetime, str]]:
    """What is owed of leftovers once this time has come: state, due time and which questions."""
    if time:
        hall.at(time)
        await catch_up(hall.db, hall.clock.now())
    return [(row.state, row.due_at, row.details["questions"]) for row in await deliveries(hall.db, kind="leftovers")]


async def test_what_is_left_goes_on_in_a_thread_a_set_time_after_the_actual_end(hall: Hall) -> None:
    first, second, _ = await hall.queued("First?", "Second?", "Third?")
    await hall.vote(second, ANA)
    await hall.step(StepKind.DISMISS, 3)
    hall.at("12:40")
    await hall.tap(TimingKind.END)
    assert await leftovers(hall, "12:49") == []
    assert await leftovers(hall, "12:50") == [("pending", at("12:50"), f"{second},{first}")]
    assert await leftovers(hall, "12:51") == [("pending", at("12:50"), f"{second},{first}")]


async def test_queue_of_a_talk_on_stage_stays_open_however_long_it_runs(hall: Hall) -> None:
    await set_cues(hall.db, hall.clock, server_id=SERVER, choice=CueChoice(guards_clock=False))
    await hall.queued("Why?")
    hall.at("12:55")
    assert (await hall.queues()).phase(1) is Phase.OPEN
    assert await leftovers(hall, "13:30") == []


async def test_close_moves_with_the_clock(hall: Hall) -> None:
    await hall.queued("Why?")
    await hall.tap(TimingKind.END)
    await hall.tap(TimingKind.UNDO)
    hall.at("12:36")
    await hall.tap(TimingKind.END)
    assert await leftovers(hall, "12:42") == []
    assert [state for state, _, _ in await leftovers(hall, "12:46")] == ["pending"]


async def test_close_is_planned_by_the_asking_itself_where_nobody_taps(db: Database, clock: SteppedClock) -> None:
    hall = Hall(db, clock)
    await hall.open()
    hall.at("12:33")
    (key,) = await hall.queued("Why?")
    assert await leftovers(hall, "12:44") == []
    assert await leftovers(hall, "12:45") == [("pending", at("12:45"), str(key))]


async def test_leftovers_that_were_not_posted_are_withdrawn_when_a_moderator_opens_the_queue_again(hall: Hall) -> None:
    await hall.queued("Why?")
    await hall.tap(TimingKind.END)
    await leftovers(hall, "12:42")
    await hall.put(Phase.OPEN)
    assert [state for state, _, _ in await leftovers(hall)] == ["withdrawn"]
    hall.at("12:50")
    await hall.put(Phase.CLOSED)
    assert [state for state, _, _ in await leftovers(hall)] == ["pending"]


async def test_queue_closed_by_a_moderator_during_its_talk_keeps_its_questions_until_the_talk_is_over(
    hall: Hall,
) -> None:
    (key,) = await hall.queued("Why?")
    await hall.put(Phase.CLOSED)
    assert await leftovers(hall, "12:40") == []
    await hall.next()
    assert await hall.states() == {key: "asked"}


async def test_nothing_is_left_over_of_what_was_asked_dismissed_or_merged(hall: Hall) -> None:
    first, second, third, fourth = await hall.queued("First?", "Second?", "Third?", "Fourth?")
    await hall.step(StepKind.ANSWER, first)
    await hall.step(StepKind.DISMISS, second)
    await hall.step(StepKind.MERGE, third, into=fourth)
    await hall.step(StepKind.ASK, fourth)
    await hall.tap(TimingKind.END)
    assert await leftovers(hall, "12:50") == []


async def test_board_and_console_are_edited_a_moment_after_many_votes_and_at_once_after_a_step(hall: Hall) -> None:
    (key,) = await hall.queued("Why?")
    await as_posted(hall)
    await hall.vote(key, ANA)
    hall.clock.advance(seconds=2)
    await hall.vote(key, BEN)
    (board,) = await deliveries(hall.db, kind="board")
    assert board.edit_at == at("12:32") + SETTLES
    await hall.step(StepKind.PIN, key)
    (board,) = await deliveries(hall.db, kind="board")
    assert board.edit_at == hall.clock.now()


async def as_posted(hall: Hall) -> None:
    """Make the outbox as if all that is due was posted."""
    async with hall.db.transaction(NOBODY) as session:
        due = col(Delivery.due_at) <= hall.clock.now(), col(Delivery.channel_id) == CHANNEL
        await session.exec(update(Delivery).where(*due).values(state="sent", message_id=1, edit_at=None))


async def test_statements_of_a_list_do_not_grow_with_its_questions(hall: Hall) -> None:
    await hall.queued("First?")
    with statements(hall.db) as few:
        await hall.view(1)
    await hall.queued(*(f"Question {number}?" for number in range(20)))
    with statements(hall.db) as many:
        assert len((await hall.view(1)).queues.questions) == 21
    assert len(many) == len(few)
