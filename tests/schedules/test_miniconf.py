from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ScheduleError, ScheduleQuestion
from bot.schedules.miniconf import is_papers, recognises
from bot.schedules.schedule import Talk
from tests.schedules.changed import check_changed
from tests.schedules.pages import at, only_talk, read, refusal
from tests.shared import SHARED, needs_shared

COLT = SHARED / "colt-2020-main_calendar.json"
WHOLE: dict[str, Any] = {
    "title": "Session 1",
    "start": "2020-07-09T11:00:00-04:00",
    "end": "2020-07-09T12:00:00-04:00",
    "location": "papers.html?session=1",
    "link": "papers.html?session=1",
    "category": "time",
    "calendarId": "session",
}


def a_calendar(*changes: dict[str, Any]) -> str:
    return json.dumps([WHOLE | change for change in changes or ({},)])


def the_talk(**changes: object) -> Talk:
    return only_talk(a_calendar(changes))


@needs_shared
def test_colts_calendar_states_offsets_but_no_zone_and_no_rooms() -> None:
    schedule = read(COLT.read_bytes())
    talks = schedule.talks
    assert (schedule.format, schedule.timezone, len(talks)) == ("miniconf-calendar", None, 43)
    assert {talk.room for talk in talks} == {None}
    assert min(talk.starts_at for talk in talks) == at("2020-07-08 15:00")
    assert max(talk.ends_at for talk in talks) == at("2020-07-13 11:00")
    assert {talk.kind for talk in talks} == {"session", "coffee", "keynote", "business"}
    assert [talk.url for talk in talks if talk.url] == ["https://wimlworkshop.org/sh_events/wiml-colt/"]
    assert schedule.warnings == ()


def test_an_entry_with_everything_is_read_whole() -> None:
    change = {
        "title": "Bounds of $k$-Means",
        "UID": "k1",
        "room": "Sun I",
        "chair": "Ada One",
        "people": ["Bo Two", {"name": "Cy Three"}],
        "link": "https://colt.example/k1",
        "location": "https://colt.example/k1",
        "abstract": "We bound.",
    }
    schedule = read(a_calendar(change))
    assert schedule.sessions[0].moderator == "Ada One"
    assert schedule.talks == (
        Talk(
            title="Bounds of k-Means",
            starts_at=at("2020-07-09 15:00"),
            ends_at=at("2020-07-09 16:00"),
            kind="session",
            speakers=("Bo Two", "Cy Three"),
            room="Sun I",
            abstract="We bound.",
            url="https://colt.example/k1",
            file_id="k1",
        ),
    )


@pytest.mark.parametrize(
    ("location", "link", "room"),
    [
        ("Hall F", "papers.html", "Hall F"),
        ("Room 1, Building X", None, "Room 1, Building X"),
        ("/papers.html?search=P1", None, None),
        ("speaker_1.html", "", None),
        ("https://colt.example", None, None),
        ("day_1.html#open", "x", None),
        ("link", "link", None),
        (None, None, None),
        ({"a": 1}, [], None),
    ],
)
def test_a_location_that_is_a_link_is_no_room(location: object, link: object, room: str | None) -> None:
    assert the_talk(location=location, link=link).room == room


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, "session"),
        ({"type": "Oral"}, "Oral"),
        ({"calendarId": "---"}, None),
        ({"calendarId": "time", "category": "Talk"}, "Talk"),
        ({"calendarId": None}, None),
        ({"calendarId": 3}, "3"),
    ],
)
def test_kinds_are_what_the_page_is_not_merely_drawn_by(fields: dict[str, Any], kind: str | None) -> None:
    assert the_talk(**fields).kind == kind


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"category": "allday"}, "lasts all day"),
        ({"isAllDay": True}, "lasts all day"),
        ({"start": "2020-07-09", "end": "2020-07-10"}, "lasts all day"),
        ({"end": None}, "has no end that can be read"),
        ({"end": "2020-07-10"}, "has no end that can be read"),
        ({"start": 17}, "has no start that can be read"),
        ({"start": "2020-13-09T11:00:00"}, "has no start that can be read"),
    ],
)
def test_entries_without_times_of_the_day_are_left_out_by_name(change: dict[str, Any], why: str) -> None:
    schedule = read(a_calendar({"title": "Fog"} | change, {}))
    assert [talk.title for talk in schedule.talks] == ["Session 1"]
    assert schedule.warnings == (f"event 1: “Fog” {why}: left out",)
    assert "no event has times of the day" in refusal(a_calendar(change))


def test_an_entry_with_a_chair_is_a_session_of_its_own() -> None:
    later = {"title": "Session 2", "start": "2020-07-09T12:00:00-04:00", "end": "2020-07-09T13:00:00-04:00"}
    sessions = read(a_calendar({"chair": "Ada One"}, later | {"chair": "Bo Two"}, later | {"title": "Lunch"})).sessions
    assert [(session.title, session.moderator) for session in sessions] == [
        ("Session 1", "Ada One"),
        ("Session 2", "Bo Two"),
        ("Thu 9 July", None),
    ]


def test_half_a_character_does_not_reach_the_schedule() -> None:
    talk = only_talk(a_calendar({"title": "A\ud83d B", "people": ["Bo\ud83d"]}))
    assert (talk.title, talk.speakers) == ("A? B", ("Bo?",))


def test_times_are_read_in_whole_seconds() -> None:
    talk = the_talk(start="2020-07-13T05:00:00.750Z", end="2020-07-13T05:05:30.999Z")
    assert (talk.starts_at, talk.length.total_seconds()) == (at("2020-07-13 05:00"), 330)


def test_an_entry_twice_is_read_once() -> None:
    schedule = read(a_calendar({}, {}))
    assert len(schedule.talks) == 1
    assert schedule.warnings == ("event 2: “Session 1” stands at event 1 already: read once",)


def test_a_room_and_a_name_that_are_too_long_are_left_out() -> None:
    schedule = read(a_calendar({"location": "a " * 150, "people": ["Bo Two", "x" * 200]}))
    assert (schedule.talks[0].room, schedule.talks[0].speakers) == (None, ("Bo Two",))
    assert len(schedule.warnings) == 2


def test_times_without_an_offset_are_asked_about() -> None:
    change = {"start": "2020-07-09T11:00:00", "end": "2020-07-09T12:00:00"}
    with pytest.raises(ScheduleQuestion):
        read(a_calendar(change))
    assert read(a_calendar(change), timezone="Europe/Rome").talks[0].starts_at == at("2020-07-09 09:00")


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (a_calendar(), True),
        (f'{{"calendar": {a_calendar()}}}', True),
        (a_calendar().replace("}", "}\n\n"), True),
        ("[]", False),
        ('[{"title": "A", "start": "B"}]', False),
        ('{"schedule": {"conference": {"title": "A", "start": "B"}}}', False),
        ("", False),
    ],
)
def test_a_calendar_is_known_by_its_keys(text: str, known: bool) -> None:  # noqa: FBT001 - a parameter
    assert recognises(text) == known


def test_a_calendar_within_an_object() -> None:
    assert only_talk(f'{{"calendar": {a_calendar()}}}').title == "Session 1"


@pytest.mark.parametrize(
    "text", [a_calendar()[:-1], a_calendar() + "x", a_calendar({"a": 1}).replace("1}", "[" * 9_999)]
)
def test_damaged_json(text: str) -> None:
    assert "this JSON breaks off or is damaged" in refusal(text)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("UID,title,authors,abstract,keywords,sessions\n1,A,B,C,D,E\n", True),
        ("\ufeffuid,Title,Authors,Abstract\n", True),
        ("UID,title,authors,abstract,start,end\n", False),
        ("UID,title,authors,abstract,session,Start Time\n", False),
        ("title,room\n", False),
        ("", False),
    ],
)
def test_papers_are_known_by_their_columns(text: str, known: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_papers(text) == known


def test_papers_hold_no_times_so_the_calendar_is_asked_for() -> None:
    assert refusal("UID,title,authors,abstract,keywords,sessions\n1,A,B,C,D,S1\n") == (
        "page.txt: this is Mini-Conf's list of papers, which holds no times. Import the calendar, main_calendar.json."
    )


SMALL = a_calendar({}, {"people": ["Bo Two"], "room": "A", "title": "B"})
PIECES = st.sampled_from(
    ["", "9", "-", '"', "{", "}", "[", "]", "null", ",", ":", "1e999", "NaN", '"start"', "\\u0000"]
)


@given(st.lists(st.tuples(st.integers(0, len(SMALL)), st.integers(0, 12), PIECES), min_size=1, max_size=3))
def test_whatever_is_changed_in_a_calendar_it_is_read_or_refused(changes: list[tuple[int, int, str]]) -> None:
    check_changed(SMALL, changes, read)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(
    st.dictionaries(st.sampled_from([*WHOLE, "people", "chair", "room", "UID", "abstract", "type"]), VALUES, max_size=4)
)
def test_whatever_type_a_field_holds_the_calendar_is_read_or_refused(change: dict[str, Any]) -> None:
    try:
        schedule = read(a_calendar({}, change))
    except ScheduleError:
        return
    assert schedule.talks
