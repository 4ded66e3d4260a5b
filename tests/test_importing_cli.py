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


async def stored_in(store: Path, monkeypatch: pytest.MonkeyPatch, clock: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{store}")
    monkeypatch.setenv("DISCORD_API_BASE", "http://127.0.0.1:9/api/v10")
    monkeypatch.setenv("CLOCK", clock)
    page = Path(str(SAMPLE))
    order = Order(page, 1, None, "America/New_York", year=2022, day_first=None, dry_run=False, as_json=False)
    assert await import_file(order) == 0


async def test_empty_file_gets_its_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "empty.sqlite3"
    store.touch()
    await stored_in(store, monkeypatch, "2022-07-21T12:20-07:00@0")
    printed = " ".join(capsys.readouterr().out.split())
    assert "15 new" in printed
    assert "archived" not in printed


async def test_programme_that_is_long_over_is_said_to_be_archived_soon(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await stored_in(tmp_path / "store.sqlite3", monkeypatch, "2022-07-29T12:20-07:00@0")
    printed = " ".join(capsys.readouterr().out.split())
    assert "ended more than a week ago: nothing is announced, and it is archived within the hour" in printed
    assert "import it again with --year" in printed
