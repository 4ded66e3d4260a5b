"""`python -m benchmarks [name …]`: measure, and print each figure beside its promise."""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.acknowledging import acknowledging
from benchmarks.asking import asking
from benchmarks.burst import burst
from benchmarks.crowded import crowded
from benchmarks.figures import Figure
from benchmarks.hinting import hinting
from benchmarks.idling import idling
from benchmarks.importing import importing
from benchmarks.lateness import lateness
from benchmarks.pending import pending
from benchmarks.reminding import reminding
from benchmarks.report import Report, this_machine
from benchmarks.reporting import reporting
from benchmarks.tapping import tapping
from benchmarks.viewing import viewing

BENCHMARKS: dict[str, Callable[[], Awaitable[Sequence[Figure]]]] = {
    "lateness": lateness,
    "pending": pending,
    "idling": idling,
    "importing": importing,
    "acknowledging": acknowledging,
    "crowded": crowded,
    "burst": burst,
    "tapping": tapping,
    "asking": asking,
    "reminding": reminding,
    "viewing": viewing,
    "reporting": reporting,
    "hinting": hinting,
}

WIDTH = 140


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(BENCHMARKS)}; all if none is named")] = None,
    json: Annotated[Path | None, typer.Option(help="Keep the figures in this file as well")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Keep the table for docs/performance.md in this file")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if a promise is missed")] = False,  # noqa: FBT002 - typer makes an option of it
) -> None:
    """Measure the promises of docs/performance.md on this machine; nothing leaves it."""
    chosen = names or list(BENCHMARKS)
    unknown = sorted(set(chosen) - set(BENCHMARKS))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: choose of {', '.join(BENCHMARKS)}")
    console = Console(width=max(WIDTH, Console().width))
    report = Report(this_machine())
    for name in chosen:
        began = time.perf_counter()
        try:
            report.figures[name] = asyncio.run(_figures(name))
        except Exception as error:  # noqa: BLE001 - the other benchmarks still have something to say
            report.figures[name] = [Figure(f"not measured: {error}", math.nan, "", 0)]
        console.print(f"{name}: {time.perf_counter() - began:.0f} s")
    report.print(console)
    if json is not None:
        report.write(json)
    if markdown is not None:
        markdown.write_text(report.markdown(), encoding="utf-8")
    if strict and report.missed:
        sys.exit(1)


async def _figures(name: str) -> Sequence[Figure]:
    return await BENCHMARKS[name]()


if __name__ == "__main__":
    typer.run(main)
