from __future__ import annotations

import pytest

from bot.schedules.printed_times import PrintedDate, PrintedTimes, read_date, read_times

THURSDAY = PrintedDate(weekday=3, day=21, month=7)


def test_a_time_line_is_read_as_far_as_it_goes() -> None:
    text = "Thu 21 July 12:30 - 12:35 PDT"
    assert read_times(text, "line 1") == PrintedTimes(text, "line 1", THURSDAY, 750, 755, zone="PDT")
    assert read_times("Thu 21 July 12:30", "line 1") == PrintedTimes("Thu 21 July 12:30", "line 1", THURSDAY, 750)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8:00 - 9:30 PM", (20 * 60, 21 * 60 + 30)),
        ("11:30 - 12:30 PM", (11 * 60 + 30, 12 * 60 + 30)),
        ("11:30 - 12:30 AM", (23 * 60 + 30, 30)),
        ("12 a.m. - 12 p.m.", (0, 12 * 60)),
        ("noon to 1pm", (12 * 60, 13 * 60)),
        ("11 p.m. until midnight", (23 * 60, 0)),
        ("22:00 – 24:00", (22 * 60, 24 * 60)),
    ],
)
def test_halves_of_the_day(text: str, minutes: tuple[int, int]) -> None:
    times = read_times(text, "line 1")
    assert times is not None
    assert (times.starts, times.ends) == minutes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We met at 12:30 - 12:35 PDT",
        "12:30 - 12:35 LUNCH",
        "12:30 - 12:35 Break",
        "12:30 - 12:35 - 12:40",
        "12:30 12:35",
        "12:30",
        "80:20",
        "16:90 Ratio",
        "99:10 odds - a survey",
        "Thu Fri 12:30 - 12:35",
        "21 22 July 12:30 - 12:35",
        "July June 12:30 - 12:35",
        "2021 2022 12:30 - 12:35",
        "12:30 - 12:35 PDT PDT",
        "Thu 21 July",
        "- 12:30",
        "12:30 -",
        "12:30 - 12:35" + " " * 120,
        "3 - 5",
    ],
)
def test_other_lines_are_none(text: str) -> None:
    assert read_times(text, "line 1") is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Thu 21 July", THURSDAY),
        ("Thursday, July 21st", THURSDAY),
        ("21 July 2022", PrintedDate(day=21, month=7, year=2022)),
        ("2022-07-21", PrintedDate(day=21, month=7, year=2022)),
        ("Thu", None),
        ("July 2022", None),
        ("Thu 21 July 12:30", None),
        ("The 21 of us", None),
    ],
)
def test_a_day_alone(text: str, date: PrintedDate | None) -> None:
    assert read_date(text) == date


def test_a_date_is_said_as_far_as_it_is_printed() -> None:
    dates = (THURSDAY, PrintedDate(day=1, month=3, year=2022), PrintedDate(weekday=0))
    assert [str(date) for date in dates] == ["Thu 21 July", "1 March 2022", "Mon"]
