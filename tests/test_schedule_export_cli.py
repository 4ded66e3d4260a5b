"""`chairside export schedule`: which conference, which format, and whatever is wrong in one line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import ChairsideError
from bot.schedule_export_cli import ScheduleOrder, export
from db.database import Database
from tests.builders import SERVER, a_schedule
from tests.clocks import SteppedClock
from tests.misuse import refused_line
from tests.services.store import everything, import_page

PLAIN = ScheduleOrder(conference=None, server=None, form=None, out=None, force=False)


@pytest.fixture
async def store(db: Database, clock: SteppedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A store with one conference, which the settings name."""
    monkeypatch.setenv("DATABASE_URL", db.url)
    monkeypatch.chdir(tmp_path)
    await import_page(db, clock, a_schedule(conference="ICML 2022"))
    return db


async def test_only_conference_needs_no_name_and_goes_to_standard_output(
    store: Database, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    before = everything(store)
    assert await export(PLAIN) == 0
    out = capsysbinary.readouterr().out
    assert out.startswith(b"BEGIN:VCALENDAR\r\n")
    assert "X-WR-CALNAME:ICML 2022" in out.decode()
    assert everything(store) == before


@pytest.mark.parametrize(
    ("name", "begins"), [("s.json", b"{"), ("s.CSV", b"\xef"), ("s.ics", b"BEGIN"), ("s", b"BEGIN")]
)
async def test_file_is_written_in_the_format_that_its_name_says(
    store: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, begins: bytes
) -> None:
    out = tmp_path / name
    assert await export(replace(PLAIN, out=out)) == 0
    assert out.read_bytes().startswith(begins)
    assert capsys.readouterr().out == f"15 talks in 1 session of “ICML 2022” written to {out}\n"


async def test_format_that_is_named_goes_before_the_files_name(store: Database, tmp_path: Path) -> None:
    out = tmp_path / "s.json"
    assert await export(replace(PLAIN, out=out, form="csv")) == 0
    assert out.read_bytes().startswith(b"\xef")


async def test_file_that_is_there_is_replaced_only_by_force(store: Database, tmp_path: Path) -> None:
    out = tmp_path / "s.ics"
    out.write_text("mine")
    with pytest.raises(ChairsideError, match=r"there is such a file already\. Name another one, or replace it"):
        await export(replace(PLAIN, out=out))
    assert out.read_text() == "mine"
    await export(replace(PLAIN, out=out, force=True))
    assert out.read_bytes().startswith(b"BEGIN")


async def test_conferences_are_listed_where_it_is_not_clear_which_is_meant(
    store: Database,
    clock: SteppedClock,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    await import_page(store, clock, a_schedule(conference="ICML 2022"), server_id=2)
    out = tmp_path / "s.json"
    with pytest.raises(ChairsideError, match=r"2 conferences may be meant\. Say which with --conference NAME"):
        await export(replace(PLAIN, conference="icml 2022", out=out))
    listed = " ".join(capsys.readouterr().out.split())
    assert f"ICML 2022 Thu 21 July 2022 15 not joined yet {SERVER} ICML 2022 Thu 21 July 2022 15 not" in listed
    assert not out.exists()
    await export(replace(PLAIN, server=2, out=out))
    assert json.loads(out.read_bytes())["conference"] == "ICML 2022"


async def test_conference_that_is_not_there_is_said_with_those_that_are(store: Database) -> None:
    with pytest.raises(ChairsideError, match=r"no open conference is called “NeurIPS”\. There is “ICML 2022”\."):
        await export(replace(PLAIN, conference="NeurIPS"))


async def test_server_that_has_none_is_said_with_those_that_have(store: Database) -> None:
    with pytest.raises(ChairsideError) as refused:
        await export(replace(PLAIN, server=99))
    assert str(refused.value) == f"server 99 has no open conference. There is one on {SERVER} (not joined yet)."


async def test_empty_store_is_said(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", db.url)
    with pytest.raises(ChairsideError, match=r"no programme is stored yet\. Import one with: chairside import FILE"):
        await export(PLAIN)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--server", "0"], "Invalid value for '--server'"),
        (["--format", "xml"], "Invalid value for '--format'"),
        ([], "there is no database"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    line: str,
) -> None:
    assert line in refused_line(monkeypatch, capsys, tmp_path, "export", "schedule", *arguments)
