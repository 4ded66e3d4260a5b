"""The board of all rooms is owed for each day of the programme, whichever was there first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.delivery.compose import gather, write
from bot.services.rooms_board import set_rooms_board
from db.database import Database
from tests.builders import SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import a_day_later, deliveries, import_page, posted

BOARD = 70


async def owed(db: Database) -> list[tuple[str, str]]:
    rows = await deliveries(db, kind="rooms", state="pending")
    return [(row.details["day"], f"{row.due_at - timedelta(hours=7):%H:%M}") for row in rows]


async def test_programme_that_is_imported_after_the_board_was_chosen_is_on_it(
    db: Database, clock: SteppedClock
) -> None:
    await set_rooms_board(db, clock, server_id=SERVER, channel_id=BOARD)
    await import_page(db, clock)
    assert await owed(db) == [("2022-07-21", "12:15")]
    next_day = a_talk("Later", starts_at=at("13:00") + timedelta(days=1))
    await import_page(db, clock, a_schedule(a_session(next_day, title="Second day", room="Hall G")))
    assert await owed(db) == [("2022-07-21", "12:15"), ("2022-07-22", "12:45")]


async def test_earlier_session_of_another_room_brings_the_board_forward(db: Database, clock: SteppedClock) -> None:
    await set_rooms_board(db, clock, server_id=SERVER, channel_id=BOARD)
    await import_page(db, clock)
    early = a_talk("Early", starts_at=at("12:20"))
    await import_page(db, clock, a_schedule(a_session(early, title="Other", room="Hall G")))
    assert await owed(db) == [("2022-07-21", "12:05")]


async def test_board_of_a_day_that_was_cancelled_as_a_whole_says_so(db: Database, clock: SteppedClock) -> None:
    await set_rooms_board(db, clock, server_id=SERVER, channel_id=BOARD)
    await import_page(db, clock)
    await posted(db, "rooms")
    clock.jump(at("12:16"))
    await import_page(db, clock, a_schedule(a_session(*(replace(talk, cancelled=True) for talk in a_session().talks))))
    (row,) = await deliveries(db, kind="rooms")
    assert (row.state, row.edit_at, row.details.get("left")) == ("sent", clock.now(), None)
    composed = write(await gather(db, [row], clock.now()), row)
    assert composed is not None
    assert composed.message.content.endswith("Everything today was cancelled.")


async def test_day_that_was_cancelled_before_its_board_was_due_has_none(db: Database, clock: SteppedClock) -> None:
    await set_rooms_board(db, clock, server_id=SERVER, channel_id=BOARD)
    await import_page(db, clock)
    await import_page(db, clock, a_schedule(a_session(*(replace(talk, cancelled=True) for talk in a_session().talks))))
    assert await owed(db) == []


async def test_board_whose_day_has_nothing_any_more_says_that_it_is_left(db: Database, clock: SteppedClock) -> None:
    await set_rooms_board(db, clock, server_id=SERVER, channel_id=BOARD)
    await import_page(db, clock)
    await posted(db, "rooms")
    await import_page(db, clock, a_day_later())
    (left, _) = await deliveries(db, kind="rooms")
    assert (left.edit_at, left.details["left"]) == (clock.now(), True)
