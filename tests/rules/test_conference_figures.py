"""The figures of a conference, worked out once more from the raw rows of its store."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from statistics import mean, median

import pytest

from benchmarks.reporting_rows import MadeConference
from bot.rules.conference_figures import (
    NEARLY_AS_PLANNED,
    busiest,
    deliveries_by_kind,
    longest,
    overruns_by_kind,
    totals,
    waited,
)
from bot.rules.conference_report import ConferenceReport
from db.database import Database
from tests.conference_report.made import reported

MADE = MadeConference(rooms=5, days=2, talks=6, questions=3)


@pytest.fixture
async def report(db: Database) -> ConferenceReport:
    return await reported(db, MADE)


def lengths() -> dict[int, float]:
    """Seconds on stage by talk, from the taps alone: from one start to the next one or the end."""
    found: dict[int, float] = {}
    by_session = defaultdict(list)
    for row in MADE.rows["timing_events"]:
        if row["kind"] != "extend":
            by_session[row["session_id"]].append(row)
    for taps in by_session.values():
        for tap, after in pairwise(taps):
            found[tap["talk_id"]] = (after["at"] - tap["at"]).total_seconds()
    return found


def overruns() -> dict[int, float]:
    planned = {row["id"]: (row["ends_at"] - row["starts_at"]).total_seconds() for row in MADE.rows["talks"]}
    return {key: took - planned[key] for key, took in lengths().items()}


async def test_overruns_are_those_of_the_taps(report: ConferenceReport) -> None:
    kinds = {row["id"]: row["kind"] for row in MADE.rows["talks"]}
    by_kind = defaultdict(list)
    for key, over in overruns().items():
        by_kind[kinds[key]].append(over)
    found = overruns_by_kind(report)
    assert {each.kind: each.overran.count for each in found} == {kind: len(some) for kind, some in by_kind.items()}
    for each in found:
        assert each.overran.median.total_seconds() == pytest.approx(median(by_kind[each.kind]), abs=1e-5)
        assert each.overran.mean.total_seconds() == pytest.approx(mean(by_kind[each.kind]), abs=1e-5)
        assert each.overran.most.total_seconds() == max(by_kind[each.kind])
    assert [each.overran.count for each in found] == sorted((len(some) for some in by_kind.values()), reverse=True)


async def test_totals_are_those_of_the_rows(report: ConferenceReport) -> None:
    figures, taps = totals(report), MADE.rows["timing_events"]
    started = {row["session_id"] for row in taps}
    last = {row["session_id"]: row["at"] for row in taps if row["kind"] == "end"}
    held = [row for row in MADE.rows["talks"] if not row["cancelled"]]
    ends = {row["session_id"]: row["ends_at"] for row in held}
    late = [last[key] - max(t["ends_at"] for t in held if t["session_id"] == key) for key in ends if key in last]
    assert (figures.rooms, len(figures.days), figures.sessions, figures.talks) == (5, 2, 10, 60)
    assert (figures.started, figures.running, figures.timed) == (len(started), 0, len(overruns()))
    assert figures.cancelled == sum(row["cancelled"] for row in MADE.rows["talks"]) == 1
    assert figures.punctual == sum(value <= NEARLY_AS_PLANNED for value in late)
    assert figures.ended_late is not None
    assert figures.ended_late.values == tuple(sorted(late))
    states = Counter(row["state"] for row in MADE.rows["questions"])
    counts = figures.questions
    assert (counts.entered, counts.answered) == (states.total(), states["answered"])
    assert (counts.asked, counts.left) == (states["answered"] + states["asked"], states["queued"])
    assert counts.dismissed == states["dismissed"]


async def test_worst_and_busiest_talks_come_first(report: ConferenceReport) -> None:
    worst = sorted(overruns().values(), reverse=True)[:7]
    found = [talk.overran.total_seconds() for _, talk in longest(report, 7) if talk.overran]
    assert found == worst
    asked = Counter(row["talk_id"] for row in MADE.rows["questions"])
    assert [talk.questions.entered for _, talk in busiest(report, 5)] == [n for _, n in asked.most_common(5)]
    spread = waited(report)
    assert spread is not None
    assert spread.most == timedelta(minutes=4)


async def test_messages_are_counted_by_what_became_of_them(report: ConferenceReport) -> None:
    rows = MADE.rows["deliveries"]
    everything, *kinds = deliveries_by_kind(report)
    assert everything.sent + everything.missed + everything.failed == len(rows)
    assert {each.kind for each in kinds} == {row["kind"] for row in rows}
    for each in (everything, *kinds):
        of_kind = [row for row in rows if each.kind in ("", row["kind"])]
        states = Counter(row["state"] for row in of_kind)
        assert (each.sent, each.missed, each.failed) == (states["sent"], states["skipped"], states["failed"])
        assert each.lateness is not None
        late = [row["lateness_ms"] for row in of_kind if row["lateness_ms"] is not None]
        assert each.lateness.count == len(late)
        assert each.lateness.median / timedelta(milliseconds=1) == pytest.approx(median(late), abs=0.01)


async def test_nothing_timed_and_nothing_asked_has_no_spreads(db: Database) -> None:
    report = await reported(db, MadeConference(rooms=1, days=1, talks=1, questions=0, timed=False))
    figures = totals(report)
    assert (figures.started, figures.timed, figures.ended_late, figures.overran) == (0, 0, None, None)
    assert (overruns_by_kind(report), longest(report, 5), busiest(report, 5), waited(report)) == ([], [], [], None)
