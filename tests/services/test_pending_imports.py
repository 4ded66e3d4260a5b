"""Files that wait for an answer: kept over a restart, for their own server, for an hour."""

from __future__ import annotations

import pytest

from bot.errors import CommandError
from bot.schedules.schedule import ReadingOptions
from bot.services.commands_sync import commands_changed, commands_synced, digest_of
from bot.services.pending_imports import HeldImport, forget_import, held_import, hold_import
from db.database import Database
from tests.builders import NEW_YORK, SERVER, at
from tests.clocks import SteppedClock

HELD = HeldImport(
    content=b"\x00\xffThu 21 July",
    options=ReadingOptions(today=at("12:20"), timezone=NEW_YORK, year=2022, name="page.html"),
    source_name="main track",
    user_id=7,
)


async def test_file_is_given_back_as_it_was_also_after_a_restart(db: Database, clock: SteppedClock) -> None:
    key = await hold_import(db, clock, server_id=SERVER, held=HELD)
    assert len(key) == 22
    restarted = Database(db.url)
    assert await held_import(restarted, server_id=SERVER, key=key) == HELD
    await restarted.close()


async def test_file_of_another_server_is_not_given_out(db: Database, clock: SteppedClock) -> None:
    key = await hold_import(db, clock, server_id=SERVER, held=HELD)
    with pytest.raises(CommandError):
        await held_import(db, server_id=SERVER + 1, key=key)


async def test_file_dealt_with_already_is_refused_with_a_remedy(db: Database, clock: SteppedClock) -> None:
    key = await hold_import(db, clock, server_id=SERVER, held=HELD)
    await forget_import(db, key)
    with pytest.raises(CommandError) as refusal:
        await held_import(db, server_id=SERVER, key=key)
    assert str(refusal.value) == "this import was already dealt with, or is too old. Use /schedule import again."


async def test_file_that_waited_an_hour_is_dropped_with_the_next_one(db: Database, clock: SteppedClock) -> None:
    old = await hold_import(db, clock, server_id=SERVER, held=HELD)
    clock.advance(minutes=60)
    young = await hold_import(db, clock, server_id=SERVER, held=HELD)
    assert await held_import(db, server_id=SERVER, key=old) == HELD
    clock.advance(seconds=1)
    await hold_import(db, clock, server_id=SERVER, held=HELD)
    with pytest.raises(CommandError):
        await held_import(db, server_id=SERVER, key=old)
    assert await held_import(db, server_id=SERVER, key=young) == HELD


async def test_commands_are_synced_only_when_they_changed(db: Database, clock: SteppedClock) -> None:
    first = digest_of([{"name": "now", "type": 1}])
    assert first == digest_of([{"type": 1, "name": "now"}])
    assert await commands_changed(db, 7, first)
    await commands_synced(db, clock, 7, first)
    assert not await commands_changed(db, 7, first)
    assert await commands_changed(db, 8, first)
    other = digest_of([{"name": "agenda", "type": 1}])
    assert await commands_changed(db, 7, other)
    await commands_synced(db, clock, 7, other)
    assert not await commands_changed(db, 7, other)
