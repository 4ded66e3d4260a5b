from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.schedules.schedule import Talk
from bot.schedules.sessions import Found, FoundSession, by_room_and_day, conference_day, finished_sessions
from tests.schedules.pages import at


def a_found(start: str = "19:30", *, minutes: int = 5, title: str = "Graphs", **facts: str) -> Found:
    starts_at = at(start)
    talk = Talk(title=title, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))
    return Found(replace(talk, room=facts.get("room"), file_id=facts.get("file_id")), facts.get("place", f"at {start}"))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2022-07-21 19:30", date(2022, 7, 21)),
        ("2022-07-22 05:30", date(2022, 7, 21)),
        ("2022-07-22 10:59", date(2022, 7, 21)),
        ("2022-07-22 11:00", date(2022, 7, 22)),
    ],
)
def test_a_conference_day_begins_at_four_in_the_morning_local_time(moment: str, day: date) -> None:
    assert conference_day(at(moment), "America/Los_Angeles") == day


def test_a_file_may_say_when_its_day_begins() -> None:
    assert conference_day(at("2022-07-21 06:00"), "UTC", time(7)) == date(2022, 7, 20)


def test_a_room_on_a_day_is_a_session() -> None:
    talks = [
        a_found("2022-07-21 19:30", room="Hall F"),
        a_found("2022-07-21 19:30", room="Hall G"),
        a_found("2022-07-22 06:30", room="Hall F", title="Night"),
        a_found("2022-07-22 19:30", room="Hall F"),
        a_found("2022-07-21 19:30", title="Anywhere"),
    ]
    sessions = by_room_and_day(talks, "America/Los_Angeles")
    assert [(session.title, session.room, len(session.talks)) for session in sessions] == [
        ("Hall F · Thu 21 July", "Hall F", 2),
        ("Hall G · Thu 21 July", "Hall G", 1),
        ("Hall F · Fri 22 July", "Hall F", 1),
        ("Thu 21 July", None, 1),
    ]


def test_sessions_and_talks_are_put_in_order_of_start() -> None:
    later = FoundSession("Later", (a_found("21:00"), a_found("20:00", title="Trees")))
    earlier = FoundSession("Earlier", (a_found("19:30"),))
    sessions, warnings = finished_sessions([later, earlier])
    assert [session.title for session in sessions] == ["Earlier", "Later"]
    assert [talk.title for talk in sessions[1].talks] == ["Trees", "Graphs"]
    assert warnings == ()


def test_an_id_that_several_talks_share_is_none() -> None:
    talks = (a_found("19:30", file_id="1"), a_found("19:35", file_id="1"), a_found("19:40", file_id="2"))
    sessions, _ = finished_sessions([FoundSession("One", talks[:1]), FoundSession("Two", talks[1:])])
    assert [talk.file_id for session in sessions for talk in session.talks] == [None, None, "2"]


def test_a_talk_that_stands_twice_is_one_talk_with_its_id() -> None:
    twice = (a_found(file_id="1", place="line 1"), a_found(file_id="1", place="line 9"))
    (session,), warnings = finished_sessions([FoundSession("One", twice)])
    assert [talk.file_id for talk in session.talks] == ["1"]
    assert warnings == ("line 9: “Graphs” stands at line 1 already: read once",)


def test_talks_that_are_alike_are_two_where_they_may_repeat() -> None:
    (session,), warnings = finished_sessions([FoundSession("One", (a_found(), a_found()))], may_repeat=True)
    assert len(session.talks) == 2
    assert not any("read once" in warning for warning in warnings)


def test_an_id_is_to_be_unique_within_its_source() -> None:
    sessions = [FoundSession("One", (a_found(file_id="1", title=title),), source=title) for title in ("A", "B")]
    finished, _ = finished_sessions(sessions)
    assert [(session.source, session.talks[0].file_id) for session in finished] == [("A", "1"), ("B", "1")]


def test_talks_that_touch_do_not_overlap() -> None:
    _, warnings = finished_sessions([FoundSession("One", (a_found("19:30"), a_found("19:35")))])
    assert warnings == ()


def test_talks_that_overlap_are_one_sentence_a_session() -> None:
    talks = (
        a_found("19:30", minutes=30, title="Long", place="line 1"),
        a_found("19:35", title="Inside", place="line 2"),
        a_found("19:50", minutes=20, title="Across", place="line 3"),
        a_found("20:10", title="After", place="line 4"),
    )
    _, warnings = finished_sessions([FoundSession("One", talks)])
    assert warnings == ("line 2: “Inside” begins before “Long” (line 1) ends, and 1 more overlap in “One”",)


def test_warnings_do_not_go_on_for_ever() -> None:
    sessions = [
        FoundSession(f"Session {number}", (a_found(minutes=30), a_found(minutes=31, title="Trees")))
        for number in range(30)
    ]
    _, warnings = finished_sessions(sessions)
    assert (len(warnings), warnings[-1]) == (21, "and 10 more like these")
