"""How long a programme of 5,000 talks takes to be parsed, stored and planned, each time in a fresh process."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from tempfile import TemporaryDirectory

from benchmarks.bare_client import ROOT
from benchmarks.figures import Figure, middle

RUNS = 3
SECONDS = 2.0


async def importing() -> list[Figure]:
    """The medians of a few imports, and what the same import does when nothing has changed."""
    runs = [await _probe() for _ in range(RUNS)]

    def of(name: str) -> float:
        return middle([run[name] for run in runs])

    return [
        Figure("parsed", of("parse"), "s"),
        Figure("stored and planned", of("store"), "s"),
        Figure(f"in sum, 5,000 talks, median of {RUNS}", of("total"), "s", SECONDS),
        Figure("processor time of it", of("cpu"), "s"),
        Figure("imported again, parsing left out", of("again"), "s"),
        Figure("statements that write when imported again", of("writes"), "", 0),
        Figure("reminders and boards planned", of("planned"), ""),
        Figure("the page's size", of("page_mib"), "MiB"),
        Figure("memory at most", of("peak_mib"), "MiB"),
    ]


async def _probe() -> dict[str, float]:
    with TemporaryDirectory(prefix="chairside-bench-") as folder:
        command: Sequence[str] = (sys.executable, "-m", "benchmarks.importing_probe", folder)
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
    figures: dict[str, float] = json.loads(output)
    return figures
