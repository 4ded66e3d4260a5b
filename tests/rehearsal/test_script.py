"""What the cast is going to do: enough questions, within the limits of a person, and fewer where time runs fast."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import timedelta
from importlib.resources import files

import pytest

from bot.clock import real_now
from bot.rehearsal.asking import Heard
from bot.rehearsal.audience import ATTENDEES
from bot.rehearsal.cast import Cast, build_hall
from bot.rehearsal.inquiries import TEXTS, TWINS, Way, inquiries
from bot.rehearsal.loopback import Loopback
from bot.rehearsal.rehearse import SAMPLE, SAMPLE_YEAR, SAMPLE_ZONE
from bot.rehearsal.script import CLOCK, QUESTIONS, Step, over_at, steps
from bot.rehearsal.stints import EXTRA, LATE_START, NO_SHOW, as_played, by_plan
from bot.rules.duplicates import ALIKE, likely_duplicates
from bot.rules.question_text import question_text
from bot.rules.questions import Question, QuestionState, Standing
from bot.rules.queue_times import QuestionSettings
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions, Schedule
from tests.builders import FIRST_START, a_schedule, a_session, a_talk


@pytest.fixture(scope="module")
def icml() -> Schedule:
    content = files("bot.rehearsal").joinpath("sample", SAMPLE).read_bytes()
    return read_schedule(content, ReadingOptions(real_now(), timezone=SAMPLE_ZONE, year=SAMPLE_YEAR, name=SAMPLE))


async def nothing() -> None:
    """What the bot's restart is here."""


def played(schedule: Schedule, cast: Cast = Cast.LIVELY, *, speed: float = 60) -> list[Step]:
    hall = build_hall(Loopback(), schedule, "ICML 2022")
    return steps(cast, hall, schedule, heard=Heard(), restart=nothing, speed=speed)


def test_session_is_late_and_runs_over_and_one_talk_is_left_out(icml: Schedule) -> None:
    session = icml.sessions[0]
    stints = as_played(session)
    assert stints[0].starts_at == session.starts_at + LATE_START
    assert [stint.number for stint in stints] == [number for number in range(15) if number != NO_SHOW]
    assert stints[1].length == stints[1].talk.length + EXTRA[1]
    assert all(earlier.ends_at == later.starts_at for earlier, later in itertools.pairwise(stints))


def test_talks_in_parallel_are_tapped_by_nobody() -> None:
    session = a_session(a_talk(), a_talk("Beside it"))
    assert as_played(session) == []
    assert len(by_plan(session)) == 2


def test_about_sixty_questions_come_from_many_people_in_every_way(icml: Schedule) -> None:
    asked = inquiries(as_played(icml.sessions[0]))
    assert 55 <= len(asked) <= 65
    assert len({inquiry.who for inquiry in asked}) == len(ATTENDEES)
    ways = Counter(inquiry.way for inquiry in asked)
    assert (ways[Way.MESSAGE], ways[Way.HALL]) == (1, 1)
    assert ways[Way.FORM] == 14
    assert 5 <= sum(inquiry.anonymous for inquiry in asked) <= 15


def test_nobody_asks_more_often_than_a_person_may(icml: Schedule) -> None:
    settings = QuestionSettings()
    by_person: dict[int, list[timedelta]] = {}
    for inquiry in inquiries(as_played(icml.sessions[0])):
        by_person.setdefault(inquiry.who, []).append(inquiry.at - FIRST_START)
    for moments in by_person.values():
        gaps = [later - earlier for earlier, later in itertools.pairwise(sorted(moments))]
        assert min(gaps) > 2 * timedelta(seconds=settings.seconds_between)
        assert max(moments) - min(moments) > timedelta(minutes=30)


def test_every_text_is_a_question_that_the_bot_takes() -> None:
    assert [question_text(text) for text in TEXTS] == list(TEXTS)
    assert len(set(TEXTS)) == len(TEXTS)


def test_only_pairs_that_are_meant_to_be_merged_are_proposed() -> None:
    texts = [*TEXTS, *itertools.chain.from_iterable(TWINS)]
    queued = Standing(QuestionState.QUEUED)
    questions = [
        Question(number, 1, text, number, "Ada", anonymous=False, entered_at=FIRST_START, standing=queued)
        for number, text in enumerate(texts)
    ]
    pairs = likely_duplicates(questions, at_most=len(texts))
    assert {(kept.text, merged.text) for kept, merged, _ in pairs} == set(TWINS)
    assert all(score >= ALIKE for *_, score in pairs)


def test_moderator_takes_questions_in_the_question_time_of_every_talk(icml: Schedule) -> None:
    lanes = Counter(step.lane for step in played(icml))
    assert lanes[None] == 1
    assert 40 <= lanes[QUESTIONS] <= 60
    assert 15 <= lanes[CLOCK] <= 30


@pytest.mark.parametrize("speed", [600, 6000])
def test_audience_is_small_where_time_runs_fast(icml: Schedule, speed: float) -> None:
    assert len(played(icml, speed=speed)) < len(played(icml)) / 2


def test_punctual_cast_asks_a_little_and_taps_nothing(icml: Schedule) -> None:
    acts = played(icml, Cast.PUNCTUAL)
    assert 4 <= len(acts) <= 12
    assert not {CLOCK, QUESTIONS, None} & {step.lane for step in acts}


def test_nobody_is_a_lively_cast_that_may_be_let_act_without_its_power_cut(icml: Schedule) -> None:
    lively, nobody = played(icml), played(icml, Cast.NOBODY)
    assert [step.at for step in nobody] == [step.at for step in lively if step.lane is not None]


def test_every_step_but_the_power_cut_says_who_does_it(icml: Schedule) -> None:
    assert [step.lane for step in played(icml) if not step.by] == [None]


@pytest.mark.parametrize("cast", Cast)
def test_nobody_acts_once_all_is_over(icml: Schedule, cast: Cast) -> None:
    assert max(step.at for step in played(icml, cast)) <= over_at(cast, icml)


@pytest.mark.parametrize("cast", Cast)
def test_all_is_over_when_the_last_queue_has_closed(icml: Schedule, cast: Cast) -> None:
    closes_after = QuestionSettings().closes_after
    last = icml.sessions[0].ends_at if cast is Cast.PUNCTUAL else as_played(icml.sessions[0])[-1].ends_at
    assert last + closes_after < over_at(cast, icml) < last + closes_after + timedelta(minutes=2)


@pytest.mark.parametrize("cast", Cast)
def test_schedule_of_one_talk_is_played_too(cast: Cast) -> None:
    acts = played(a_schedule(a_session(a_talk())), cast)
    assert [step.at for step in acts] == sorted(step.at for step in acts)
    assert acts
