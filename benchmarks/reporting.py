"""How long `chairside report` takes for a large conference, as a command of its own, and how large its page is."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bare_client import ROOT
from benchmarks.figures import Figure, middle
from benchmarks.reporting_rows import MadeConference
from db.database import Database

RUNS = 5
SECONDS, MEGABYTES = 5.0, 2.0
LARGE = MadeConference()


async def reporting() -> list[Figure]:
    """The median and the worst of a few runs over a conference of 24 rooms and 480 talks, process start included."""
    with TemporaryDirectory(prefix="chairside-bench-") as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'store.sqlite3'}"
        db = Database(url)
        await db.open()
        await LARGE.store(db)
        await db.close()
        took = [await _run(url, Path(folder) / f"report-{number}") for number in range(RUNS)]
        size = (Path(folder) / "report-0" / "report.html").stat().st_size / 1e6
    counts = ", ".join(f"{len(LARGE.rows[name]):,} {name}" for name in ("talks", "questions", "deliveries"))
    return [
        Figure(f"{counts}: made, median of {RUNS}", middle(took), "s"),
        Figure(f"made, the slowest of {RUNS}", max(took), "s", SECONDS),
        Figure("the page's size", size, "MB", MEGABYTES),
    ]


async def _run(url: str, out: Path) -> float:
    command = (sys.executable, "-m", "bot", "report", "--out", str(out))
    environment = {**os.environ, "DATABASE_URL": url}
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    code = await process.wait()
    seconds = time.perf_counter() - began
    if code:
        raise RuntimeError(f"chairside report ended with {code}")
    return seconds
