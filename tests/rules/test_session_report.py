"""What happened in a session: examples, and the same figures as a count by hand of the raw timing events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.messages.session_report import alt_text, in_words
from bot.rules.programme import PlannedSession, TalkState
from bot.rules.questions import Question, QuestionState, Standing
from bot.rules.session_report import SessionReport, session_report
from bot.rules.taps import Tap
from tests.builders import a_planned_session, at
from tests.recounting import Planned, Raw, Recount, recount
from tests.rules.test_run import (
    CLOSE,
    END,
    EXTEND,
    OPEN,
    PAUSE,
    RESUME,
    SKIP,
    START,
    UNDO,
    A,
    B,
    C,
    D,
    Desk,
    four_talks,
    with_a_break,
)

MINUTE = timedelta(minutes=1)


def look(desk: Desk, time: str, questions: tuple[Question, ...] = ()) -> SessionReport:
    return session_report(desk.session, desk.run(), questions, at(time), guard=desk.guard)


def a_question(number: int, talk: int, state: QuestionState) -> Question:
    return Question(number, talk, "Why?", number, "Ada", False, at("10:05"), Standing(state))  # noqa: FBT003 - as the room reads it


def in_minutes(span: timedelta | None) -> float | None:
    return None if span is None else span / MINUTE


def four_talks_run() -> Desk:
    """A starts 3 late and runs 2 over; B is paused for 4 and given 5 more; C is skipped; D ends in time."""
    desk = Desk()
    desk.tap("10:03", START, A)
    desk.next("10:35")
    desk.tap("10:40", PAUSE)
    desk.tap("10:44", RESUME)
    desk.tap("11:00", EXTEND, amount=5)
    desk.tap("11:10", END)
    desk.tap("11:12", SKIP, C)
    desk.tap("11:41", START, D)
    desk.tap("12:00", CLOSE)
    return desk


def test_report_tells_how_each_talk_went() -> None:
    report = look(four_talks_run(), "12:00")
    a, b, c, d = report.talks
    assert [talk.state for talk in report.talks] == [TalkState.DONE, TalkState.DONE, TalkState.SKIPPED, TalkState.DONE]
    assert [in_minutes(talk.drift) for talk in report.talks] == [5, 10, None, 0]
    assert [in_minutes(talk.overran) for talk in report.talks] == [2, 1, None, -1]
    assert (in_minutes(b.paused), in_minutes(b.extended)) == (4, 5)
    assert (a.starts_at, a.ends_at, c.starts_at) == (at("10:03"), at("10:35"), None)
    assert [talk.is_timed for talk in report.talks] == [True, True, False, True]
    assert d.number == 4


def test_report_tells_the_session_in_figures() -> None:
    figures = look(four_talks_run(), "12:00").figures
    assert (in_minutes(figures.started_late), in_minutes(figures.ended_late)) == (3, 0)
    assert figures.longest is not None
    assert figures.longest.talk.title == "A"
    assert in_minutes(figures.recovered) == 10
    assert (figures.timed, figures.assumed, figures.skipped, figures.cancelled) == (3, 0, 1, 0)
    assert (in_minutes(figures.paused), in_minutes(figures.extended)) == (4, 5)


def cancelled(desk: Desk, *ids: int) -> Desk:
    """The same session with talks called off afterwards."""
    talks = tuple(replace(talk, cancelled=talk.id in ids) for talk in desk.session.talks)
    desk.session = replace(desk.session, talks=talks)
    return desk


def on_time() -> Desk:
    """A and B as planned, C and D each begun at once."""
    desk = Desk()
    desk.tap("10:00", START, A)
    for moment in ("10:30", "11:10", "11:40"):
        desk.next(moment)
    desk.tap("12:00", CLOSE)
    return desk


def test_talk_that_was_called_off_on_stage_counts_as_far_as_it_took_place() -> None:
    for talk in (A, D):
        figures = look(cancelled(on_time(), talk), "12:05").figures
        assert (figures.started_late, figures.ended_late) == (timedelta(0), timedelta(0))
    called_off = Desk()
    called_off.tap("10:03", START, A)
    called_off.tap("10:35", END)
    report = look(cancelled(called_off, A, B, C, D), "10:40")
    assert (in_minutes(report.figures.started_late), in_minutes(report.figures.ended_late)) == (3, 5)
    assert in_words(report, "UTC").startswith("Started 3 min late, ended 17:35 UTC, 5 min late. ")


def test_talk_that_came_back_for_a_question_was_not_late_all_the_while() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    desk.next("10:30")
    desk.tap("11:00", START, A)
    desk.tap("11:02", START, C)
    desk.next("11:30")
    desk.tap("12:00", CLOSE)
    report = look(desk, "12:05")
    assert report.figures.recovered == timedelta(0)
    assert "1. A: 32 min, " in alt_text(report, "UTC")


def test_report_of_a_session_that_is_over_stays_the_same() -> None:
    desk = four_talks_run()
    assert replace(look(desk, "12:00"), at=at("18:00")) == look(desk, "18:00")


def test_report_of_a_running_session_goes_up_to_now() -> None:
    desk = Desk()
    desk.tap("10:03", START, A)
    report = look(desk, "10:20")
    assert not report.is_over
    assert report.talks[0].ends_at == at("10:20")
    assert (report.figures.ended_late, report.figures.recovered) == (None, None)
    assert report.figures.timed == 0


def test_what_nobody_timed_is_its_plan_alone() -> None:
    for desk in (Desk(), Desk(guard=True)):
        desk.tap("09:55", OPEN)
        report = look(desk, "13:00")
        assert not report.is_timed
        assert {talk.state for talk in report.talks} == {TalkState.WAITING}
        assert all(talk.starts_at is None and talk.drift is None for talk in report.talks)
        assert report.figures.started_late is None


def test_what_was_closed_half_way_skips_the_rest() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    desk.tap("10:30", CLOSE)
    report = look(desk, "10:30")
    assert report.figures.skipped == 3
    assert in_minutes(report.figures.ended_late) == -90
    assert report.closed_at == at("10:30")


def test_forgotten_clock_is_told_as_assumed() -> None:
    desk = Desk(guard=True)
    desk.tap("10:02", START, A)
    report = look(desk, "14:00")
    assert [talk.assumed for talk in report.talks] == [True] * 4
    assert (report.figures.timed, report.figures.assumed) == (0, 4)
    assert report.is_over
    assert (report.figures.longest, report.figures.ended_late, report.figures.recovered) == (None, None, None)


def test_break_that_began_by_itself_has_times_and_is_not_counted_among_assumed_talks() -> None:
    desk = Desk(with_a_break())
    desk.tap("10:00", START, A)
    desk.tap("10:31", END)
    desk.tap("11:00", START, 3)
    desk.tap("11:30", CLOSE)
    report = look(desk, "11:30")
    coffee = report.talks[1]
    assert (coffee.starts_at, coffee.ends_at, coffee.assumed, coffee.took) == (at("10:31"), at("11:00"), True, None)
    assert report.figures.assumed == 0


def test_break_that_makes_up_for_a_late_start_is_as_late_as_its_end() -> None:
    desk = Desk(with_a_break())
    desk.tap("10:00", START, A)
    desk.tap("10:40", START, B)
    desk.tap("11:05", START, C)
    coffee = look(desk, "11:06").talks[1]
    assert (in_minutes(coffee.drift), in_minutes(coffee.overran)) == (5, -5)


def test_talk_that_was_on_stage_twice_counts_both_times() -> None:
    desk = Desk()
    desk.tap("10:00", START, A)
    desk.tap("10:20", START, B)
    desk.tap("10:30", START, A)
    desk.tap("10:45", CLOSE)
    (first, *_) = look(desk, "11:00").talks
    assert in_minutes(first.took) == 35
    assert (first.starts_at, first.ends_at) == (at("10:00"), at("10:45"))


def test_questions_are_counted_by_talk_and_in_all() -> None:
    states = [(A, QuestionState.ANSWERED), (A, QuestionState.QUEUED), (B, QuestionState.ASKED)]
    states += [(B, QuestionState.MERGED), (B, QuestionState.DISMISSED)]
    asked = tuple(a_question(number, *pair) for number, pair in enumerate(states, 1))
    report = look(four_talks_run(), "12:00", asked)
    counts = [(talk.questions.asked, talk.questions.answered, talk.questions.left) for talk in report.talks]
    assert counts == [(1, 1, 1), (1, 0, 0), (0, 0, 0), (0, 0, 0)]
    whole = report.figures.questions
    assert (whole.entered, whole.asked, whole.answered, whole.left) == (5, 2, 1, 1)


def test_session_without_talks_has_a_report() -> None:
    empty = replace(a_planned_session(), talks=())
    report = session_report(empty, Desk(empty).run(), (), at("10:00"))
    assert (report.talks, report.is_timed) == ((), False)


def planned(session: PlannedSession) -> list[Planned]:
    return [Planned(t.id, t.title, t.starts_at, t.ends_at, t.cancelled) for t in session.talks]


def counted(desk: Desk, until: datetime) -> Recount:
    """By hand, from the events as they are stored."""
    rows = [Raw(e.id, e.kind.value, e.at, e.talk_id, e.amount, e.undoes) for e in desk.events]
    return recount(planned(desk.session), rows, until)


TAPS = st.tuples(
    st.integers(0, 25),
    st.sampled_from([START, START, START, END, PAUSE, RESUME, EXTEND, SKIP, UNDO, CLOSE, OPEN]),
    st.sampled_from([None, None, A, B, C, D]),
    st.sampled_from([0, 0, 0, 1, 2]),
)


@given(st.lists(TAPS, max_size=14), st.integers(0, 30))
def test_figures_are_those_of_a_count_by_hand(taps: list[tuple[int, object, int | None, int]], rest: int) -> None:
    desk, now = Desk(four_talks()), at("09:58")
    for later, kind, talk, ago in taps:
        now += later * MINUTE
        try:
            tap = Tap(kind, None, talk, ago=ago * MINUTE, amount=2 * MINUTE)  # type: ignore[arg-type] # drawn from the kinds
            desk.do(now, tap)
        except CommandError:
            continue
    now += rest * MINUTE
    report = session_report(desk.session, desk.run(), (), now, guard=False)
    by_hand = counted(desk, now)
    figures = report.figures
    assert (figures.started_late, figures.ended_late) == (by_hand.started_late, by_hand.ended_late)
    assert (figures.recovered, figures.paused) == (by_hand.recovered, by_hand.paused)
    assert figures.extended == by_hand.extended
    assert (figures.longest.overran if figures.longest else None) == (by_hand.longest[1] if by_hand.longest else None)
    for each in report.talks:
        told = by_hand.talks.get(each.talk.id)
        assert [stint.starts_at for stint in each.stints] == (told.starts if told else [])
        assert [stint.ends_at for stint in each.stints] == (told.ends if told else [])
        assert each.took == (told.took if told else None)
