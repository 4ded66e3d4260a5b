"""The outbox's rows after each service, and what a plan costs."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlmodel import select

from bot.rules.outbox import NO_LONGER_OWED
from bot.rules.reminders import Kind
from bot.services.planning import replan
from bot.services.servers import server_row
from db.database import NOBODY, Database
from db.tables import Delivery
from tests.builders import CHANNEL, SERVER, a_schedule, a_session, a_talk, at, fifteen_talks
from tests.clocks import SteppedClock
from tests.services.store import deliveries, import_page, keys, statements, use_channel

OTHER_CHANNEL = CHANNEL + 1


async def test_imported_session_is_owed_row_by_row(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    assert await keys(db) == [
        ("board-2022-07-21", "board"),
        ("talk-1", "up_next"),
        ("session-1", "session_start"),
        *((f"talk-{number}", "up_next") for number in range(2, 16)),
        ("session-1", "session_over"),
    ]


async def test_each_row_has_an_id_of_its_own_that_fits_a_nonce_and_a_button(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    ids = [row.id for row in await deliveries(db)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[\w-]{22}", key, re.ASCII) for key in ids)


async def test_row_of_a_reminder_holds_all_that_the_sender_needs(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    row = (await deliveries(db, talk_id=1))[0]
    assert row.model_dump(exclude={"id"}) == {
        "key": f"{SERVER}:talk-1:up_next:300:{CHANNEL}:0",
        "server_id": SERVER,
        "session_id": 1,
        "talk_id": 1,
        "channel_id": CHANNEL,
        "user_id": None,
        "kind": "up_next",
        "state": "pending",
        "reason": None,
        "lead_seconds": 300,
        "revision": 0,
        "due_at": at("12:25"),
        "expires_at": at("12:30"),
        "planned_at": at("12:20"),
        "details": {"talk_ids": [1]},
        "shown_start": None,
        "announced_start": None,
        "shown_text": None,
        "edit_at": None,
        "message_id": None,
        "claimed_by": None,
        "claimed_at": None,
        "lease_until": None,
        "retry_at": None,
        "attempts": 0,
        "sent_at": None,
        "lateness_ms": None,
    }


async def test_session_that_lies_in_the_past_owes_nothing(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    clock.jump(at("14:31"))
    await import_page(db, clock)
    assert await keys(db) == []


async def test_import_in_the_middle_of_a_session_owes_the_rest_only(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    clock.jump(at("13:41"))
    await import_page(db, clock)
    assert await keys(db) == [
        ("board-2022-07-21", "board"),
        ("talk-13", "up_next"),
        ("talk-14", "up_next"),
        ("talk-15", "up_next"),
        ("session-1", "session_over"),
    ]


async def test_two_sessions_of_one_channel_and_day_share_a_board(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    later = a_session(a_talk("Later", starts_at=at("16:00")), title="Other")
    await import_page(db, clock, a_schedule(later))
    boards = await deliveries(db, kind="board")
    assert [(row.due_at, row.expires_at) for row in boards] == [(at("12:15"), at("16:05"))]


async def test_session_after_midnight_is_on_the_board_of_the_evening_before(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    late = a_session(a_talk("Late", starts_at=at("01:00", "2022-07-22")), title="Night")
    await import_page(db, clock, a_schedule(late))
    assert ("board-2022-07-21", "board") in await keys(db)


async def test_moved_session_moves_all_that_it_owes_and_keeps_the_rows(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    before = {row.key: (row.id, row.due_at) for row in await deliveries(db)}
    await import_page(db, clock, a_schedule(a_session(*fifteen_talks(at("12:50")))))
    after = {row.key: (row.id, row.due_at) for row in await deliveries(db) if row.kind != Kind.CHANGES}
    moved = {key: (row_id, due_at + timedelta(minutes=20)) for key, (row_id, due_at) in before.items()}
    assert after == moved


async def test_row_no_longer_owed_says_why(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock, 1)
    await import_page(db, clock)
    await use_channel(db, clock, 2)
    assert {row.reason for row in await deliveries(db, channel_id=1)} == {NO_LONGER_OWED}
    await use_channel(db, clock, 1)
    assert {row.reason for row in await deliveries(db, channel_id=1)} == {None}


async def test_second_plan_changes_nothing_for_part_and_whole(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    for session_ids in (None, [1], []):
        async with db.transaction(NOBODY) as session:
            server = await server_row(session, SERVER)
            change = await replan(session, server=server, now=clock.now(), session_ids=session_ids)
            assert change.is_empty


async def test_plan_of_one_session_leaves_the_others_rows_alone(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    await import_page(db, clock, a_schedule(a_session(a_talk("B", starts_at=at("16:00")), title="Other")))
    clock.jump(at("12:31"))
    async with db.transaction(NOBODY) as session:
        change = await replan(session, server=await server_row(session, SERVER), now=clock.now(), session_ids=[2])
    assert change.is_empty


async def test_plan_asks_as_often_for_100_talks_as_for_one(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    counts = []
    for day, number in ((10, 1), (20, 100)):
        talks = [a_talk(f"{n}", starts_at=at("08:00", f"2022-08-{day}") + timedelta(minutes=n)) for n in range(number)]
        outcome = await import_page(db, clock, a_schedule(a_session(*talks, title=f"S{day}"), conference=f"C{day}"))
        async with db.transaction(NOBODY) as session:
            server = await server_row(session, SERVER)
            with statements(db) as seen:
                await replan(session, server=server, now=clock.now(), session_ids=outcome.session_ids)
        counts.append(len(seen))
    assert counts[0] == counts[1]


async def test_board_of_a_channel_that_was_left_says_so_once_and_is_kept_again_when_it_comes_back(
    db: Database, clock: SteppedClock
) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    async with db.transaction(NOBODY) as session:
        row = (await session.exec(select(Delivery).where(Delivery.kind == "board"))).one()
        row.state, row.message_id, row.shown_text, key = "sent", 5, "digest", row.id
    await use_channel(db, clock, OTHER_CHANNEL)
    (left,) = await deliveries(db, kind="board", channel_id=CHANNEL)
    assert (left.edit_at, left.details["left"]) == (clock.now(), True)
    async with db.transaction(NOBODY) as session:
        row = await session.get_one(Delivery, key)
        row.edit_at, row.shown_text = None, "left"
    await use_channel(db, clock, OTHER_CHANNEL)
    (left,) = await deliveries(db, kind="board", channel_id=CHANNEL)
    assert left.edit_at is None
    await use_channel(db, clock)
    (kept,) = await deliveries(db, kind="board", channel_id=CHANNEL)
    assert (kept.edit_at, "left" in kept.details) == (clock.now(), False)


async def test_board_of_a_day_that_is_over_stays_as_it_is(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    async with db.transaction(NOBODY) as session:
        row = (await session.exec(select(Delivery).where(Delivery.kind == "board"))).one()
        row.state, row.message_id = "sent", 5
    clock.jump(at("14:30"))
    await use_channel(db, clock, OTHER_CHANNEL)
    (over,) = await deliveries(db, kind="board", channel_id=CHANNEL)
    assert (over.edit_at, over.details.get("left")) == (None, None)
