from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ScheduleError, ScheduleQuestion
from bot.schedules import table
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions, Schedule, Session, Talk
from bot.schedules.table_columns import columns_of
from bot.schedules.table_people import listed_people
from bot.schedules.table_rows import read_table
from tests.schedules.pages import at, read, refusal
from tests.shared import SHARED, needs_shared

BERLIN = "Europe/Berlin"
ISMIR, GPN = SHARED / "ismir-2024-events.csv", SHARED / "gpn11-2011.csv"
SMALL = (
    "Title,Date,Start,End,Room,Speaker\n"
    "Trees,2022-07-21,10:00,10:30,Hall F,Ada One\n"
    "Roots,2022-07-21,10:30,11:00,Hall F,Bo Two\n"
)


def starts(text: str, *, day_first: bool | None = None, year: int | None = None, zone: str = "UTC") -> list[str]:
    """When the talks of a table start, in UTC."""
    return [f"{talk.starts_at:%Y-%m-%d %H:%M}" for talk in ordered(text, day_first=day_first, year=year, zone=zone)]


def ordered(
    text: str, *, day_first: bool | None = None, year: int | None = None, zone: str = "UTC"
) -> tuple[Talk, ...]:
    options = ReadingOptions(
        today=datetime(2022, 7, 1, tzinfo=UTC), timezone=zone, year=year, day_first=day_first, name="page.txt"
    )
    return read_schedule(text.encode(), options).talks


def warnings(text: str, zone: str = "UTC") -> tuple[str, ...]:
    return read(text, timezone=zone).warnings


@needs_shared
def test_the_events_of_ismir_2024() -> None:
    schedule = read(ISMIR.read_bytes(), timezone="America/Los_Angeles")
    talks = schedule.talks
    assert (schedule.format, len(talks), {talk.room for talk in talks}) == ("table", 60, {None})
    assert min(talk.starts_at for talk in talks) == at("2024-11-10 16:00")
    assert max(talk.ends_at for talk in talks) == at("2024-11-15 14:15")
    assert "row 20, row 33, row 42, row 45, row 46 and 4 more: nothing in this row: left out" in schedule.warnings
    (replay,) = [talk for talk in talks if talk.title == "All Tutorials"]
    assert (replay.starts_at, replay.ends_at) == (at("2024-11-11 05:00"), at("2024-11-11 14:00"))


@needs_shared
@pytest.mark.parametrize("file", [ISMIR, GPN])
def test_a_table_without_a_zone_asks_for_it(file: object) -> None:
    with pytest.raises(ScheduleQuestion) as asked:
        read((SHARED / str(file)).read_bytes())
    assert asked.value.option == "timezone"


@needs_shared
def test_the_talks_of_gpn11() -> None:
    schedule = read(GPN.read_bytes(), timezone=BERLIN)
    talks = schedule.talks
    assert (len(talks), {talk.room for talk in talks}) == (29, {"GroßesStudio", "GroßerSeminarraum"})
    assert min(talk.starts_at for talk in talks) == at("2011-06-23 17:00")
    assert max(talk.ends_at for talk in talks) == at("2011-06-26 12:15")
    (gsm,) = [talk for talk in talks if talk.title == "GSM"]
    assert (gsm.speakers, gsm.file_id) == (("Konrad Meier", "Dennis Wehrle"), "10")


def test_a_table_is_read_whole() -> None:
    text = (
        "ID,Title,Date,Start,End,Room,Speakers,Session,Chair,Type,Abstract,Link,Status\n"
        '7,Trees,2022-07-21,10:00,10:30,Hall F,"Ada One, Bo Two",Plants,Cy Three,Talk,"We\n\ncount.",'
        "https://example.org/7,Cancelled\n"
    )
    assert read(text, timezone=BERLIN).sessions == (
        Session(
            title="Plants",
            room="Hall F",
            moderator="Cy Three",
            talks=(
                Talk(
                    title="Trees",
                    starts_at=at("08:00"),
                    ends_at=at("08:30"),
                    kind="Talk",
                    speakers=("Ada One", "Bo Two"),
                    room="Hall F",
                    abstract="We\n\ncount.",
                    url="https://example.org/7",
                    file_id="7",
                    cancelled=True,
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    "header",
    [
        "Title,Date,Start,End,Room",
        "Talk Title,Day,Start Time,End Time,Location",
        "Subject,Start Date,Start Time,End Time,Location",
        "Titel,Datum,Beginn,Ende,Raum",
        "Vortrag,Tag,Startzeit,Endzeit,Saal",
        "Titre,Date,Début,Fin,Salle",
        "Titre,Jour,Heure de début,Heure de fin,Lieu",
        "Título,Fecha,Inicio,Fin,Sala",
        "Título,Fecha,Hora de inicio,Hora de fin,Lugar",
        "Titolo,Data,Inizio,Fine,Aula",
        "Titolo,Giorno,Ora di inizio,Ora di fine,Sala",
        "Título,Data,Início,Término,Local",
        "Título,Dia,Hora de início,Hora de fim,Auditório",
        "Titel,Datum,Begintijd,Eindtijd,Zaal",
        "name,date,start_time,end_time,venue",
        "*Session Title,*Date,*Time Start,*Time End,Room/Location",
        "eventName,startDate,startTime,endTime,roomName",
    ],
)
def test_a_header_in_other_words_and_languages(header: str) -> None:
    (talk,) = read(f"{header}\nTrees,2022-07-21,10:00,10:30,Hall F\n", timezone=BERLIN).talks
    assert (talk.title, talk.starts_at, talk.ends_at) == ("Trees", at("08:00"), at("08:30"))
    assert talk.room == "Hall F"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_cells_are_kept_apart_by_any_usual_mark(mark: str, end: str) -> None:
    text = SMALL.replace(",", mark).replace("\n", end)
    assert read(text, timezone="UTC").sessions == read(SMALL, timezone="UTC").sessions
    assert read(f"sep={mark}{end}{text}", timezone="UTC").sessions == read(SMALL, timezone="UTC").sessions


def test_a_table_of_markdown_is_read_too() -> None:
    assert starts("| Title | Time |\n|---|:--|\n| 21 July 2022 | |\n| Trees | 10:00-10:30 |\n") == ["2022-07-21 10:00"]


def test_lines_above_the_header_are_skipped_and_name_the_conference() -> None:
    schedule = read(f"TreeConf 2022,,,,,\n,,,,,\n{SMALL}", timezone="UTC")
    assert (len(schedule.talks), schedule.conference) == (2, "TreeConf 2022")


def test_a_header_that_comes_again_is_no_row() -> None:
    lines = SMALL.splitlines()
    schedule = read("\n".join([*lines[:2], lines[0], lines[2]]), timezone="UTC")
    assert (len(schedule.talks), len(schedule.warnings)) == (2, 0)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Title,Time", "Trees,2022-07-21 10:00-10:30"),
        ("Title,Date,Time", "Trees,21 July 2022,10:00 - 10:30"),
        ("Title,Date & Time,Duration", "Trees,2022-07-21T10:00:00,30"),
        ("Title,Date,Duration", "Trees,2022-07-21 10:00,0:30:00"),
        ("Title,Start,End", "Trees,7/21/2022 10:00:00 AM,7/21/2022 10:30:00 AM"),
        ("Title,Start,End", "Trees,2022-07-21T12:00:00+02:00,2022-07-21T12:30:00+02:00"),
        ("Title,Start (CEST),End (CEST)", "Trees,2022-07-21 12:00,2022-07-21 12:30"),
        ("Title,Start,End,Time zone", "Trees,2022-07-21 12:00,2022-07-21 12:30,Europe/Berlin"),
        ("Title,Start,End,Timezone", "Trees,2022-07-21 03:00,2022-07-21 03:30,PDT"),
        ("Title,Start Date,Start Time,End Date,End Time", "Trees,07/21/2022,10:00 AM,07/21/2022,10:30 AM"),
        ("Title,Date,Start,Duration (min)", "Trees,2022-07-21,10:00,30"),
        ("Title,Date,Start,Duration (hours)", 'Trees,2022-07-21,10:00,"0,5"'),
        ("Title,Date,Start,Dauer", "Trees,2022-07-21,10:00,30 Min."),
        ("Title,Date,Start,Length", "Trees,2022-07-21,10:00,0.0208333333"),
        ("Title,Start,Duration", "Trees,44763.4166666667,0:30"),
        ("Session Id,Title,Scheduled At,Scheduled Duration", "3,Trees,21 Jul 2022 10:00 AM,30"),
    ],
)
def test_times_in_any_columns(header: str, row: str) -> None:
    (talk,) = ordered(f"{header}\n{row}\n")
    assert (talk.title, talk.starts_at, talk.ends_at) == ("Trees", at("10:00"), at("10:30"))


def test_a_zone_that_every_row_names_is_the_venues() -> None:
    by_name = read("Title,Start,End,TZ\nTrees,2022-07-21 10:00,2022-07-21 10:30,Europe/Berlin\n")
    by_abbreviation = read("Title,Start,End\nTrees,2022-07-21 10:00 PDT,2022-07-21 10:30 PDT\n")
    assert (by_name.timezone, by_abbreviation.timezone) == (BERLIN, "America/Los_Angeles")
    assert read("Title,Start (UTC),End (UTC)\nTrees,2022-07-21 10:00,2022-07-21 10:30\n").timezone is None


def dated(*days: str, header: str = "Date,Start,End,Title") -> str:
    rows = "".join(f"{day},10:00,10:30,Talk {number}\n" for number, day in enumerate(days))
    return f"{header}\n{rows}"


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (("03/04/22", "13/04/22"), ["2022-04-03 10:00", "2022-04-13 10:00"]),
        (("03/04/22", "04/13/22"), ["2022-03-04 10:00", "2022-04-13 10:00"]),
        (("Sun 03/04/22", "04/04/22"), ["2022-04-03 10:00", "2022-04-04 10:00"]),
        (("03.04.22", "04.04.22"), ["2022-04-03 10:00", "2022-04-04 10:00"]),
        (("04/04/22",), ["2022-04-04 10:00"]),
    ],
)
def test_one_row_settles_the_order_of_day_and_month(days: tuple[str, ...], found: list[str]) -> None:
    assert starts(dated(*days)) == found


def test_a_column_of_weekdays_settles_the_order_of_day_and_month() -> None:
    assert starts("Date,Weekday,Start,End,Title\n03/04/22,Fri,10:00,10:30,Trees\n") == ["2022-03-04 10:00"]


def test_an_order_that_nothing_settles_is_asked_for() -> None:
    text = dated("03/04/22", "04/05/22")
    with pytest.raises(ScheduleQuestion) as asked:
        ordered(text)
    assert asked.value.option == "day-first"
    assert str(asked.value) == "row 2: 03/04/2022 may be 3 April or 4 March. Say --day-first or --month-first."
    assert starts(text, day_first=True)[0] == "2022-04-03 10:00"
    assert starts(text, day_first=False)[0] == "2022-03-04 10:00"


def test_rows_that_contradict_each_others_order() -> None:
    assert refusal(dated("13/04/22", "04/14/22"), timezone="UTC") == (
        "row 2: 13/04/2022 has its day first, but 04/14/2022 (row 3) its month. "
        "Write all dates alike, best as 2022-07-21."
    )


def test_an_order_that_is_given_and_contradicts_the_table() -> None:
    with pytest.raises(ScheduleError, match=r"row 2: 13/04/2022 has its day first, but --month-first says otherwise"):
        ordered(dated("13/04/22"), day_first=False)


def test_a_year_that_is_missing_comes_from_the_weekday_the_title_or_the_options() -> None:
    assert starts(dated("Thu 21 Jul", "Fri 22 Jul")) == ["2022-07-21 10:00", "2022-07-22 10:00"]
    assert starts("TreeConf 2019\n" + dated("21 July")) == ["2019-07-21 10:00"]
    assert starts(dated("21 July"), year=2021) == ["2021-07-21 10:00"]
    with pytest.raises(ScheduleQuestion) as asked:
        ordered(dated("21 July"))
    assert asked.value.option == "year"


def test_a_weekday_that_contradicts_its_date() -> None:
    assert "is a Thursday" in refusal(dated("Fri 21 July 2022"), timezone="UTC")


def test_a_date_stands_once_above_the_rows_of_its_day() -> None:
    text = "Time,Title\nThursday 21 July 2022,\n10:00-10:30,Trees\nFri 22 July 2022 – Tutorials,\n11:00-11:30,Roots\n"
    assert starts(text) == ["2022-07-21 10:00", "2022-07-22 11:00"]


def test_a_heading_that_may_be_a_date_ends_the_day_above() -> None:
    text = "Time,Title\nThursday 21 July 2022,\n10:00-10:30,Trees\nFriday the rest,\n11:00-11:30,Roots\n"
    assert starts(text) == ["2022-07-21 10:00"]
    assert "row 5: no date: left out" in warnings(text)


def test_dates_of_merged_cells_are_carried_on_with_a_warning() -> None:
    text = "Date,Start,End,Title\n2022-07-21,10:00,10:30,A\n,11:00,11:30,B\n2022-07-22,10:00,10:30,C\n,11:00,11:30,D\n"
    assert starts(text) == ["2022-07-21 10:00", "2022-07-21 11:00", "2022-07-22 10:00", "2022-07-22 11:00"]
    assert warnings(text) == ("row 3, row 5: no date in this row: taken to be that of the row above",)


def test_a_date_that_is_forgotten_once_is_not_carried_on() -> None:
    text = dated("2022-07-21", "2022-07-21", "", "2022-07-22")
    assert len(starts(text)) == 3
    assert "row 4: no date: left out" in warnings(text)


def test_an_end_before_the_start_is_past_midnight() -> None:
    (talk,) = ordered("Date,Start,End,Title\n2022-07-21,23:00,1:00,Dance\n")
    assert talk.ends_at == at("2022-07-22 01:00")


def test_hours_beyond_24_are_of_the_night_after() -> None:
    (talk,) = ordered("Date,Start,End,Title\n2022-07-21,24:30,25:00,Dance\n")
    assert (talk.starts_at, talk.ends_at) == (at("2022-07-22 00:30"), at("2022-07-22 01:00"))


def test_an_end_long_before_the_start_is_left_out() -> None:
    text = dated("2022-07-21") + "2022-07-21,14:00,13:00,Wrong\n"
    assert len(starts(text)) == 1
    assert "row 3: ends before it starts, or lasts for weeks: left out" in warnings(text)


def test_a_missing_end_is_the_next_start_in_the_room() -> None:
    text = (
        "Date,Start,Room,Title\n2022-07-21,10:00,A,One\n2022-07-21,10:15,B,Two\n2022-07-21,10:30,A,Three\n"
        "2022-07-21,11:00,B,Four\n"
    )
    first, second = ordered(text)
    assert (first.ends_at, second.ends_at) == (at("10:30"), at("11:00"))
    assert set(warnings(text)) == {
        "row 2, row 3: no end: read as until the next in its room",
        "row 4, row 5: no end, and nothing soon after it: left out",
    }


def test_a_table_mostly_without_ends_is_refused() -> None:
    assert refusal("Date,Start,Title\n2022-07-21,10:00,A\n2022-07-22,10:00,B\n", timezone="UTC") == (
        "page.txt: most rows say neither when they end nor how long they last. Add a column End."
    )


def test_a_twelve_hour_clock_without_am_and_pm_is_refused() -> None:
    text = "Date,Start,End,Title\n2022-07-21,11:00,12:00,A\n2022-07-21,1:00,2:00,B\n"
    assert refusal(text, timezone="UTC") == (
        "row 3: these times seem to be of a twelve-hour clock, without am and pm. Write 1:30 pm or 13:30."
    )


def test_rows_without_a_title_or_a_time_are_left_out() -> None:
    text = dated("2022-07-21") + "2022-07-21,11:00,12:00,\n2022-07-21,,,Lunch\n2022-07-21,TBA,,Closing\n,,,\n\n"
    assert len(starts(text)) == 1
    assert set(warnings(text)) == {
        "row 3: no title: left out",
        "row 4: no time of day: left out",
        "row 5: “TBA” is no time: left out",
        "row 6: nothing in this row: left out",
    }


def test_a_table_whose_times_are_not_understood_is_refused() -> None:
    text = "Date,Start,End,Title\n1,early,late,A\n1,late,later,B\n"
    assert refusal(text, timezone="UTC").startswith("page.txt: most times in this table cannot be read (row 2: “early”")


def test_a_row_that_a_stray_comma_shifts_is_left_out() -> None:
    text = "Date,Start,End,Title,Room\n2022-07-21,10:00,10:30,Trees,A\n2022-07-21,11:00,11:30,Trees, and roots,A\n"
    assert [talk.title for talk in ordered(text)] == ["Trees"]
    assert "row 3: more cells than the header: left out" in warnings(text)


def test_a_quotation_mark_that_nothing_closes() -> None:
    assert refusal(SMALL + '"Leaves,2022-07-21,11:00,11:30,Hall F,Cy\n', timezone="UTC") == (
        "line 4: a quotation mark opens here that nothing closes. Close it, or take it away."
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada One", ("Ada One",)),
        ("One, Ada", ("One, Ada",)),
        ("One, Ada; Two, Bo", ("One, Ada", "Two, Bo")),
        ("Ada One, Bo Two", ("Ada One", "Bo Two")),
        ("Ada One and Bo Two", ("Ada One", "Bo Two")),
        ("Ada One, Bo Two, and Cy Three", ("Ada One", "Bo Two", "Cy Three")),
        ("Ada One & Bo Two", ("Ada One", "Bo Two")),
        ("Ada One und Bo Two", ("Ada One", "Bo Two")),
        ("Ada One (MIT, Boston), Bo Two (ETH)", ("Ada One (MIT, Boston)", "Bo Two (ETH)")),
        ("Ada One, PhD", ("Ada One, PhD",)),
        ("Ada, Bo, Cy", ("Ada", "Bo", "Cy")),
        ("One, Ada, Two, Bo", ("One, Ada, Two, Bo",)),
        ("1:diverse|2:Ada", ("diverse", "Ada")),
        ("Ada One <ada@example.org>\nBo Two", ("Ada One", "Bo Two")),
        ("", ()),
    ],
)
def test_several_people_in_a_cell(text: str, names: tuple[str, ...]) -> None:
    assert listed_people(text) == names


@pytest.mark.parametrize(
    ("header", "row", "names"),
    [
        ("Speaker 1,Speaker 2", "Ada One,Bo Two", ("Ada One", "Bo Two")),
        ("First Name,Last Name", "Ada,One", ("Ada", "One")),
        ("Speaker,Authors", ",Ada One", ("Ada One",)),
        ("Speaker,Authors", "Ada One,Ada One; Bo Two", ("Ada One",)),
        ("Referent(in),Moderation", "Ada One,Cy", ("Ada One",)),
        ("Name,Track", "Ada One,A", ("Ada One",)),
    ],
)
def test_speakers_in_any_columns(header: str, row: str, names: tuple[str, ...]) -> None:
    (talk,) = ordered(f"Title,Date,Start,End,{header}\nTrees,2022-07-21,10:00,10:30,{row}\n")
    assert " ".join(talk.speakers) == " ".join(names)


def test_tracks_are_sessions_only_where_there_are_no_rooms() -> None:
    without = "Title,Date,Start,End,Track\nTrees,2022-07-21,10:00,10:30,Plants\n"
    assert [(session.title, session.room) for session in read(without, timezone="UTC").sessions] == [("Plants", None)]
    rooms = without.replace("Track", "Track,Room").replace("Plants", "Plants,Hall F")
    assert read(rooms, timezone="UTC").sessions[0].title == "Hall F · Thu 21 July"


def test_a_session_is_the_title_only_where_there_is_no_other() -> None:
    assert columns_of(["Session", "Start"]).of["title"] == (0,)
    assert columns_of(["Session", "Start", "Title"]).of["session"] == (0,)
    assert columns_of(["Session Title", "Start", "Session Type"]).of["kind"] == (2,)


@pytest.mark.parametrize(
    ("column", "value", "cancelled"),
    [
        ("Status", "Cancelled", True),
        ("Status", "confirmed", False),
        ("Status", "abgesagt", True),
        ("Status", "not cancelled", False),
        ("Cancelled", "yes", True),
        ("Cancelled", "no", False),
        ("Cancelled", "", False),
    ],
)
def test_what_is_called_off(column: str, value: str, cancelled: bool) -> None:  # noqa: FBT001 - a case of the table
    (talk,) = ordered(f"Title,Date,Start,End,{column}\nTrees,2022-07-21,10:00,10:30,{value}\n")
    assert talk.cancelled is cancelled


def test_latex_is_resolved_only_where_a_text_holds_some() -> None:
    (formula,) = ordered("Title,Date,Start,End\nOn $k$ trees,2022-07-21,10:00,10:30\n")
    (money,) = ordered("Title,Date,Start,End\nFrom $5 to $10 a *tree*,2022-07-21,10:00,10:30\n")
    assert (formula.title, money.title) == ("On k trees", "From $5 to $10 a *tree*")


@pytest.mark.parametrize(
    "text",
    ["Start,End\n1,2\n", "Dear all, the title", '{"title": "a, start"}', "<p>Title,Start</p>", "", "Title\nTrees\n"],
)
def test_what_is_no_table(text: str) -> None:
    assert not table.READER.recognises(text)


@given(
    st.integers(0, len(SMALL)),
    st.integers(0, 12),
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(['"', ",", "\n", "31.02.2022", "$k$", "25:00", "\x00", "Thu", "99999999999"]),
    ),
)
def test_any_change_to_a_table_gives_a_schedule_or_a_refusal(place: int, removed: int, put: str) -> None:
    text = SMALL[:place] + put + SMALL[place + removed :]
    try:
        schedule = table.read(text, ReadingOptions(today=at("2022-07-01 12:00"), timezone="UTC"))
    except ScheduleError:
        return
    assert isinstance(schedule, Schedule)
    assert schedule.talks


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "within", ["Trees", '"Trees, or\u2028not"', "Trees\x0band roots", '"Trees\r\nand roots"', "Trees\x85"]
)
def test_rows_end_where_those_of_a_table_do(end: str, within: str) -> None:
    table_text = (
        f"Title,Date,Start,End,Room{end}{within},2022-07-21,10:00,10:30,Hall F{end}Roots,2022-07-21,10:30,11:00,"
    )
    first, second = read_table(table_text).rows
    assert (first.cells[1:], second.cells[:1]) == (("2022-07-21", "10:00", "10:30", "Hall F"), ("Roots",))
    assert first.cells[0] == within.strip('"').strip()


def test_the_line_of_a_quotation_mark_is_counted_in_rows_of_several_lines() -> None:
    refused = refusal(SMALL + 'Leaves,"2022-07-21\n",11:00,11:30,Hall F,\nBark,"2022-07-21,11:30\n')
    assert refused.startswith("line 6: a quotation mark opens here")


def test_two_lists_of_names_are_parted_alike_in_one_cell_and_two() -> None:
    assert listed_people("Ada One and Bo Two; 12: Cy Three") == ("Ada One", "Bo Two", "Cy Three")
    assert listed_people("Ada One; and; Bo Two") == ("Ada One", "and", "Bo Two")
    assert listed_people("Ada One, Bo Two and Cy") == ("Ada One", "Bo Two", "Cy")
    assert listed_people("; ,") == ()
