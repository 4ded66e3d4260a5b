from __future__ import annotations

from sqlalchemy import delete
from sqlmodel import select

from bot.rules.run import TimingKind
from bot.rules.scheduled_events import Status
from bot.rules.taps import Tap
from bot.services.scheduled_events import (
    anything_to_do,
    due_events,
    keep_events,
    let_time_pass,
    servers_with_due_events,
)
from bot.services.servers import server_left
from bot.services.stage_topics import set_stage
from bot.services.timekeeping import tap_clock
from db.database import NOBODY, Database
from db.event_tables import ScheduledEvent, StageTopic
from db.tables import Session
from tests.builders import DURING_BREAK, FIRST_START, SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.hall import anybody
from tests.services.store import import_page, statements

ANOTHER, STAGE = SERVER + 1, 777


async def events(db: Database) -> list[ScheduledEvent]:
    async with db.reading() as session:
        return list(await session.exec(select(ScheduledEvent)))


async def topics(db: Database) -> list[tuple[int, str | None, bool]]:
    async with db.reading() as session:
        return [(row.channel_id, row.topic, row.due) for row in await session.exec(select(StageTopic))]


async def turn(db: Database, clock: SteppedClock, *, on: bool, server_id: int = SERVER) -> None:
    await keep_events(db, clock, server_id=server_id, keeps=on)


async def tap(db: Database, clock: SteppedClock, kind: TimingKind, talk: int | None = None, session: int = 1) -> None:
    tap = Tap(kind, 99, talk)
    await tap_clock(db, clock, server_id=SERVER, session_id=session, tap=tap, check=anybody)


async def test_off_by_default_and_a_tap_asks_the_store_nothing_for_it(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    with statements(db) as seen:
        await tap(db, clock, TimingKind.START, 1)
    assert [sql for sql in seen if "scheduled_events" in sql or "stage_topics" in sql] == []
    assert await events(db) == []
    assert not await anything_to_do(db, clock.now())


async def test_turned_on_before_or_after_the_import_each_session_is_owed_one(db: Database, clock: SteppedClock) -> None:
    await turn(db, clock, on=True)
    await import_page(db, clock)
    (row,) = await events(db)
    assert (row.session_id, row.starts_at, row.due) == (1, FIRST_START, True)
    assert (row.facts or {})["title"] == "Deep Learning"
    await turn(db, clock, on=True)
    assert len(await events(db)) == 1


async def test_other_servers_are_not_concerned(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await import_page(db, clock, server_id=ANOTHER)
    await turn(db, clock, on=True, server_id=ANOTHER)
    assert [row.server_id for row in await events(db)] == [ANOTHER]
    assert await servers_with_due_events(db, None) == {ANOTHER: True}
    await server_left(db, clock, ANOTHER)
    assert await servers_with_due_events(db, None) == {}


async def test_session_that_is_gone_is_owed_none(db: Database, clock: SteppedClock) -> None:
    page = a_schedule(a_session(), a_session(a_talk("Other"), title="Other", room="Hall G"))
    await import_page(db, clock, page, source_name="page")
    await turn(db, clock, on=True)
    assert len(await events(db)) == 2
    await import_page(db, clock, source_name="page")
    assert [row.facts is None for row in await events(db)] == [False, True]


async def test_row_outlives_its_session_so_that_what_stands_is_taken_away(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await turn(db, clock, on=True)
    async with db.transaction(NOBODY) as session:
        row = (await session.exec(select(ScheduledEvent))).one()
        row.discord_id, row.shown_status, row.due = 5, Status.SCHEDULED.value, False
    async with db.transaction(NOBODY) as session:
        await session.exec(delete(Session))
    await import_page(db, clock, a_schedule(a_session(a_talk("Other"), title="Other")), source_name="other")
    rows = {row.discord_id: row for row in await events(db)}
    assert (rows[5].session_id, rows[5].facts, rows[5].due) == (None, None, True)


async def test_same_forecast_is_not_due_again(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await turn(db, clock, on=True)
    async with db.transaction(NOBODY) as session:
        (await session.exec(select(ScheduledEvent))).one().due = False
    await import_page(db, clock)
    assert await due_events(db, SERVER) == []
    await tap(db, clock, TimingKind.START, 1)
    assert len(await due_events(db, SERVER)) == 1


async def test_passing_time_moves_only_ends_that_are_near(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_schedule(a_session(a_talk(starts_at=at("12:30"), minutes=10))))
    await turn(db, clock, on=True)
    clock.jump(at("12:30"))
    await tap(db, clock, TimingKind.START, 1)
    clock.jump(at("12:38"))
    await let_time_pass(db, clock.now())
    assert [row.ends_at for row in await events(db)] == [at("12:40")]
    clock.jump(at("12:39"))
    await let_time_pass(db, clock.now())
    assert [(row.ends_at, row.look_at) for row in await events(db)] == [(at("12:45"), at("12:44"))]


async def test_turned_off_nothing_is_owed_and_what_never_stood_is_forgotten(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await turn(db, clock, on=True)
    await turn(db, clock, on=False)
    assert await events(db) == []
    await tap(db, clock, TimingKind.START, 1)
    assert await events(db) == []


async def test_stage_of_a_room_follows_the_session_that_is_on_there(db: Database, clock: SteppedClock) -> None:
    later = a_session(a_talk("Other", starts_at=at("15:00")), title="Other", room="hall f")
    await import_page(db, clock, a_schedule(a_session(), later))
    await set_stage(db, clock, server_id=SERVER, room="HALL F", channel_id=STAGE)
    assert await topics(db) == []
    await tap(db, clock, TimingKind.START, 1)
    assert await topics(db) == [(STAGE, "Now: Talk 1", True)]
    await tap(db, clock, TimingKind.START, 16, session=2)
    await tap(db, clock, TimingKind.CLOSE)  # the one before, whose moderator forgot to close it
    assert [topic for _, topic, _ in await topics(db)] == ["Now: Other"]
    await set_stage(db, clock, server_id=SERVER, room="Hall F", channel_id=None)
    assert await topics(db) == [(STAGE, None, True)]
    assert clock.now() == DURING_BREAK
