from __future__ import annotations

from datetime import date

import pytest

from bot.errors import ScheduleError
from bot.schedules.dates import StatedYear, resolve_dates
from bot.schedules.printed_times import PrintedTimes, read_times
from tests.schedules.pages import options


def times(*texts: str) -> list[PrintedTimes]:
    read = [read_times(f"{text} 9:00 - 9:05", f"line {number}") for number, text in enumerate(texts, 1)]
    return [each for each in read if each]


def days(*texts: str, today: str = "2022-07-01", year: int | None = None) -> list[date]:
    found = resolve_dates(times(*texts), options(today=today, year=year), None)
    return [found.days[each.date] for each in times(*texts)]


@pytest.mark.parametrize(
    ("today", "year"),
    [("2022-07-01", 2022), ("2026-07-01", 2022), ("2027-07-01", 2022), ("2028-07-01", 2033), ("2018-01-01", 2016)],
)
def test_the_nearest_year_with_that_weekday_is_taken(today: str, year: int) -> None:
    assert days("Thu 21 July", today=today) == [date(year, 7, 21)]


def test_days_of_one_page_share_a_year() -> None:
    # 20 July is also a Tuesday in 2021 and 21 July is not.
    assert days("Wed 20 July", "Thu 21 July", today="2021-06-01") == [date(2022, 7, 20), date(2022, 7, 21)]


def test_a_page_over_new_year_has_two() -> None:
    assert days("Fri 30 December", "Mon 2 January", today="2023-01-03") == [date(2022, 12, 30), date(2023, 1, 2)]
    assert days("30 December", "2 January", year=2022) == [date(2022, 12, 30), date(2023, 1, 2)]


def test_a_page_over_new_year_says_so() -> None:
    found = resolve_dates(times("Fri 30 December", "Mon 2 January"), options(today="2023-01-03"), None)
    assert found.warnings == (
        "no year on the page: read as 2022 and 2023 because 30 December is a Friday; --year overrules",
    )


def test_a_date_without_a_weekday_shares_the_others_year() -> None:
    assert days("Thu 21 July", "22 July") == [date(2022, 7, 21), date(2022, 7, 22)]


def test_a_year_on_the_page_is_shared_by_dates_without_one() -> None:
    assert days("Thu 21 July 2022", "22 July", today="2030-01-01") == [date(2022, 7, 21), date(2022, 7, 22)]


def test_a_leap_day_is_in_a_leap_year() -> None:
    assert days("Sat 29 February", today="2022-07-01") == [date(2020, 2, 29)]
    with pytest.raises(ScheduleError, match="there is no 29 February 2023"):
        days("29 February", year=2023)


def test_a_year_that_stands_beside_the_times_is_taken_and_checked() -> None:
    stated = StatedYear(2022, "the title")
    found = resolve_dates(times("Thu 21 July"), options(today="2030-01-01"), stated)
    assert list(found.days.values()) == [date(2022, 7, 21)]
    assert found.warnings == ("no year in the times: read as 2022 from the title; --year overrules",)
    with pytest.raises(ScheduleError, match="21 July 2022 is a Thursday, but the page says Friday"):
        resolve_dates(times("Fri 21 July"), options(), stated)


def test_no_year_is_inferred_from_a_printed_one() -> None:
    assert resolve_dates(times("Thu 21 July 2022"), options(), None).warnings == ()
