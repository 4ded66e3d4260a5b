from __future__ import annotations

from datetime import UTC, datetime

import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ChairsideError, ScheduleError, ScheduleQuestion
from bot.timezones import (
    CUSTOMARY,
    SEASONLESS,
    abbreviation,
    is_abbreviation,
    is_ambiguous,
    is_offset_zone,
    is_zone,
    local,
    localize,
    meanings,
    read_abbreviation,
    zone,
    zone_names,
)


def wall(text: str) -> datetime:
    """What a clock on the wall shows: without a zone on purpose."""
    return datetime.fromisoformat(text)


SUMMER = wall("2022-07-21 12:30")
WINTER = wall("2022-01-21 12:30")
SPRING_GAP = wall("2022-03-13 02:30")
AUTUMN_TWICE = wall("2022-11-06 01:30")


def utc(hours: int, minutes: int = 0, *, day: datetime = SUMMER) -> datetime:
    return day.replace(hour=hours, minute=minutes, tzinfo=UTC)


def test_a_zone_is_known_in_any_case_and_spelt_as_iana_does() -> None:
    assert zone("america/new_york").zone == "America/New_York"
    assert zone(" UTC ").zone == "UTC"
    assert (is_zone("Asia/seoul"), is_zone("Asia/Soul"), is_zone("")) == (True, False, False)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Europe/Kopenhagen", "Europe/Kopenhagen is no time zone. Did you mean Europe/Copenhagen?"),
        ("Seoul", "Seoul is no time zone. Did you mean Asia/Seoul?"),
        ("New York", "New York is no time zone. Did you mean America/New_York?"),
        ("PDT", "PDT is no time zone. Did you mean America/Los_Angeles?"),
        ("EST", "EST is no time zone. Did you mean America/New_York?"),
        ("xqxqxq", "xqxqxq is no time zone. Write a zone such as Europe/Copenhagen."),
        ("", "nothing is no time zone. Write a zone such as Europe/Copenhagen."),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest(name: str, sentence: str) -> None:
    with pytest.raises(ChairsideError) as refused:
        zone(name)
    assert str(refused.value) == sentence


def test_zone_names_hold_places_and_not_the_fixed_names_that_ignore_summer() -> None:
    assert {"Asia/Seoul", "UTC", "America/New_York"} <= set(zone_names())
    assert {"EST", "MST", "HST"}.isdisjoint(zone_names())


def test_local_is_the_wall_clock_there() -> None:
    there = local(utc(19, 30), "America/New_York")
    assert (there.hour, there.minute, there.tzname()) == (15, 30, "EDT")
    assert there == utc(19, 30)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("America/New_York", "EDT"),
        ("America/Sao_Paulo", "UTC-03"),
        ("Asia/Kathmandu", "UTC+05:45"),
        ("Asia/Singapore", "UTC+08"),
        ("Etc/GMT-2", "UTC+02"),
        ("Asia/Seoul", "KST"),
        ("UTC", "UTC"),
    ],
)
def test_an_abbreviation_is_a_name_or_an_offset(name: str, called: str) -> None:
    assert abbreviation(utc(12), name) == called


def test_localize_takes_the_first_of_two_and_refuses_what_the_clocks_skip() -> None:
    assert localize(SUMMER, "America/New_York") == utc(16, 30)
    assert localize(AUTUMN_TWICE, "America/New_York") == utc(5, 30, day=AUTUMN_TWICE)
    with pytest.raises(ChairsideError) as refused:
        localize(SPRING_GAP, "America/New_York")
    assert str(refused.value) == (
        "02:30 on 13 March 2022 does not exist in America/New_York: the clocks are put forward over it. "
        "Give the time that the clocks show."
    )


def test_localize_takes_the_first_also_where_winter_is_the_saving_time() -> None:
    # Ireland's law has winter time as the exception, and tzdb may say so.
    assert localize(wall("2022-10-30 01:30"), "Europe/Dublin") == datetime(2022, 10, 30, 0, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_is_told() -> None:
    assert is_ambiguous(AUTUMN_TWICE, "America/New_York")
    assert not is_ambiguous(SUMMER, "America/New_York")
    assert not is_ambiguous(SPRING_GAP, "America/New_York")


@pytest.mark.parametrize(("name", "zones"), sorted(meanings().items()))
def test_every_meaning_is_borne_by_its_zone_in_some_month(name: str, zones: tuple[str, ...]) -> None:
    for zone_name in zones:
        months = [pytz.timezone(zone_name).localize(wall(f"2024-{month:02d}-15")).tzname() for month in range(1, 13)]
        assert name in months


@pytest.mark.parametrize(("name", "meant"), sorted(CUSTOMARY.items()))
def test_every_customary_name_has_its_zones_offset_in_some_month(name: str, meant: tuple[str, int]) -> None:
    zone_name, minutes = meant
    there = pytz.timezone(zone_name)
    offsets = [there.localize(wall(f"2024-{month:02d}-15")).utcoffset() for month in range(1, 13)]
    assert minutes * 60 in [offset.total_seconds() for offset in offsets if offset is not None]


@pytest.mark.parametrize(
    ("naive", "printed", "moment", "zone_name"),
    [
        (SUMMER, "PDT", utc(19, 30), "America/Los_Angeles"),
        (SUMMER, "(PDT)", utc(19, 30), "America/Los_Angeles"),
        (WINTER, "PST", utc(20, 30, day=WINTER), "America/Los_Angeles"),
        (SUMMER, "PT", utc(19, 30), "America/Los_Angeles"),
        (WINTER, "PT", utc(20, 30, day=WINTER), "America/Los_Angeles"),
        (SUMMER, "ET", utc(16, 30), "America/New_York"),
        (SUMMER, "CEST", utc(10, 30), "Europe/Berlin"),
        (SUMMER, "KST", utc(3, 30), "Asia/Seoul"),
        (SUMMER, "BST", utc(11, 30), "Europe/London"),
        (SUMMER, "GMT", utc(12, 30), "Etc/GMT"),
        (SUMMER, "UTC", utc(12, 30), "UTC"),
        (SUMMER, "Z", utc(12, 30), "UTC"),
        (SUMMER, "SGT", utc(4, 30), "Asia/Singapore"),
        (SUMMER, "AoE", datetime(2022, 7, 22, 0, 30, tzinfo=UTC), "Etc/GMT+12"),
        (SUMMER, "UTC+2", utc(10, 30), "Etc/GMT-2"),
        (SUMMER, "GMT-05:00", utc(17, 30), "Etc/GMT+5"),
        (SUMMER, "+0200", utc(10, 30), "Etc/GMT-2"),
        (SUMMER, "UTC+0", utc(12, 30), "UTC"),
        (SUMMER, "+05:30", utc(7), None),
        (SUMMER, "-03:30", utc(16), None),
        (SUMMER, "europe/copenhagen", utc(10, 30), "Europe/Copenhagen"),
        (AUTUMN_TWICE, "EDT", utc(5, 30, day=AUTUMN_TWICE), "America/New_York"),
        (AUTUMN_TWICE, "EST", utc(6, 30, day=AUTUMN_TWICE), "America/New_York"),
    ],
)
def test_what_is_printed_is_read(naive: datetime, printed: str, moment: datetime, zone_name: str | None) -> None:
    assert read_abbreviation(naive, printed, None) == (moment, zone_name)


@pytest.mark.parametrize(
    ("naive", "printed", "venue", "moment"),
    [
        (SUMMER, "IST", "Asia/Kolkata", utc(7)),
        (SUMMER, "IST", "Europe/Dublin", utc(11, 30)),
        (WINTER, "IST", "Asia/Jerusalem", utc(10, 30, day=WINTER)),
        (SUMMER, "MST", "America/Phoenix", utc(19, 30)),
        (SUMMER, "EST", "America/Jamaica", utc(17, 30)),
        (WINTER, "CST", "Asia/Taipei", utc(4, 30, day=WINTER)),
        (SUMMER, "AST", "Asia/Riyadh", utc(9, 30)),
        (SUMMER, "PDT", "America/Vancouver", utc(19, 30)),
        (SUMMER, "UTC+5:30", "Asia/Kolkata", utc(7)),
    ],
)
def test_the_venue_settles_what_its_zone_bears(naive: datetime, printed: str, venue: str, moment: datetime) -> None:
    assert read_abbreviation(naive, printed, venue) == (moment, venue)


def test_the_venue_changes_nothing_about_an_abbreviation_that_it_does_not_bear() -> None:
    assert read_abbreviation(SUMMER, "PDT", "America/New_York") == (utc(19, 30), "America/Los_Angeles")


@pytest.mark.parametrize(
    ("naive", "printed", "venue", "sentence"),
    [
        (
            SUMMER,
            "PST",
            None,
            (
                "PST contradicts the date: on 21 July 2022 America/Los_Angeles has PDT. "
                "Write PDT on the page, or name with --timezone a zone that is called PST then."
            ),
        ),
        (
            SUMMER,
            "EST",
            "America/New_York",
            (
                "EST contradicts the date: on 21 July 2022 America/New_York has EDT. "
                "Write EDT on the page, or name with --timezone a zone that is called EST then."
            ),
        ),
        (
            SUMMER,
            "XYZ",
            None,
            (
                "XYZ is no time-zone abbreviation that is understood here. "
                "Write the offset on the page instead, such as UTC+02:00."
            ),
        ),
        (SUMMER, "UTC+20", None, "UTC+20 is no offset from UTC. Write it like UTC+02:00."),
    ],
)
def test_what_cannot_be_is_refused(naive: datetime, printed: str, venue: str | None, sentence: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        read_abbreviation(naive, printed, venue)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("naive", "printed", "venue", "sentence"),
    [
        (
            WINTER,
            "IST",
            None,
            (
                "IST on 21 January 2022 may be Asia/Kolkata (UTC+05:30) or Asia/Jerusalem (UTC+02:00). "
                "Say which with --timezone, for example --timezone Asia/Kolkata."
            ),
        ),
        (
            WINTER,
            "CST",
            None,
            (
                "CST on 21 January 2022 may be America/Chicago (UTC-06:00) or Asia/Shanghai (UTC+08:00) "
                "or America/Havana (UTC-05:00). Say which with --timezone, for example --timezone America/Chicago."
            ),
        ),
        (
            SUMMER,
            "IST",
            "Europe/Vienna",
            (
                "IST on 21 July 2022 may be Asia/Kolkata (UTC+05:30) or Europe/Dublin (UTC+01:00). "
                "Europe/Vienna is not called IST then: write the offset on the page instead, such as UTC+05:30."
            ),
        ),
    ],
)
def test_what_means_several_offsets_is_asked(naive: datetime, printed: str, venue: str | None, sentence: str) -> None:
    with pytest.raises(ScheduleQuestion) as asked:
        read_abbreviation(naive, printed, venue)
    assert (asked.value.option, str(asked.value)) == ("timezone", sentence)


def test_words_are_told_from_abbreviations() -> None:
    known = [*meanings(), *CUSTOMARY, *SEASONLESS, "pdt"]
    assert all(is_abbreviation(name) for name in known)
    assert not is_abbreviation("LUNCH")


def test_an_offset_zone_names_no_place() -> None:
    names = ("Etc/GMT-2", "Etc/GMT+12", "Etc/GMT", "UTC", "Asia/Seoul", None)
    assert [is_offset_zone(name) for name in names] == [True, True, False, False, False, False]


@given(st.datetimes(min_value=wall("2000-01-01"), max_value=wall("2040-01-01")), st.sampled_from(zone_names()))
def test_localize_and_local_undo_each_other(naive: datetime, zone_name: str) -> None:
    try:
        moment = localize(naive, zone_name)
    except ChairsideError:
        return
    assert local(moment, zone_name).replace(tzinfo=None) == naive
