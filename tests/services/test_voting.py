"""People vote, and take their votes back, on the real store; a merged group counts each of them once."""

from __future__ import annotations

import pytest

from bot.errors import CommandError
from bot.rules.question_steps import StepKind
from bot.rules.queue_times import Phase
from db.database import Database
from tests.clocks import SteppedClock
from tests.services.hall import ANA, BEN, CAM, DEE, Hall


@pytest.fixture
async def hall(db: Database, clock: SteppedClock) -> Hall:
    """The ICML session five minutes before its first talk, whose queue has just opened."""
    made = Hall(db, clock)
    await made.open()
    made.at("12:25")
    return made


async def test_vote_counts_once_a_person_and_is_taken_back_by_a_second_press(hall: Hall) -> None:
    (key,) = await hall.queued("Why?")
    view = await hall.vote(key, ANA)
    assert await hall.listed() == [(key, 1)]
    assert view.votes == {key}
    assert view.queues == (await hall.view(1)).queues
    await hall.vote(key, BEN)
    assert (await hall.vote(key, ANA)).votes == frozenset()
    assert await hall.listed() == [(key, 1)]


async def test_nobody_votes_for_their_own_question(hall: Hall) -> None:
    key = (await hall.ask("Why?", ANA)).question.id
    with pytest.raises(CommandError, match="one does not vote for one's own question"):
        await hall.vote(key, ANA)


async def test_votes_are_taken_while_voting_only_and_not_once_closed(hall: Hall) -> None:
    (key,) = await hall.queued("Why?")
    await hall.put(Phase.VOTING)
    await hall.vote(key, ANA)
    await hall.put(Phase.CLOSED)
    with pytest.raises(CommandError, match="the queue of this talk is closed"):
        await hall.vote(key, BEN)
    assert await hall.listed() == [(key, 1)]


async def test_question_that_is_being_asked_or_was_takes_no_votes(hall: Hall) -> None:
    (key,) = await hall.queued("Why?")
    await hall.next()
    with pytest.raises(CommandError, match="that question is being asked now"):
        await hall.vote(key, ANA)
    await hall.step(StepKind.ANSWER)
    with pytest.raises(CommandError, match="that question is answered"):
        await hall.vote(key, ANA)


async def test_merged_group_counts_each_person_once(hall: Hall) -> None:
    first, second, third = await hall.queued("Why?", "But why?", "And why?")
    for key, user in ((first, ANA), (first, BEN), (second, BEN), (second, CAM), (third, CAM)):
        await hall.vote(key, user)
    await hall.step(StepKind.MERGE, second, into=first)
    await hall.step(StepKind.MERGE, third, into=second)
    assert await hall.listed() == [(first, 3)]
    assert (await hall.view(1, BEN)).votes == {first}


async def test_vote_on_a_merged_question_goes_to_the_surviving_one_and_one_press_takes_all_of_it_back(
    hall: Hall,
) -> None:
    first, second = await hall.queued("Why?", "But why?")
    await hall.vote(first, ANA)
    await hall.vote(second, ANA)
    await hall.step(StepKind.MERGE, second, into=first)
    assert (await hall.vote(second, DEE)).votes == {first}
    assert await hall.listed() == [(first, 2)]
    assert (await hall.vote(second, ANA)).votes == frozenset()
    assert await hall.listed() == [(first, 1)]


async def test_vote_for_a_question_that_was_merged_into_ones_own_does_not_count(hall: Hall) -> None:
    own = (await hall.ask("Why?", ANA)).question.id
    (other,) = await hall.queued("But why?")
    await hall.vote(other, ANA)
    await hall.step(StepKind.MERGE, other, into=own)
    assert await hall.listed() == [(own, 0)]
    with pytest.raises(CommandError, match="one's own question"):
        await hall.vote(other, ANA)
