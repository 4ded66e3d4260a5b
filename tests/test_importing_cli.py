"""What `chairside import` prints of what it read."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from bot.importing_cli import Order, import_file

SAMPLE = files("bot.rehearsal").joinpath("sample", "icml-2022-deep-learning.txt")


async def test_fifteen_talks_fit_one_look_at_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    page = tmp_path / "page.txt"
    page.write_bytes(SAMPLE.read_bytes())
    zone = "America/New_York"
    assert await import_file(Order(page, None, None, zone, year=2022, day_first=None, dry_run=True, as_json=False)) == 0
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert len(printed) < 50
    assert max(map(len, printed)) <= 80
    assert printed[4:9] == [
        "  15:30 EDT   Convergence of Invariant Graph Networks",
        "  12:30 PDT   5 min · Spotlight · Chen Cai, Yusu Wang",
        "  15:35 EDT   Rich Feature Construction for the Optimization-Generalization",
        "  12:35 PDT   Dilemma",
        "              5 min · Spotlight · Jianyu Zhang, David Lopez-Paz and 1 more",
    ]
