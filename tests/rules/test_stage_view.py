"""What the hall's screen shows: the ICML session minute by minute, and that nothing changes before its moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CommandError
from bot.rules.cues import CueSettings
from bot.rules.programme import PlannedSession, TalkState
from bot.rules.run import TimingEvent, TimingKind, fold
from bot.rules.stage_view import Level, Phase, Signal, StageState, changes_at, stage_state
from bot.rules.taps import Tap, decide
from bot.rules.timing import forecast
from tests.builders import a_planned_session, a_talk, at
from tests.rules.test_run import (
    CLOSE,
    END,
    EXTEND,
    PAUSE,
    RESUME,
    SKIP,
    START,
    UNDO,
    four_talks,
    posters_and_an_overlap,
    two_breaks,
    with_a_break,
)

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ICML = a_planned_session()
FIVE = (Signal(MINUTE, Level.AMBER), Signal(MINUTE / 2, Level.RED), Signal(timedelta(0), Level.RED))
"""The signals of a talk of five minutes."""


def events(session: PlannedSession, *taps: tuple[str, Tap]) -> list[TimingEvent]:
    """Taps at times of the session's day."""
    done: list[TimingEvent] = []
    for number, (time, tap) in enumerate(taps, 1):
        event = decide(session, fold(session, done), tap, at(time))
        done.append(replace(event, id=number))
    return done


def shown(time: str, *taps: tuple[str, Tap], session: PlannedSession = ICML, **more: CueSettings) -> StageState:
    run = fold(session, events(session, *taps))
    return stage_state(forecast(session, run, at(time)), run, at(time), **more)


def start(talk: int) -> Tap:
    return Tap(START, 7, talk)


def test_before_the_session_it_counts_to_the_first_talk() -> None:
    state = shown("12:20")
    assert (state.phase, state.counts_to, state.on) == (Phase.BEFORE, at("12:30"), None)
    assert state.following is not None
    assert (state.following.talk.title, state.follows_at) == ("Talk 1", at("12:30"))
    assert (state.planned_end, state.expected_end) == (at("14:00"), at("14:00"))


def test_talk_on_stage_counts_to_its_expected_end_and_warns_by_its_ladder() -> None:
    state = shown("12:33", ("12:32", start(1)))
    assert (state.phase, state.counts_to, state.signals) == (Phase.ON_STAGE, at("12:37"), FIVE)
    assert (state.late, state.by_plan) == (2, False)
    assert state.follows_at == at("12:37")
    assert state.expected_end == at("14:02")
    oral = shown("13:05", ("13:05", start(8)))
    assert [(signal.mark // MINUTE, signal.level) for signal in oral.signals] == [
        (5, Level.AMBER),
        (2, Level.AMBER),
        (1, Level.RED),
        (0, Level.RED),
    ]


def test_talk_over_its_time_still_counts_to_the_end_that_it_had() -> None:
    state = shown("12:37", ("12:30", start(1)))
    assert (state.phase, state.counts_to, state.late) == (Phase.ON_STAGE, at("12:35"), 2)
    assert state.follows_at == at("12:37")


def test_extension_and_pause_move_what_it_counts_to() -> None:
    taps = ("12:30", start(1)), ("12:31", Tap(EXTEND, 7, amount=MINUTE)), ("12:32", Tap(PAUSE, 7))
    state = shown("12:34", *taps)
    assert (state.phase, state.counts_to, state.left, state.late) == (Phase.PAUSED, None, 4 * MINUTE, 3)
    assert state.signals == FIVE
    state = shown("12:35", *taps, ("12:34", Tap(RESUME, 7)))
    assert (state.phase, state.counts_to, state.left) == (Phase.ON_STAGE, at("12:38"), None)


def test_between_two_talks_it_counts_to_the_next_one_and_then_waits() -> None:
    taps = ("12:30", start(1)), ("12:33", Tap(END, 7))
    assert shown("12:34", *taps).phase is Phase.BETWEEN
    assert shown("12:34", *taps).counts_to == at("12:35")
    late = shown("12:38", *taps)
    assert (late.phase, late.counts_to, late.late) == (Phase.BETWEEN, None, 3)


def test_closed_session_is_over_and_counts_nothing() -> None:
    state = shown("12:40", ("12:30", start(1)), ("12:39", Tap(CLOSE, 7)))
    assert (state.phase, state.on, state.following, state.counts_to) == (Phase.OVER, None, None, None)
    assert shown("14:00").phase is Phase.OVER


def test_break_begins_by_itself_and_counts_to_its_end_without_a_warning() -> None:
    session = with_a_break()
    for taps in ([], [("10:00", start(1)), ("10:25", Tap(END, 7))]):
        state = shown("10:40", *taps, session=session)
        assert (state.phase, state.counts_to, state.signals, state.by_plan) == (Phase.BREAK, at("11:00"), (), False)
    tapped = shown("10:31", ("10:00", start(1)), ("10:26", start(2)), session=session)
    assert (tapped.phase, tapped.counts_to, tapped.signals) == (Phase.BREAK, at("10:56"), ())


def test_nobody_taps_so_the_plan_counts_down_and_warns_of_nothing() -> None:
    state = shown("12:32")
    assert (state.phase, state.by_plan, state.counts_to, state.signals) == (Phase.ON_STAGE, True, at("12:35"), ())


def test_forgotten_clock_goes_by_the_plan() -> None:
    state = shown("13:07", ("12:30", start(1)))
    assert (state.phase, state.by_plan, state.signals) == (Phase.ON_STAGE, True, ())
    assert state.on is not None
    assert (state.on.talk.title, state.counts_to) == ("Talk 8", at("13:25"))


def test_talks_that_run_beside_each_other_are_counted() -> None:
    session = a_planned_session(*(a_talk(f"Poster {n}", minutes=60) for n in range(100)))
    before, during = shown("12:20", session=session), shown("12:40", session=session)
    assert before.following is not None
    assert during.on is not None
    assert (before.following.beside, during.on.beside) == (99, 99)


def test_session_of_which_nothing_takes_place_is_over() -> None:
    session = a_planned_session(a_talk(cancelled=True))
    state = shown("12:20", session=session)
    assert state == StageState(Phase.OVER)


@pytest.mark.parametrize(
    ("ladder", "levels"),
    [
        ((), [Level.RED]),
        ((2,), [Level.AMBER, Level.RED]),
        ((3, 2, 1), [Level.AMBER, Level.AMBER, Level.RED, Level.RED]),
    ],
)
def test_servers_own_ladder_warns_from_its_first_mark_on(ladder: Sequence[int], levels: list[Level]) -> None:
    cues = CueSettings({"": tuple(mark * MINUTE for mark in ladder)}, {})
    state = shown("12:31", ("12:30", start(1)), cues=cues)
    assert [signal.level for signal in state.signals] == levels


def test_where_questions_begin_is_shown_and_is_no_warning() -> None:
    cues = CueSettings({}, {"oral": 8 * MINUTE})
    state = shown("13:06", ("13:05", start(8)), cues=cues)
    assert state.signals[0] == Signal(8 * MINUTE, Level.CALM, is_questions=True)
    assert state.signals[1].level is Level.AMBER


def odd_seconds() -> PlannedSession:
    """A plan edited to the second, with a gap that absorbs delay before its last talk."""
    return a_planned_session(
        a_talk("A", starts_at=at("10:00:13"), minutes=20),
        a_talk("B", starts_at=at("10:20:31"), minutes=20.4),
        a_talk("C", starts_at=at("11:10:47"), minutes=20.15),
    )


ALONE: tuple[tuple[Callable[[], PlannedSession], tuple[tuple[str, Tap], ...]], ...] = (
    (four_talks, ()),
    (two_breaks, ()),
    (posters_and_an_overlap, ()),
    (four_talks, (("10:00:20", start(1)),)),
    (four_talks, (("09:58:30", start(1)), ("10:20:07", Tap(PAUSE, 7)))),
    (four_talks, (("10:03:40", start(1)), ("10:20:07", Tap(PAUSE, 7)))),
    (four_talks, (("10:00:20", start(1)), ("10:02:10", Tap(EXTEND, 7, amount=-25 * MINUTE)))),
    (four_talks, (("09:58:30", start(1)), ("10:02:10", Tap(EXTEND, 7, amount=-25 * MINUTE)))),
    (four_talks, (("10:00:20", start(1)), ("10:07:10", Tap(END, 7)))),
    (odd_seconds, ()),
    (odd_seconds, (("10:00:20", start(1)),)),
    (odd_seconds, (("10:00:20", start(1)), ("10:07:05", Tap(PAUSE, 7)))),
    (odd_seconds, (("10:00:20", start(1)), ("10:20:50", start(2)), ("10:25:40", Tap(PAUSE, 7)))),
    (odd_seconds, (("10:00:20", start(1)), ("10:20:50", start(3)), ("10:25:40", Tap(PAUSE, 7)))),
    (with_a_break, (("10:04:20", start(1)), ("10:20:07", Tap(PAUSE, 7)))),
    (with_a_break, (("10:04:20", start(1)), ("10:36:07", Tap(END, 7)))),
    (two_breaks, (("10:00:20", start(2)), ("10:04:10", start(3)))),
)
"""Sessions that nobody taps about any more; each goes on for two hours."""


@pytest.mark.parametrize("guard", [True, False])
@pytest.mark.parametrize(("plan", "taps"), ALONE)
def test_left_alone_it_shows_at_each_moment_what_it_said_it_would(
    plan: Callable[[], PlannedSession], taps: tuple[tuple[str, Tap], ...], *, guard: bool
) -> None:
    session = plan()
    run = fold(session, events(session, *taps), guard=guard)
    now = at(taps[-1][0] if taps else "09:30") + timedelta(microseconds=7)
    end, step = now + 120 * MINUTE, timedelta(seconds=4.9)

    def look(moment: datetime) -> StageState:
        return stage_state(forecast(session, run, moment, guard=guard), run, moment)

    while now < end:
        until = changes_at(forecast(session, run, now, guard=guard), run, now, guard=guard)
        assert now < until <= now + MINUTE
        state = look(now)
        moments = [now + step * number for number in range(1, (until - now) // step + 1)]
        assert {moment: look(moment) for moment in moments if moment < until} == {
            moment: state for moment in moments if moment < until
        }
        assert look(until - timedelta(microseconds=1)) == state
        now = until


TAPS = st.tuples(
    st.integers(0, 20 * 60),
    st.sampled_from([START, START, END, CLOSE, PAUSE, RESUME, EXTEND, SKIP, UNDO]),
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from([-1, 1, 5]),
)


@given(
    plan=st.sampled_from([four_talks, with_a_break, two_breaks, posters_and_an_overlap]),
    guard=st.booleans(),
    taps=st.lists(TAPS, max_size=8),
    then=st.integers(0, 40 * 60),
    later=st.floats(0, 1),
)
def test_nothing_that_is_shown_changes_before_the_moment_that_is_said(
    plan: Callable[[], PlannedSession],
    guard: bool,  # noqa: FBT001 - hypothesis draws it by name
    taps: list[tuple[int, TimingKind, int | None, int]],
    then: int,
    later: float,
) -> None:
    session = plan()
    now, done = at("09:55"), list[TimingEvent]()
    for seconds, kind, talk, amount in taps:
        now += seconds * SECOND
        tap = Tap(kind, 7, talk, amount=amount * MINUTE, confirmed=True)
        try:
            event = decide(session, fold(session, done, guard=guard), tap, now, guard=guard)
        except CommandError:
            continue
        done.append(replace(event, id=len(done) + 1))
    now += then * SECOND + timedelta(microseconds=7)
    run = fold(session, done, guard=guard)
    expected = forecast(session, run, now, guard=guard)
    until = changes_at(expected, run, now, guard=guard)
    assert now < until <= now + MINUTE
    after = min(now + (until - now) * later, until - timedelta(microseconds=1))
    state, at_last = stage_state(expected, run, now), forecast(session, run, after, guard=guard)
    assert stage_state(at_last, run, after) == state
    # and what a screen counts down by itself is what the clock says then
    current = next((e for e in at_last.talks if e.state in (TalkState.ON_STAGE, TalkState.PAUSED)), None)
    if current is not None and current.time_left is not None and state.phase is not Phase.OVER:
        left = state.left if state.left is not None else state.counts_to - after if state.counts_to else None
        assert left == current.time_left
