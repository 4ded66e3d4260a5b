"""How the command line answers misuse: one line on standard error, exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import main


def refused_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> str:
    """What `chairside` with these words, in a folder without a store, is refused with."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("sys.argv", ["chairside", *words])
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr()
    assert (left.value.code, printed.out) == (2, "")
    assert len(printed.err.splitlines()) == 1
    return printed.err
