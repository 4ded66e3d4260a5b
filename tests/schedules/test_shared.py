"""The real files of eleven conferences, read as their README says that a right import reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import app
from bot.errors import ScheduleQuestion
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions, Schedule
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
TODAY = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Right:
    """What a right import finds; `given` is the venue's zone that has to be named, `zone` the one found without."""

    file: str
    form: str
    talks: int
    rooms: int
    starts_at: str
    ends_at: str
    zone: str | None = None
    given: str | None = None


FILES = [
    Right(
        *("icml-2022-deep-learning-hall-f.txt", "icml-text", 15, 1, "2022-07-21 19:30", "2022-07-21 21:00"),
        zone="America/Los_Angeles",
    ),
    Right("emf-2016.xml", "frab-xml", 138, 5, "2016-08-05 12:00", "2016-08-07 22:00"),
    Right("fosdem-2013.xml", "frab-xml", 487, 24, "2013-02-02 09:30", "2013-02-03 17:00", given="Europe/Brussels"),
    Right("rc3-channels-2020.json", "frab-json", 48, 5, "2020-12-27 10:30", "2020-12-30 15:40"),
    Right("30c3-2013.json", "frab-json", 124, 4, "2013-12-27 10:00", "2013-12-30 18:30", given="Europe/Berlin"),
    Right("moca-2024.ics", "icalendar", 88, 4, "2024-09-13 10:00", "2024-09-15 14:00", zone="Europe/Rome"),
    Right("pycon-au-2023.ics", "icalendar", 94, 4, "2023-08-17 23:30", "2023-08-20 07:30", zone="Australia/Adelaide"),
    Right("ismir-2024-events.csv", "table", 60, 0, "2024-11-10 16:00", "2024-11-15 14:15", given="America/Los_Angeles"),
    Right("gpn11-2011.csv", "table", 29, 2, "2011-06-23 17:00", "2011-06-26 12:15", given="Europe/Berlin"),
    Right("icml-2026-workshop.html", "icml-html", 44, 22, "2026-07-09 23:00", "2026-07-11 08:00", given="Asia/Seoul"),
    Right("colt-2020-main_calendar.json", "miniconf-calendar", 43, 0, "2020-07-08 15:00", "2020-07-13 11:00"),
]
UNZONED = [right for right in FILES if right.given]


def read(right: Right, zone: str | None) -> Schedule:
    return read_schedule((SHARED / right.file).read_bytes(), ReadingOptions(TODAY, timezone=zone, name=right.file))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("right", FILES, ids=lambda right: right.file)
def test_real_file_is_read_right(right: Right) -> None:
    schedule = read(right, right.given)
    assert (schedule.format, len(schedule.talks)) == (right.form, right.talks)
    assert len({talk.room for talk in schedule.talks} - {None}) == right.rooms
    assert min(talk.starts_at for talk in schedule.talks) == utc(right.starts_at)
    assert max(talk.ends_at for talk in schedule.talks) == utc(right.ends_at)
    assert schedule.timezone == (right.given or right.zone)


@pytest.mark.parametrize("right", UNZONED, ids=lambda right: right.file)
def test_real_file_without_a_zone_asks_for_it(right: Right) -> None:
    with pytest.raises(ScheduleQuestion) as asked:
        read(right, None)
    assert asked.value.option == "timezone"
    assert "--timezone" in str(asked.value)


@pytest.mark.parametrize("right", FILES, ids=lambda right: right.file)
def test_command_line_tells_the_same_as_json(right: Right, capsys: pytest.CaptureFixture[str]) -> None:
    zone = ["--timezone", right.given] if right.given else []
    app(["import", str(SHARED / right.file), "--dry-run", "--json", *zone], standalone_mode=False)
    told = json.loads(capsys.readouterr().out)
    talks = [talk for session in told["sessions"] for talk in session["talks"]]
    assert (len(talks), told["timezone"]) == (right.talks, right.given or right.zone)
    assert min(talk["starts_at"] for talk in talks) == f"{utc(right.starts_at):%Y-%m-%dT%H:%M:%SZ}"


def test_command_line_settles_an_order_of_dates_that_a_file_leaves_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "talks.csv"
    file.write_text("Title,Date,Start,End\nTrees,03/04/2022,10:00,10:30\n")
    with pytest.raises(ScheduleQuestion, match="Say --day-first or --month-first"):
        read_schedule(file.read_bytes(), ReadingOptions(TODAY, timezone="Europe/Berlin"))
    for switch, starts_at in (("--day-first", "2022-04-03T08:00:00Z"), ("--month-first", "2022-03-04T09:00:00Z")):
        zone = ["--timezone", "Europe/Berlin"]
        app(["import", str(file), "--dry-run", "--json", switch, *zone], standalone_mode=False)
        assert json.loads(capsys.readouterr().out)["sessions"][0]["starts_at"] == starts_at
