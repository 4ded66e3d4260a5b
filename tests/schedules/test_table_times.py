from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedules.table_sides import CellDate
from bot.schedules.table_times import read_cell, read_weekday, whole_date


def clock(text: str, *, only_clock: bool = True) -> str | None:
    """The time of day of a cell, as `12:30`."""
    cell = read_cell(text, only_clock=only_clock)
    if cell is None or cell.start.clock is None:
        return None
    return f"{cell.start.clock // 3600}:{cell.start.clock // 60 % 60:02d}"


def span(text: str) -> tuple[int, int] | None:
    """A span's minutes after midnight."""
    cell = read_cell(text, only_clock=True)
    if cell is None or cell.start.clock is None or cell.end.clock is None:
        return None
    return cell.start.clock // 60, cell.end.clock // 60


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022-07-21", CellDate(None, 21, 7, 2022)),
        ("2022/7/21", CellDate(None, 21, 7, 2022)),
        ("20220721", CellDate(None, 21, 7, 2022)),
        ("21 July 2022", CellDate(None, 21, 7, 2022)),
        ("July 21, 2022", CellDate(None, 21, 7, 2022)),
        ("July 21st 2022", CellDate(None, 21, 7, 2022)),
        ("21-Jul-22", CellDate(None, 21, 7, 2022)),
        ("Thu 21 Jul", CellDate(3, 21, 7)),
        ("Thursday, 21st of July, 2022", CellDate(3, 21, 7, 2022)),
        ("Do, 21. Juli 2022", CellDate(3, 21, 7, 2022)),
        ("Donnerstag, 3. März 2022", CellDate(3, 3, 3, 2022)),
        ("jeudi 21 juillet 2022", CellDate(3, 21, 7, 2022)),
        ("1er août 2022", CellDate(None, 1, 8, 2022)),
        ("jueves, 21 de julio de 2022", CellDate(3, 21, 7, 2022)),
        ("giovedì 21 luglio 2022", CellDate(3, 21, 7, 2022)),
        ("21 di luglio", CellDate(None, 21, 7)),
        ("quinta-feira, 21 de julho de 2022", CellDate(3, 21, 7, 2022)),
        ("mar 22 mar 2022", CellDate(1, 22, 3, 2022)),
        ("Day 2: Thursday 21 July 2022", CellDate(3, 21, 7, 2022)),
        ("44763", CellDate(None, 21, 7, 2022)),
        ("21/07/2022", CellDate(year=2022, numbers=(21, 7), mark="/")),
        ("07/21/22", CellDate(year=2022, numbers=(7, 21), mark="/")),
        ("21.07.2022", CellDate(year=2022, numbers=(21, 7), mark=".")),
        ("21.07.", CellDate(numbers=(21, 7), mark=".")),
        ("21.07", CellDate(numbers=(21, 7), mark=".")),
        ("Thu 21/07", CellDate(3, numbers=(21, 7), mark="/")),
    ],
)
def test_a_date_however_it_is_written(text: str, day: CellDate) -> None:
    assert whole_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "Day 1",
        "Thursday",
        "July",
        "2022",
        "July 2022",
        "32 July",
        "40/40/2022",
        "2022-13-01",
        "TBA",
        "21 Jul 22 Jul",
    ],
)
def test_what_is_no_whole_date(text: str) -> None:
    assert whole_date(text) is None


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("12:30", "12:30"),
        ("9:30:15", "9:30"),
        ("9.30", "9:30"),
        ("9h30", "9:30"),
        ("9 h 30", "9:30"),
        ("9h", "9:00"),
        ("0930", "9:30"),
        ("930", "9:30"),
        ("2030", "20:30"),
        ("9am", "9:00"),
        ("9:30 PM", "21:30"),
        ("9:30 p. m.", "21:30"),
        ("12:00 a.m.", "0:00"),
        ("12:15 pm", "12:15"),
        ("noon", "12:00"),
        ("12 noon", "12:00"),
        ("midnight", "0:00"),
        ("mediodía", "12:00"),
        ("9:30 Uhr", "9:30"),
        ("14 Uhr", "14:00"),
        ("um 14:00", "14:00"),
        ("24:30", "24:30"),
        ("25:00", "25:00"),
        ("0.5", "12:00"),
        ("0,395833333", "9:30"),
    ],
)
def test_a_time_of_day_however_it_is_written(text: str, time: str) -> None:
    assert clock(text) == time


@pytest.mark.parametrize(
    "text", ["9", "30", "10:75", "99:00", "TBA", "1st", "Thu 21", "9:30 10:30", "-", "12:30 lunch"]
)
def test_what_is_no_time_of_day(text: str) -> None:
    assert clock(text) is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("10:00-10:30", (600, 630)),
        ("10:00 – 10:30", (600, 630)),
        ("10.00–10.30 Uhr", (600, 630)),
        ("von 10:00 bis 10:30", (600, 630)),
        ("10h00 à 10h30", (600, 630)),
        ("de 10:00 a 10:30", (600, 630)),
        ("das 10h às 11h", (600, 660)),
        ("0930-1030", (570, 630)),
        ("9-10am", (540, 600)),
        ("11:30 - 12:30 PM", (690, 750)),
        ("8:00 - 9:30 PM", (1200, 1290)),
        ("11:00 PM - 12:00 AM", (1380, 0)),
    ],
)
def test_a_span_of_time(text: str, minutes: tuple[int, int]) -> None:
    assert span(text) == minutes


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2022-07-21T12:30:00Z", "Z"),
        ("2022-07-21T12:30:00+02:00", "+02:00"),
        ("2022-07-21T12:30-07:00", "UTC-07:00"),
        ("2022-07-21 12:30:00-07:00", "UTC-07:00"),
        ("20220721T123000Z", "Z"),
        ("2022-07-21 12:30 PDT", "PDT"),
        ("2022-07-21 12:30 (UTC+2)", "UTC+2"),
        ("7/21/2022 12:30:00 PM", None),
        ("Thu 21 July 2022 at 12:30", None),
        ("44763.520833333", None),
    ],
)
def test_a_date_and_a_time_in_one_cell(text: str, zone: str | None) -> None:
    cell = read_cell(text)
    assert cell is not None
    assert (cell.start.clock, cell.start.zone, cell.start.date.is_whole) == (12 * 3600 + 1800, zone, True)
    assert cell.end.clock is None


def test_a_date_and_a_span_in_one_cell() -> None:
    cell = read_cell("2022-07-21 12:30-13:00")
    assert cell is not None
    assert (cell.start.clock, cell.end.clock, cell.start.zone) == (45_000, 46_800, None)


@pytest.mark.parametrize(
    ("text", "weekday"), [("Thursday", 3), ("Do", 3), ("jeudi", 3), ("Sa.", 5), ("soon", None), ("1", None)]
)
def test_a_weekday_alone(text: str, weekday: int | None) -> None:
    assert read_weekday(text) == weekday


@given(st.text(alphabet="0123456789:./-–hT amp Zjulymarbis+²٣", max_size=30), st.booleans())
def test_any_cell_is_read_or_not(text: str, only_clock: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    cell = read_cell(text, only_clock=only_clock)
    assert cell is None or cell.start.clock is None or 0 <= cell.start.clock < 31 * 3600
