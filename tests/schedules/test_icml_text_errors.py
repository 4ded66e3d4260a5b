"""Each refusal is compared whole: what is wrong, where, and what to do."""

from __future__ import annotations

import pytest

from bot.errors import ScheduleQuestion
from tests.schedules.pages import HEAD, TIMES, a_page, a_talk, read, refusal

EXAMPLE = "such as Thu 21 July 12:30 - 12:35 PDT."


def test_a_page_without_talks() -> None:
    assert refusal(HEAD) == (
        "page.txt: there are no talks on this page: no line is a time such as “Thu 21 July 12:30 - 12:35 PDT”. "
        "Copy the whole page of one session, with its times, or save it as HTML."
    )


def test_a_page_whose_only_talk_has_no_time() -> None:
    page = a_page("Spotlight\nGraphs\n\nAda One · Bo Two\n\n")
    assert refusal(page) == f"line 14: the talk “Graphs” has no times. Write its time above “Spotlight”, {EXAMPLE}"


def test_a_talk_whose_time_line_is_missing() -> None:
    page = a_page(a_talk(rest="Ada One · Bo Two\n\nText."), "Oral\nTrees\n\nCy Three · Di Four\n\n")
    assert refusal(page) == f"line 23: the talk “Trees” has no times. Write its time above “Oral”, {EXAMPLE}"


def test_a_talk_whose_time_line_is_missing_on_a_page_with_blank_lines_everywhere() -> None:
    page = a_page(a_talk(rest="Ada One · Bo Two\n\nText."), "Oral\n\nTrees\n\nCy Three\n\n")
    assert refusal(page) == f"line 24: the talk “Trees” has no times. Write its time above “Oral”, {EXAMPLE}"


def test_a_first_talk_whose_time_line_is_missing() -> None:
    page = a_page("Spotlight\nGraphs\n\nAda One · Bo Two\n\n", a_talk("Thu 21 July 12:35 - 12:40 PDT"))
    assert refusal(page) == f"line 14: the talk “Graphs” has no times. Write its time above “Spotlight”, {EXAMPLE}"


def test_a_time_line_that_is_mistyped_is_missed_and_not_swallowed() -> None:
    page = a_page(a_talk(), a_talk("Thu 21 July 12:35 - 12:4O PDT", title="Trees"))
    assert refusal(page) == f"line 23: the talk “Trees” has no times. Write its time above “Spotlight”, {EXAMPLE}"


def test_a_time_line_with_no_talk_under_it() -> None:
    assert refusal(a_page(a_talk(), "Thu 21 July 12:35 - 12:40 PDT\n")) == (
        "line 20: no talk stands under “Thu 21 July 12:35 - 12:40 PDT”. Copy the page to its end, or remove that line."
    )


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        (
            "Thu 21 July 12:35 - 12:30 PDT",
            "“Thu 21 July 12:35 - 12:30 PDT” ends before it starts. Put the times right.",
        ),
        ("Thu 21 July 12:35 - 12:35 PDT", "“Thu 21 July 12:35 - 12:35 PDT” ends as it starts. Put the times right."),
        (
            "Thu 21 July 15:30 - 03:45 PDT",
            "“Thu 21 July 15:30 - 03:45 PDT” ends before it starts. Put the times right.",
        ),
        (
            "Thu 21 July 12:30 - Wed 20 July 12:35 PDT",
            "“Thu 21 July 12:30 - Wed 20 July 12:35 PDT” ends before it starts. Put the times right.",
        ),
        ("Thu 21 July 12:30 - 12:61 PDT", "there is no time of day 12:61. Put it right."),
        ("Thu 21 July 12:30 - 25:00 PDT", "there is no time of day 25:00. Put it right."),
        (
            "Thu 21 July 12:30 PDT",
            "“Thu 21 July 12:30 PDT” says when it starts, but not when it ends. Write both, such as 12:30 - 12:35.",
        ),
        (
            "Thu 31 June 12:30 - 12:35 PDT",
            "Thu 31 June fits no year from 2016 to 2028. Put the weekday or the date right.",
        ),
        (
            "Wed 21 July 2022 12:30 - 12:35 PDT",
            (
                "21 July 2022 is a Thursday, but the page says Wednesday. "
                "Put the weekday or the date right, or give the right year with --year."
            ),
        ),
        ("31 June 2022 12:30 - 12:35 PDT", "there is no 31 June 2022. Put the date right."),
        ("2022-13-01 12:30 - 12:35 PDT", "there is no day 2022-13-01. Put it right."),
        (
            "12:30 - 12:35 PDT",
            "“12:30 - 12:35 PDT” names no day. Write it like Thu 21 July 12:30 - 12:35 PDT.",
        ),
        (
            "Thu 21 July 12:30 - 12:35 PST",
            (
                "PST contradicts the date: on 21 July 2022 America/Los_Angeles has PDT. "
                "Write PDT on the page, or name with --timezone a zone that is called PST then."
            ),
        ),
        (
            "Fri 21 January 12:30 - 12:35 EDT",
            (
                "EDT contradicts the date: on 21 January 2022 America/New_York has EST. "
                "Write EST on the page, or name with --timezone a zone that is called EDT then."
            ),
        ),
        (
            "Thu 21 July 12:30 - 12:35 XYZ",
            (
                "XYZ is no time-zone abbreviation that is understood here. "
                "Write the offset on the page instead, such as UTC+02:00."
            ),
        ),
        (
            "Sun 13 March 02:30 - 02:35 PST",
            (
                "02:30 on 13 March 2022 does not exist in America/Los_Angeles: the clocks are put forward over it. "
                "Give the time that the clocks show."
            ),
        ),
    ],
)
def test_times_that_make_no_sense(times: str, sentence: str) -> None:
    assert refusal(a_page(a_talk(times))) == f"line 13: {sentence}"


def test_dates_that_are_not_in_one_year() -> None:
    page = a_page(a_talk(), a_talk("Thu 22 July 12:35 - 12:40 PDT", title="Trees"))
    assert refusal(page) == (
        "line 20: Thu 22 July and Thu 21 July (line 13) are not in one year from 2016 to 2028. "
        "Put the weekday or the date right."
    )


def test_a_year_given_that_the_weekday_contradicts() -> None:
    assert refusal(a_page(), year=2023) == (
        "line 13: 21 July 2023 is a Friday, but the page says Thursday. "
        "Put the weekday or the date right, or give the right year with --year."
    )


def test_a_year_given_that_the_page_contradicts() -> None:
    assert refusal(a_page(a_talk("Thu 21 July 2022 12:30 - 12:35 PDT")), year=2023) == (
        "line 13: the page prints 2022, but --year says 2023. Leave out --year, or put the page right."
    )


def test_a_year_given_that_no_calendar_has() -> None:
    assert refusal(a_page(), year=99) == "page.txt: --year 99 is out of range. Give one from 1990 to 2100."


def test_a_zone_given_that_nobody_knows() -> None:
    assert refusal(a_page(), timezone="Europe/Kopenhagen") == (
        "page.txt: Europe/Kopenhagen is no time zone. Did you mean Europe/Copenhagen?"
    )


@pytest.mark.parametrize(
    ("times", "option", "sentence"),
    [
        (
            "21 July 12:30 - 12:35 PDT",
            "year",
            (
                "line 13: 21 July has neither a year nor a weekday to tell it from. "
                "Name the year with --year, for example --year 2022."
            ),
        ),
        (
            "Thu 21 July 12:30 - 12:35",
            "timezone",
            (
                "line 13: the times name no time zone. "
                "Name the venue's with --timezone, for example --timezone Europe/Copenhagen."
            ),
        ),
        (
            "Thu 21 July 12:30 - 12:35 IST",
            "timezone",
            (
                "line 13: IST on 21 July 2022 may be Asia/Kolkata (UTC+05:30) or Europe/Dublin (UTC+01:00). "
                "Say which with --timezone, for example --timezone Asia/Kolkata."
            ),
        ),
    ],
)
def test_what_would_be_guessed_is_asked(times: str, option: str, sentence: str) -> None:
    with pytest.raises(ScheduleQuestion) as asked:
        read(a_page(a_talk(times)))
    assert (asked.value.option, str(asked.value)) == (option, sentence)


def test_a_title_of_a_silly_length() -> None:
    assert refusal(a_page(a_talk(title="Graphs " * 200))) == (
        "line 13: a title of 1,399 characters. Keep it below 1,000."
    )


def test_a_talk_of_a_silly_number_of_people() -> None:
    people = " · ".join(f"Ada No{number}" for number in range(501))
    assert refusal(a_page(a_talk(rest=people))) == "line 13: 501 people give one talk. Name at most 500."


def test_a_title_that_nobody_can_see() -> None:
    assert refusal(a_page(f"{TIMES}\n\nOral\n\u2800&#8203;\n\nAda One · Bo Two\n")) == (
        "line 13: this talk has no title. Write its title under its kind."
    )


def test_more_talks_than_any_programme_has() -> None:
    assert refusal(HEAD + f"{TIMES}\nOral\nTrees\n" * 20_001) == (
        "page.txt: more than 20,000 talks. Import the programme in parts."
    )


def test_more_lines_than_any_page_has() -> None:
    assert refusal(a_page() + "\n" * 200_001) == "page.txt: more than 200,000 lines. Import the programme in parts."
