"""What attendees ask about: the day, the channel's part, a talk by words that may be misspelt."""

from __future__ import annotations

from datetime import date

import pytest

from bot.rules.programme import TalkState
from bot.services.audience import programme, talk_details
from bot.services.searching import SEARCHED_AT_ONCE, search, search_in_turns
from db.database import Database
from tests.builders import CHANNEL, NEW_YORK, SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import import_page, use_channel

TALKS = (
    a_talk("Convergence of Invariant Graph Networks", speakers=("Chen Cai", "Yusu Wang")),
    a_talk(
        "Rich Feature Construction for the Optimization-Generalization Dilemma",
        starts_at=at("12:35"),
        speakers=("Jianyu Zhang", "David Lopez-Paz", "Léon Bottou"),
        abstract="There often is a dilemma.",
        url="https://icml.cc/virtual/2022/spotlight/16422",
    ),
    a_talk("NLP From Scratch Without Large-Scale Pretraining", starts_at=at("12:40"), speakers=("Xingcheng Yao",)),
)


async def found(db: Database, clock: SteppedClock, words: str, limit: int = 25) -> list[str]:
    await import_page(db, clock, a_schedule(a_session(*TALKS)))
    everything = await programme(db, clock, SERVER)
    return [result.expected.talk.title.split()[0] for result in search(everything.sessions, words, limit)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("Convergence", "Convergence"),
        ("invarient grahp", "Convergence"),
        ("botou", "Rich"),
        ("Leon Bottou", "Rich"),
        ("lopez paz", "Rich"),
        ("pretraning scratch", "NLP"),
        ("xingcheng", "NLP"),
        ("DILEMMA", "Rich"),
    ],
)
async def test_talk_is_found_by_misspelt_words_of_its_title_and_people(
    db: Database, clock: SteppedClock, words: str, first: str
) -> None:
    assert (await found(db, clock, words))[0] == first


@pytest.mark.parametrize("words", ["quantum chromodynamics", "!!!", "zzzz"])
async def test_words_that_fit_no_talk_find_none(db: Database, clock: SteppedClock, words: str) -> None:
    assert await found(db, clock, words) == []


@pytest.mark.parametrize("words", ["", "graph", "grahp 12", "ada", "network of Chen", "!!!"])
@pytest.mark.parametrize("limit", [1, 8, 25])
async def test_search_in_turns_finds_what_one_search_of_everything_does(
    db: Database, clock: SteppedClock, words: str, limit: int
) -> None:
    sessions = [
        a_session(a_talk(f"Graph network {number}", speakers=("Ada Cai",) if number % 2 else ("Chen Wang",)))
        for number in range(2 * SEARCHED_AT_ONCE + 1)
    ]
    await import_page(db, clock, a_schedule(*sessions))
    everything = (await programme(db, clock, SERVER)).sessions
    assert await search_in_turns(everything, words, limit) == search(everything, words, limit)


async def test_no_words_find_every_talk_in_order_up_to_the_limit(db: Database, clock: SteppedClock) -> None:
    assert await found(db, clock, " ") == ["Convergence", "Rich", "NLP"]
    assert await found(db, clock, "", 2) == ["Convergence", "Rich"]


async def test_programme_of_a_server_without_one_is_empty(db: Database, clock: SteppedClock) -> None:
    empty = await programme(db, clock, SERVER)
    assert (empty.sessions, empty.days(), empty.current_day()) == ((), [], None)


async def test_server_sees_its_own_programme_only(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, server_id=1)
    await import_page(db, clock, a_schedule(a_session(*TALKS)), server_id=2)
    mine = await programme(db, clock, 1)
    assert len(mine.sessions[0].expected.talks) == 15
    assert await talk_details(db, clock, 1, 16) is None
    assert await talk_details(db, clock, 2, 16) is not None


async def test_details_of_a_talk_hold_its_abstract_and_link(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_schedule(a_session(*TALKS)))
    clock.jump(at("12:36"))
    details = await talk_details(db, clock, SERVER, 2)
    assert details is not None
    assert (details.abstract, details.url, details.found.expected.state) == (
        "There often is a dilemma.",
        "https://icml.cc/virtual/2022/spotlight/16422",
        TalkState.ON_STAGE,
    )


async def test_details_of_a_talk_that_is_not_there_are_none(db: Database, clock: SteppedClock) -> None:
    assert await talk_details(db, clock, SERVER, 1) is None


async def three_days(db: Database, clock: SteppedClock) -> None:
    """Sessions of 21, 22 and 24 July at 10:00 in Baltimore."""
    for day in (21, 22, 24):
        session = a_session(a_talk(f"T{day}", starts_at=at("07:00", f"2022-07-{day}")), title=f"S{day}")
        await import_page(db, clock, a_schedule(session), timezone=NEW_YORK)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (at("12:00", "2022-07-19"), 21),  # before the conference: its first day
        (at("00:59", "2022-07-21"), 21),  # 03:59 in Baltimore is still the day before, which has nothing
        (at("16:30", "2022-07-21"), 21),  # 19:30 in Baltimore
        (at("17:30", "2022-07-21"), 21),  # 20:30 there, when UTC has the next day
        (at("00:30", "2022-07-22"), 21),  # 03:30 there: the night belongs to the day before
        (at("01:30", "2022-07-22"), 22),  # 04:30 there
        (at("12:00", "2022-07-23"), 24),  # a day off: the next one
        (at("12:00", "2022-07-30"), 24),  # afterwards: the last one
    ],
)
async def test_current_day_is_the_venues(db: Database, clock: SteppedClock, moment: object, day: int) -> None:
    await three_days(db, clock)
    clock.jump(moment)  # type: ignore[arg-type] # a datetime from the table above
    everything = await programme(db, clock, SERVER)
    assert everything.current_day() == date(2022, 7, day)
    assert [p.session.title for p in everything.on(date(2022, 7, 22)).sessions] == ["S22"]


async def test_channel_shows_its_part_and_any_other_channel_the_whole(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await use_channel(db, clock, 7, room="Hall G")
    await import_page(db, clock)
    await import_page(db, clock, a_schedule(a_session(a_talk("G"), title="Other", room="Hall G")))
    everything = await programme(db, clock, SERVER)

    def titles(channel_id: int) -> list[str]:
        return [p.session.title for p in everything.in_channel(channel_id).sessions]

    assert (titles(7), titles(CHANNEL)) == (["Other"], ["Deep Learning"])
    assert sorted(titles(12345)) == ["Deep Learning", "Other"]
