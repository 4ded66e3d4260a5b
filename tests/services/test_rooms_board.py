"""The board of all rooms is owed for each day of the programme, whichever was there first."""

from __future__ import annotations

from datetime import timedelta

from bot.services.rooms_board import set_rooms_board
from db.database import Database
from tests.builders import SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import deliveries, import_page

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
