"""Damaged files on their way into the store: all of a schedule, or nothing of it."""

from __future__ import annotations

import random

from bot.errors import ScheduleError
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions
from bot.services.importing import import_schedule
from bot.services.sources import ImportRequest
from db.database import Database
from tests.builders import SERVER
from tests.clocks import SteppedClock
from tests.schedules.test_frab_json import a_schedule, an_event, read_json
from tests.schedules.test_mutations import mutated
from tests.services.store import everything, talks, use_channel
from tests.shared import SHARED, needs_shared

MUTATIONS = 25


@needs_shared
async def test_damaged_file_is_stored_whole_or_not_at_all(db: Database, clock: SteppedClock) -> None:
    await use_channel(db, clock)
    chance = random.Random(1)  # noqa: S311 - the same injuries each time
    files = [path.read_bytes() for path in sorted(SHARED.iterdir()) if path.name != "README.md"]
    stored = 0
    for number in range(MUTATIONS):
        before, known = everything(db), len(await talks(db))
        content = mutated(chance.choice(files), chance.choice(files), chance)
        try:
            schedule = read_schedule(content, ReadingOptions(clock.now(), timezone="Europe/Berlin"))
            request = ImportRequest(SERVER, schedule, source_name=f"file {number}")
            outcome = await import_schedule(db, clock, request)
        except ScheduleError:
            assert everything(db) == before
            continue
        assert outcome.added == len(schedule.talks) == len(await talks(db)) - known
        stored += 1
    assert 0 < stored < MUTATIONS


async def test_file_with_zeros_in_all_its_texts_is_stored(db: Database, clock: SteppedClock) -> None:
    """PostgreSQL takes them in no text."""
    await use_channel(db, clock)
    event = an_event(guid="g\0", title="Tr\0ees", url="https://example.org/\0", abstract="\0a", persons=["A\0da"])
    schedule = read_json(a_schedule({"Hall\0 F": [event]}, title="Camp\0"))
    await import_schedule(db, clock, ImportRequest(SERVER, schedule))
    (talk,) = await talks(db)
    assert (talk.file_id, talk.title, talk.url) == ("g", "Trees", "https://example.org/")
