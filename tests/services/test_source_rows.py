"""What is read and written of a source's rows: only what a file says otherwise."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from bot.errors import ScheduleQuestion
from bot.schedules.schedule import Talk as FileTalk
from bot.services.importing import preview_import
from bot.services.source_rows import StoredTalk, stated
from bot.services.sources import ImportRequest
from db.database import NOBODY, Database
from db.tables import Session, Talk
from tests.builders import SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import import_page, programme_of, statements, use_channel

TALK = a_talk(room="Hall F", abstract="What it is about", url="https://example.org/1", file_id="1")


def as_stored(talk: FileTalk, **file_said: object) -> StoredTalk:
    return StoredTalk(1, file_said, **stated(talk, 3))


def test_columns_stand_in_the_order_in_which_a_file_states_them() -> None:
    assert StoredTalk._fields == ("id", "file_said", *stated(TALK, 3))


@pytest.mark.parametrize(
    "other",
    [
        {"file_id": "2"},
        {"kind": "Oral"},
        {"title": "Another"},
        {"speakers": ("Yusu Wang", "Chen Cai")},
        {"room": None},
        {"starts_at": TALK.starts_at + timedelta(seconds=1)},
        {"ends_at": TALK.ends_at + timedelta(seconds=1)},
        {"abstract": ""},
        {"url": None},
        {"cancelled": True},
    ],
)
def test_talk_is_as_stated_until_a_column_differs(other: dict[str, Any]) -> None:
    assert as_stored(TALK).is_as_stated(TALK, 3)
    assert not as_stored(TALK).is_as_stated(replace(TALK, **other), 3)


def test_talk_of_another_session_or_edited_is_not_as_stated() -> None:
    assert not as_stored(TALK).is_as_stated(TALK, 4)
    assert not as_stored(TALK, title="As the file has it").is_as_stated(TALK, 3)


async def test_new_session_lasts_as_long_as_what_takes_place_of_it(db: Database, clock: SteppedClock) -> None:
    talks = [a_talk("A", starts_at=at("15:00")), a_talk("B", starts_at=at("16:00"), cancelled=True)]
    await import_page(db, clock, a_schedule(a_session(*talks), a_session(a_talk("C", starts_at=at("17:00")))))
    async with db.reading() as session:
        rows = list(await session.exec(select(Session).order_by(col(Session.id))))
    assert [(row.starts_at, row.ends_at) for row in rows] == [
        (at("15:00"), at("15:05")),
        (at("17:00"), at("17:05")),
    ]


async def test_only_the_talk_that_changed_is_written(db: Database, clock: SteppedClock) -> None:
    first, second = a_talk("A", starts_at=at("15:00")), a_talk("B", starts_at=at("15:05"))
    await import_page(db, clock, a_schedule(a_session(first, second)))
    with statements(db) as seen:
        await import_page(db, clock, a_schedule(a_session(first, replace(second, abstract="Now with an abstract"))))
    written = [statement for statement in seen if not statement.startswith("SELECT")]
    assert [statement.partition("=")[0].split(" ")[:4] for statement in written] == [
        ["UPDATE", "talks", "SET", "abstract"],
        ["INSERT", "INTO", "programme_versions", "(server_id,"],
    ]


async def test_talk_whose_sessions_edit_names_one_that_is_gone_gets_a_new_one(
    db: Database, clock: SteppedClock
) -> None:
    await import_page(db, clock, a_schedule(a_session(a_talk("A"))), source_name="main")
    async with db.transaction(NOBODY) as session:
        await session.exec(update(Talk).values(file_said={"session_id": 99}))
    await import_page(db, clock, a_schedule(a_session(a_talk("A"), title="As it is called now")), source_name="main")
    assert [title for title, *_ in await programme_of(db)] == ["As it is called now"]


async def test_page_is_found_again_when_only_its_spelling_changed(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, a_schedule(a_session(a_talk("Poincaré: a View"))))
    outcome = await import_page(db, clock, a_schedule(a_session(a_talk("poincare – a view"))))
    assert (outcome.added, outcome.changed) == (0, 1)


async def test_page_without_people_that_shares_only_its_break_is_another(db: Database, clock: SteppedClock) -> None:
    coffee = a_talk("Coffee", starts_at=at("16:00"), kind="Break", speakers=())
    await import_page(db, clock, a_schedule(a_session(a_talk("A"), coffee)))
    outcome = await import_page(db, clock, a_schedule(a_session(a_talk("B", speakers=()), coffee)))
    assert (outcome.added, outcome.removed) == (2, 0)


async def test_preview_plans_nothing(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    with statements(db) as seen:
        await preview_import(db, clock, ImportRequest(SERVER, a_schedule()))
    assert [statement for statement in seen if "deliveries" in statement] == []


async def test_garbage_is_collected_again_after_an_import_and_a_refused_one(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    assert gc.isenabled()
    with pytest.raises(ScheduleQuestion):
        await import_page(db, clock, a_schedule(timezone=None), server_id=SERVER + 1)
    assert gc.isenabled()
