from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ScheduleQuestion
from bot.schedules.icalendar_clocks import iana_name
from bot.schedules.icalendar_file import recognises
from bot.schedules.icalendar_people import split_names
from bot.schedules.schedule import Talk
from tests.schedules.changed import check_changed
from tests.schedules.pages import at, only_talk, read, refusal
from tests.shared import SHARED, needs_shared

MOCA = SHARED / "moca-2024.ics"
PYCON = SHARED / "pycon-au-2023.ics"
ROME = "TZID=Europe/Rome"
MONDAY = f"DTSTART;{ROME}:20240902T100000\nDTEND;{ROME}:20240902T103000\n"


def an_event(times: str = MONDAY, *, title: str = "Clouds", uid: str = "1", more: str = "") -> str:
    return f"BEGIN:VEVENT\nUID:{uid}\nSUMMARY:{title}\n{times}{more}END:VEVENT\n"


def a_calendar(*events: str, head: str = "") -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{''.join(events or (an_event(),))}END:VCALENDAR\n"


def starts(*events: str, head: str = "", timezone: str | None = None) -> list[str]:
    talks = read(a_calendar(*events, head=head), timezone=timezone).talks
    return [f"{talk.starts_at:%m-%d %H:%M}" for talk in talks]


def the_talk(more: str = "", *, times: str = MONDAY, head: str = "") -> Talk:
    return only_talk(a_calendar(an_event(times, more=more), head=head))


@needs_shared
def test_moca_names_its_zone_in_a_malformed_line_and_its_speakers_as_organisers() -> None:
    schedule = read(MOCA.read_bytes())
    talks = schedule.talks
    assert (schedule.format, schedule.timezone, len(talks)) == ("icalendar", "Europe/Rome", 88)
    assert {talk.room for talk in talks} == {"FreeKevin", "MOKids", "MOV", "XOR"}
    assert min(talk.starts_at for talk in talks) == at("2024-09-13 10:00")
    assert max(talk.ends_at for talk in talks) == at("2024-09-15 14:00")
    assert [talk.file_id for talk in talks if talk.file_id] == ["46938"]
    assert schedule.warnings[0] == "line 4: VTIMEZONE is no property: taken to name the zone Europe/Rome"
    by_title = {talk.title: talk.speakers for talk in talks}
    assert by_title["How to Teach Complex Ideas"] == ("Leonardo Tamiano",)
    assert ("Marco Melletti", "Matteo Martelli") in by_title.values()


@needs_shared
def test_pycon_au_is_in_adelaide_and_its_zones_rules_are_no_events() -> None:
    schedule = read(PYCON.read_bytes())
    talks = schedule.talks
    assert (schedule.timezone, len(talks), len({talk.room for talk in talks})) == ("Australia/Adelaide", 94, 4)
    assert min(talk.starts_at for talk in talks) == at("2023-08-17 23:30")
    assert max(talk.ends_at for talk in talks) == at("2023-08-20 07:30")
    assert len({talk.file_id for talk in talks}) == 94
    assert schedule.warnings == ()


def test_an_event_is_read_whole() -> None:
    more = (
        "DESCRIPTION:<p>Rain\\, snow.</p><p>Wi\n nd.</p>\nLOCATION:Room 1\\, Building X\nCATEGORIES:Talk,Weather\n"
        "URL:https://rain.example/1\n"
    )
    schedule = read(a_calendar(an_event(more=more), head="X-WR-CALNAME:Weather 2024\n"))
    assert (schedule.conference, schedule.timezone) == ("Weather 2024", "Europe/Rome")
    assert schedule.talks == (
        Talk(
            title="Clouds",
            starts_at=at("2024-09-02 08:00"),
            ends_at=at("2024-09-02 08:30"),
            kind="Talk, Weather",
            room="Room 1, Building X",
            abstract="Rain, snow.\n\nWind.",
            url="https://rain.example/1",
            file_id="1",
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        a_calendar().replace("\n", "\r\n"),
        a_calendar().lower().replace("clouds", "Clouds"),
        "# exported\nhello\n" + a_calendar() + "--\nbye",
        a_calendar().replace("UID:1\n", "UID:1\n\n\n"),
        a_calendar().replace("SUMMARY:Clouds", "SUMMARY;LANGUAGE=en : Cl\n ou\n\tds"),
        a_calendar().replace(ROME, 'TZID="Europe/Rome"'),
        a_calendar().replace("VERSION:2.0\n", "BEGIN:X-ODD\nBEGIN:X-ODDER\nSUMMARY:No\nEND:X-ODDER\nEND:X-ODD\n"),
        a_calendar().replace("END:VEVENT", "BEGIN:VALARM\nDESCRIPTION:No\nSUMMARY:No\nEND:VALARM\nEND:VEVENT"),
        a_calendar() + a_calendar("BEGIN:VTODO\nSUMMARY:No\nEND:VTODO\n"),
        a_calendar().replace("SUMMARY:Clouds", "SUMMARY;ENCODING=QUOTED-PRINTABLE:Cl=6F=\nuds"),
        an_event(),
    ],
)
def test_what_is_around_and_between_the_lines_does_not_matter(text: str) -> None:
    talk = only_talk(text)
    assert (talk.title, talk.starts_at, talk.length) == ("Clouds", at("2024-09-02 08:00"), timedelta(minutes=30))
    assert talk.abstract is None


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (a_calendar(), True),
        ("  begin : vcalendar\r\n", True),
        ("", False),
        ("We read BEGIN:VCALENDAR here", False),
        ("x" * 60_000 + "\nBEGIN:VCALENDAR\n", False),
    ],
)
def test_a_calendar_is_known_by_its_first_line(text: str, known: bool) -> None:  # noqa: FBT001 - a parameter
    assert recognises(text) == known


@pytest.mark.parametrize(
    ("tzid", "name"),
    [
        ("Europe/Rome", "Europe/Rome"),
        ("europe/rome", "Europe/Rome"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/Tzfile/America/Argentina/Salta", "America/Argentina/Salta"),
        ("/citadel.org/20190914_1/Europe/London", "Europe/London"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("EST", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("CST", None),
        ("Nowhere", None),
        ("", None),
    ],
)
def test_names_of_zones(tzid: str, name: str | None) -> None:
    assert iana_name(tzid) == name


ODD_ZONE = (
    "BEGIN:VTIMEZONE\nTZID:Customised\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\n"
    "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
)


def test_a_zone_that_only_the_file_defines_gives_its_offsets() -> None:
    winter = MONDAY.replace("202409", "202412")
    found = starts(*(an_event(times.replace("Europe/Rome", "Customised")) for times in (MONDAY, winter)), head=ODD_ZONE)
    assert found == ["09-02 08:00", "12-02 09:00"]


def test_the_zone_that_a_definition_says_it_was_made_from() -> None:
    head = ODD_ZONE.replace("TZID:Customised", "TZID:Customised\nX-LIC-LOCATION:Europe/Vienna")
    assert (
        read(a_calendar(an_event(MONDAY.replace("Europe/Rome", "Customised")), head=head)).timezone == "Europe/Vienna"
    )


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=DAILY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "nonsense"])
def test_a_zone_nobody_knows_is_asked_for(rule: str) -> None:
    head = ODD_ZONE.replace("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", rule)
    text = a_calendar(an_event(MONDAY.replace("Europe/Rome", "Customised")), head=head)
    with pytest.raises(ScheduleQuestion) as asked:
        read(text)
    assert asked.value.option == "timezone"
    assert "event 1: nobody knows the time zone “Customised”" in str(asked.value)
    schedule = read(text, timezone="Europe/Rome")
    assert schedule.talks[0].starts_at == at("2024-09-02 08:00")
    assert schedule.warnings[0] == "event 1: nobody knows the zone “Customised”: read in Europe/Rome"


FLOATING = "DTSTART:20240902T100000\nDTEND:20240902T103000\n"
UNIVERSAL = FLOATING.replace("0\n", "0Z\n")


def test_floating_times_are_by_the_venues_clock_and_it_is_asked_for() -> None:
    with pytest.raises(ScheduleQuestion):
        starts(an_event(FLOATING))
    assert starts(an_event(FLOATING), head="X-WR-TIMEZONE:Asia/Tokyo\n") == ["09-02 01:00"]
    assert starts(an_event(FLOATING), timezone="Asia/Tokyo") == ["09-02 01:00"]


@pytest.mark.parametrize(
    ("head", "zone"),
    [
        ("", None),
        ("X-WR-TIMEZONE:Asia/Tokyo\n", "Asia/Tokyo"),
        ("VTIMEZONE: Asia/Tokyo\n", "Asia/Tokyo"),
        ("X-WR-TIMEZONE:UTC\n", "UTC"),
        ("BEGIN:VTIMEZONE\nTZID:Asia/Tokyo\nEND:VTIMEZONE\n", "Asia/Tokyo"),
    ],
)
def test_times_in_utc_name_no_venue_but_the_calendar_may(head: str, zone: str | None) -> None:
    schedule = read(a_calendar(an_event(UNIVERSAL), head=head))
    assert (schedule.timezone, schedule.talks[0].starts_at) == (zone, at("2024-09-02 10:00"))


def test_of_several_zones_the_commonest_is_the_venues_and_each_event_keeps_its_own() -> None:
    tokyo = MONDAY.replace("Europe/Rome", "Asia/Tokyo")
    schedule = read(a_calendar(an_event(), an_event(tokyo, uid="2"), an_event(MONDAY.replace("T10", "T09"), uid="3")))
    assert schedule.timezone == "Europe/Rome"
    assert [f"{talk.starts_at:%H:%M}" for talk in schedule.talks] == ["01:00", "07:00", "08:00"]
    assert schedule.warnings == ("the events are in 2 zones: the venue's is taken to be Europe/Rome, the commonest",)


def test_an_end_by_another_clock_than_the_start() -> None:
    talk = the_talk(times=f"DTSTART;{ROME}:20240902T100000\nDTEND:20240902T090000Z\n")
    assert talk.length == timedelta(hours=1)


@pytest.mark.parametrize(("duration", "minutes"), [("PT45M", 45), ("PT1H30M", 90), ("P1DT0H", 1440), ("pt30m", 30)])
def test_a_length_instead_of_an_end(duration: str, minutes: int) -> None:
    talk = the_talk(times=f"DTSTART;{ROME}:20240902T100000\nDURATION:{duration}\n")
    assert talk.length == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("times", "why"),
    [
        ("DTSTART;VALUE=DATE:20240902\nDTEND;VALUE=DATE:20240903\n", "lasts all day"),
        ("DTSTART:20240902\n", "lasts all day"),
        (MONDAY + "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\n", "lasts all day"),
        (f"DTSTART;{ROME}:20240902T100000\n", "has no end"),
        (f"DTSTART;{ROME}:20240902T100000\nDTEND:soon\n", "has no end that can be read"),
        (f"DTSTART;{ROME}:20240902T100000\nDTEND:20240902\n", "has an end that names no hour"),
        (f"DTSTART;{ROME}:20240902T100000\nDURATION:-PT5M\n", "lasts “-PT5M”"),
        ("DTSTART:20241332T100000\n", "has no start that can be read"),
        ("", "has no start that can be read"),
    ],
)
def test_events_that_take_no_hours_are_left_out_by_name(times: str, why: str) -> None:
    schedule = read(a_calendar(an_event(times, title="Fog"), an_event()))
    assert [talk.title for talk in schedule.talks] == ["Clouds"]
    assert schedule.warnings == (f"event 1: “Fog” {why}: left out",)
    assert "no event is left that could be announced" in refusal(a_calendar(an_event(times)))


def test_few_of_many_alike_warnings_are_shown() -> None:
    schedule = read(a_calendar(*[an_event("DTSTART:20240902\n")] * 9, an_event()))
    assert len(schedule.warnings) == 6
    assert schedule.warnings[-1] == "and 4 more like the last"


@pytest.mark.parametrize("head", ["METHOD:CANCEL\n", ""])
def test_cancelled_events(head: str) -> None:
    assert the_talk("" if head else "STATUS:CANCELLED\n", head=head).cancelled
    assert not the_talk("STATUS:CONFIRMED\n", head="METHOD:PUBLISH\n").cancelled


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("RRULE:FREQ=DAILY;COUNT=3\n", "02 03 04"),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20240909T080000Z\n", "02 04 09"),
        ("RRULE:FREQ=DAILY;UNTIL=20240903\n", "02 03"),
        ("RRULE:freq=daily;count=4;\nEXDATE;TZID=Europe/Rome:20240903T100000,20240904T100000\n", "02 05"),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20240903T080000Z\n", "02 04"),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20240903\n", "02 04"),
        ("RDATE;TZID=Europe/Rome:20240905T100000,20240907T100000\n", "02 05 07"),
        ("RDATE;VALUE=PERIOD:20240905T080000Z/PT30M\n", "02 05"),
    ],
)
def test_events_that_repeat(rule: str, days: str) -> None:
    assert starts(an_event(more=rule)) == [f"09-{day} 08:00" for day in days.split()]


def test_repeats_keep_their_wall_time_when_the_clocks_change() -> None:
    event = an_event(MONDAY.replace("20240902", "20241026"), more="RRULE:FREQ=DAILY;COUNT=2\n")
    assert starts(event) == ["10-26 08:00", "10-27 09:00"]


def test_changed_and_cancelled_instances() -> None:
    moved = MONDAY.replace("20240902T10", "20240903T14")
    gone = MONDAY.replace("20240902", "20240904").partition("DTEND")[0]
    text = a_calendar(
        an_event(more="RRULE:FREQ=DAILY;COUNT=4\n"),
        an_event(moved, title="Moved", more=f"RECURRENCE-ID;{ROME}:20240903T100000\n"),
        an_event(gone, title="Gone", more="RECURRENCE-ID:20240904T080000Z\nSTATUS:CANCELLED\n"),
    )
    found = [(talk.title, f"{talk.starts_at:%d %H:%M}", talk.cancelled) for talk in read(text).talks]
    assert found == [
        ("Clouds", "02 08:00", False),
        ("Moved", "03 12:00", False),
        ("Gone", "04 08:00", True),
        ("Clouds", "05 08:00", False),
    ]


def test_a_rule_without_end_is_read_for_400_days() -> None:
    schedule = read(a_calendar(an_event(more="RRULE:FREQ=WEEKLY\n")))
    assert len(schedule.talks) == 58
    assert schedule.warnings == ("event 1: “Clouds” repeats without end: read up to 2025-10-07",)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=SECONDLY", "it repeats secondly"),
        ("FREQ=MINUTELY;COUNT=2", "it repeats minutely"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "its rule is of a kind that may never come"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "its rule has BYMONTHDAY, daily"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "its rule is of a kind that may never come"),
        ("FREQ=DAILY;INTERVAL=0", "its rule has INTERVAL=0"),
        ("FREQ=DAILY;COUNT=x", "its rule has COUNT=X"),
        ("FREQ=DAILY;BYWEEKNO=53", "its rule has BYWEEKNO"),
        ("FREQ=DAILY;BYHOUR=1,2,3,4,5,6;BYMINUTE=1,2,3,4,5", "it repeats 30 times a day"),
        ("FREQ=SOMETIMES", "“FREQ=SOMETIMES” is no rule"),
        ("sometimes", "“SOMETIMES” is no part of a rule"),
    ],
)
def test_rules_that_are_hostile_or_senseless_are_left_out(rule: str, why: str) -> None:
    schedule = read(a_calendar(an_event(title="Fog", more=f"RRULE:{rule}\n"), an_event(uid="2")))
    assert [talk.title for talk in schedule.talks] == ["Clouds"]
    assert schedule.warnings == (f"event 1: “Fog” repeats, but {why}: left out",)


@pytest.mark.timeout(20)
def test_many_endless_rules_do_not_hang() -> None:
    events = [an_event(uid=str(number), title=f"T{number}", more="RRULE:FREQ=DAILY\n") for number in range(2_000)]
    assert len(read(a_calendar(*events)).talks) < 4_000


def test_events_that_share_an_id_are_all_kept_without_it() -> None:
    later = MONDAY.replace("T10", "T11")
    talks = read(a_calendar(an_event(title="Rain"), an_event(later, title="Snow", more="SEQUENCE:2\n"))).talks
    assert [(talk.title, talk.file_id) for talk in talks] == [("Rain", None), ("Snow", None)]


def test_a_later_revision_replaces_the_earlier_one() -> None:
    later = MONDAY.replace("T10", "T11")
    schedule = read(a_calendar(an_event(later, more="SEQUENCE: 2\n"), an_event(more="SEQUENCE:1\n")))
    assert [(f"{talk.starts_at:%H:%M}", talk.file_id) for talk in schedule.talks] == [("09:00", "1")]
    assert schedule.warnings == ("event 1: “Clouds” is a later revision of event 2, which is left out",)


def organised(*names: str) -> list[tuple[str, ...]]:
    events = [
        an_event(uid=str(number), title=f"T{number}", more=f'ORGANIZER;CN="{name}":mailto:info@rain.example\n')
        for number, name in enumerate(names)
    ]
    return [talk.speakers for talk in read(a_calendar(*events)).talks]


def test_organisers_speak_only_where_they_differ() -> None:
    assert organised("Rain Club", "Rain Club") == [(), ()]
    assert organised("Ada One", "Bo Two; Cy Three") == [("Ada One",), ("Bo Two", "Cy Three")]
    assert organised("ada@rain.example", "Bo Two") == [(), ()]


def test_attendees_who_take_part_speak() -> None:
    more = (
        'ORGANIZER;CN=Rain Club:mailto:info@rain.example\nATTENDEE;ROLE=CHAIR;CN="One, Ada":mailto:a@rain.example\n'
        "ATTENDEE;CUTYPE=INDIVIDUAL;CN=Bo Two:invalid:nomail\nATTENDEE;ROLE=OPT-PARTICIPANT;CN=Guest:x:y\n"
        "ATTENDEE;CUTYPE=ROOM;CN=Hall:x:y\nATTENDEE:mailto:c@rain.example\n"
    )
    assert the_talk(more).speakers == ("One, Ada", "Bo Two")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada One, Bo Two", ("Ada One", "Bo Two")),
        ("One, Ada", ("One, Ada",)),
        ("Ada One and Bo Two & Cy", ("Ada One", "Bo Two", "Cy")),
        ("One, Ada; Two, Bo", ("One, Ada", "Two, Bo")),
        (" ; ", ()),
    ],
)
def test_several_names_in_one_field(text: str, names: tuple[str, ...]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("location", "room"), [("https://meet.example/x", None), ("A\\nhttps://x.example", "A"), (" B ", "B")]
)
def test_a_link_is_no_room(location: str, room: str | None) -> None:
    assert the_talk(f"LOCATION:{location}\n").room == room


def test_a_location_that_is_too_long_for_a_room() -> None:
    text = a_calendar(an_event(more=f"LOCATION:Hall\\n{'street ' * 40}\n"))
    assert (only_talk(text).room, read(text).warnings) == (
        "Hall",
        ("event 1: a location of 284 characters: only “Hall” is read",),
    )


def test_a_line_that_is_no_property_is_left_out_by_name() -> None:
    schedule = read(a_calendar(an_event(more='what is this\nX;A="b:c\n')))
    assert schedule.warnings == (
        "line 8: “what is this” is no property: left out",
        'line 9: “X;A="b:c” is no property: left out',
    )


def test_a_file_that_breaks_off_or_lacks_an_end() -> None:
    whole = a_calendar(an_event(title="Rain"), an_event(uid="2"))
    assert read(whole.rpartition("END:VEVENT")[0]).warnings == (
        "line 9: the file breaks off within this event: left out",
    )
    schedule = read(whole.replace("END:VEVENT\n", "", 1))
    assert [talk.title for talk in schedule.talks] == ["Rain", "Clouds"]
    assert schedule.warnings[0] == "line 3: this event has no end of its own: read as it stands"


def test_calendars_without_events_and_of_silly_sizes() -> None:
    assert "there are no events in this calendar" in refusal("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    assert "more than 50 components inside each other" in refusal("BEGIN:VCALENDAR\n" * 60)
    assert "this calendar has 600,003 lines" in refusal("BEGIN:VCALENDAR\n" + "\n" * 600_001 + "END:VCALENDAR\n")
    assert "the year 9999 is no programme's" in refusal(a_calendar(an_event(MONDAY.replace("2024", "9999"))))


SMALL = a_calendar(
    an_event(more="RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Europe/Rome:20240903T100000\nLOCATION:A\\, B\n"),
    an_event(more=f"RECURRENCE-ID;{ROME}:20240904T100000\nSEQUENCE:1\nATTENDEE;CN=Bo Two:mailto:b@x.example\n"),
    an_event(MONDAY.replace("Europe/Rome", "Customised"), uid="2", more="STATUS:CANCELLED\n"),
    head=ODD_ZONE,
)
PIECES = st.sampled_from(
    [*SMALL.split("\n"), "", "9", "-", ";", ":", '"', "Z", "=", "\n", " ", "\x00", "99999999", "/"]
)


@given(st.lists(st.tuples(st.integers(0, len(SMALL)), st.integers(0, 12), PIECES), min_size=1, max_size=4))
def test_whatever_is_changed_in_a_calendar_it_is_read_or_refused(changes: list[tuple[int, int, str]]) -> None:
    check_changed(SMALL, changes, read)
