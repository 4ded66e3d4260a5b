"""What a bot holds at a moment: memory, tasks, files, threads, connections."""

from __future__ import annotations

import os
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.engine import make_url

from benchmarks.processes import number_of
from db import sqlite
from tests.journeys.leaks import metrics_of
from tests.soak.conference import Conference

POOLED = {"store_connections": 20, "threads": 30}
"""What pools may hold, whenever they are full for the first time: connections, and threads for them and for files."""


@dataclass(frozen=True, slots=True)
class Held:
    """What there is of each thing that could leak; memory is in MiB, and everything but it is counted.

    `files` are open ones, sockets among them, but for those of the store. SQLite keeps a closed connection's files open
    for as long as there is another connection, and uses them again.
    """

    memory: float
    tasks: int
    files: int
    threads: int
    store_connections: int
    gateway_connections: int

    def more_than(self, other: Held) -> dict[str, str]:
        """What there is more of, but for memory: how many there were, and are."""
        names = [field.name for field in fields(self)][1:]
        pairs = zip(names, astuple(other)[1:], astuple(self)[1:], strict=True)
        return {
            name: f"{before} became {after}"
            for name, before, after in pairs
            if after > max(before, POOLED.get(name, 0))
        }


async def held(stage: Conference) -> Held:
    """What the stage's bot holds at this moment."""
    told = {
        sample.name: sample.value
        for family in text_string_to_metric_families(await metrics_of(stage.bot))
        for sample in family.samples
    }
    pid = number_of(stage.bot)
    connections, files = _of_store(stage, pid)
    return Held(
        memory=told["process_resident_memory_bytes"] / 2**20,
        tasks=int(told["chairside_loop_tasks"]),
        files=int(told["process_open_fds"]) - files,
        threads=_threads(pid),
        store_connections=connections,
        gateway_connections=len(stage.loopback._gateway._connections),
    )


def _threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def _of_store(stage: Conference, pid: int) -> tuple[int, int]:
    """How many connections to the store there are, and how many open files those take."""
    store = make_url(stage.bot.database_url)
    if store.drivername != sqlite.DRIVER:
        ((number,),) = stage.stored(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND application_name LIKE 'chairside%'"
        )
        return int(number), int(number)
    path = os.path.realpath(str(store.database))
    files = [target for link in Path(f"/proc/{pid}/fd").iterdir() if (target := _leads_to(link)).startswith(path)]
    return files.count(path), len(files)


def _leads_to(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""  # closed since it was listed


def line(at: datetime, seconds: float, now: Held) -> str:
    """A row for whoever watches."""
    counts = ", ".join(f"{field.name.replace('_', ' ')} {getattr(now, field.name)}" for field in fields(now)[1:])
    return f"{at:%a %H:%M}  after {seconds:5.0f} s  {now.memory:6.1f} MiB  {counts}"
