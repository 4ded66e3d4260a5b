"""The CSV of an export: what a spreadsheet and an organiser see of it, and do to it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ScheduleError, ScheduleQuestion
from bot.schedules import table
from bot.schedules.detect import read_schedule
from bot.schedules.own_table import COLUMNS, guarded, people_cell, people_in, unguarded
from bot.schedules.schedule import Schedule, Talk
from bot.schedules.written_csv import as_csv
from tests.builders import NEW_YORK, a_schedule, a_session, a_talk, at, fifteen_talks
from tests.examples import examples
from tests.schedules.programmes import OPTIONS, facts, lines, schedules

Row = dict[str, str]
PROGRAMME = a_schedule(
    replace(a_session(*fifteen_talks()), source="One"), conference="ICML 2022", timezone=NEW_YORK, page_timezone=None
)


def rows_of(schedule: Schedule) -> list[Row]:
    return list(csv.DictReader(io.StringIO(as_csv(schedule).decode("utf-8-sig"), newline="")))


def rewritten(rows: Sequence[Row], delimiter: str = ",") -> bytes:
    """The table as a spreadsheet saves it."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read(rows: Sequence[Row]) -> Schedule:
    return read_schedule(rewritten(rows), OPTIONS)


def test_rows_read_as_people_write() -> None:
    talk = a_talk(
        "Graphs",
        file_id="7",
        url="https://example.org/7",
        abstract="We count.\n\nTwice.",
        room="Hall G",
        cancelled=True,
    )
    session = replace(a_session(talk), source="Page 1")
    (row,) = rows_of(a_schedule(session, conference="ICML 2022", timezone=NEW_YORK))
    assert row == {
        "Start": "2022-07-21 15:30",
        "End": "2022-07-21 15:35",
        "Title": "Graphs",
        "People": "Chen Cai; Yusu Wang",
        "Kind": "Spotlight",
        "Room": "Hall G",
        "Session": "Deep Learning",
        "Session room": "Hall F",
        "Moderator": "Robin Walters",
        "Cancelled": "yes",
        "URL": "https://example.org/7",
        "ID": "7",
        "Conference": "ICML 2022",
        "Source": "Page 1",
        "Time zone": NEW_YORK,
        "Page time zone": "America/Los_Angeles",
        "Chairside session": "1",
        "Abstract": "We count.\n\nTwice.",
    }
    assert tuple(row) == COLUMNS


@pytest.mark.parametrize(
    ("starts", "ends", "cells"),
    [
        ("00:30", "01:30", ("2022-10-30 02:30 UTC+02:00", "2022-10-30 02:30 UTC+01:00")),
        ("00:50", "01:10", ("2022-10-30 02:50 UTC+02:00", "2022-10-30 02:10 UTC+01:00")),
        ("01:30", "02:30", ("2022-10-30 02:30 UTC+01:00", "2022-10-30 03:30 UTC+01:00")),
        ("02:30", "22:30", ("2022-10-30 03:30", "2022-10-30 23:30")),
    ],
)
def test_hour_that_comes_twice_has_its_offset_and_no_other_has(starts: str, ends: str, cells: tuple[str, str]) -> None:
    first, last = (datetime.fromisoformat(f"2022-10-30T{clock}:00+00:00") for clock in (starts, ends))
    schedule = a_schedule(a_session(Talk("Owls", first, last)), timezone="Europe/Berlin", page_timezone=None)
    (row,) = rows_of(schedule)
    assert (row["Start"], row["End"]) == cells
    assert facts(read_schedule(as_csv(schedule), OPTIONS)) == facts(schedule)


def german(cell: str) -> str:
    return re.sub(r"^(\d{4})-(\d\d)-(\d\d) (\d\d:\d\d)$", r"\3.\2.\1 \4", cell)


def american(cell: str) -> str:
    return re.sub(r"^(\d{4})-0?(\d\d?)-(\d\d) 0?(\d\d?:\d\d)$", r"\2/\3/\1 \4", cell)


@pytest.mark.parametrize(("redated", "delimiter"), [(german, ";"), (american, ","), (german, "\t")])
def test_spreadsheet_that_writes_dates_and_cells_its_own_way_changes_nothing(
    redated: Callable[[str], str], delimiter: str
) -> None:
    rows = [{name: redated(cell) for name, cell in row.items()} for row in rows_of(PROGRAMME)]
    assert "2022-07" not in rewritten(rows, delimiter).decode()
    assert facts(read_schedule(rewritten(rows, delimiter), OPTIONS)) == facts(PROGRAMME)


def test_dates_that_a_spreadsheet_made_doubtful_are_asked_about() -> None:
    rows = rows_of(a_schedule(a_session(a_talk(starts_at=at("12:30", "2022-04-03")))))
    for row in rows:
        row["Start"], row["End"] = (american(row[name]) for name in ("Start", "End"))
    with pytest.raises(ScheduleQuestion) as asked:
        read(rows)
    assert asked.value.option == "day-first"


def test_table_without_our_column_is_still_a_programme() -> None:
    rows = [{name: cell for name, cell in row.items() if name != "Chairside session"} for row in rows_of(PROGRAMME)]
    schedule = read(rows)
    assert schedule.format == table.FORMAT
    assert schedule.talks == PROGRAMME.talks
    assert (schedule.timezone, schedule.sessions[0].title, schedule.sessions[0].moderator) == (
        NEW_YORK,
        "Deep Learning",
        "Robin Walters",
    )


def test_what_an_organiser_changes_is_read() -> None:
    rows = rows_of(PROGRAMME)
    rows[0] |= {"Title": "Graphs, revised", "People": "Ada One;Bo Two; ", "Room": "Hall G", "Cancelled": "YES"}
    rows[1] |= {"Start": "2022-07-21 15:34", "Kind": "", "Moderator": "Robin Walters"}
    talks = read(rows).talks
    assert (talks[0].title, talks[0].speakers, talks[0].room, talks[0].cancelled) == (
        "Graphs, revised",
        ("Ada One", "Bo Two"),
        "Hall G",
        True,
    )
    assert (talks[1].starts_at, talks[1].kind) == (at("12:34"), None)
    assert talks[2:] == PROGRAMME.talks[2:]


def test_row_that_is_added_joins_the_session_it_is_numbered_for_or_makes_its_own() -> None:
    rows = rows_of(PROGRAMME)
    rows.append({**rows[0], "Title": "Late news", "Start": "2022-07-21 17:10", "End": "2022-07-21 17:15"})
    rows.append({**rows[-1], "Title": "Dinner", "Session": "Evening", "Session room": "", "Chairside session": ""})
    rows.append({**rows[-1], "Title": "Music", "Session": "", "Room": "Foyer", "Start": "2022-07-21 17:12"})
    sessions = read(rows).sessions
    assert [(session.title, len(session.talks), session.room) for session in sessions] == [
        ("Deep Learning", 16, "Hall F"),
        ("Evening", 1, None),
        ("Foyer · Thu 21 July", 1, "Foyer"),
    ]
    assert {session.source for session in sessions} == {"One"}


def test_rows_of_one_session_that_name_it_differently_are_told() -> None:
    rows = rows_of(PROGRAMME)
    rows[3]["Session"] = "Deeper Learning"
    schedule = read(rows)
    assert [session.title for session in schedule.sessions] == ["Deep Learning"]
    assert schedule.warnings == ("row 5: its session is another one at row 2: read as there",)


def test_row_that_was_copied_with_its_id_has_none() -> None:
    rows = rows_of(a_schedule(a_session(a_talk(file_id="7"))))
    rows.append({**rows[0], "Title": "Another", "Start": "2022-07-21 12:31"})
    assert [talk.file_id for talk in read(rows).talks] == [None, None]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Start": "noonish"}, "most times in this table cannot be read .row 2: “noonish” is no time"),
        ({"End": ""}, "no talk is left .* .row 2: no end: left out"),
        ({"End": "2022-07-21 12:00"}, "no talk is left"),
        ({"Time zone": "Mars/Olympus"}, "is no time zone"),
        ({"Page time zone": "Mars/Olympus"}, "is no time zone"),
        ({"Start": "2022-07-21 12:30 XYZT"}, "row 2: “2022-07-21 12:30 XYZT” is no time"),
        ({"Time zone": ""}, "name no time zone"),
    ],
)
def test_row_that_makes_no_sense_is_refused_with_its_place(changes: Row, said: str) -> None:
    rows = rows_of(a_schedule(a_session(a_talk()), page_timezone=None))
    with pytest.raises(ScheduleError, match=said):
        read([{**rows[0], **changes}])


def test_end_without_a_day_is_that_of_the_start_or_the_night_after() -> None:
    rows = rows_of(a_schedule(a_session(a_talk(starts_at=at("23:30")), a_talk(starts_at=at("20:00")))))
    rows[0]["End"], rows[1]["End"] = "00:30", "20:20"
    assert sorted(talk.length.total_seconds() for talk in read(rows).talks) == [1200, 3600]


@settings(max_examples=examples(15))
@given(schedules())
def test_no_cell_is_a_formula_wherever_a_spreadsheet_lets_one_begin(schedule: Schedule) -> None:
    for piece in re.split('[\t\r\n,;"]', as_csv(schedule).decode("utf-8-sig")):
        assert piece.strip(" \xa0")[:1] not in set("=+-@＝＋－＠")


@given(st.lists(lines, max_size=4, unique=True))
def test_people_come_back_from_their_cell(names: list[str]) -> None:
    cell = unguarded(guarded(people_cell(names)))
    assert people_in(cell or "") == tuple(names)


@pytest.mark.parametrize(
    ("names", "cell"),
    [
        (("Ada One", "Bo Two"), "Ada One; Bo Two"),
        (("One, Ada", "Bo and Cy"), "One, Ada; Bo and Cy"),
        (("Ada; One", "Bo “B” Two"), '"Ada; One"; Bo “B” Two'),
        (('Bo "B" Two',), '"Bo ""B"" Two"'),
        ((), ""),
    ],
)
def test_cell_of_people_reads_well(names: tuple[str, ...], cell: str) -> None:
    assert people_cell(names) == cell
    assert people_in(cell) == names
