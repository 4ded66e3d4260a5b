"""A large conference's page stays small enough to be sent on."""

from __future__ import annotations

import pytest

from benchmarks.reporting_rows import MadeConference
from bot.conference_report.page import report_page
from db.database import Database
from tests.conference_report.made import reported

pytestmark = pytest.mark.slow

LARGEST = 2_000_000
"""Bytes."""


@pytest.mark.parametrize(
    ("made", "talks"),
    [(MadeConference(), 480), (MadeConference(rooms=25, days=4, talks=10, questions=2), 1000)],
    ids=["480 talks", "1,000 talks"],
)
async def test_page_of_many_talks_is_below_two_megabytes(db: Database, made: MadeConference, talks: int) -> None:
    report = await reported(db, made)
    assert sum(1 for _ in report.talks()) == talks
    assert len(report_page(report)) < LARGEST
