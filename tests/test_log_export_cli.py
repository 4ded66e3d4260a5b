"""`chairside export log` and `chairside replay`: whatever is wrong is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ChairsideError
from bot.log_export_cli import LogOrder, export
from bot.rules.session_log_json import read_log
from db.database import Database
from tests.clocks import SteppedClock
from tests.misuse import refused_line
from tests.services.store import everything, import_page
from tests.services.stored_questions import a_question, votes


@pytest.fixture
async def store(db: Database, clock: SteppedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A store with one question, which the settings name."""
    monkeypatch.setenv("DATABASE_URL", db.url)
    monkeypatch.chdir(tmp_path)
    await import_page(db, clock)
    await a_question(db, 1, text="Naïve?")
    await votes(db, (1, 99))
    return db


async def test_without_a_session_lists_the_sessions_with_their_ids(
    store: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert await export(LogOrder(None, None, force=False)) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "1 Thu 21 July 2022 12:30 PDT Deep Learning Hall F 0 1" in printed
    assert "chairside export log --session ID" in printed


async def test_log_is_written_and_what_is_not_in_it_is_said(
    store: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, out = everything(store), tmp_path / "log.json"
    assert await export(LogOrder(1, out, force=False)) == 0
    printed = capsys.readouterr()
    assert printed.out == f"0 events, 1 question and 0 messages of “Deep Learning” written to {out}\n"
    assert printed.err.startswith("not in the log: votes, which decide who is asked next")
    assert len(read_log(out.read_bytes()).questions) == 1
    assert everything(store) == before
    with pytest.raises(ChairsideError, match="there is such a file already"):
        await export(LogOrder(1, out, force=False))
    assert await export(LogOrder(1, out, force=True)) == 0


async def test_without_a_file_only_the_log_is_on_standard_output(
    store: Database, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    await export(LogOrder(1, None, force=False))
    assert read_log(capsysbinary.readouterr().out).title == "Deep Learning"


async def test_session_that_is_not_there_is_said_with_how_to_find_one(store: Database) -> None:
    with pytest.raises(ChairsideError, match=r"there is no session 7\. List them with: chairside export log\."):
        await export(LogOrder(7, None, force=False))


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["export", "log", "--session", "1"], "there is no database"),
        (["export", "log", "--session", "0"], "Invalid value for '--session'"),
        (["replay"], "Missing argument 'log'"),
        (["replay", "none.json"], "none.json: the file cannot be opened"),
        (["replay", "."], "the file cannot be opened"),
        (["replay", "x.json"], "this is not a recorded session. Write it with: chairside export log"),
        (["replay", "y.json"], "this log is of version 9"),
        (["replay", "x.json", "--speed", "0"], "Invalid value for '--speed'"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    line: str,
) -> None:
    (tmp_path / "x.json").write_text('{"sessions": []}')
    (tmp_path / "y.json").write_text('{"chairside_log": 9}')
    assert line in refused_line(monkeypatch, capsys, tmp_path, *words)
