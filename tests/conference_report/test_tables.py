"""The tables: the same rows in each format, and what is in them agrees with the report and with docs/data.md."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from benchmarks.reporting_rows import MadeConference
from bot.conference_report.columns import Form, Table, Value
from bot.conference_report.tables import tables
from bot.conference_report.written import check_format, written
from bot.errors import ConfigurationError
from bot.rules.conference_report import ConferenceReport
from bot.rules.export_table import restored
from bot.rules.session_report import ReportedTalk
from bot.services.conference_report import conference_report
from bot.timezones import local
from db.database import NOBODY, Database
from db.tables import Talk
from tests.conference_report.made import reported
from tests.stores import ask

FORMULA = '=HYPERLINK("https://example.org")'
DATA = Path(__file__).parents[2] / "docs" / "data.md"


@pytest.fixture
async def report(db: Database) -> ConferenceReport:
    """Three rooms on two days; a title is a formula, a kind is missing."""
    made = MadeConference(rooms=3, days=2, talks=3, questions=2)
    await reported(db, made)
    async with db.transaction(NOBODY) as session:
        talk = await session.get(Talk, 1)
        assert talk is not None
        talk.title, talk.kind, talk.speakers = FORMULA, None, []
    return await conference_report(db, 1, made.over_at)


def read_back(table: Table, form: str, content: bytes) -> list[tuple[Value, ...]]:
    """The rows of a file, as they were before they were written."""
    forms = [form for _, form in table.columns]
    if form == "parquet":
        read = parquet.read_table(io.BytesIO(content))
        assert read.column_names == [name for name, _ in table.columns]
        return [tuple(row.values()) for row in read.to_pylist()]
    if form == "json":
        rows = [list(row.values()) for row in json.loads(content)]
        return [tuple(map(_from_json, row, forms)) for row in rows]
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert head == [name for name, _ in table.columns]
    return [tuple(map(_from_csv, row, forms)) for row in rows]


def _from_json(value: str | float | None, form: Form) -> Value:
    if form is Form.MOMENT and isinstance(value, str):
        return datetime.fromisoformat(value)
    if form is Form.SPAN and isinstance(value, int | float):
        return timedelta(seconds=value)
    assert not isinstance(value, float)
    return value


def _from_csv(cell: str, form: Form) -> Value:
    if not cell:
        return None
    match form:
        case Form.NUMBER:
            return int(cell)
        case Form.FLAG:
            return {"true": True, "false": False}[cell]
        case Form.SPAN:
            return timedelta(seconds=float(cell))
        case Form.MOMENT:
            return datetime.fromisoformat(cell)
        case Form.TEXT | Form.LOCAL:
            return restored(cell)


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
async def test_rows_are_the_same_in_each_format(report: ConferenceReport, form: str) -> None:
    for table in tables(report):
        assert table.rows, table.name
        assert read_back(table, form, written(table, form)) == list(table.rows), table.name  # type: ignore[arg-type] # a parameter of the test


async def test_parquet_has_moments_and_durations(report: ConferenceReport) -> None:
    talks = next(table for table in tables(report) if table.name == "talks")
    schema = parquet.read_table(io.BytesIO(written(talks, "parquet"))).schema
    assert schema.field("planned_start").type == pa.timestamp("us", tz="UTC")
    assert schema.field("overran_seconds").type == pa.duration("us")
    assert (schema.field("talk_id").type, schema.field("timed").type) == (pa.int64(), pa.bool_())


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
async def test_empty_tables_can_be_read_as_well(db: Database, form: str) -> None:
    report = await reported(db, MadeConference(rooms=1, days=1, talks=1, questions=0, timed=False))
    made = {table.name: table for table in tables(report)}
    for name in ("timing_events", "questions"):
        assert made[name].rows == ()
        assert read_back(made[name], form, written(made[name], form)) == []  # type: ignore[arg-type] # as above


async def test_no_cell_is_a_formula(report: ConferenceReport) -> None:
    talks = next(table for table in tables(report) if table.name == "talks")
    text = written(talks, "csv").decode("utf-8-sig")
    assert FORMULA not in {row["title"] for row in csv.DictReader(io.StringIO(text))}
    assert f"'{FORMULA}" in {row["title"] for row in csv.DictReader(io.StringIO(text))}


async def test_local_moments_are_the_same_moments_at_the_venue(report: ConferenceReport) -> None:
    for table in tables(report):
        names = [name for name, _ in table.columns]
        for name in (name for name in names if name.endswith("_local")):
            moment = names.index(name.removesuffix("_local"))
            for row in table.rows:
                there, here = row[names.index(name)], row[moment]
                assert (there is None) == (here is None)
                if isinstance(here, datetime):
                    assert there == local(here, report.timezone).isoformat()
                    assert here.tzinfo is UTC


async def test_rows_join_by_their_ids(report: ConferenceReport) -> None:
    made = {
        table.name: [dict(zip([n for n, _ in table.columns], row, strict=True)) for row in table.rows]
        for table in tables(report)
    }
    sessions = {row["session_id"] for row in made["sessions"]}
    talks = {row["talk_id"]: row for row in made["talks"]}
    assert {row["session_id"] for row in made["talks"]} == sessions
    for name in ("timing_events", "questions", "deliveries"):
        assert {row["session_id"] for row in made[name]} <= sessions
        assert {row["talk_id"] for row in made[name]} <= set(talks)
    for key, talk in talks.items():
        asked = [row for row in made["questions"] if row["talk_id"] == key]
        assert talk["questions_entered"] == len(asked)
        assert talk["questions_answered"] == sum(row["state"] == "answered" for row in asked)


async def test_talks_tell_what_their_report_does(report: ConferenceReport) -> None:
    table = next(table for table in tables(report) if table.name == "talks")
    rows = [dict(zip([n for n, _ in table.columns], row, strict=True)) for row in table.rows]
    told: list[ReportedTalk] = [talk for _, talk in report.talks()]
    assert [row["overran_seconds"] for row in rows] == [talk.overran for talk in told]
    assert [row["drift_seconds"] for row in rows] == [talk.drift for talk in told]
    assert [row["actual_start"] for row in rows] == [talk.starts_at for talk in told]


async def test_every_stored_tap_question_and_message_is_in_its_table(db: Database, report: ConferenceReport) -> None:
    for table in tables(report):
        (stored,) = ask(db.url, f"SELECT count(*) FROM {table.name}")[0]  # noqa: S608 - our own names
        assert len(table.rows) == stored, table.name


async def test_data_dictionary_has_each_column_and_no_other(report: ConferenceReport) -> None:
    page = DATA.read_text(encoding="utf-8")
    described = {
        name: re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", section, re.MULTILINE)
        for name, section in re.findall(r"^## `(\w+)`$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    }
    assert described == {t.name: [(name, form.value) for name, form in t.columns] for t in tables(report)}


def test_parquet_without_its_package_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.conference_report.written.find_spec", lambda _name: None)
    check_format("csv")
    with pytest.raises(ConfigurationError) as refused:
        check_format("parquet")
    assert str(refused.value) == (
        "Parquet needs a package that is not installed (pyarrow). "
        "Install it with: pip install 'chairside[parquet]', or choose --format csv."
    )
