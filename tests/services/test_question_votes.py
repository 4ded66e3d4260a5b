"""Votes are counted once a person over a merged group, without the surviving question's asker."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.services.question_votes import votes_by_root
from db.database import Database
from tests.builders import DURING_BREAK
from tests.clocks import SteppedClock
from tests.examples import examples
from tests.services.store import import_page, statements
from tests.services.stored_questions import GRACE, a_question, votes
from tests.stores import Stores, open_database


async def counted(db: Database, *talk_ids: int) -> dict[int, int]:
    async with db.reading() as session:
        return await votes_by_root(session, talk_ids or (1,))


async def test_votes_of_each_question_are_counted(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    for key in (1, 2, 3):
        await a_question(db, key)
    await votes(db, (1, 10), (1, 11), (2, 10))
    assert await counted(db) == {1: 2, 2: 1, 3: 0}


async def test_person_who_voted_for_two_merged_questions_counts_once(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await a_question(db, 1)
    await a_question(db, 2, state="merged", merged_into=1, asker_id=5)
    await votes(db, (1, 10), (2, 10), (2, 11))
    assert await counted(db) == {1: 2}


async def test_asker_of_the_surviving_question_counts_not_for_what_was_merged_into_it(
    db: Database, clock: SteppedClock
) -> None:
    await import_page(db, clock)
    await a_question(db, 1)
    await a_question(db, 2, state="merged", merged_into=1, asker_id=5)
    await votes(db, (2, GRACE), (1, 5))
    assert await counted(db) == {1: 1}


async def test_question_of_nobody_known_counts_everybody(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await a_question(db, 1, asker_id=None)
    await votes(db, (1, GRACE), (1, 5))
    assert await counted(db) == {1: 2}


async def test_other_talks_are_left_out_and_no_talks_have_none(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await a_question(db, 1)
    await a_question(db, 2, talk_id=2)
    await votes(db, (1, 10), (2, 10), (2, 11))
    assert await counted(db, 2) == {2: 2}
    assert await counted(db, 1, 2, 3) == {1: 1, 2: 2}
    assert await counted(db, 99) == {}


async def test_one_query_counts_ten_thousand_votes(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    for key in range(1, 101):
        await a_question(db, key, **({"state": "merged", "merged_into": key - 1} if key % 10 == 0 else {}))
    await votes(db, *((key, user) for key in range(1, 101) for user in range(100, 200)))
    with statements(db) as seen:
        assert await counted(db) == {key: 100 for key in range(1, 101) if key % 10}
    assert len(seen) == 1


QUESTIONS, PEOPLE = range(1, 6), range(1, 5)


@given(
    askers=st.lists(st.none() | st.sampled_from(PEOPLE), min_size=5, max_size=5),
    merged=st.dictionaries(st.sampled_from((3, 4, 5)), st.sampled_from((1, 2))),
    cast=st.sets(st.tuples(st.sampled_from(QUESTIONS), st.sampled_from(PEOPLE))),
)
@settings(max_examples=examples(40))
def test_votes_are_the_people_of_the_group_without_its_asker(
    stores: Stores, askers: list[int | None], merged: dict[int, int], cast: set[tuple[int, int]]
) -> None:
    groups = {root: {root, *(key for key, into in merged.items() if into == root)} for root in QUESTIONS}
    expected = {
        root: len({user for key, user in cast if key in groups[root]} - {askers[root - 1]})
        for root in QUESTIONS
        if root not in merged
    }

    async def count() -> dict[int, int]:
        with tempfile.TemporaryDirectory() as folder:
            db = open_database(stores.new(Path(folder)))
            await import_page(db, SteppedClock(DURING_BREAK))
            for key in QUESTIONS:
                await a_question(db, key, asker_id=askers[key - 1], merged_into=merged.get(key))
            if cast:
                await votes(db, *cast)
            try:
                return await counted(db)
            finally:
                await db.close()
                stores.forget(db.url)

    assert asyncio.run(count()) == expected
