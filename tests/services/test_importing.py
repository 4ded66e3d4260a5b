"""Storing a schedule: what is added, changed and removed, whose it is, and what the outbox owes after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import ScheduleQuestion
from bot.rules.programme_diff import in_order
from bot.schedules.schedule import Schedule
from bot.services.importing import ImportOutcome, preview_import
from bot.services.sources import ImportRequest
from db.database import Database
from tests.builders import (
    LOS_ANGELES,
    NEW_YORK,
    SERVER,
    a_schedule,
    a_session,
    a_talk,
    at,
    fifteen_talks,
)
from tests.clocks import SteppedClock
from tests.services.store import (
    deliveries,
    everything,
    import_page,
    keys,
    programme_of,
    statements,
    talks,
    use_channel,
)

MINUTE = timedelta(minutes=1)


def a_page(*titles: str, title: str = "Deep Learning", hour: int = 15, day: str = "2022-07-21") -> Schedule:
    """A page of one session with a talk each half hour."""
    starts = [at(f"{hour + number // 2:02}:{number % 2 * 30:02}", day) for number in range(len(titles))]
    programme = (
        a_talk(name, starts_at=start, speakers=(f"{name}'s speaker",))
        for name, start in zip(titles, starts, strict=True)
    )
    return a_schedule(a_session(*programme, title=title))


async def test_import_knows_that_a_channel_of_the_rooms_own_is_set(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock, room="Hall F")
    assert (await import_page(db, clock)).channel_is_set
    other = a_schedule(a_session(a_talk("Another"), title="Elsewhere", room="Hall G"))
    assert not (await import_page(db, clock, other)).channel_is_set


async def test_first_import_stores_every_talk(db: Database, clock: SteppedClock) -> None:
    outcome = await import_page(db, clock)
    assert outcome == ImportOutcome(
        conference="Conference of July 2022",
        source="Deep Learning",
        timezone=LOS_ANGELES,
        added=15,
        session_ids=[1],
        channel_is_set=False,
    )
    assert await programme_of(db) == [("Deep Learning", t.title, t.starts_at, False) for t in fifteen_talks()]


async def test_same_page_again_changes_nothing_and_writes_nothing(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await use_channel(db, clock)
    before = everything(db)
    clock.advance(minutes=1)
    with statements(db) as seen:
        outcome = await import_page(db, clock)
    assert (outcome.changes_nothing, outcome.unchanged) == (True, 15)
    assert [statement for statement in seen if not statement.startswith("SELECT")] == []
    assert everything(db) == before


async def test_page_imported_before_the_bot_joined_waits_for_a_channel(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    assert await keys(db) == []
    await use_channel(db, clock)
    owed = await keys(db)
    assert owed[:2] == [("board-2022-07-21", "board"), ("talk-1", "up_next")]
    assert len([key for key in owed if key[1] == "up_next"]) == 15


async def test_second_page_adds_its_session_and_leaves_the_first_alone(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    before = await deliveries(db, session_id=1)
    outcome = await import_page(db, clock, a_page("X", "Y", title="Optimization"))
    assert (outcome.conference, outcome.added, outcome.removed) == ("Conference of July 2022", 2, 0)
    assert await deliveries(db, session_id=1) == before
    assert [title for _, title, _, _ in await programme_of(db)][-2:] == ["X", "Y"]


async def test_page_of_the_same_title_is_another_source(db: Database, clock: SteppedClock) -> None:
    first = await import_page(db, clock, a_page("A", "B", hour=9))
    second = await import_page(db, clock, a_page("C", "D", hour=13))
    third = await import_page(db, clock, a_page("E", "F", hour=15))
    sources = [
        "Deep Learning",
        "Deep Learning · Hall F · 2022-07-21",
        "Deep Learning · Hall F · 2022-07-21 · 15:00",
    ]
    assert [outcome.source for outcome in (first, second, third)] == sources
    assert [cancelled for *_, cancelled in await programme_of(db)] == [False] * 6


async def test_each_page_of_one_title_is_found_again(db: Database, clock: SteppedClock) -> None:
    pages = [a_page("A", "B", hour=9), a_page("C", "D", hour=13), a_page("E", "F", hour=15)]
    first = [(await import_page(db, clock, page)).source for page in pages]
    again = [await import_page(db, clock, page) for page in pages]
    assert [outcome.source for outcome in again] == first
    assert [outcome.changes_nothing for outcome in again] == [True] * 3
    # also when it moved, so that its day and time are no longer those in its source's name
    moved = await import_page(db, clock, a_page("E", "F", hour=8, day="2022-07-22"))
    assert (moved.source, moved.changed) == (first[2], 2)


async def test_page_that_shares_only_its_break_with_another_removes_nothing(db: Database, clock: SteppedClock) -> None:
    def page(*names: str, time: str) -> Schedule:
        coffee = a_talk("Coffee", starts_at=at(time), kind="Break", speakers=())
        return a_schedule(a_session(*a_page(*names).talks, coffee))

    await import_page(db, clock, page("A", time="16:00"))
    outcome = await import_page(db, clock, page("B", time="16:00"))
    assert (outcome.added, outcome.removed) == (2, 0)


async def test_named_source_is_replaced_by_what_its_next_file_holds(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_page("A"), source_name="main track")
    outcome = await import_page(db, clock, a_page("B"), source_name="main track")
    assert (outcome.source, outcome.added, outcome.removed) == ("main track", 1, 1)


async def test_conference_that_the_file_names_is_kept_apart_from_another(db: Database, clock: SteppedClock) -> None:
    names = []
    for name in ("PyCon", "EuroPython", "pycon "):
        page = replace(a_page("A"), conference=name)
        names.append((await import_page(db, clock, page)).conference)
    assert names == ["PyCon", "EuroPython", "PyCon"]


async def test_page_without_a_conference_weeks_later_begins_another(db: Database, clock: SteppedClock) -> None:
    july = await import_page(db, clock, a_page("A"))
    same = await import_page(db, clock, a_page("B", title="Other", day="2022-08-03"))
    later = await import_page(db, clock, a_page("C", title="Third", day="2022-08-20"))
    assert [july.conference, same.conference, later.conference] == [
        "Conference of July 2022",
        "Conference of July 2022",
        "Conference of August 2022",
    ]


async def test_changed_talk_keeps_its_key(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_page("A", "B"))
    changed = replace(a_page("A").talks[0], starts_at=at("15:10"), ends_at=at("15:20"), speakers=("Ada",))
    outcome = await import_page(db, clock, a_schedule(a_session(changed, a_page("A", "B").talks[1])))
    assert (outcome.added, outcome.changed, outcome.removed, outcome.unchanged) == (0, 1, 0, 1)
    stored = (await talks(db))[0]
    assert (stored.id, stored.starts_at, stored.speakers) == (1, at("15:10"), ["Ada"])


async def test_removed_talk_is_kept_as_cancelled_and_taken_back_when_it_returns(
    db: Database, clock: SteppedClock
) -> None:
    await use_channel(db, clock)
    await import_page(db, clock, a_page("A", "B"))
    outcome = await import_page(db, clock, a_page("A"))
    assert (outcome.removed, outcome.unchanged) == (1, 1)
    assert [(title, cancelled) for _, title, _, cancelled in await programme_of(db)] == [("A", False), ("B", True)]
    assert await keys(db, state="withdrawn") == [("talk-2", "up_next")]
    again = await import_page(db, clock, a_page("A", "B"))
    assert (again.added, again.changed) == (0, 1)
    assert await keys(db, state="withdrawn") == []
    assert (await import_page(db, clock, a_page("A"))).removed == 1
    assert (await import_page(db, clock, a_page("A"))).removed == 0


async def test_same_file_on_two_servers_is_two_conferences(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    outcome = await import_page(db, clock, server_id=SERVER + 1)
    assert (outcome.added, outcome.session_ids) == (15, [2])
    await import_page(db, clock, a_schedule(a_session(*fifteen_talks()[:3])), server_id=SERVER + 1)
    cancelled = [cancelled for *_, cancelled in await programme_of(db)]
    assert (cancelled[:15], sum(cancelled)) == ([False] * 15, 12)


async def test_talk_that_moves_into_another_session_takes_its_reminder_along(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    first, second, third = a_page("A", "B", "C").talks
    await import_page(db, clock, a_schedule(a_session(first, second), a_session(third, title="Other")))
    before = {row.key: row.id for row in await deliveries(db, kind="up_next")}
    outcome = await import_page(db, clock, a_schedule(a_session(first, second, third)))
    assert (outcome.changed, outcome.added, outcome.removed) == (1, 0, 0)
    rows = await deliveries(db, kind="up_next")
    assert {row.key: row.id for row in rows} == before
    assert [(row.session_id, row.state) for row in rows] == [(1, "pending")] * 3
    # the session that nothing is left of is not announced
    assert [row.state for row in await deliveries(db, session_id=2)] == ["withdrawn", "withdrawn"]


async def test_sessions_that_swap_a_talk_keep_their_keys(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    a, b, c, d, e = a_page("A", "B", "C", "D", "E").talks
    await import_page(db, clock, a_schedule(a_session(a, b, title="One"), a_session(c, d, e, title="Two")))
    await import_page(db, clock, a_schedule(a_session(a, b, c, title="One"), a_session(d, e, title="Two")))
    assert [(session, title) for session, title, _, _ in await programme_of(db)] == [
        ("One", "A"),
        ("One", "B"),
        ("One", "C"),
        ("Two", "D"),
        ("Two", "E"),
    ]
    assert [row.session_id for row in await deliveries(db, kind="up_next")] == [1, 1, 1, 2, 2]


async def test_zone_given_with_a_later_import_plans_all_of_the_conference_anew(
    db: Database, clock: SteppedClock
) -> None:
    await use_channel(db, clock)
    await import_page(db, clock, a_page("A", hour=20))
    assert ("board-2022-07-21", "board") in await keys(db)
    # 20:00 in Los Angeles is noon of the next day in Tokyo
    outcome = await import_page(db, clock, a_page("B", title="Other", hour=20), timezone="Asia/Tokyo")
    assert outcome.timezone == "Asia/Tokyo"
    boards = {row.details["day"]: row.state for row in await deliveries(db, kind="board")}
    assert boards == {"2022-07-21": "withdrawn", "2022-07-22": "pending"}


async def test_zone_of_a_new_conference_is_the_one_given_else_the_servers_else_the_files(
    db: Database, clock: SteppedClock
) -> None:
    given = await import_page(db, clock, timezone=NEW_YORK)
    other = await import_page(db, clock, server_id=2)
    assert (given.timezone, other.timezone) == (NEW_YORK, LOS_ANGELES)


async def test_file_with_offsets_only_asks_for_the_zone_and_stores_nothing(db: Database, clock: SteppedClock) -> None:
    before = everything(db)
    with pytest.raises(ScheduleQuestion) as question:
        await import_page(db, clock, a_schedule(timezone=None))
    assert question.value.option == "timezone"
    assert everything(db) == before
    assert (await import_page(db, clock, a_schedule(timezone=None), timezone=NEW_YORK)).added == 15
    assert (await import_page(db, clock, a_schedule(timezone=None))).unchanged == 15


async def test_preview_says_what_an_import_would_change_and_changes_nothing(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock, a_page("A", "B"))
    before = everything(db)
    page = a_page("A", "C")
    previewed = await preview_import(db, clock, ImportRequest(SERVER, page))
    assert (previewed.added, previewed.removed, previewed.unchanged) == (1, 1, 1)
    assert everything(db) == before
    assert await import_page(db, clock, page) == previewed


async def test_import_of_100_talks_takes_as_many_statements_as_of_one(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    counts = []
    for number in (1, 100):
        starts = [at("08:00", f"2022-08-{10 + number // 50:02}") for _ in range(number)]
        page = a_schedule(
            a_session(*(a_talk(f"{number}.{i}", starts_at=start) for i, start in enumerate(starts))),
            conference=f"Conference {number}",
        )
        with statements(db) as seen:
            await import_page(db, clock, page)
        counts.append(len(seen))
    assert counts[0] == counts[1]


async def test_outcome_tells_what_became_of_each_talk(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_page("One", "Two", "Three", "Four"))
    first = a_page("One", "Two", "Three", "Four").sessions[0].talks
    later = replace(first[1], starts_at=first[1].starts_at + MINUTE, ends_at=first[1].ends_at + MINUTE)
    renamed = replace(first[2], title="Three, revised")
    new = a_talk("Five", starts_at=at("18:00"))
    outcome = await import_page(db, clock, a_schedule(a_session(first[0], later, renamed, new)))
    told = [(change.kind.value, change.facts.title) for change in in_order(outcome.changes)]
    assert told == [
        ("removed", "Four"),
        ("moved", "Two"),
        ("new", "Five"),
        ("retitled", "Three, revised"),
    ]
    assert not outcome.vanishes
    assert (await preview_import(db, clock, ImportRequest(SERVER, a_schedule(a_session(first[0]))))).vanishes


async def test_programme_that_ended_more_than_a_week_ago_is_said_to_before_it_is_stored(
    db: Database, clock: SteppedClock
) -> None:
    request = ImportRequest(SERVER, a_schedule())
    assert not (await preview_import(db, clock, request)).is_long_over
    clock.jump(at("14:01", day="2022-07-28"))
    assert (await preview_import(db, clock, request)).is_long_over
