"""A board whose day has no session any more says so; one that still has another one, or is not posted, does not."""

from __future__ import annotations

from bot.services.servers import set_channel
from db.database import Database
from tests.builders import CHANNEL, SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import a_day_later, deliveries, import_page, posted, use_channel

OTHER_CHANNEL = CHANNEL + 1


async def marked(db: Database) -> dict[tuple[int, str], bool]:
    rows = await deliveries(db, kind="board", state="sent")
    return {(row.channel_id, row.details["day"]): row.details.get("left", False) for row in rows}


async def test_board_of_a_day_that_its_only_session_left_by_an_import_says_so(
    db: Database, clock: SteppedClock
) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    await posted(db, "board")
    await import_page(db, clock, a_day_later())
    (left, owed) = await deliveries(db, kind="board")
    assert (left.edit_at, left.details["left"]) == (clock.now(), True)
    assert (owed.state, owed.details["day"]) == ("pending", "2022-07-22")
    await import_page(db, clock)
    assert await marked(db) == {(CHANNEL, "2022-07-21"): False}


async def test_board_that_another_session_still_stands_on_is_kept(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await set_channel(db, clock, server_id=SERVER, channel_id=OTHER_CHANNEL, room="Hall G")
    other = a_schedule(a_session(a_talk("Other", starts_at=at("16:00")), title="Other", room="Hall H"))
    await import_page(db, clock)
    await import_page(db, clock, other, source_name="other")
    abroad = a_schedule(a_session(a_talk("Third"), title="Third", room="Hall G"))
    await import_page(db, clock, abroad, source_name="third")
    await posted(db, "board")
    await import_page(db, clock, a_day_later())
    assert await marked(db) == {(CHANNEL, "2022-07-21"): False, (OTHER_CHANNEL, "2022-07-21"): False}


async def test_board_of_a_day_that_is_over_stays_as_it_is(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    await posted(db, "board")
    clock.jump(at("14:30"))
    await import_page(db, clock, a_day_later())
    assert await marked(db) == {(CHANNEL, "2022-07-21"): False}
