"""Undo: the programme as it was before its last change, any number of steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import CommandError
from bot.rules.run import TimingKind
from bot.rules.taps import Tap
from bot.services.editing import TalkEdit, edit_talk
from bot.services.timekeeping import tap_clock
from bot.services.undoing import last_change, preview_undo, undo_change
from db.database import Database
from db.tables import Session
from tests.builders import NEW_YORK, SERVER, a_schedule, a_session, a_talk, at, fifteen_talks
from tests.clocks import SteppedClock
from tests.services.hall import anybody
from tests.services.store import deliveries, everything, import_page, programme_of, talks, use_channel

MINUTE = timedelta(minutes=1)
PROGRAMME = ("sources", "conferences", "sessions", "talks")


async def undo(db: Database, clock: SteppedClock) -> list[tuple[str, str]]:
    """Undo the last change; what that did, as kind and title."""
    shown = await preview_undo(db, clock, SERVER)
    done = await undo_change(db, clock, server_id=SERVER, version_id=shown.version_id, by=7)
    assert done.changes == shown.changes
    return [(change.kind.value, change.facts.title) for change in done.changes]


def programme(db: Database) -> dict[str, list[tuple[object, ...]]]:
    return {table: rows for table, rows in everything(db).items() if table in PROGRAMME}


async def test_each_step_back_gives_the_programme_before_it(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    states = [programme(db)]
    first = list(fifteen_talks())
    second = [replace(first[0], title="Another title altogether", room="Hall G"), *first[2:]]
    third = [*second, a_talk("Talk 16", starts_at=at("14:00"))]
    for page in (a_schedule(a_session(*first)), a_schedule(a_session(*second)), a_schedule(a_session(*third))):
        await import_page(db, clock, page)
        states.append(programme(db))
    edit = TalkEdit(3, title="Third", starts_at=at("12:41"))
    await edit_talk(db, clock, server_id=SERVER, session_id=1, edit=edit, by=7)
    assert await undo(db, clock) == [("moved", "Talk 3")]
    assert programme(db) == states[3]
    assert await undo(db, clock) == [("cancelled", "Talk 16")]
    # what was new is kept as cancelled, and is none of the file's before
    assert [(title, off) for _, title, _, off in await programme_of(db)][-1] == ("Talk 16", True)
    assert await undo(db, clock) == [("other room", "Talk 1"), ("takes place after all", "Talk 2")]
    assert [talk.title for talk in await talks(db)][:2] == ["Talk 1", "Talk 2"]
    assert not (await talks(db))[1].cancelled
    assert (await last_change(db, SERVER)) is not None
    await undo(db, clock)
    assert programme(db) == states[0]
    with pytest.raises(CommandError, match="no change of the programme to undo"):
        await preview_undo(db, clock, SERVER)


async def test_undoing_an_import_that_nobody_heard_of_leaves_no_trace(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    before = everything(db)
    await import_page(db, clock)
    assert await undo(db, clock) == [("removed", f"Talk {n}") for n in range(1, 16)]
    after = everything(db)
    for table in before.keys() - {"programme_versions", "sqlite_sequence", "deliveries"}:
        assert after[table] == before[table], table
    assert {row.state for row in await deliveries(db)} == {"withdrawn"}
    assert (await import_page(db, clock)).added == 15


async def test_what_was_announced_or_begun_is_cancelled_or_kept_not_deleted(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    clock.advance(minutes=11)
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=Tap(TimingKind.START, 7), check=anybody)
    assert await undo(db, clock) == [("cancelled", f"Talk {n}") for n in range(2, 16)]
    assert [talk.cancelled for talk in await talks(db)] == [False, *[True] * 14]


async def test_only_the_change_that_was_shown_is_undone(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    shown = await preview_undo(db, clock, SERVER)
    await import_page(db, clock, a_schedule(a_session(*fifteen_talks()[:14])))
    before = everything(db)
    with pytest.raises(CommandError, match="the programme changed since"):
        await undo_change(db, clock, server_id=SERVER, version_id=shown.version_id, by=7)
    assert everything(db) == before


async def test_last_change_says_who_what_and_when(db: Database, clock: SteppedClock) -> None:
    assert await last_change(db, SERVER) is None
    await import_page(db, clock)
    first = await last_change(db, SERVER)
    assert first is not None
    assert (first.origin.value, first.name, first.at, first.by, first.earlier) == (
        "import",
        "Deep Learning",
        clock.now(),
        None,
        0,
    )
    await edit_talk(db, clock, server_id=SERVER, session_id=1, edit=TalkEdit(1, title="First"), by=7)
    last = await last_change(db, SERVER)
    assert last is not None
    assert (last.origin.value, last.name, last.by, last.earlier) == ("on the day", "Deep Learning", 7, 1)
    assert [(change.kind.value, change.facts.title) for change in last.changes] == [("retitled", "First")]


async def test_import_that_changes_nothing_is_no_step(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock)
    await import_page(db, clock)
    assert await undo(db, clock) != []
    with pytest.raises(CommandError):
        await preview_undo(db, clock, SERVER)


async def test_servers_undo_their_own_changes_only(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, server_id=2)
    with pytest.raises(CommandError):
        await preview_undo(db, clock, SERVER)


async def test_undo_gives_back_the_zone_of_the_conference(db: Database, clock: SteppedClock) -> None:
    await import_page(db, clock, timezone=NEW_YORK)
    outcome = await import_page(db, clock, timezone="Europe/Berlin")
    assert not outcome.changes_nothing
    await undo(db, clock)
    assert (await import_page(db, clock)).timezone == NEW_YORK


async def test_session_spans_what_an_undo_left_of_it(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    await import_page(db, clock)
    clock.advance(minutes=11)
    await tap_clock(db, clock, server_id=SERVER, session_id=1, tap=Tap(TimingKind.START, 7), check=anybody)
    await undo(db, clock)
    async with db.reading() as session:
        assert (await session.get_one(Session, 1)).ends_at == at("12:35")
