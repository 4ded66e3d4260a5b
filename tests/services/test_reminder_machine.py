"""However things are asked, taken back, moved and imported: what waits is what a plan from scratch would owe."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import col, select

from bot.errors import CommandError
from bot.rules.run import TimingKind
from bot.rules.subscriptions import Wanted
from bot.rules.taps import Tap
from bot.services.editing import TalkEdit, edit_talk
from bot.services.personal_planning import plan_people
from bot.services.subscriptions import unsubscribe
from bot.services.timekeeping import tap_clock
from db.database import NOBODY, Database
from db.people_tables import Subscription
from db.tables import Delivery, Server
from tests.builders import DURING_BREAK, SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.examples import examples
from tests.services.reminded import ask, owed
from tests.services.store import import_page
from tests.services.stored_questions import anybody
from tests.stores import Stores, open_database

NAMES = ("Ada Cai", "Bo Cai", "Cy Wang")
TITLES = ("Graph nets", "Deep graphs", "Trees", "Posters")

wishes = st.one_of(
    st.tuples(st.just(Wanted.TALK), st.integers(1, 5)),
    st.tuples(st.just(Wanted.SESSION), st.integers(1, 2)),
    st.tuples(st.just(Wanted.SPEAKER), st.sampled_from(["cai", "Cy Wang", "nobody"])),
    st.tuples(st.just(Wanted.WORD), st.sampled_from(["graph", "trees", "zzz"])),
)
steps = st.one_of(
    st.tuples(st.just("ask"), wishes, st.integers(1, 2), st.sampled_from([5, 10, 40])),
    st.tuples(st.just("take back"), st.integers(1, 6)),
    st.tuples(st.just("move"), st.integers(1, 4), st.integers(-2, 20)),
    st.tuples(st.just("cancel"), st.integers(1, 4), st.booleans()),
    st.tuples(st.just("rename"), st.integers(1, 4), st.sampled_from(TITLES)),
    st.tuples(st.just("import"), st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True)),
    st.tuples(st.just("tap"), st.sampled_from([TimingKind.START, TimingKind.EXTEND, TimingKind.SKIP, TimingKind.UNDO])),
    st.tuples(st.just("wait"), st.integers(1, 8)),
)


def page(numbers: list[int]) -> object:
    talks = [
        a_talk(TITLES[number], starts_at=at("12:30") + timedelta(minutes=10 * number), speakers=(NAMES[number % 3],))
        for number in sorted(numbers)
    ]
    return a_schedule(a_session(*talks, title="One"))


async def take(db: Database, clock: SteppedClock, step: tuple[object, ...]) -> None:
    match step:
        case "ask", (kind, about), user, lead:
            await ask(db, clock, kind, about, user_id=user, lead=lead)  # type: ignore[arg-type] # as the strategies have it
        case "take back", number:
            async with db.reading() as session:
                row = await session.get(Subscription, number)
            if row is not None:
                await unsubscribe(db, clock, user_id=row.user_id, wish_id=row.id or 0)
        case "move", talk, minutes:
            starts_at = at("12:35") + timedelta(minutes=10 * talk + minutes)  # type: ignore[operator] # as above
            await edit(db, clock, TalkEdit(talk, starts_at=starts_at))  # type: ignore[arg-type] # as above
        case "cancel", talk, cancelled:
            await edit(db, clock, TalkEdit(talk, cancelled=cancelled))  # type: ignore[arg-type] # as above
        case "rename", talk, title:
            await edit(db, clock, TalkEdit(talk, title=title))  # type: ignore[arg-type] # as above
        case "import", numbers:
            await import_page(db, clock, page(numbers))  # type: ignore[arg-type] # as above
        case "tap", kind:
            tap = Tap(kind, 1, None, amount=timedelta(minutes=4))  # type: ignore[arg-type] # as above
            await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=tap, check=anybody)
        case "wait", minutes:
            clock.advance(minutes=minutes)  # type: ignore[arg-type] # as above


async def edit(db: Database, clock: SteppedClock, change: TalkEdit) -> None:
    await edit_talk(db, clock, server_id=SERVER, session_id=1, edit=change, by=1)


async def from_scratch(db: Database, clock: SteppedClock) -> set[tuple[int | None, int | None, int, str]]:
    async with db.transaction(NOBODY) as session:
        await session.exec(delete(Delivery).where(col(Delivery.kind) == "personal"))
        server = await session.get_one(Server, SERVER)
        for user in {row.user_id for row in await session.exec(select(Subscription))}:
            await plan_people(session, server, clock.now(), user_id=user)
    return await owed(db)


@pytest.mark.slow
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(steps, min_size=2, max_size=10))
def test_what_waits_is_what_a_plan_from_scratch_owes(
    taken: list[tuple[object, ...]], stores: Stores, tmp_path: Path
) -> None:
    asyncio.run(_check(taken, stores, tmp_path))


async def _check(taken: list[tuple[object, ...]], stores: Stores, tmp_path: Path) -> None:
    db, clock = open_database(stores.new(tmp_path)), SteppedClock(DURING_BREAK)
    try:
        await import_page(db, clock, page([0, 1, 2]))  # type: ignore[arg-type] # a schedule
        for step in taken:
            try:
                await take(db, clock, step)
            except CommandError:
                continue
        # time alone changes nothing that waits: what has become late is the sender's to give up
        now = clock.now()
        late = {row for row in await owed(db) if _start(row) <= now}
        assert await owed(db) - late == await from_scratch(db, clock)
    finally:
        await db.close()
        stores.forget(db.url)


def _start(row: tuple[int | None, int | None, int, str]) -> datetime:
    return at(row[3]) + timedelta(minutes=row[2])


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_order_of_asking_does_not_matter(db: Database, clock: SteppedClock, order: tuple[int, ...]) -> None:
    await import_page(db, clock, page([0, 1, 2]))  # type: ignore[arg-type] # a schedule
    asked = ((Wanted.TALK, 1), (Wanted.WORD, "graph"), (Wanted.SESSION, 1))
    for number in order:
        await ask(db, clock, *asked[number])
    assert {(talk, due) for _, talk, _, due in await owed(db)} == {(1, "12:25"), (2, "12:35")}
