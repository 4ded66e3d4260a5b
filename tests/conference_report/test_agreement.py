"""Page, tables and store agree: what files say is worked out once more from the raw taps."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import mean, median

import pytest
from selectolax.lexbor import LexborHTMLParser

from benchmarks.reporting_rows import MadeConference
from bot.conference_report.page import report_page
from bot.conference_report.tables import tables
from bot.conference_report.written import written
from bot.messages.times import signed
from db.database import Database
from tests.conference_report.made import reported

MADE = MadeConference(rooms=4, days=2, talks=6, questions=3)
Rows = list[dict[str, str]]


@pytest.fixture
async def files(db: Database) -> tuple[LexborHTMLParser, dict[str, Rows]]:
    """The page, and the tables' rows as their CSV has them."""
    report = await reported(db, MADE)
    made = {table.name: written(table, "csv").decode("utf-8-sig") for table in tables(report)}
    read = {name: list(csv.DictReader(io.StringIO(text, newline=""))) for name, text in made.items()}
    return LexborHTMLParser(report_page(report).decode()), read


def raw_times() -> dict[int, tuple[datetime, datetime]]:
    """When each talk began and ended, from the taps alone."""
    by_session = defaultdict(list)
    for row in MADE.rows["timing_events"]:
        if row["kind"] != "extend":
            by_session[row["session_id"]].append(row)
    steps = (pair for taps in by_session.values() for pair in pairwise(taps))
    return {tap["talk_id"]: (tap["at"], after["at"]) for tap, after in steps}


def raw_overruns() -> dict[str, list[float]]:
    """Seconds by kind of talk."""
    found = defaultdict(list)
    for talk in MADE.rows["talks"]:
        if talk["id"] in raw_times():
            began, ended = raw_times()[talk["id"]]
            found[talk["kind"]].append((ended - began - (talk["ends_at"] - talk["starts_at"])).total_seconds())
    return found


async def test_table_of_talks_has_the_times_of_the_taps(files: tuple[LexborHTMLParser, dict[str, Rows]]) -> None:
    _, read = files
    times = raw_times()
    for row in read["talks"]:
        began, ended = times.get(int(row["talk_id"]), (None, None))
        assert row["actual_start"] == (began.isoformat() if began else "")
        assert row["actual_end"] == (ended.isoformat() if ended else "")
        assert (row["timed"] == "true") == (began is not None)
    by_kind = defaultdict(list)
    for row in read["talks"]:
        if row["timed"] == "true":
            by_kind[row["kind"]].append(float(row["overran_seconds"]))
    raw = raw_overruns()
    assert {kind: sorted(some) for kind, some in by_kind.items()} == {kind: sorted(some) for kind, some in raw.items()}


async def test_page_has_the_numbers_of_the_taps(files: tuple[LexborHTMLParser, dict[str, Rows]]) -> None:
    page, _ = files
    table = next(t for t in page.css("table") if "Overrun by kind" in t.text())
    shown = {row.css("th")[0].text(): [cell.text() for cell in row.css("td")] for row in table.css("tbody tr")}
    assert set(shown) == set(raw_overruns())
    for kind, overruns in raw_overruns().items():
        count, half, average, *_, most = shown[kind]
        expected = [signed(timedelta(seconds=value)) for value in (median(overruns), mean(overruns), max(overruns))]
        assert (count, [half, average, most]) == (str(len(overruns)), expected)


async def test_each_moderator_has_one_number_in_every_session(files: tuple[LexborHTMLParser, dict[str, Rows]]) -> None:
    _, read = files
    by = {
        (row["by"], told["moderator"])
        for row, told in zip(MADE.rows["timing_events"], read["timing_events"], strict=True)
    }
    people = {person for person, _ in by}
    assert len(by) == len(people)
    assert {number for _, number in by} == {str(number) for number in range(1, len(people) + 1)}
