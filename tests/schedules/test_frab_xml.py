from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ScheduleError, ScheduleQuestion
from bot.schedules import frab_xml
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import Schedule
from tests.schedules.pages import at, only_talk, options, read, refusal
from tests.shared import SHARED, needs_shared

BERLIN = "<time_zone_name>Europe/Berlin</time_zone_name>"
TIMES = "<date>2019-08-21T10:00:00+02:00</date><start>10:00</start><duration>00:30</duration>"


def an_event(inner: str = TIMES, *, title: str = "Trees", attributes: str = 'id="1" guid="g-1"') -> str:
    return f"<event {attributes}><title>{title}</title>{inner}</event>"


def a_schedule(
    *events: str, day: str = 'date="2019-08-21" index="1"', conference: str = BERLIN, room: str = 'name="Hall F"'
) -> str:
    return (
        f"<schedule><conference><title>Camp 2019</title>{conference}</conference>"
        f"<day {day}><room {room}>{''.join(events or (an_event(),))}</room></day></schedule>"
    )


def starting(start: str, *, day: str = 'date="2019-08-21"', conference: str = BERLIN) -> Schedule:
    event = an_event(f"<start>{start}</start><duration>0:30</duration>")
    return read(a_schedule(event, day=day, conference=conference))


@needs_shared
@pytest.mark.parametrize("stated", [None, "Europe/London"])
def test_emf_2016(stated: str | None) -> None:
    schedule = read((SHARED / "emf-2016.xml").read_bytes(), timezone=stated)
    talks = schedule.talks
    assert (schedule.format, schedule.conference) == ("frab-xml", "Electromagnetic Field 2016")
    assert (schedule.timezone, schedule.page_timezone, schedule.warnings) == (stated, None, ())
    assert (len(talks), len({talk.room for talk in talks}), len(schedule.sessions)) == (138, 5, 15)
    assert min(talk.starts_at for talk in talks) == at("2016-08-05 12:00")
    assert max(talk.ends_at for talk in talks) == at("2016-08-07 22:00")
    assert len({talk.file_id for talk in talks}) == 138
    assert ("Libby Miller", "Richard Sewell", "John Hawkes-Reed") in {talk.speakers for talk in talks}


@needs_shared
def test_fosdem_2013() -> None:
    content = (SHARED / "fosdem-2013.xml").read_bytes()
    with pytest.raises(ScheduleQuestion) as question:
        read_schedule(content, options())
    assert question.value.option == "timezone"
    schedule = read(content, timezone="Europe/Brussels")
    talks = schedule.talks
    assert (len(talks), len({talk.room for talk in talks}), schedule.warnings) == (487, 24, ())
    assert min(talk.starts_at for talk in talks) == at("2013-02-02 09:30")
    assert max(talk.ends_at for talk in talks) == at("2013-02-03 17:00")
    assert [talk.title for talk in talks if talk.cancelled] == ["Community based translations of games"]
    assert not any("<p>" in (talk.abstract or "") for talk in talks)


def test_an_event_is_read_whole() -> None:
    talk = only_talk(
        a_schedule(
            an_event(
                TIMES + "<room>Hall F</room><type>lecture</type><track>Art &amp;amp; Play</track><subtitle>x</subtitle>"
                "<abstract>&lt;p&gt;We count.&lt;/p&gt;&lt;p&gt;Twice.&lt;/p&gt;</abstract>"
                "<description>Long</description><url> https://example.org/1 </url>"
                "<persons><person id='7'>Ada One</person><person>Bo</person></persons>"
                "<links><link href='https://example.org/2'>Slides</link></links>",
                title="Art &amp;amp; Play",
            )
        )
    )
    assert (talk.title, talk.kind, talk.room, talk.file_id) == ("Art & Play", "lecture", "Hall F", "g-1")
    assert (talk.speakers, talk.url, talk.abstract) == (
        ("Ada One", "Bo"),
        "https://example.org/1",
        "We count.\n\nTwice.",
    )
    assert (talk.starts_at, talk.ends_at) == (at("2019-08-21 08:00"), at("2019-08-21 08:30"))


def test_the_zone_that_the_file_names_is_the_venues() -> None:
    schedule = read(a_schedule())
    assert (schedule.timezone, schedule.page_timezone, schedule.warnings) == ("Europe/Berlin", "Europe/Berlin", ())


def test_a_zone_that_there_is_not_is_as_if_it_were_not_named() -> None:
    page = a_schedule(conference="<time_zone_name>Middle/Earth</time_zone_name>")
    schedule = read(page)
    assert schedule.timezone is None
    assert schedule.warnings == ("the file's time zone “Middle/Earth” is none that there is: not used",)


@pytest.mark.parametrize(
    ("date", "starts_at"),
    [
        ("2019-08-21T10:00:00+02:00", "08:00"),
        ("2019-08-21T10:00:00+0200", "08:00"),
        ("2019-08-21T10:00:00+02", "08:00"),
        ("2019-08-21 10:00:00 +0200", "08:00"),
        ("2019-08-21T08:00:00Z", "08:00"),
        ("2019-08-21T08:00:00.000Z", "08:00"),
        ("2019-08-21 08:00:00 UTC", "08:00"),
        ("2019-08-21T10:00", "08:00"),
        ("2019-08-21", "08:00"),
        ("2019-08-21T00:00:00+02:00", "08:00"),
        ("2019-08-21T00:00:00", "08:00"),
        ("", "08:00"),
    ],
)
def test_dates_with_and_without_offset_and_time(date: str, starts_at: str) -> None:
    schedule = read(a_schedule(an_event(f"<date>{date}</date><start>10:00</start><duration>0:30</duration>")))
    assert schedule.talks[0].starts_at == at(f"2019-08-21 {starts_at}")
    assert schedule.warnings == ()


def test_a_date_that_contradicts_the_start_is_read_with_a_warning() -> None:
    event = an_event("<date>2019-08-21T11:00:00+02:00</date><start>10:00</start><duration>0:30</duration>")
    schedule = read(a_schedule(event))
    assert schedule.talks[0].starts_at == at("2019-08-21 09:00")
    assert schedule.warnings == ("event 1: its date says 11:00, its start 10:00: read by its date",)


def test_a_date_that_is_none_gives_way_to_that_of_the_day_with_a_warning() -> None:
    schedule = read(a_schedule(an_event("<date>soon</date><start>10:00</start><duration>0:30</duration>")))
    assert schedule.talks[0].starts_at == at("2019-08-21 08:00")
    assert schedule.warnings == ("event 1: “soon” is no date that is understood here",)


@pytest.mark.parametrize(
    ("start", "day", "conference", "starts_at"),
    [
        ("00:30", "", "", "2019-08-21 22:30"),
        ("03:59", "", "", "2019-08-22 01:59"),
        ("04:00", "", "", "2019-08-21 02:00"),
        ("05:00", "", "<day_change>06:00:00</day_change>", "2019-08-22 03:00"),
        ("00:30", "", "<day_change>00:00</day_change>", "2019-08-20 22:30"),
        ("05:00", 'end="2019-08-22T06:00:00+02:00"', "", "2019-08-22 03:00"),
        ("00:30", 'start="2019-08-21T00:00:00+02:00" end="2019-08-22T00:00:00+02:00"', "", "2019-08-20 22:30"),
        ("09:00", 'start="2019-08-21T10:00:00+02:00" end="2019-08-22T02:00:00+02:00"', "", "2019-08-21 07:00"),
        ("01:00", 'start="2019-08-21T10:00:00+02:00" end="2019-08-22T02:00:00+02:00"', "", "2019-08-21 23:00"),
        ("05:00", 'day_start="2019-08-21T06:00:00+02:00"', "", "2019-08-22 03:00"),
        ("24:30", "", "", "2019-08-21 22:30"),
    ],
)
def test_events_before_the_day_changes_belong_to_the_night_after(
    start: str, day: str, conference: str, starts_at: str
) -> None:
    schedule = starting(start, day=f'date="2019-08-21" {day}', conference=BERLIN + conference)
    assert schedule.talks[0].starts_at == at(starts_at)
    assert [session.title for session in schedule.sessions] == ["Hall F · Wed 21 August"]
    assert schedule.warnings == ()


def test_a_morning_before_a_late_change_of_day_is_read_with_a_warning() -> None:
    schedule = starting("08:30", conference=BERLIN + "<day_change>09:00:00</day_change>")
    assert schedule.talks[0].starts_at == at("2019-08-22 06:30")
    assert schedule.warnings == ("event 1: 08:30 is before the conference day changes: read as the morning after",)


def test_a_change_of_day_that_is_no_time_is_not_used() -> None:
    schedule = starting("10:00", conference=BERLIN + "<day_change>late</day_change>")
    assert schedule.warnings == ("the file's day_change “late” is no time before noon: not used",)


def test_an_event_with_its_own_date_stays_on_its_conference_day() -> None:
    night = an_event("<date>2019-08-22T00:30:00+02:00</date><start>00:30</start><duration>1:00</duration>")
    assert read(a_schedule(night)).sessions[0].title == "Hall F · Wed 21 August"


def test_an_event_under_quite_another_day_goes_by_its_start() -> None:
    schedule = read(a_schedule(day='date="2019-08-25"'))
    assert schedule.sessions[0].title == "Hall F · Wed 21 August"
    assert schedule.warnings == ("event 1: it stands under 2019-08-25, but starts on 2019-08-21: read as that",)


@pytest.mark.parametrize(
    ("length", "minutes"),
    [
        ("0:30", 30),
        ("00:30", 30),
        ("2:10:00", 2 * 1440 + 600),
        ("00:45:00", 45),
        ("45", 45),
        ("PT1H30M", 90),
        ("1:30h", 90),
        ("30 min", 30),
    ],
)
def test_lengths(length: str, minutes: int) -> None:
    talk = only_talk(a_schedule(an_event(f"<date>2019-08-21T10:00:00+02:00</date><duration>{length}</duration>")))
    assert talk.length.total_seconds() == 60 * minutes


def test_three_numbers_are_hours_where_others_count_from_none() -> None:
    events = [
        an_event(f"<start>1{hour}:00</start><duration>{length}</duration>", attributes=f'id="{hour}"')
        for hour, length in enumerate(("0:20:00", "1:00:00"))
    ]
    assert [talk.length.total_seconds() for talk in read(a_schedule(*events)).talks] == [20 * 60, 60 * 60]


@pytest.mark.parametrize("end", ["11:15", "2019-08-21T11:15:00+02:00", "2019-08-21 11:15"])
@pytest.mark.parametrize("length", ["", "<duration/>", "<duration>00:00</duration>"])
def test_an_end_where_there_is_no_length(end: str, length: str) -> None:
    times = "<date>2019-08-21T10:00:00+02:00</date><start>10:00</start>" + length
    assert only_talk(a_schedule(an_event(f"{times}<end>{end}</end>"))).ends_at == at("2019-08-21 09:15")
    in_attribute = an_event(times, attributes=f'id="1" end="{end}"')
    assert only_talk(a_schedule(in_attribute)).ends_at == at("2019-08-21 09:15")


def test_an_end_after_midnight() -> None:
    talk = only_talk(a_schedule(an_event("<start>23:30</start><end>00:15</end>")))
    assert talk.ends_at == at("2019-08-21 22:15")


@pytest.mark.parametrize("offset", ["+01:00", ""])
def test_a_talk_keeps_its_length_while_the_clocks_change(offset: str) -> None:
    times = f"<date>2024-03-31T01:30:00{offset}</date><start>01:30</start><duration>1:00</duration>"
    talk = only_talk(a_schedule(an_event(times), day='date="2024-03-30"'))
    assert (talk.starts_at, talk.ends_at) == (at("2024-03-31 00:30"), at("2024-03-31 01:30"))


def test_an_offset_that_the_venue_left_behind_moves_both_ends() -> None:
    times = "<date>2024-03-31T10:00:00+01:00</date><start>10:00</start><duration>0:30</duration>"
    talk = only_talk(a_schedule(an_event(times), day='date="2024-03-31"'))
    assert (talk.starts_at, talk.ends_at) == (at("2024-03-31 08:00"), at("2024-03-31 08:30"))


@pytest.mark.parametrize(
    ("times", "warning"),
    [
        ("<start>10:00</start>", "event 2: “Bad” has no duration: left out"),
        ("<duration>0:30</duration>", "event 2: “Bad” has no start: left out"),
        ("<start>late</start><duration>0:30</duration>", "event 2: “Bad” the start “late” is not understood: left out"),
        ("<start>10:00</start><duration>x</duration>", "event 2: “Bad” the duration “x” is not understood: left out"),
        (
            "<start>10:00</start><duration>2700</duration>",
            "event 2: “Bad” the duration “2700” is not understood: left out",
        ),
        ("<start>10:00</start><duration>0:00</duration>", "event 2: “Bad” takes no time: left out"),
    ],
)
def test_an_event_without_usable_times_is_left_out(times: str, warning: str) -> None:
    schedule = read(a_schedule(an_event(), an_event(times, title="Bad", attributes='id="2"')))
    assert [talk.title for talk in schedule.talks] == ["Trees"]
    assert schedule.warnings == (warning,)


@pytest.mark.parametrize("length", ["9" * 20 + "h", "9" * 5_000 + "h", "P" + "9" * 400 + "D", "9" * 400, "-0:30"])
def test_a_length_that_nothing_has_leaves_its_event_out(length: str) -> None:
    bad = an_event(f"<start>10:00</start><duration>{length}</duration>", attributes='id="2"')
    schedule = read(a_schedule(an_event(), bad))
    assert [talk.file_id for talk in schedule.talks] == ["g-1"]


def test_many_events_without_times_are_not_all_named() -> None:
    bad = [an_event("", title="Bad", attributes=f'id="{number}"') for number in range(2, 52)]
    warnings = read(a_schedule(an_event(), *bad)).warnings
    assert (len(warnings), warnings[-1]) == (6, "and 45 more events without a start: left out")


def test_a_file_without_a_usable_event_is_refused() -> None:
    assert refusal("<schedule/>") == "page.txt: this schedule holds no events. Look whether this is the whole file."
    assert refusal(a_schedule(an_event(""))) == (
        "page.txt: no event is left that could be announced (event 1: “Trees” has no start: left out). "
        "Give the events their times."
    )


@pytest.mark.parametrize(
    ("field", "speakers"),
    [
        ("<persons><person>Ada One; Bo Two</person></persons>", ("Ada One", "Bo Two")),
        ("<persons><person>Ada One and Bo Two</person></persons>", ("Ada One", "Bo Two")),
        ("<persons><person>Ada &amp; Bo</person></persons>", ("Ada", "Bo")),
        ("<persons><person>One, Ada</person></persons>", ("One, Ada",)),
        ("<persons><person>Jane O&amp;#x27;Neil</person></persons>", ("Jane O'Neil",)),
        ("<persons><person><public_name>Ada One</public_name><id>4</id></person></persons>", ("Ada One",)),
        ("<persons>Ada One, Bo Two</persons>", ("Ada One", "Bo Two")),
        ("<persons><person/><person>  </person></persons>", ()),
        ("<persons/>", ()),
        ("<person>Ada One</person><person>Bo Two</person>", ("Ada One", "Bo Two")),
    ],
)
def test_people(field: str, speakers: tuple[str, ...]) -> None:
    assert only_talk(a_schedule(an_event(TIMES + field))).speakers == speakers


@pytest.mark.parametrize(
    ("own", "around", "room"),
    [
        ("", 'name="Hall F"', "Hall F"),
        ("<room>Hall F</room>", "", "Hall F"),
        ("<room>3</room>", 'name="Hall F"', "Hall F"),
        ("<room/>", 'name=""', None),
    ],
)
def test_rooms(own: str, around: str, room: str | None) -> None:
    schedule = read(a_schedule(an_event(TIMES + own), room=around))
    assert (schedule.talks[0].room, schedule.warnings) == (room, ())


def test_an_event_that_names_another_room_is_read_there_with_a_warning() -> None:
    schedule = read(a_schedule(an_event(TIMES + "<room>Hall G</room>")))
    assert schedule.talks[0].room == "Hall G"
    assert schedule.warnings == ("event 1: it stands in the room “Hall F”, but names “Hall G”: read as that",)


def test_an_id_that_several_share_gives_way_to_one_that_is_unique() -> None:
    events = [
        an_event(f"<start>1{number}:00</start><duration>0:30</duration>", attributes=f'guid="same" id="{number}"')
        for number in range(2)
    ]
    assert [talk.file_id for talk in read(a_schedule(*events)).talks] == ["0", "1"]


def test_an_event_that_the_file_holds_twice_is_read_once() -> None:
    schedule = read(a_schedule(an_event(), an_event()))
    assert [talk.file_id for talk in schedule.talks] == ["g-1"]
    assert schedule.warnings == ("event 1 (number 2): “Trees” stands at event 1 (number 1) already: read once",)


@pytest.mark.parametrize(
    "flag",
    ["<state>canceled</state>", "<status>Cancelled</status>", "<cancelled>true</cancelled>", "<canceled>1</canceled>"],
)
def test_events_that_are_called_off(flag: str) -> None:
    assert only_talk(a_schedule(an_event(TIMES + flag))).cancelled
    assert not only_talk(a_schedule(an_event(TIMES + "<state>confirmed</state><cancelled>false</cancelled>"))).cancelled


def test_html_that_is_not_escaped() -> None:
    talk = only_talk(a_schedule(an_event(TIMES + "<abstract><p>We <b>count</b>.</p><p>Twice.</p></abstract>")))
    assert talk.abstract == "We count.\n\nTwice."


def test_a_break_that_has_an_element_of_its_own() -> None:
    page = a_schedule(an_event()).replace("</day>", f"<break><title>Tea</title>{TIMES}</break></day>")
    assert {(talk.title, talk.kind, talk.room) for talk in read(page).talks} == {
        ("Trees", None, "Hall F"),
        ("Tea", "Break", None),
    }


@pytest.mark.parametrize(
    "before",
    [
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
        '<?xml version="1.0" encoding="klingon"?>\n',
        '\n\n<?xml version="1.0"?>',
        "<!-- made by <hand> -->\n<?xml version='1.1'?>",
        '<?xml version="1.0"?><?xml-stylesheet href="a.css"?>\n<!-- x -->',
        "\ufeff",
        "\ufeff\ufeff\n",
    ],
)
def test_what_stands_before_the_root(before: str) -> None:
    assert only_talk(before + a_schedule(an_event(title="Bäume"))).title == "Bäume"


def test_what_stands_behind_the_root() -> None:
    assert only_talk(a_schedule() + "\n<!-- done -->\n\x00\n").title == "Trees"
    assert refusal("\n" + a_schedule() + "\n<p>x</p>") == (
        "line 3: this is broken XML (junk after document element). Export the schedule again, or mend that line."
    )


def test_names_in_capitals_and_namespaces() -> None:
    page = a_schedule(an_event("<START>10:00</START><DURATION>0:30</DURATION>"))
    capitals = page.replace("<schedule", "<SCHEDULE").replace("</schedule", "</SCHEDULE").replace(" date=", " DATE=")
    assert only_talk(capitals).starts_at == at("2019-08-21 08:00")
    spaced = a_schedule().replace("<schedule", '<schedule xmlns="http://example.org/s"')
    assert only_talk(spaced).title == "Trees"
    prefixed = a_schedule().replace("<", "<f:").replace("<f:/", "</f:")
    assert only_talk(prefixed.replace("<f:schedule", '<f:schedule xmlns:f="urn:f"')).title == "Trees"


def test_characters_that_xml_forbids_are_dropped() -> None:
    assert only_talk(a_schedule(an_event(title="Tr\x0bee&#11;s&#x1F;"))).title == "Trees"


@pytest.mark.parametrize(
    "before",
    [
        "<!DOCTYPE schedule>",
        '<!DOCTYPE schedule SYSTEM "http://example.org/s.dtd">',
        '<!DOCTYPE schedule [<!ENTITY a "b">]>',
        '<?xml version="1.0"?>\n<!DOCTYPE schedule [\n<!ENTITY a SYSTEM "file:///etc/passwd">\n]>\n',
    ],
)
def test_document_types_and_entities_are_refused(before: str) -> None:
    assert refusal(before + a_schedule(an_event(title="&a;" if "ENTITY" in before else "x"))) == (
        "page.txt: this XML declares a document type or entities, which are not read here. "
        "Save it without <!DOCTYPE …>."
    )


def test_broken_xml_is_refused_with_its_line() -> None:
    assert refusal("\n" + a_schedule(an_event(title="\nR&D"))).startswith("line 3: this is broken XML (")
    assert refusal(a_schedule(an_event(title="a&nbsp;b"))).startswith("line 1: this is broken XML (undefined entity")
    assert refusal(a_schedule()[:-9]).startswith("line 1: this is broken XML (")


@pytest.mark.parametrize("unit", ["<a>", "<event>", "<event/>", "<day>", "<!-->", "<!--x>", "&", "\n", "]>"])
def test_half_a_million_characters_of_anything(unit: str) -> None:
    for page in ("<schedule>" + unit * (500_000 // len(unit)), unit * (500_000 // len(unit))):
        frab_xml.recognises(page)
        refusal("<schedule>" + page)


def test_more_events_than_any_programme_has() -> None:
    assert refusal("<schedule>" + "<event/>" * 20_001 + "</schedule>") == (
        "page.txt: more than 20,000 talks. Import the programme in parts."
    )


@pytest.mark.parametrize("text", ["", "<", "<schedules>", "<html><schedule>", "schedule", "<!--<schedule>", "{}"])
def test_what_is_no_schedule_is_not_recognised(text: str) -> None:
    assert not frab_xml.recognises(text)


@given(st.randoms(use_true_random=False), st.text(max_size=6))
def test_any_mutation_is_read_or_refused(chance: random.Random, inserted: str) -> None:
    page = a_schedule(an_event(), an_event(TIMES + "<persons><person>A</person></persons>", attributes='id="2"'))
    start, end, there = (chance.randrange(len(page)) for _ in range(3))
    for mutated in (page[:start] + inserted + page[end:], page[:there] + inserted + page[start:end] + page[there:]):
        with contextlib.suppress(ScheduleError):
            assert frab_xml.read(mutated, options()).talks


def test_the_same_moment_is_read_by_each_of_its_offsets() -> None:
    # Berlin's clocks were put back that night: five o'clock has the offset of the day before, four o'clock its own.
    def at_offset(number: int, stated: str) -> str:
        times = f"<date>{stated}</date><start>{stated[11:16]}</start><duration>00:30</duration>"
        return an_event(times, title=f"Talk {number}", attributes=f'id="{number}"')

    events = (
        at_offset(1, "2019-10-27T05:00:00+02:00"),
        at_offset(2, "2019-10-27T04:00:00+01:00"),
        at_offset(3, "2019-10-27T05:00:00+02:00"),
    )
    schedule = read(a_schedule(*events, day='date="2019-10-27"'))
    assert sorted((talk.title, f"{talk.starts_at:%H:%M}") for talk in schedule.talks) == [
        ("Talk 1", "04:00"),
        ("Talk 2", "03:00"),
        ("Talk 3", "04:00"),
    ]
    assert sum("has the offset of the day before" in warning for warning in schedule.warnings) == 4


@pytest.mark.parametrize("before", ["", "\n\n", "\ufeff \n", "<!-- ours -->\n", "\x01\n"])
@pytest.mark.parametrize("declaration", ["", "<?xml version='1.0'\n encoding='utf-16'?>", "<?XML broken\n\n>"])
def test_a_declaration_is_passed_over_and_its_lines_are_counted(before: str, declaration: str) -> None:
    whole = before + declaration + a_schedule(an_event(title="Bäume"))
    assert frab_xml.read(whole, options()).talks[0].title == "Bäume"
    broken = whole.replace("</event>", "\n</evnt>")
    with pytest.raises(ScheduleError) as refused:
        frab_xml.read(broken, options())
    assert refused.value.where == f"line {broken[: broken.index('</evnt>')].count(chr(10)) + 1}"


@pytest.mark.parametrize("name", ["schedule", "SCHEDULE", "s:schedule"])
def test_names_are_read_in_every_case_and_namespace(name: str) -> None:
    inner = a_schedule().removeprefix("<schedule>").removesuffix("</schedule>")
    odd = inner.replace("<event ", "<s:Event s:").replace("</event>", "</s:Event>").replace(" guid=", " s:GUID=")
    talk = only_talk(f"<{name} xmlns:s='urn:x'>{odd}</{name}>")
    assert (talk.title, talk.file_id) == ("Trees", "g-1")
