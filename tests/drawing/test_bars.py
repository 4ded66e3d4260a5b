"""What a talk's lower bar is made of, against the report's own figures."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings

from bot.drawing.bars import Stretch, actual, over, planned
from bot.drawing.palette import Part
from bot.rules.programme import TalkState
from bot.rules.session_report import ReportedTalk, SessionReport
from bot.rules.stints import NOTHING
from tests.builders import a_planned_session, a_talk, at
from tests.drawing.odd import reports
from tests.drawing.sessions import MINUTE, SESSIONS, reported, still_on, the_icml_session
from tests.rules.test_run import END, EXTEND, PAUSE, RESUME, START, Desk


def long(stretches: list[Stretch], *parts: Part) -> timedelta:
    return sum((each.ends_at - each.starts_at for each in stretches if each.part in parts), NOTHING)


def lengths(talk: ReportedTalk) -> list[tuple[str, float]]:
    return [(each.part.name, (each.ends_at - each.starts_at) / MINUTE) for each in actual(talk)]


def test_each_part_of_the_sample_session() -> None:
    talks = the_icml_session().talks
    assert lengths(talks[0]) == [("SPOKEN", 5)]
    assert lengths(talks[1]) == [("SPOKEN", 5), ("OVER", 2)]
    assert lengths(talks[2]) == [("SPOKEN", 1), ("PAUSED", 1), ("SPOKEN", 4)]
    assert lengths(talks[4]) == []
    assert lengths(talks[8]) == [("SPOKEN", 5), ("GIVEN", 3)]
    assert lengths(talks[14]) == [("ASSUMED", 5)]


def test_a_talk_on_stage_twice_has_both_and_one_still_there_goes_on() -> None:
    talks = still_on().talks
    assert lengths(talks[0]) == [("SPOKEN", 22), ("SPOKEN", 8)]
    assert lengths(talks[2]) == [("SPOKEN", 30), ("OVER", 12), ("GOES_ON", 0)]


def test_pauses_do_not_use_up_time_wherever_they_stand() -> None:
    desk = Desk(a_planned_session(a_talk(starts_at=at("10:00"), minutes=10)))
    desk.tap(at("10:00"), START)
    desk.tap(at("10:04"), PAUSE)
    desk.tap(at("10:06"), RESUME)
    desk.tap(at("10:07"), EXTEND, amount=3)
    desk.tap(at("10:13"), PAUSE)
    desk.tap(at("10:14"), RESUME)
    desk.tap(at("10:17"), PAUSE)
    desk.tap(at("10:18"), RESUME)
    desk.tap(at("10:20"), END)
    (talk,) = reported(desk).talks
    assert lengths(talk) == [
        *(("SPOKEN", 4), ("PAUSED", 2), ("SPOKEN", 6), ("GIVEN", 1), ("PAUSED", 1)),
        *(("GIVEN", 2), ("OVER", 1), ("PAUSED", 1), ("OVER", 2)),
    ]


def test_time_taken_away_is_over_sooner() -> None:
    desk = Desk(a_planned_session(a_talk(starts_at=at("10:00"), minutes=10)))
    desk.tap(at("10:00"), START)
    desk.tap(at("10:01"), EXTEND, amount=-4)
    desk.tap(at("10:08"), END)
    (talk,) = reported(desk).talks
    assert lengths(talk) == [("SPOKEN", 6), ("OVER", 2)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reports())
def test_stretches_are_the_stints_cut_up(report: SessionReport) -> None:
    for talk in report.talks:
        stretches = [each for each in actual(talk) if each.part is not Part.GOES_ON]
        assert all(each.starts_at <= each.ends_at for each in stretches)
        if talk.stints:
            whole = sum((stint.ends_at - stint.starts_at for stint in talk.stints if stint.ends_at), NOTHING)
            assert long(stretches, *Part) == whole
            assert long(stretches, Part.PAUSED) == talk.paused
        allotted = talk.planned + talk.extended
        if len(talk.stints) == 1 and not talk.stints[0].assumed and talk.took is not None and allotted >= NOTHING:
            assert over(talk) == max(talk.took - allotted, NOTHING)


def test_only_what_did_not_take_place_is_not_held() -> None:
    for made in SESSIONS.values():
        for talk in made().talks:
            off = talk.state in {TalkState.SKIPPED, TalkState.CANCELLED}
            assert (planned(talk).part is Part.NOT_HELD) == off
