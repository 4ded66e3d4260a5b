"""`chairside report`: which conference, what is written where, and whatever is wrong in one line."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.programmes import ZONE
from benchmarks.reporting_rows import BEGINS, SERVER, MadeConference
from bot.errors import ChairsideError
from bot.report_cli import ReportOrder, write_report
from db.database import NOBODY, Database
from db.tables import Conference
from tests.misuse import refused_line
from tests.services.store import everything
from tests.services.stored_questions import rows

PLAIN = ReportOrder(conference=None, server=None, out=None, form="csv", force=False)
NAMES = ["deliveries.csv", "questions.csv", "report.html", "sessions.csv", "talks.csv", "timing_events.csv"]


@pytest.fixture
async def store(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A store with one conference, which the settings name."""
    monkeypatch.setenv("DATABASE_URL", db.url)
    monkeypatch.chdir(tmp_path)
    await MadeConference(rooms=2, days=1, talks=2, questions=1).store(db)
    return db


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_only_conference_goes_to_a_folder_of_its_name_and_it_is_said(
    store: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(store)
    assert await write_report(PLAIN) == 0
    assert written(tmp_path / "made-up-conference") == NAMES
    head, page, *tables = capsys.readouterr().out.splitlines()
    assert head.startswith("“Made-up conference” as of ")
    assert head.endswith(", written to made-up-conference:")
    assert "report.html" in page
    assert [" ".join(line.split()) for line in tables] == [
        "sessions.csv 2 sessions",
        "talks.csv 4 talks",
        "timing_events.csv 6 timing events",
        "questions.csv 5 questions",
        "deliveries.csv 32 deliveries",
    ]
    assert everything(store) == before


@pytest.mark.parametrize("form", ["json", "parquet"])
async def test_tables_are_written_in_the_format_that_is_named(store: Database, tmp_path: Path, form: str) -> None:
    await write_report(replace(PLAIN, out=tmp_path / "a" / "b", form=form))  # type: ignore[arg-type] # a parameter of the test
    assert written(tmp_path / "a" / "b") == [name.replace("csv", form) for name in NAMES]


async def test_files_that_are_there_are_replaced_only_by_force(store: Database, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "talks.csv").write_text("mine")
    (out / "other.txt").write_text("mine as well")
    with pytest.raises(
        ChairsideError, match=r"out: there is a talks\.csv already\. Name another folder with --out, or"
    ):
        await write_report(replace(PLAIN, out=out))
    assert (written(out), (out / "talks.csv").read_text()) == (["other.txt", "talks.csv"], "mine")
    await write_report(replace(PLAIN, out=out, force=True))
    assert (written(out), (out / "other.txt").read_text()) == (sorted([*NAMES, "other.txt"]), "mine as well")


async def test_nothing_is_left_where_it_cannot_be_written(
    store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == "talks.csv":
            raise OSError(28, "No space left on device")
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ChairsideError, match=r"it cannot be written there \(No space left on device\)\. Name another"):
        await write_report(replace(PLAIN, out=tmp_path / "a" / "b"))
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("name", ["file", "file/below"])
async def test_folder_that_is_none_is_said(store: Database, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ChairsideError, match=r"Name a(nother)? folder with --out"):
        await write_report(replace(PLAIN, out=tmp_path / name))
    assert (tmp_path / "file").read_text() == "mine"


async def test_conferences_are_listed_with_numbers_where_it_is_not_clear_which_is_meant(
    store: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where one server has two of one name, as an archived one makes room for the next."""
    monkeypatch.setenv("COLUMNS", "120")
    async with store.transaction(NOBODY) as session:
        first = await session.get(Conference, 1)
        assert first is not None
        first.name, first.archived_at = "ICML 2022", BEGINS
    later = {"starts_at": BEGINS + timedelta(days=365), "ends_at": BEGINS + timedelta(days=365, minutes=5)}
    await rows(store, "conferences", {"id": 2, "server_id": SERVER, "name": "ICML 2022", "timezone": ZONE})
    told = {"id": 2, "conference_id": 2, "name": "b", "format": "made-up", "follows": "never", "imported_at": BEGINS}
    await rows(store, "sources", told)
    await rows(store, "sessions", {"id": 90, "conference_id": 2, "source_id": 2, "title": "S", **later})
    await rows(store, "talks", {"id": 90, "session_id": 90, "title": "T", "cancelled": False, **later})
    with pytest.raises(
        ChairsideError, match=r"2 conferences may be meant\. Say which with --conference NAME or NUMBER"
    ):
        await write_report(replace(PLAIN, conference="icml 2022"))
    listed = " ".join(capsys.readouterr().out.split())
    assert "1 ICML 2022 Mon 18 July 2022 4" in listed
    assert "2 ICML 2022 Tue 18 July 2023 1" in listed
    assert not (tmp_path / "icml-2022").exists()
    await write_report(replace(PLAIN, conference="2"))
    assert "1 talk\n" in capsys.readouterr().out


async def test_name_without_plain_letters_gets_a_folder_all_the_same(store: Database, tmp_path: Path) -> None:
    async with store.transaction(NOBODY) as session:
        conference = await session.get(Conference, 1)
        assert conference is not None
        conference.name = "機械学習 ../../"
    await write_report(PLAIN)
    assert written(tmp_path / "conference-1") == NAMES


async def test_conference_that_is_not_there_is_said_with_those_that_are(store: Database) -> None:
    with pytest.raises(ChairsideError, match=r"no conference is called “NeurIPS”\. There is “Made-up conference”\."):
        await write_report(replace(PLAIN, conference="NeurIPS"))
    with pytest.raises(ChairsideError, match=r"server 99 has no conference\. There is one on"):
        await write_report(replace(PLAIN, server=99))


async def test_empty_store_is_said(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", db.url)
    with pytest.raises(ChairsideError, match=r"no programme is stored yet\. Import one with: chairside import FILE"):
        await write_report(PLAIN)


async def test_session_that_is_running_is_reported_so_far(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = MadeConference(rooms=2, days=1, talks=3, running=True)
    await made.store(db)
    monkeypatch.setenv("DATABASE_URL", db.url)
    monkeypatch.setenv("CLOCK", f"{made.over_at.isoformat()}@1")
    monkeypatch.chdir(tmp_path)
    await write_report(PLAIN)
    assert "09:25 CEST, so far, written to" in capsys.readouterr().out
    assert "so far" in (tmp_path / "made-up-conference" / "report.html").read_text(encoding="utf-8")


def test_misuse_is_one_line_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there is no database" in refused_line(monkeypatch, capsys, tmp_path, "report")
    line = refused_line(monkeypatch, capsys, tmp_path, "report", "--format", "xml")
    assert "Invalid value for '--format'" in line


def test_drawing_is_imported_by_this_command_alone() -> None:
    """It takes a second that no other command, and no bot, has to wait for."""
    code = "import sys, bot.cli; print({'jinja2', 'matplotlib', 'bot.conference_report'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - words of this file
    assert ended.stdout.strip() == "set()"
