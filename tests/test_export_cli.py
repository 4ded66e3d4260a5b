"""`chairside export questions`: files that are there stay, and whatever is wrong is one line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli import main
from bot.errors import ChairsideError
from bot.export_cli import ExportOrder, export
from db.database import Database
from tests.clocks import SteppedClock
from tests.misuse import refused_line
from tests.services.store import everything, import_page
from tests.services.stored_questions import a_question

TO_STDOUT = ExportOrder(session=1, form=None, out=None, for_public=True, force=False)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
async def store(db: Database, clock: SteppedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A store with one question, which the settings name."""
    monkeypatch.setenv("DATABASE_URL", db.url)
    monkeypatch.chdir(tmp_path)
    await import_page(db, clock)
    await a_question(db, 1, text="Naïve?")
    return db


async def test_without_a_session_lists_the_sessions_with_their_ids(
    store: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert await export(replace(TO_STDOUT, session=None)) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "1 Thu 21 July 2022 12:30 PDT Deep Learning Hall F 1" in printed
    assert "chairside export questions --session ID" in printed


async def test_without_a_file_writes_the_bytes_to_standard_output(
    store: Database, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    before = everything(store)
    assert await export(TO_STDOUT) == 0
    out = capsysbinary.readouterr().out
    assert out.startswith(b"\xef\xbb\xbf" + b'"number"')
    assert "Naïve?".encode() in out
    assert everything(store) == before


@pytest.mark.parametrize(
    ("form", "name", "begins"), [(None, "q.json", b"{"), (None, "q.csv", b"\xef"), ("csv", "q.json", b"\xef")]
)
async def test_file_is_written_in_the_format_that_was_named_or_that_its_name_says(
    store: Database, tmp_path: Path, form: object, name: str, begins: bytes
) -> None:
    out = tmp_path / name
    assert form in (None, "csv")
    assert await export(replace(TO_STDOUT, out=out, form="csv" if form else None)) == 0
    assert out.read_bytes().startswith(begins)


async def test_file_for_moderators_says_that_it_is(store: Database, tmp_path: Path) -> None:
    out = tmp_path / "q.json"
    await export(replace(TO_STDOUT, out=out, for_public=False))
    assert json.loads(out.read_text(encoding="utf-8"))["form"] == "moderators"


async def test_file_that_is_there_is_replaced_only_by_force(store: Database, tmp_path: Path) -> None:
    out = tmp_path / "q.csv"
    out.write_text("mine")
    with pytest.raises(ChairsideError, match=r"there is such a file already\. Name another one, or replace it"):
        await export(replace(TO_STDOUT, out=out))
    assert out.read_text() == "mine"
    await export(replace(TO_STDOUT, out=out, force=True))
    assert out.read_bytes().startswith(b"\xef")


@pytest.mark.parametrize("force", [True, False])
async def test_place_that_cannot_be_written_to_is_said(store: Database, tmp_path: Path, *, force: bool) -> None:
    with pytest.raises(ChairsideError, match="cannot be written"):
        await export(replace(TO_STDOUT, out=tmp_path / "none" / "q.csv", force=force))


async def test_session_that_is_not_there_is_said_with_how_to_find_one(store: Database) -> None:
    with pytest.raises(ChairsideError, match=r"there is no session 7\. List them with: chairside export questions\."):
        await export(replace(TO_STDOUT, session=7))


async def test_missing_store_is_said_and_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/none.sqlite3")
    with pytest.raises(ChairsideError, match="there is no database"):
        await export(TO_STDOUT)
    assert names_in(tmp_path) == []


async def test_store_of_another_version_is_said_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "older.sqlite3"
    with closing(sqlite3.connect(path)) as older:
        older.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        older.execute("INSERT INTO alembic_version VALUES ('0001')")
        older.commit()
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{path}")
    with pytest.raises(ChairsideError, match=r"another version's tables\. Bring it up to date with: chairside db"):
        await export(TO_STDOUT)


async def test_empty_store_is_said_to_hold_nothing_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "empty.sqlite3"
    path.touch()
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{path}")
    with pytest.raises(ChairsideError, match=r"there is nothing in the database yet\. Start the bot, or import"):
        await export(TO_STDOUT)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--session", "0"], "Invalid value for '--session'"),
        (["--format", "xml"], "Invalid value for '--format'"),
        (["--for", "everybody"], "Invalid value for '--for'"),
        (["--session", "1"], "there is no database"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    line: str,
) -> None:
    assert line in refused_line(monkeypatch, capsys, tmp_path, "export", "questions", *arguments)


@pytest.mark.parametrize("what", [["questions"], ["questions", "--session", "1"], ["schedule"]])
def test_store_without_a_programme_is_the_same_line_for_every_export(
    store_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    what: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", store_url)
    monkeypatch.setattr("sys.argv", ["chairside", "export", *what])
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr()
    assert (left.value.code, printed.out) == (2, "")
    assert printed.err == "chairside: no programme is stored yet. Import one with: chairside import FILE --server ID.\n"
