"""How long programmes of 5,000 talks take to be parsed, stored and planned, each time in a fresh process."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bare_client import ROOT
from benchmarks.figures import Figure, middle
from benchmarks.programme_files import TALKS, programme_files

RUNS = 3
SECONDS, MIB = 2.0, 300.0


async def importing() -> list[Figure]:
    """The medians of a few imports in each format, and what the same imports do when nothing has changed."""
    figures: list[Figure] = []
    with TemporaryDirectory(prefix="chairside-bench-") as folder:
        for name, made in programme_files().items():
            file = Path(folder) / "programme"
            file.write_bytes(made())
            figures += _figures(name, [await _probe(file) for _ in range(RUNS)])
    return figures


def _figures(name: str, runs: Sequence[Mapping[str, float]]) -> list[Figure]:
    def of(figure: str) -> float:
        return middle([run[figure] for run in runs])

    return [
        Figure(f"{name}: of {TALKS:,} talks not read", TALKS - of("talks"), "", 0),
        Figure(f"{name}: parsed", of("parse"), "s"),
        Figure(f"{name}: processor time of it", of("parse_cpu"), "s"),
        Figure(f"{name}: stored and planned", of("store"), "s"),
        Figure(f"{name}: in sum, median of {RUNS}", of("total"), "s", SECONDS),
        Figure(f"{name}: processor time in sum", of("total_cpu"), "s"),
        Figure(f"{name}: imported again, parsing left out", of("again"), "s"),
        Figure(f"{name}: statements that write when imported again", of("writes"), "", 0),
        Figure(f"{name}: reminders and boards planned", of("planned"), ""),
        Figure(f"{name}: the file's size", of("file_mib"), "MiB"),
        Figure(f"{name}: memory at most", of("peak_mib"), "MiB", MIB),
    ]


async def _probe(file: Path) -> dict[str, float]:
    with TemporaryDirectory(prefix="chairside-bench-") as folder:
        command: Sequence[str] = (sys.executable, "-m", "benchmarks.importing_probe", str(file), folder)
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
    figures: dict[str, float] = json.loads(output)
    return figures
