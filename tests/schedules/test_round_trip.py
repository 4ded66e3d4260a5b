"""An export, read back, is the schedule that was written: in each format, to the last letter."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from bot.errors import ScheduleError
from bot.schedules.as_json import as_json_file
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions, Schedule
from bot.schedules.written_csv import as_csv
from bot.schedules.written_icalendar import as_icalendar
from tests.builders import a_schedule, a_session, a_talk, at
from tests.examples import examples
from tests.schedules.programmes import OPTIONS, TODAY, facts, schedules
from tests.schedules.test_mutations import mutated
from tests.schedules.test_shared import FILES, Right
from tests.schedules.test_shared import read as read_real
from tests.shared import needs_shared

Write = Callable[[Schedule], bytes]
WRITERS: tuple[Write, ...] = (as_json_file, as_csv, as_icalendar)
each_format = pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)


@each_format
@needs_shared
@pytest.mark.parametrize("right", FILES, ids=lambda right: right.file)
def test_real_programme_comes_back_as_it_was(write: Write, right: Right) -> None:
    schedule = read_real(right, right.given)
    back = read_schedule(write(schedule), OPTIONS)
    assert facts(back) == facts(schedule)


@pytest.mark.slow
@settings(max_examples=examples(40))
@given(schedules())
def test_any_schedule_comes_back_as_it_was(schedule: Schedule) -> None:
    for write in WRITERS:
        assert facts(read_schedule(write(schedule), OPTIONS)) == facts(schedule)


@each_format
def test_1000_talks_and_500_people_come_back(write: Write) -> None:
    everybody = tuple(f"Person {number}" for number in range(500))
    talks = [a_talk(f"Talk {n}", starts_at=at("09:00") + timedelta(minutes=5 * n), speakers=()) for n in range(999)]
    schedule = a_schedule(a_session(a_talk(speakers=everybody, starts_at=at("08:00")), *talks))
    assert facts(read_schedule(write(schedule), OPTIONS)) == facts(schedule)


@each_format
def test_talks_that_are_alike_stay_two_and_ids_of_two_sources_stay_theirs(write: Write) -> None:
    twice = a_talk(file_id="1"), a_talk(file_id="1")
    one, other = (replace(a_session(talk), source=source) for talk, source in zip(twice, "AB", strict=True))
    alike = replace(a_session(a_talk("Break"), a_talk("Break")), source="A")
    schedule = a_schedule(one, other, alike)
    assert facts(read_schedule(write(schedule), OPTIONS)) == facts(schedule)


@each_format
def test_text_that_was_finished_is_not_finished_again(write: Write) -> None:
    title, abstract = r"CANCELLED - $x_1$ &amp; <b>**stars**</b> \N", "<p>Literally.</p>\n\n\n&lt;br&gt; $\\alpha$"
    schedule = a_schedule(a_session(a_talk(title, abstract=abstract)))
    (talk,) = read_schedule(write(schedule), OPTIONS).talks
    assert (talk.title, talk.abstract, talk.cancelled) == (title, abstract, False)


@each_format
def test_longest_abstract_comes_back_whole(write: Write) -> None:
    schedule = a_schedule(a_session(a_talk(abstract="ab, " * 2_500 + "…")))
    assert facts(read_schedule(write(schedule), OPTIONS)) == facts(schedule)


@each_format
def test_zone_that_is_asked_for_goes_before_the_files_and_moves_no_talk(write: Write) -> None:
    schedule = a_schedule()
    back = read_schedule(write(schedule), replace(OPTIONS, timezone="asia/tokyo"))
    assert facts(back) == facts(replace(schedule, timezone="Asia/Tokyo"))


@each_format
def test_programme_of_log_ins_is_no_log_in_page(write: Write) -> None:
    schedule = a_schedule(a_session(a_talk("Log in without a password")))
    assert read_schedule(write(schedule), OPTIONS).talks == schedule.talks


@each_format
@pytest.mark.parametrize("seed", range(3))
def test_damaged_export_is_read_or_refused_and_nothing_else(write: Write, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same injuries each time
    content, other = write(a_schedule()), as_csv(a_schedule(a_session(a_talk(room="=1"))))
    for _ in range(50):
        try:
            schedule = read_schedule(mutated(content, other, chance), ReadingOptions(TODAY))
        except ScheduleError as refusal:
            assert "\n" not in str(refusal)  # noqa: PT017 - both outcomes are right
        else:
            assert all(talk.title and talk.starts_at < talk.ends_at for talk in schedule.talks)


@each_format
@pytest.mark.parametrize("year", ["0001", "1989", "2101", "9999"])
def test_year_of_no_programme_is_refused(write: Write, year: str) -> None:
    content = write(a_schedule()).replace(b"2022", year.encode())
    with pytest.raises(ScheduleError):
        read_schedule(content, OPTIONS)
