"""The calendar of an export: good in everybody's own calendar, and read back after one changed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ScheduleError
from bot.schedules import icalendar_file
from bot.schedules.detect import read_schedule
from bot.schedules.icalendar_own import abstract_in, description
from bot.schedules.schedule import Schedule
from bot.schedules.written_icalendar import as_icalendar
from tests.builders import FIRST_START, LOS_ANGELES, a_schedule, a_session, a_talk, at
from tests.examples import examples
from tests.schedules.programmes import OPTIONS, abstracts, facts, lines, schedules

GRAPHS = a_talk("Graphs; and, trees", room="Hall F", abstract="We count.\n\nTwice.", url="https://example.org/1?a=b,c")


def events(content: bytes) -> list[icalendar.Event]:
    """The events as another program reads them."""
    return icalendar.Calendar.from_ical(content).events


def test_event_shows_what_one_wants_in_a_calendar() -> None:
    schedule = a_schedule(a_session(GRAPHS), conference="ICML 2022")
    content = as_icalendar(schedule, written_at=at("08:00"))
    calendar = icalendar.Calendar.from_ical(content)
    assert (str(calendar["X-WR-CALNAME"]), str(calendar["X-WR-TIMEZONE"])) == ("ICML 2022", LOS_ANGELES)
    (event,) = events(content)
    assert {name: str(event[name]) for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "URL")} == {
        "SUMMARY": "Graphs; and, trees",
        "DESCRIPTION": "Chen Cai, Yusu Wang\n\nWe count.\n\nTwice.",
        "LOCATION": "Hall F",
        "URL": "https://example.org/1?a=b,c",
    }
    assert event.categories == ["Spotlight"]
    assert (event.start, event.end, event.DTSTAMP) == (GRAPHS.starts_at, GRAPHS.ends_at, at("08:00"))
    assert "STATUS" not in event


def test_talk_without_a_room_of_its_own_is_shown_in_its_sessions() -> None:
    schedule = a_schedule(a_session(a_talk(room=None)))
    content = as_icalendar(schedule)
    assert [str(event["LOCATION"]) for event in events(content)] == ["Hall F"]
    assert facts(read_schedule(content, OPTIONS)) == facts(schedule)


def test_cancelled_talk_is_cancelled_in_the_calendar() -> None:
    content = as_icalendar(a_schedule(a_session(a_talk(cancelled=True))))
    assert [str(event["STATUS"]) for event in events(content)] == ["CANCELLED"]


def test_lines_are_short_and_end_as_they_are_to() -> None:
    content = as_icalendar(a_schedule(a_session(a_talk("ΑΒΓ " * 100, abstract="é\n" * 300))))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75


@settings(max_examples=examples(15))
@given(schedules())
def test_other_programs_read_the_same_titles_and_times(schedule: Schedule) -> None:
    found = [(str(event["SUMMARY"]).replace("\n", ""), event.start) for event in events(as_icalendar(schedule))]
    assert len(found) == len(schedule.talks)
    assert [start for _, start in found] == [talk.starts_at for talk in schedule.talks]
    told = [talk.title for talk in schedule.talks]
    assert [title for (title, _), right in zip(found, told, strict=True) if "\\" not in right] == [
        title for title in told if "\\" not in title
    ]


def test_same_schedule_gives_the_same_bytes() -> None:
    assert as_icalendar(a_schedule()) == as_icalendar(a_schedule())


@settings(max_examples=examples(15))
@given(schedules())
def test_no_two_events_share_an_id(schedule: Schedule) -> None:
    uids = [line for line in as_icalendar(schedule).replace(b"\r\n ", b"").split(b"\r\n") if line.startswith(b"UID:")]
    assert len(set(uids)) == len(uids) == len(schedule.talks)


@pytest.mark.parametrize(
    ("file_id", "kept"),
    [("7@example.org", True), ("4b4c1a2e-0000-4000-8000-123456789abc", True), ("332", False), (None, False)],
)
def test_id_of_the_file_is_the_events_where_no_other_event_can_have_it(file_id: str | None, *, kept: bool) -> None:
    (event,) = events(as_icalendar(a_schedule(a_session(a_talk(file_id=file_id)))))
    assert (str(event["UID"]) == file_id) is kept
    assert kept or str(event["UID"]).endswith("@chairside")


def test_event_with_a_key_keeps_its_id_wherever_it_moves() -> None:
    later = replace(GRAPHS, title="Graphs", starts_at=GRAPHS.starts_at + timedelta(hours=1), ends_at=at("14:00"))
    first, second = (events(as_icalendar(a_schedule(a_session(talk)), ["1"]))[0]["UID"] for talk in (GRAPHS, later))
    assert first == second
    (third,) = events(as_icalendar(a_schedule(a_session(GRAPHS)), ["2"]))
    assert third["UID"] != first


def test_another_calendars_copy_without_our_properties_is_a_programme_without_our_ids() -> None:
    content = as_icalendar(a_schedule(a_session(GRAPHS))).replace(b"\r\n ", b"")
    kept = [line for line in content.split(b"\r\n") if not line.startswith(b"X-CHAIRSIDE-")]
    schedule = read_schedule(b"\r\n".join(kept), OPTIONS)
    (talk,) = schedule.talks
    assert (schedule.format, schedule.timezone) == (icalendar_file.FORMAT, LOS_ANGELES)
    assert (talk.title, talk.starts_at, talk.room, talk.kind) == (GRAPHS.title, FIRST_START, "Hall F", "Spotlight")
    assert talk.file_id is None


def test_event_that_a_calendar_moved_into_its_own_zone_and_retitled_is_read_so() -> None:
    content = as_icalendar(a_schedule(a_session(GRAPHS)))
    moved = content.replace(b"DTSTART:20220721T193000Z", b"DTSTART;TZID=Europe/Berlin:20220721T213100")
    (talk,) = read_schedule(moved.replace(b"SUMMARY:Graphs", b"SUMMARY:Hypergraphs"), OPTIONS).talks
    assert (talk.starts_at, talk.ends_at) == (FIRST_START + timedelta(minutes=1), GRAPHS.ends_at)
    assert (talk.title, talk.speakers, talk.abstract) == (
        "Hypergraphs; and, trees",
        ("Chen Cai", "Yusu Wang"),
        "We count.\n\nTwice.",
    )


def test_event_that_was_added_by_hand_is_in_a_session_of_its_room() -> None:
    added = (
        "BEGIN:VEVENT\r\nUID:1@other\r\nDTSTART:20220721T200000Z\r\nDTEND:20220721T201500Z\r\nSUMMARY:Dinner\r\n"
        "LOCATION:Foyer\r\nDESCRIPTION:Bring an appetite.\r\nEND:VEVENT\r\n"
    )
    content = as_icalendar(a_schedule(a_session(GRAPHS))).replace(b"END:VCALENDAR", f"{added}END:VCALENDAR".encode())
    dinner = read_schedule(content, OPTIONS).sessions[1]
    assert (dinner.title, dinner.room) == ("Foyer · Thu 21 July", "Foyer")
    (talk,) = dinner.talks
    assert (talk.abstract, talk.file_id) == ("Bring an appetite.", "1@other")


def test_event_without_times_is_left_out_and_told() -> None:
    content = as_icalendar(a_schedule()).replace(b"DTEND:20220721T193500Z", b"DTEND:never")
    schedule = read_schedule(content, OPTIONS)
    assert len(schedule.talks) == 14
    assert "event 1: it has no start or no end that can be read: left out" in schedule.warnings
    with pytest.raises(ScheduleError, match="no event of this calendar has times"):
        read_schedule(as_icalendar(a_schedule()).replace(b"DTEND:2022", b"DTEND:"), OPTIONS)


def test_title_that_ends_like_a_component_closes_none() -> None:
    for length in range(1, 80):
        schedule = a_schedule(a_session(a_talk("x" * length + " END:VEVENT", speakers=())))
        assert facts(read_schedule(as_icalendar(schedule), OPTIONS)) == facts(schedule)


@given(st.lists(lines, max_size=3), st.none() | abstracts.map(str.strip))
def test_abstract_is_told_from_the_people_before_it(people: list[str], abstract: str | None) -> None:
    assert abstract_in(description(people, abstract) or None, people) == (abstract or None)


def test_description_that_somebody_wrote_anew_is_the_abstract() -> None:
    assert abstract_in("All new.", ("Ada One",)) == "All new."
