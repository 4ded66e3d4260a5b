"""Talks are found by abstracts where titles and people fit little, in turns that hold nobody up."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.services.audience import programme
from bot.services.searching import find_talks
from db.database import Database
from tests.builders import SERVER, a_schedule, a_session, a_talk
from tests.clocks import SteppedClock
from tests.services.store import import_page

TALKS = (
    a_talk("Convergence of Networks", abstract="We bound the Wasserstein distance of invariant layers."),
    a_talk("Rich Features", abstract="Dropout helps optimisation when features are rich."),
    a_talk("From Scratch", speakers=("Xingcheng Yao",), abstract="Pretraining is costly: dropout is not."),
    a_talk("Wasser", abstract=None),
)


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("wasserstien distance", ["Convergence of Networks"]),
        ("dropout", ["Rich Features", "From Scratch"]),
        ("DROPOUT costly", ["From Scratch"]),
        ("of", ["Convergence of Networks"]),
        ("features", ["Rich Features"]),
        ("chromodynamics", []),
        ("xingcheng", ["From Scratch"]),
    ],
)
async def test_abstracts_are_searched_where_titles_and_people_fit_little(
    db: Database, clock: SteppedClock, words: str, titles: list[str]
) -> None:
    await import_page(db, clock, a_schedule(a_session(*TALKS)))
    await import_page(db, clock, a_schedule(a_session(a_talk("Elsewhere", abstract="dropout"))), server_id=2)
    found = await find_talks(db, await programme(db, clock, SERVER), words, 8)
    assert [one.expected.talk.title for one in found][: len(titles)] == titles
    assert "Elsewhere" not in [one.expected.talk.title for one in found]


async def test_thousand_abstracts_hold_up_the_loop_for_no_long_piece(db: Database, clock: SteppedClock) -> None:
    talks = [a_talk(f"Talk {number}", abstract=f"{number} word " * 400, speakers=()) for number in range(1000)]
    await import_page(
        db, clock, a_schedule(*(a_session(*talks[n : n + 20], title=f"S{n}") for n in range(0, 1000, 20)))
    )
    everything = await programme(db, clock, SERVER)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.to_thread(time.perf_counter)

    beside = asyncio.create_task(others())
    assert await find_talks(db, everything, "unfindable phrases here", 8) == []
    beside.cancel()
    assert turns > 40
