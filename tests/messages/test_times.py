"""How moments are written: at the venue, on the page, and for each reader."""

from __future__ import annotations

from datetime import timedelta

from bot.messages.times import day_name, length, printed, readers_date, readers_time, relative
from tests.builders import FIRST_START, LOS_ANGELES, NEW_YORK, at


def test_time_at_the_venue_stands_before_the_pages_where_they_differ() -> None:
    assert printed(FIRST_START, NEW_YORK, LOS_ANGELES) == "15:30 EDT · 12:30 PDT"


def test_time_is_written_once_where_venue_and_page_agree() -> None:
    assert printed(FIRST_START, LOS_ANGELES, LOS_ANGELES) == printed(FIRST_START, LOS_ANGELES) == "12:30 PDT"
    assert printed(FIRST_START, "America/Vancouver", LOS_ANGELES) == "12:30 PDT"


def test_time_on_the_page_names_its_day_where_that_is_another() -> None:
    assert printed(at("20:00"), NEW_YORK, "Asia/Tokyo") == "23:00 EDT · 12:00 JST (Fri)"
    assert printed(at("22:00"), NEW_YORK, LOS_ANGELES) == "01:00 EDT · 22:00 PDT (Thu)"


def test_hour_that_comes_twice_is_told_apart_by_its_abbreviation() -> None:
    first = at("22:30", "2022-11-05")
    assert [printed(first + timedelta(hours=n), NEW_YORK) for n in range(2)] == ["01:30 EDT", "01:30 EST"]


def test_zone_without_an_abbreviation_is_written_as_its_offset() -> None:
    assert printed(FIRST_START, "Asia/Kathmandu") == "01:15 UTC+05:45"


def test_day_is_the_venues() -> None:
    assert day_name(at("22:00"), LOS_ANGELES) == "Thu 21 July 2022"
    assert day_name(at("22:00"), NEW_YORK) == "Fri 22 July 2022"


def test_discords_timestamps_are_those_of_the_moment() -> None:
    shown = [relative(FIRST_START), readers_time(FIRST_START), readers_date(FIRST_START)]
    assert shown == ["<t:1658431800:R>", "<t:1658431800:t>", "<t:1658431800:f>"]


def test_readers_time_is_the_same_for_all_of_a_minute() -> None:
    assert readers_time(FIRST_START + timedelta(seconds=59)) == readers_time(FIRST_START)
    assert readers_time(FIRST_START + timedelta(seconds=60)) == "<t:1658431860:t>"


def test_length_is_written_in_hours_minutes_and_seconds() -> None:
    spans = [300, 5400, 45, 0, 3600, 3661, 86400]
    assert [length(timedelta(seconds=span)) for span in spans] == [
        "5 min",
        "1 h 30 min",
        "45 s",
        "0 min",
        "1 h",
        "1 h 1 min 1 s",
        "24 h",
    ]
