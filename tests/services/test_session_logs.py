"""A log as the store gives it: numbers in place of names, the plan as it was first, and what is left out."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.errors import CommandError
from bot.rules.run import TimingKind
from bot.rules.session_log import Change, SessionLog, planned
from bot.rules.session_log_json import as_json_file, read_log
from bot.rules.taps import Tap
from bot.services.editing import TalkEdit, edit_talk
from bot.services.session_logs import VOTES, session_log
from bot.services.timekeeping import tap_clock
from db.database import NOBODY, Database
from db.tables import Delivery
from tests.builders import SERVER
from tests.clocks import SteppedClock
from tests.services.store import import_page, talks, use_channel
from tests.services.stored_questions import a_question, anybody, votes

ROBIN, SAM = 71_000_000_000_000_001, 71_000_000_000_000_002


async def log_of(db: Database, clock: SteppedClock) -> SessionLog:
    log = await session_log(db, server_id=SERVER, session_id=1, now=clock.now())
    assert read_log(as_json_file(log)) == log
    return log


async def tap(db: Database, clock: SteppedClock, by: int, kind: TimingKind, **values: object) -> None:
    asked = Tap(kind, by, **values)  # type: ignore[arg-type] # fields by name
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=asked, check=anybody)


@pytest.fixture
async def store(db: Database, clock: SteppedClock) -> Database:
    await use_channel(db, clock)
    await import_page(db, clock)
    return db


async def test_a_session_that_nobody_ran_has_its_plan_and_its_reminders(store: Database, clock: SteppedClock) -> None:
    log = await log_of(store, clock)
    stored = await talks(store)
    assert [talk["title"] for talk in log.plans[0].session["talks"]] == [talk.title for talk in stored]
    assert log.plans[0].talks == tuple(range(1, 16))
    assert (log.events, log.questions, log.left_out) == ((), (), ())
    assert {each.kind for each in log.deliveries} == {"session_start", "up_next", "session_over"}
    assert planned(log.plans[0]).talks[0].starts_at == stored[0].starts_at


async def test_people_are_numbers(store: Database, clock: SteppedClock) -> None:
    first = planned((await log_of(store, clock)).plans[0]).talks[0]
    clock.jump(first.starts_at)
    await tap(store, clock, SAM, TimingKind.START)
    clock.jump(first.starts_at + timedelta(minutes=2))
    await tap(store, clock, ROBIN, TimingKind.EXTEND, amount=timedelta(minutes=1))
    await tap(store, clock, SAM, TimingKind.UNDO)
    await a_question(store, 5, text="Is this a secret?", asker_id=ROBIN, asker_name="Robin Secret", anonymous=True)
    await a_question(store, 9, text="And this?", asker_id=None, asker_name="Frau Grün", entered_by=SAM)
    await votes(store, (5, 99))
    log = await log_of(store, clock)
    assert [(e.id, e.kind, e.by, e.talk_id, e.leaves, e.undoes) for e in log.events] == [
        (1, "start", 1, 1, None, None),
        (2, "extend", 2, 1, 1, None),
        (3, "undo", 1, None, 1, 2),
    ]
    assert [(q.number, q.asker, q.anonymous, q.entered_by) for q in log.questions] == [
        (1, 1, True, None),
        (2, None, False, 1),
    ]
    assert VOTES in log.left_out
    written = as_json_file(log).decode()
    for secret in ("secret", "Secret", "Grün", str(ROBIN), str(SAM), str(SERVER)):
        assert secret not in written
    assert "asker_name" not in json.loads(written)["questions"][0]


async def test_the_plan_is_told_as_it_was_first_and_as_it_became(store: Database, clock: SteppedClock) -> None:
    first, second, *_ = planned((await log_of(store, clock)).plans[0]).talks
    clock.jump(first.starts_at)
    await tap(store, clock, SAM, TimingKind.START)
    keys = [talk.id or 0 for talk in await talks(store)]
    clock.jump(first.starts_at + timedelta(minutes=1))
    edit = TalkEdit(keys[1], title="Another title")
    await edit_talk(store, clock, server_id=SERVER, session_id=1, edit=edit, by=SAM)
    clock.jump(first.starts_at + timedelta(minutes=2))
    await edit_talk(store, clock, server_id=SERVER, session_id=1, edit=TalkEdit(keys[2], swap_with=keys[3]), by=SAM)
    log = await log_of(store, clock)
    assert [(plan.at, plan.how) for plan in log.plans] == [
        (None, Change.IMPORT),
        (first.starts_at + timedelta(minutes=1), Change.EDIT),
        (first.starts_at + timedelta(minutes=2), Change.EDIT),
    ]
    titles = [plan.session["talks"][1]["title"] for plan in log.plans]
    assert titles == [second.title, "Another title", "Another title"]
    assert log.plans[2].talks[2:4] == (4, 3)
    assert log.plan_at(first.starts_at) is log.plans[0]


async def test_a_session_of_another_server_is_not_found(store: Database, clock: SteppedClock) -> None:
    with pytest.raises(CommandError, match="not in this server's programme"):
        await session_log(store, server_id=SERVER + 1, session_id=1, now=clock.now())


async def test_what_people_were_sent_and_what_discord_answered_stays_out(store: Database, clock: SteppedClock) -> None:
    async with store.transaction(NOBODY) as session:
        first, second, *_ = (await session.exec(select(Delivery).where(Delivery.kind == "up_next"))).all()
        first.state, first.reason = "failed", "Discord refused it: Robin Secret"
        second.user_id, second.state = ROBIN, "sent"
    log = await log_of(store, clock)
    reminders = [each for each in log.deliveries if each.kind == "up_next"]
    assert (len(reminders), [each.reason for each in reminders if each.state == "failed"]) == (14, [None])
    assert "Secret" not in as_json_file(log).decode()
    assert str(ROBIN) not in as_json_file(log).decode()
