"""Lines are unfolded all at once, but for files with odd folds: both ways have to read the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedules.icalendar_lines import Component, read_components

LINES = st.sampled_from(
    (
        *("BEGIN:VEVENT", "END:VEVENT", " BEGIN:VEVENT", "\tEND : VEVENT", "SUMMARY:Trees", "DESCRIPTION:one\\, two"),
        *("", " ", " folded", "\tfolded", "  BEGIN of a sentence", "no property", "X;A=b:c", "X ; A=b : c"),
        *('ATTENDEE;CN="Ada: the first":mailto:ada@example.org', 'ATTENDEE;CN=A"d:a":b', "X-\x0b:y"),
    )
)
ENDS = st.sampled_from(("\n", "\r\n", "\r"))


def plain(component: Component) -> object:
    return component.name, component.line, component.properties, [plain(inner) for inner in component.inner]


def read(first: str, lines: list[str], end: str) -> object:
    found = read_components(end.join([first, "BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]))
    return [plain(each) for each in found.calendars], found.refused, found.warnings


@given(lines=st.lists(LINES, max_size=12), end=ENDS)
def test_lines_are_read_alike_all_at_once_and_one_by_one(lines: list[str], end: str) -> None:
    # No calendar has a NUL; a text with one is taken line by line.
    assert read("X:", lines, end) == read("X:\0", lines, end)


def test_places_count_the_lines_that_are_folded_away() -> None:
    found = read_components("BEGIN:VEVENT\nDESCRIPTION:a\n b\n\tc\n\nSUMMARY:Trees\nEND:VEVENT\n")
    assert [(each.raw, each.line) for name in ("DESCRIPTION", "SUMMARY") for each in found.events[0].every(name)] == [
        ("abc", 2),
        ("Trees", 6),
    ]


def test_a_colon_within_quotation_marks_ends_no_name() -> None:
    event = read_components('BEGIN:VEVENT\nATTENDEE;CN="Ada: one";ROLE=CHAIR:mailto:a:b\nEND:VEVENT\n').events[0]
    found = event.every("ATTENDEE")[0]
    assert (found.parameters, found.raw) == ({"CN": "Ada: one", "ROLE": "CHAIR"}, "mailto:a:b")


@given(lines=st.lists(LINES, max_size=6))
def test_a_line_is_read_alike_the_second_time(lines: list[str]) -> None:
    # What stands before the colon of most lines is known once it was read.
    first, again = (read("X:", ["BEGIN:VEVENT", *lines], "\n") for _ in range(2))
    assert first == again


@pytest.mark.parametrize("length", [10, 99, 100, 101, 2_000])
def test_parameters_are_read_however_long_they_are(length: int) -> None:
    name = "a" * (length - len("SUMMARY;LANGUAGE="))
    summary = (
        read_components(f"BEGIN:VEVENT\nsummary ; language={name}:Trees: one\nEND:VEVENT\n").events[0].first("SUMMARY")
    )
    assert summary
    assert (summary.parameters, summary.raw) == ({"LANGUAGE": name}, "Trees: one")
