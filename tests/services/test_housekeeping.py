"""Old questions and stale files are deleted by themselves, and nothing else is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.rules.run import TimingKind
from bot.rules.taps import Tap
from bot.services.audience import programme
from bot.services.housekeeping import Deleted, archive_over, delete_old, keep_house, purge_left
from bot.services.servers import server_joined, server_left
from bot.services.timekeeping import tap_clock
from db.database import NOBODY, Database
from db.tables import Server
from tests.builders import SERVER, a_schedule, a_session, a_talk, at
from tests.clocks import SteppedClock
from tests.services.store import everything, import_page
from tests.services.stored_questions import a_question, anybody, rows, votes

OTHER_SERVER = 81384788765712999
END = at("12:35")
"""When the first talk of both servers ends; the others, on the first one, five minutes later and more."""


async def keep_for(db: Database, days: object, server_id: int = SERVER) -> None:
    async with db.transaction(NOBODY) as session:
        (await session.get_one(Server, server_id)).question_settings = {"retention_days": days}


async def asked_on_two_servers(db: Database, clock: SteppedClock) -> None:
    """Two questions to the first talk, one to the second; one to the other server's talk. Each voted for once."""
    await import_page(db, clock)
    other = a_schedule(a_session(a_talk("Abroad"), title="Elsewhere"))
    await import_page(db, clock, other, server_id=OTHER_SERVER)
    await a_question(db, 1)
    await a_question(db, 2, state="merged", merged_into=1)
    await a_question(db, 3, talk_id=2)
    await a_question(db, 4, session_id=2, talk_id=16)
    await votes(db, (1, 9), (2, 9), (3, 9), (4, 9))
    step = {"kind": "pin", "by": 9, "at": at("12:27"), "changes": []}
    await rows(db, "question_steps", *({**step, "talk_id": talk_id} for talk_id in (1, 2, 16)))
    await rows(
        db,
        "talk_queues",
        *({"talk_id": talk_id, "phase": "open", "set_at": at("12:30"), "set_by": 9} for talk_id in (1, 2, 16)),
    )


def kept(db: Database) -> dict[str, list[Any]]:
    """The first column of what is left: questions' ids, and the talks of overrides."""
    stored = everything(db)
    return {table: [row[0] for row in stored[table]] for table in ("questions", "talk_queues")}


async def test_questions_of_talks_that_ended_longer_ago_are_deleted_with_votes_and_steps(
    db: Database, clock: SteppedClock
) -> None:
    await asked_on_two_servers(db, clock)
    await keep_for(db, 30)
    before = everything(db)
    assert await delete_old(db, END + timedelta(days=30)) == Deleted()
    assert everything(db) == before
    assert await delete_old(db, END + timedelta(days=30, seconds=1)) == Deleted(questions=2, votes=2, steps=1)
    assert kept(db) == {"questions": [3, 4], "talk_queues": [2, 16]}
    after = everything(db)
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"questions", "question_votes", "question_steps", "talk_queues"}
    assert await delete_old(db, END + timedelta(days=30, seconds=1)) == Deleted()


@pytest.mark.parametrize("settings", [{}, {"retention_days": None}, {"approval": True}])
async def test_server_that_set_nothing_keeps_everything(
    db: Database, clock: SteppedClock, settings: dict[str, object]
) -> None:
    await asked_on_two_servers(db, clock)
    async with db.transaction(NOBODY) as session:
        (await session.get_one(Server, SERVER)).question_settings = settings
    before = everything(db)
    assert await delete_old(db, END + timedelta(days=4000)) == Deleted()
    assert everything(db) == before


async def test_each_server_has_its_own_days(db: Database, clock: SteppedClock) -> None:
    await asked_on_two_servers(db, clock)
    await keep_for(db, 30)
    await keep_for(db, 7, OTHER_SERVER)
    assert await delete_old(db, END + timedelta(days=8)) == Deleted(questions=1, votes=1, steps=1)
    assert kept(db)["questions"] == [1, 2, 3]


async def test_tap_after_the_planned_end_counts_as_the_end(db: Database, clock: SteppedClock) -> None:
    await asked_on_two_servers(db, clock)
    await keep_for(db, 1)
    clock.jump(END + timedelta(hours=3))
    tap = Tap(TimingKind.START, 9)
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=tap, check=anybody)
    assert await delete_old(db, END + timedelta(days=1, hours=3)) == Deleted()
    assert await delete_old(db, END + timedelta(days=1, hours=3, seconds=1)) == Deleted(questions=3, votes=3, steps=2)


@pytest.mark.parametrize("days", [0, -400, 10**12])
async def test_days_that_make_no_sense_delete_nothing_of_today(db: Database, clock: SteppedClock, days: int) -> None:
    await asked_on_two_servers(db, clock)
    await keep_for(db, days)
    assert await delete_old(db, END + timedelta(hours=23)) == Deleted()


async def test_housekeeping_deletes_by_the_clock_and_drops_files_nobody_can_confirm_any_more(
    db: Database, clock: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    await asked_on_two_servers(db, clock)
    await keep_for(db, 1)
    file = {"server_id": SERVER, "user_id": 9, "content": b"page", "options": {}}
    old, fresh = clock.real() - timedelta(minutes=61), clock.real() - timedelta(minutes=59)
    await rows(db, "pending_imports", {**file, "id": "old", "created_at": old})
    await rows(db, "pending_imports", {**file, "id": "fresh", "created_at": fresh})
    await keep_house(db, clock)
    assert kept(db)["questions"] == [1, 2, 3, 4]
    clock.jump(at("18:00", day="2022-07-22"))
    with caplog.at_level("INFO", "bot.services.housekeeping"):
        await keep_house(db, clock)
    assert kept(db)["questions"] == [4]
    assert [row[0] for row in everything(db)["pending_imports"]] == ["fresh"]
    assert caplog.messages == ["deleted 3 old questions, 3 votes, 2 steps"]


async def test_store_that_does_not_answer_ends_no_housekeeping(
    db: Database, clock: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with db.transaction(NOBODY) as session:
        await (await session.connection()).exec_driver_sql("DROP TABLE pending_imports")
    await keep_house(db, clock)
    assert "the store did not answer" in caplog.text


async def test_conference_is_archived_a_week_after_its_last_session_and_the_next_begins_clean(
    db: Database, clock: SteppedClock
) -> None:
    await import_page(db, clock)
    assert await archive_over(db, END + timedelta(days=7)) == []
    clock.jump(at("14:00", day="2022-07-28"))
    assert not (await import_page(db, clock)).is_long_over
    clock.jump(at("14:01", day="2022-07-28"))
    assert (await import_page(db, clock)).is_long_over
    over = at("14:01", day="2022-07-28")
    assert await archive_over(db, over) == ["Conference of July 2022"]
    assert await archive_over(db, over) == []
    clock.jump(over)
    assert (await programme(db, clock, SERVER)).sessions == ()
    year_later = a_schedule(
        a_session(a_talk("Nets again", starts_at=at("12:30", day="2023-07-20")), title="Deep Learning")
    )
    outcome = await import_page(db, clock, year_later)
    assert (outcome.added, outcome.changed, outcome.removed) == (1, 0, 0)
    assert [p.session.title for p in (await programme(db, clock, SERVER)).sessions] == ["Deep Learning"]


async def test_conference_without_a_session_is_left_alone(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await rows(db, "conferences", {"server_id": SERVER, "name": "Empty", "timezone": "UTC"})
    assert await archive_over(db, at("14:01", day="2023-07-28")) == ["Conference of July 2022"]


async def test_all_of_a_server_goes_a_month_after_the_bot_was_removed_and_nothing_of_others(
    db: Database, clock: SteppedClock
) -> None:
    await asked_on_two_servers(db, clock)
    await server_left(db, clock, SERVER)
    before = everything(db)
    assert await purge_left(db, clock.now() + timedelta(days=30)) == 0
    assert everything(db) == before
    assert await purge_left(db, clock.now() + timedelta(days=30, seconds=1)) == 1
    after = everything(db)
    assert {table for table in after if any(str(SERVER) in repr(row) for row in after[table])} == set()
    assert [len(after[table]) for table in ("servers", "conferences", "sessions", "talks", "questions")] == [1] * 5


async def test_server_that_invites_the_bot_again_in_time_keeps_everything(db: Database, clock: SteppedClock) -> None:
    await asked_on_two_servers(db, clock)
    await server_joined(db, clock, SERVER, "ICML")
    await server_left(db, clock, SERVER)
    await server_joined(db, clock, SERVER, "ICML")
    assert await purge_left(db, clock.now() + timedelta(days=99)) == 0
