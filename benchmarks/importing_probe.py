"""One import of a file into a new store, in a process of its own: `python -m benchmarks.importing_probe FILE DIR`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from sqlalchemy import Engine, event, func
from sqlmodel import select

from benchmarks.programmes import ZONE
from bot.clock import Clock, clock_from_setting
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions
from bot.services.importing import import_schedule
from bot.services.servers import set_channel
from bot.services.sources import ImportRequest
from db.database import Database
from db.tables import Delivery

SERVER, CHANNEL = 81384788765712384, 381870129706958858
BEFORE_THE_CONFERENCE = "2022-07-01T12:00+00:00@1"
_WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE")


async def probe(content: bytes, folder: Path) -> dict[str, float]:
    """Seconds for each step, and what came of it."""
    clock, db = clock_from_setting(BEFORE_THE_CONFERENCE), Database(f"sqlite+aiosqlite:///{folder / 'store.sqlite3'}")
    await db.open()
    await set_channel(db, clock, server_id=SERVER, channel_id=CHANNEL)
    began, cpu_before = time.perf_counter(), time.process_time()
    schedule = read_schedule(content, ReadingOptions(today=clock.now(), timezone=ZONE))
    parsed, cpu_parsed = time.perf_counter(), time.process_time()
    request = ImportRequest(SERVER, schedule, timezone=ZONE)
    await import_schedule(db, clock, request)
    stored, cpu_stored = time.perf_counter(), time.process_time()
    again = await _again(db, clock, request)
    planned = await _planned(db)
    await db.close()
    return {
        "talks": len(schedule.talks),
        "parse": parsed - began,
        "parse_cpu": cpu_parsed - cpu_before,
        "store": stored - parsed,
        "total": stored - began,
        "total_cpu": cpu_stored - cpu_before,
        **again,
        "planned": planned,
        "file_mib": len(content) / 2**20,
        "peak_mib": _peak_mib(),
    }


async def _again(db: Database, clock: Clock, request: ImportRequest) -> dict[str, float]:
    """The same once more: how long, and how many statements write."""
    writes: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if statement.lstrip().upper().startswith(_WRITING):
            writes.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    began = time.perf_counter()
    outcome = await import_schedule(db, clock, request)
    seconds = time.perf_counter() - began
    event.remove(Engine, "before_cursor_execute", note)
    assert outcome.unchanged == len(request.schedule.talks)
    return {"again": seconds, "writes": len(writes)}


async def _planned(db: Database) -> int:
    async with db.reading() as session:
        return (await session.exec(select(func.count()).select_from(Delivery))).one()


def _peak_mib() -> float:
    """The most memory that the process had in use."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(probe(Path(sys.argv[1]).read_bytes(), Path(sys.argv[2])))))
