"""What is learned from a server's sessions that are over, and when it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import func, select

from bot.rules.hints import Habit
from bot.rules.run import TimingKind
from bot.services import hints
from bot.services.hints import hint_for, with_past
from bot.services.moderators import set_moderators
from bot.services.programme import PlacedSession, load_sessions
from bot.services.report_settings import set_reports
from bot.services.session_owed import owed_to_moderators
from db.database import Database
from db.tables import Server, TimingEvent
from tests.builders import CHANNEL, SERVER, at
from tests.clocks import SteppedClock
from tests.past import LAST_MONTH, MINUTE, put_past
from tests.services.hall import Hall
from tests.services.store import import_page, statements, talks, use_channel
from tests.stores import open_database

OTHER_SERVER = SERVER + 1
TWENTY = [1.0] * 20


async def shown(db: Database, clock: SteppedClock) -> PlacedSession:
    """The ICML session as its console shows it now."""
    async with db.reading() as session:
        server = await session.get(Server, SERVER)
        assert server is not None
        key = (await talks(db))[0].session_id
        placed = await load_sessions(session, server=server, now=clock.now(), session_ids=[key])
        (found,) = await with_past(db, session, server, placed, clock.now())
    return found


async def spotlights(db: Database, clock: SteppedClock) -> Habit | None:
    return (await shown(db, clock)).learned.get("spotlight")


@pytest.fixture
async def hall(db: Database, clock: SteppedClock) -> Hall:
    """The ICML session, on a server that wants hints."""
    hall = Hall(db, clock)
    await hall.open()
    await set_reports(db, clock, server_id=SERVER, chosen={"hints": True})
    return hall


async def test_archived_sessions_teach_and_those_of_other_servers_do_not(
    db: Database, clock: SteppedClock, hall: Hall
) -> None:
    assert await spotlights(db, clock) is None
    await use_channel(db, clock)
    await import_page(db, clock, server_id=OTHER_SERVER)
    await put_past(db, [3] * 30, server_id=OTHER_SERVER)
    assert await spotlights(db, clock) is None
    await put_past(db, TWENTY[:10])
    await put_past(db, [2] * 10, starts_at=LAST_MONTH + timedelta(days=1), archived=False)
    found = await spotlights(db, clock)
    assert found is not None
    assert (found.by, found.talks, found.is_clear) == (1.5 * MINUTE, 20, True)
    told = hint_for(await shown(db, clock), clock.now())
    assert told is not None
    assert told.ends_at == at("14:21")


async def test_where_no_hints_are_wanted_nothing_is_read(db: Database, clock: SteppedClock, hall: Hall) -> None:
    await put_past(db, TWENTY)
    await set_reports(db, clock, server_id=SERVER, chosen={"hints": False})
    placed = await shown(db, clock)
    with statements(db) as seen:
        async with db.reading() as session:
            server = await session.get(Server, SERVER)
            assert server is not None
            before = len(seen)
            assert await with_past(db, session, server, [placed], clock.now()) == [placed]
            assert len(seen) == before
    assert (placed.learned, hint_for(placed, clock.now())) == ({}, None)


async def test_past_is_read_once_and_looked_at_again_when_somebody_tapped(
    db: Database, clock: SteppedClock, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    look = hints._looked_at

    async def noting(session, session_ids, *args, **kwargs):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN002, ANN003, ANN202 - hands through
        looked.extend(session_ids)
        return await look(session, session_ids, *args, **kwargs)

    monkeypatch.setattr(hints, "_looked_at", noting)
    first = await put_past(db, TWENTY)
    await spotlights(db, clock)
    await spotlights(db, clock)
    assert looked == [first]
    hall.at("12:30")
    await hall.tap(TimingKind.START)
    await spotlights(db, clock)
    assert looked == [first]  # this session goes on
    second = await put_past(db, [2] * 20, starts_at=LAST_MONTH + timedelta(days=1))
    assert (await spotlights(db, clock), looked) == (
        Habit(1.5 * MINUTE, 40, timedelta(seconds=30 / 40**0.5)),
        [first, second],
    )
    await hall.tap(TimingKind.CLOSE)
    await spotlights(db, clock)
    assert len(looked) == 3


async def test_what_is_kept_is_what_a_restart_would_read(db: Database, clock: SteppedClock, hall: Hall) -> None:
    last = 0
    for number, closed in enumerate([True, False, True]):
        last = await put_past(db, TWENTY, starts_at=LAST_MONTH + timedelta(days=number), closed=closed)
        await spotlights(db, clock)
    kept = await spotlights(db, clock)
    assert kept is not None
    assert kept.talks == 60
    # the last one's closing is taken back: it goes on
    async with db.transaction(SERVER) as session:
        closing = (await session.exec(select(func.max(TimingEvent.id)))).one()
        row = TimingEvent(session_id=last, kind="undo", at=clock.now(), tapped_at=clock.now(), undoes=closing)
        session.add(row)
    kept = await spotlights(db, clock)
    again = open_database(db.url)
    try:
        assert await spotlights(again, clock) == kept
    finally:
        await again.close()
    assert kept is not None
    assert kept.talks == 40


async def test_session_that_nobody_closed_counts_once_its_plan_is_an_hour_over(
    db: Database, clock: SteppedClock, hall: Hall
) -> None:
    begins = at("08:00")
    await put_past(db, [1, -1] * 10, starts_at=begins, closed=False)
    clock.jump(begins + timedelta(minutes=150))
    assert await spotlights(db, clock) is None
    clock.jump(begins + timedelta(minutes=161))
    assert await spotlights(db, clock) is not None


async def test_session_at_hand_teaches_nothing_of_itself(db: Database, clock: SteppedClock, hall: Hall) -> None:
    await put_past(db, TWENTY[:15])
    hall.at("12:31")
    await hall.tap(TimingKind.START)
    for minute in range(37, 67, 6):
        clock.jump(at("12:00") + minute * MINUTE)
        await hall.tap(TimingKind.START, is_next=True)
    await hall.tap(TimingKind.CLOSE)
    assert await spotlights(db, clock) is None
    # another session would have learned from it: six of its talks were timed
    key = (await talks(db))[0].session_id
    assert len(hints._PASTS[db][SERVER].over[key][1]) == 6


async def test_newest_talks_are_learned_from_and_no_more_than_are_kept(
    db: Database, clock: SteppedClock, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "MOST_TALKS", 45)
    for day, over in enumerate([4.0, 2.0, 1.0]):
        await put_past(db, [over] * 20, starts_at=LAST_MONTH + timedelta(days=day))
    found = await spotlights(db, clock)
    assert found is not None
    assert (found.by, found.talks) == (1.5 * MINUTE, 40)
    await put_past(db, [0.5] * 20, starts_at=LAST_MONTH + timedelta(days=3))
    found = await spotlights(db, clock)
    assert found is not None
    assert (found.by, found.talks) == (0.75 * MINUTE, 40)


async def test_damaged_row_of_the_past_holds_up_no_console(
    db: Database, clock: SteppedClock, hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    key = await put_past(db, TWENTY)
    async with db.transaction(SERVER) as session:
        session.add(TimingEvent(session_id=key, kind="sneeze", at=clock.now(), tapped_at=clock.now()))
    assert await spotlights(db, clock) is None
    assert "could not be read" in caplog.text


async def test_what_is_owed_goes_by_no_hint(db: Database, clock: SteppedClock, hall: Hall) -> None:
    await put_past(db, TWENTY)
    await set_moderators(db, clock, server_id=SERVER, channel_id=CHANNEL, role_id=None)
    hall.at("12:30")
    await hall.tap(TimingKind.START)
    placed = await shown(db, clock)
    assert hint_for(placed, clock.now()) is not None
    unknowing = replace(placed, learned={})
    assert owed_to_moderators(placed, clock.now()) == owed_to_moderators(unknowing, clock.now())
