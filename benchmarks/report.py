"""The table at the end, the JSON beside it, and the machine that it all holds for."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.figures import Figure
from bot.clock import real_now

MARKDOWN = {True: "kept", False: "**missed**", None: ""}
VERDICTS = {True: "[green]kept[/]", False: "[red]missed[/]", None: ""}


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were measured on, and how busy it was before they were."""

    cores: int
    processor: str
    system: str
    python: str
    load: float

    def __str__(self) -> str:
        return (
            f"{self.processor}, {self.cores} cores, {self.system}, Python {self.python}, load {self.load:.1f} at start"
        )


@dataclass(slots=True)
class Report:
    """The figures of one run."""

    machine: Machine
    began_at: datetime = field(default_factory=real_now)
    figures: dict[str, Sequence[Figure]] = field(default_factory=dict)

    @property
    def missed(self) -> list[Figure]:
        """The figures that do not keep their promise."""
        return [figure for figures in self.figures.values() for figure in figures if figure.kept is False]

    def print(self, console: Console) -> None:
        """Show every figure beside what was promised."""
        table = Table("promise", "promised", "measured", "verdict", title=str(self.machine))
        for name, figures in self.figures.items():
            table.add_section()
            table.add_row(f"[bold]{name}[/]")
            for figure in figures:
                table.add_row(Text(figure.name), figure.promised, figure.measured, VERDICTS[figure.kept])
        console.print(table)

    def markdown(self) -> str:
        """The table as it stands in docs/performance.md."""
        lines = ["| measured | promised | figure | |", "|---|---|---|---|"]
        for name, figures in self.figures.items():
            lines.append(f"| **{name}** | | | |")
            lines.extend(f"| {f.name} | {f.promised} | {f.measured} | {MARKDOWN[f.kept]} |" for f in figures)
        return "\n".join([f"{self.began_at:%Y-%m-%d}, {self.machine}.", "", *lines, ""])

    def write(self, path: Path) -> None:
        """Keep the figures as JSON."""
        path.write_text(json.dumps(self._plain(), indent=2, allow_nan=True) + "\n", encoding="utf-8")

    def _plain(self) -> Mapping[str, Any]:
        machine = {name: getattr(self.machine, name) for name in ("cores", "processor", "system", "python", "load")}
        return {
            "began_at": self.began_at.isoformat(),
            "machine": machine,
            "figures": {name: [_plain_figure(f) for f in figures] for name, figures in self.figures.items()},
        }


def _plain_figure(figure: Figure) -> Mapping[str, Any]:
    return {
        "name": figure.name,
        "value": figure.value,
        "unit": figure.unit,
        "limit": figure.limit,
        "kept": figure.kept,
    }


def this_machine() -> Machine:
    """The machine as it is now."""
    return Machine(
        cores=os.cpu_count() or 1,
        processor=_processor(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or platform.processor() or "unknown processor"
