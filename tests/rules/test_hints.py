"""Hints from the past: what is learned of which talks, and the likely end beside the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.rehearsal.stints import EXTRA, NO_SHOW, as_played
from bot.rules.hints import AT_LEAST, Habit, Learned, TimedTalk, hint, kind_of, learned, likely, timed_talks
from bot.rules.programme import PlannedSession, TalkState
from bot.rules.run import TimingEvent, TimingKind, fold
from bot.rules.session_report import session_report
from bot.rules.taps import Tap, next_tap
from bot.rules.timing import forecast
from bot.schedules.schedule import Session
from tests.builders import a_planned_session, a_session, a_talk, at
from tests.examples import examples
from tests.rules.test_run import (
    CLOSE,
    END,
    EXTEND,
    PAUSE,
    REBALANCE,
    RESUME,
    SKIP,
    START,
    UNDO,
    A,
    B,
    C,
    Desk,
    a_planned_talk,
    clock,
    four_talks,
    posters_and_an_overlap,
    started,
    two_breaks,
    with_a_break,
)
from tests.schedules.pages import read
from tests.shared import SHARED, needs_shared

MINUTE = timedelta(minutes=1)
LENGTHS = {"spotlight": 5 * MINUTE, "oral": 20 * MINUTE, None: 10 * MINUTE}
LATER = at("23:00")


def timed(kind: str | None, *overruns: float) -> list[TimedTalk]:
    """Talks of a kind that ran so many minutes over."""
    return [TimedTalk(kind, LENGTHS[kind], LENGTHS[kind] + over * MINUTE) for over in overruns]


def known(**minutes: float) -> Learned:
    return {kind: Habit(over * MINUTE, 43, timedelta(0)) for kind, over in minutes.items()}


def counted(desk: Desk) -> list[tuple[str | None, float]]:
    """Kind and minutes over of what is learned from a session, once it is over."""
    talks = timed_talks(desk.session, desk.run(), LATER, guard=desk.guard)
    return [(talk.kind, (talk.took - talk.planned) / MINUTE) for talk in talks]


TAPS = st.lists(
    st.tuples(
        st.integers(0, 25), st.sampled_from(["next", START, END, PAUSE, RESUME, EXTEND, SKIP, REBALANCE, UNDO, CLOSE])
    ),
    max_size=8,
)


@st.composite
def moments(draw: st.DrawFn) -> tuple[Desk, datetime]:
    """A session in which somebody tapped at random, and a moment of it."""
    mixed = a_planned_session(
        *(a_talk(f"S{n}", starts_at=at("10:00") + 5 * n * MINUTE, minutes=5) for n in range(4)),
        a_planned_talk("O", "10:30", "10:50"),
        a_talk("N", starts_at=at("10:50"), minutes=10, kind=None),
    )
    plans = [four_talks(), with_a_break(), two_breaks(), posters_and_an_overlap(), mixed]
    desk, now = Desk(draw(st.sampled_from(plans)), guard=draw(st.booleans())), at("09:55")
    for step, kind in draw(TAPS):
        now += step * MINUTE
        with suppress(CommandError):
            if isinstance(kind, TimingKind):
                desk.do(now, Tap(kind, amount=MINUTE * (kind is EXTEND)))
            else:
                desk.do(now, next_tap(desk.look(now), Tap(START)))
    return desk, now + draw(st.integers(0, 40)) * MINUTE


# What counts.


def test_talk_counts_from_its_start_to_its_end_without_pauses_and_with_extensions() -> None:
    desk = started("10:04")
    desk.tap("10:10", PAUSE)
    desk.tap("10:20", RESUME)
    desk.tap("10:40", EXTEND, amount=2)
    desk.tap("10:47", START, B)
    desk.tap("11:15", CLOSE)
    assert counted(desk) == [("oral", 3), ("oral", -2)]


def test_nothing_counts_while_the_session_goes_on() -> None:
    desk = started("10:00")
    desk.tap("10:33", START, B)
    assert timed_talks(desk.session, desk.run(), at("10:40"), guard=False) == []


def test_breaks_skipped_and_assumed_talks_and_those_on_stage_twice_are_left_out() -> None:
    desk = started("10:00", session=with_a_break())
    desk.next("10:31")  # the break, by hand
    desk.next("11:02")
    desk.tap("11:30", CLOSE)
    assert counted(desk) == [("oral", 1), ("oral", -2)]
    desk = started("10:00")
    desk.tap("10:10", START, B)
    desk.tap("10:12", START, A)
    desk.tap("10:40", CLOSE)
    assert counted(desk) == [("oral", -28)]  # B's own time on stage; A was there twice
    desk = started("10:00", guard=True)
    desk.tap("10:31", START, B)
    assert counted(desk) == [("oral", 1)]  # the clock was forgotten then


def test_talk_that_a_rebalance_shortened_teaches_nothing() -> None:
    desk = started("10:20")
    desk.tap("10:50", START, B)
    desk.tap("10:50", REBALANCE)
    desk.tap("11:10", START, C)
    desk.tap("11:40", CLOSE)
    assert [over for _, over in counted(desk)] == [0]


@pytest.mark.parametrize(
    ("began", "following", "count"),
    [("10:30", "11:10", 1), ("10:30", "11:25", 1), ("10:40", "11:12", 2), ("10:45", "11:17", 2)],
    ids=["in the gap", "over by more than the gap", "no gap was left", "later than that"],
)
def test_end_that_only_the_next_start_told_counts_where_no_gap_was_left(began: str, following: str, count: int) -> None:
    desk = started("10:00")
    desk.tap(began, START, B)
    desk.tap(following, START, C)
    desk.tap("11:50", CLOSE)
    assert len(counted(desk)) == count + 1


def test_end_that_was_tapped_counts_before_a_gap() -> None:
    desk = started("10:30", B)
    desk.tap("11:03", END)
    desk.tap("11:10", START, C)
    desk.tap("11:41", CLOSE)
    assert counted(desk) == [("oral", 3), ("oral", 1)]


def test_forgotten_end_is_believed_as_far_as_the_guard_would() -> None:
    assert [talk.overran / MINUTE for talk in timed("oral", 40, 15, 3, -20)] == [15, 15, 3, -15]
    assert [talk.overran / MINUTE for talk in timed("spotlight", 40, 5, -5)] == [5, 5, -5]


@settings(max_examples=examples(100))
@given(moments())
def test_talks_that_teach_are_among_those_that_the_report_calls_timed(moment: tuple[Desk, datetime]) -> None:
    desk, now = moment
    report = session_report(desk.session, desk.run(), (), now, guard=desk.guard)
    spans = [(t.planned, t.took) for t in report.talks if t.is_timed and not t.talk.is_break and len(t.stints) == 1]
    for talk in timed_talks(desk.session, desk.run(), now, guard=desk.guard):
        assert report.is_over
        spans.remove((talk.planned, talk.took))


# What is learned.


def test_kind_with_twenty_timed_talks_is_known_and_one_with_nineteen_is_not() -> None:
    talks = timed("oral", *[1, 2] * 10) + timed("spotlight", *[1] * 19) + timed(None, *[-1] * 20)
    found = learned(talks)
    assert set(found) == {"oral", None}
    assert (found["oral"].by, found["oral"].talks, found["oral"].is_clear) == (1.5 * MINUTE, 20, True)
    assert (found[None].by, found[None].error) == (-MINUTE, timedelta(0))
    assert learned([]) == {}


def test_average_that_may_be_chance_or_is_a_trifle_is_not_clear() -> None:
    assert not learned(timed("oral", *[5, -4] * 10))["oral"].is_clear
    assert not learned(timed("oral", *[0] * 30))["oral"].is_clear
    assert not learned(timed("oral", *[0.3] * 30))["oral"].is_clear
    assert learned(timed("oral", *[0.4] * 30))["oral"].is_clear
    assert learned(timed("oral", *[5, -1] * 10))["oral"].is_clear


overruns = st.lists(st.floats(-10, 20).map(lambda number: round(number, 3)), min_size=AT_LEAST, max_size=60)


@settings(max_examples=examples(100))
@given(st.data(), overruns)
def test_order_of_talks_does_not_matter(data: st.DataObject, minutes: Sequence[float]) -> None:
    talks = timed("oral", *minutes)
    assert learned(data.draw(st.permutations(talks))) == learned(talks)


@settings(max_examples=examples(100))
@given(overruns, st.integers(1, 60))
def test_talks_that_ran_to_plan_move_it_towards_nothing(minutes: Sequence[float], more: int) -> None:
    before = learned(timed("oral", *minutes))["oral"]
    after = learned(timed("oral", *minutes, *[0] * more))["oral"]
    assert abs(after.by) <= abs(before.by)
    assert after.by * before.by.total_seconds() >= timedelta(0)
    assert before.is_clear or not after.is_clear


@settings(max_examples=examples(50))
@given(st.lists(st.floats(-5, 20), max_size=AT_LEAST - 1))
def test_of_fewer_than_twenty_nothing_is_learned(minutes: Sequence[float]) -> None:
    assert learned(timed("oral", *minutes)) == {}


# The ICML session: seven Spotlights of 5 minutes, an Oral of 20, seven Spotlights, without gaps, until 14:00.


def icml(time: str | None = None) -> Desk:
    desk = Desk(a_planned_session(), guard=True)
    if time is not None:
        desk.tap(time, START)
    return desk


def ends(desk: Desk, time: str, past: Learned) -> str | None:
    found = hint(desk.session, desk.run(), at(time), past, guard=desk.guard)
    return clock(found.ends_at) if found else None


def test_each_talk_to_come_and_the_one_on_stage_is_taken_to_run_over_as_its_kind_did() -> None:
    desk = icml("12:32")
    assert desk.ends("12:33") == "14:02"
    assert ends(desk, "12:33", known(oral=3)) == "14:05"
    assert ends(desk, "12:33", known(oral=3, spotlight=0.5)) == "14:12"
    found = hint(desk.session, desk.run(), at("12:33"), known(oral=3, spotlight=0.5))
    assert found is not None
    assert [(kind, habit.talks) for kind, habit in found.habits] == [("Spotlight", 43), ("Oral", 43)]


def test_talk_on_stage_is_given_what_it_has_not_had_yet() -> None:
    desk = icml("12:30")
    past = known(spotlight=2)
    assert ends(desk, "12:31", past) == "14:28"
    assert ends(desk, "12:36:30", past) == "14:28"
    assert (desk.ends("12:36:30"), desk.ends("12:38")) == ("14:01:30", "14:03")
    assert ends(desk, "12:38", past) == "14:29"
    desk.tap("12:38", EXTEND, amount=1)
    assert ends(desk, "12:38", past) == "14:29"
    desk.tap("12:38", EXTEND, amount=3)
    assert ends(desk, "12:38", past) == "14:30"


def test_talk_that_is_usually_short_makes_good_for_delay_but_begins_no_earlier_than_planned() -> None:
    desk = icml("12:33")
    assert ends(desk, "12:34", known(spotlight=-1)) == "13:59"
    assert ends(desk, "12:34", known(oral=-2)) == "14:01"
    # the last one may end early; while it is on stage it is left its time
    desk.tap("13:56", START, 15)
    assert (desk.ends("13:57"), ends(desk, "13:57", known(spotlight=-1))) == ("14:01", "14:01")


def test_before_the_start_each_talk_is_taken_to_begin_as_planned() -> None:
    desk = icml()
    assert ends(desk, "12:15", known(oral=3, spotlight=0.5)) == "14:10"
    assert ends(desk, "12:34", known(oral=3)) == "14:03"
    assert ends(desk, "12:36", known(oral=3)) is None  # nobody keeps this clock


def test_gaps_and_breaks_absorb_what_is_likely_as_they_absorb_delay() -> None:
    desk = started("10:00")
    assert (desk.ends("10:01"), ends(desk, "10:01", known(oral=3))) == ("12:00", "12:06")
    desk = started("10:00", session=with_a_break())
    assert ends(desk, "10:01", known(oral=10)) == "11:40"
    assert ends(desk, "10:01", known(oral=20)) == "11:55"


def test_nothing_is_said_of_kinds_unknown_or_unclear_or_when_all_of_them_are_over() -> None:
    desk = icml("12:30")
    assert ends(desk, "12:31", {}) is None
    assert ends(desk, "12:31", known(poster=5)) is None
    assert ends(desk, "12:31", learned(timed("oral", *[5, -4] * 10))) is None
    desk.tap("13:25", START, 9)
    assert ends(desk, "13:26", known(oral=5)) is None
    desk.tap("13:30", CLOSE)
    assert ends(desk, "13:31", known(spotlight=5)) is None


def test_nothing_is_said_while_the_clock_goes_by_the_plan() -> None:
    desk = icml("12:30")
    assert ends(desk, "12:50", known(spotlight=1)) is None


# In any session, whatever was tapped.

LEARNED = st.dictionaries(
    st.sampled_from(["oral", "spotlight", None]),
    st.builds(Habit, st.integers(-600, 600).map(lambda s: timedelta(seconds=s)), st.just(20), st.just(timedelta(0))),
)


@settings(max_examples=examples(300))
@given(moments(), LEARNED)
def test_likely_end_is_the_forecast_where_nothing_is_learned_and_no_earlier_where_nothing_is_short(
    moment: tuple[Desk, datetime], past: Learned
) -> None:
    desk, now = moment
    run, plain = desk.run(), desk.look(now)
    assert likely(desk.session, run, now, {}, guard=desk.guard) == plain
    guessed = likely(desk.session, run, now, past, guard=desk.guard)
    assert desk.look(now) == plain
    assert run == desk.run()
    if plain.ends_at is None or guessed.ends_at is None:
        assert plain.ends_at is guessed.ends_at
        return
    if all(habit.by >= timedelta(0) for habit in past.values()):
        assert guessed.ends_at >= plain.ends_at
    if all(habit.by <= timedelta(0) for habit in past.values()):
        assert guessed.ends_at <= plain.ends_at
    assert guessed.ends_at >= now or guessed.ends_at >= plain.ends_at or not plain.is_started
    for e in guessed.talks:
        if e.state is TalkState.WAITING:
            assert e.starts_at >= e.talk.starts_at


# Recorded: sessions as the rehearsal's cast plays them, folded by the real rules.


def recorded(session: Session) -> tuple[PlannedSession, list[TimingEvent]]:
    """A session as it is stored, and what was tapped in it."""
    planned, numbers, events = a_planned_session(*session.talks), count(1), list[TimingEvent]()
    stints = as_played(session)
    for stint in stints:
        talk = planned.talks[session.talks.index(stint.talk)]
        events.append(TimingEvent(next(numbers), START, stint.starts_at, stint.starts_at, talk.id))
    if stints:
        events.append(TimingEvent(next(numbers), CLOSE, stints[-1].ends_at, stints[-1].ends_at))
    return planned, events


def test_recorded_icml_session_teaches_what_its_cast_did() -> None:
    planned, events = recorded(a_session())
    talks = timed_talks(planned, fold(planned, events), LATER)
    assert len(talks) == 14  # one did not take place
    over = [(talk.took - talk.planned) / MINUTE for talk in talks]
    assert over == [extra / MINUTE for extra in (EXTRA.get(n, timedelta(0)) for n in range(15) if n != NO_SHOW)]


@needs_shared
@pytest.mark.parametrize(
    ("file", "zone"),
    [
        ("icml-2022-deep-learning-hall-f.txt", None),
        ("fosdem-2013.xml", "Europe/Brussels"),
        ("pycon-au-2023.ics", None),
        ("30c3-2013.json", "Europe/Berlin"),
        ("emf-2016.xml", "Europe/London"),
    ],
)
def test_recorded_conferences_teach_no_more_than_was_played_and_no_gap(file: str, zone: str | None) -> None:
    year = 2022 if file.startswith("icml") else None
    found: list[TimedTalk] = []
    for session in read((SHARED / file).read_bytes(), timezone=zone, year=year).sessions:
        planned, events = recorded(session)
        if events:
            after = events[-1].at + timedelta(hours=12)
            talks = timed_talks(planned, fold(planned, events), after)
            found += talks
            before = events[len(events) // 2].at
            run = fold(planned, events[: len(events) // 2])
            assert likely(planned, run, before, {}) == forecast(planned, run, before)
    assert found
    # the cast waits through a gap with its talk on stage; none of that is taken for a habit
    assert {talk.took - talk.planned for talk in found} <= {timedelta(0), *EXTRA.values()}
    # two minutes in one talk of each session are no habit of all talks
    assert not any(habit.is_clear for habit in learned(found).values())


def test_kinds_are_the_same_in_any_case() -> None:
    session = a_planned_session(a_talk(kind="ORAL"), a_talk(kind="Oral"), a_talk(kind=None))
    assert [kind_of(talk) for talk in session.talks] == ["oral", "oral", None]
