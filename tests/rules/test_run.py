"""Events fold to a run: order, undo, pauses, going back. `Desk` is a moderator's desk for all tests of the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.cues import Cue, owed_cues
from bot.rules.programme import ExpectedSession, ExpectedTalk, PlannedSession
from bot.rules.run import Run, TimingEvent, TimingKind, fold
from bot.rules.taps import Tap, decide, next_tap
from bot.rules.timing import forecast
from bot.schedules.schedule import Talk
from tests.builders import a_planned_session, a_talk, at

START, END, PAUSE, RESUME, EXTEND = (
    TimingKind.START,
    TimingKind.END,
    TimingKind.PAUSE,
    TimingKind.RESUME,
    TimingKind.EXTEND,
)
SKIP, REBALANCE, CLOSE, OPEN, UNDO = (
    TimingKind.SKIP,
    TimingKind.REBALANCE,
    TimingKind.CLOSE,
    TimingKind.OPEN,
    TimingKind.UNDO,
)
A, B, C, D = 1, 2, 3, 4


def a_planned_talk(title: str, starts: str, ends: str, kind: str = "Oral") -> Talk:
    starts_at = at(starts)
    length = (at(ends) - starts_at) % timedelta(days=1)
    return a_talk(title, starts_at=starts_at, minutes=length / timedelta(minutes=1), kind=kind)


def four_talks() -> PlannedSession:
    """The worked examples' session: A, B, a gap of ten minutes, C, D."""
    return a_planned_session(
        a_planned_talk("A", "10:00", "10:30"),
        a_planned_talk("B", "10:30", "11:00"),
        a_planned_talk("C", "11:10", "11:40"),
        a_planned_talk("D", "11:40", "12:00"),
    )


def with_a_break() -> PlannedSession:
    """A, a Break of 30 minutes, B."""
    return a_planned_session(
        a_planned_talk("A", "10:00", "10:30"),
        a_planned_talk("Coffee", "10:30", "11:00", "Break"),
        a_planned_talk("B", "11:00", "11:30"),
    )


def two_breaks() -> PlannedSession:
    return a_planned_session(
        a_planned_talk("Coffee", "09:40", "10:00", "Coffee break"),
        a_planned_talk("A", "10:00", "10:05"),
        a_planned_talk("B", "10:05", "10:10"),
        a_planned_talk("Lunch", "10:10", "10:30", "Lunch"),
        a_planned_talk("Walk", "10:30", "10:40", "Break"),
        a_planned_talk("C", "10:45", "11:45"),
    )


def posters_and_an_overlap() -> PlannedSession:
    posters = (a_talk(f"Poster {number}", starts_at=at("10:00"), minutes=30) for number in range(3))
    return a_planned_session(*posters, a_planned_talk("A", "10:30", "10:50"), a_planned_talk("B", "10:40", "11:00"))


class Desk:
    """Taps at moments, stored as events; every look folds all of them anew, as after a restart."""

    def __init__(self, session: PlannedSession | None = None, *, guard: bool = False) -> None:
        self.session = session or four_talks()
        self.guard = guard
        self.events: list[TimingEvent] = []

    def run(self) -> Run:
        return fold(self.session, self.events, guard=self.guard)

    def look(self, time: str | datetime) -> ExpectedSession:
        return forecast(self.session, self.run(), moment(time), guard=self.guard)

    def tap(
        self,
        time: str | datetime,
        kind: TimingKind,
        talk: int | None = None,
        *,
        leaves: int | None = None,
        ago: float = 0,
        amount: float = 0,
        undoes: int | None = None,
        confirmed: bool = False,
    ) -> TimingEvent:
        """Decide and store; `ago` and `amount` in minutes."""
        span, more = timedelta(minutes=ago), timedelta(minutes=amount)
        return self.do(time, Tap(kind, None, talk, leaves, span, more, undoes, confirmed))

    def next(self, time: str | datetime, *, leaves: int | None = None, ago: float = 0) -> TimingEvent:
        tap = Tap(START, leaves=leaves, ago=timedelta(minutes=ago))
        return self.do(time, next_tap(self.look(time), tap))

    def do(self, time: str | datetime, tap: Tap) -> TimingEvent:
        event = decide(self.session, self.run(), tap, moment(time), guard=self.guard)
        event = replace(event, id=len(self.events) + 1)
        self.events.append(event)
        return event

    def on_stage(self, time: str | datetime) -> ExpectedTalk:
        (current,) = (e for e in self.look(time).talks if e.time_left is not None)
        return current

    def figures(self, time: str) -> tuple[str, str, str, str]:
        """Of the talk on stage: time left, expected end, drift; then the session's expected end."""
        current = self.on_stage(time)
        assert current.time_left is not None
        assert current.drift is not None
        return span(current.time_left), clock(current.ends_at), signed(current.drift), self.ends(time)

    def ends(self, time: str) -> str:
        ends_at = self.look(time).ends_at
        assert ends_at is not None
        return clock(ends_at)

    def starts(self, time: str) -> dict[str, str]:
        """The start of each talk that took or will take place, by title, in order."""
        return {e.talk.title: clock(e.starts_at) for e in self.look(time).running_order}

    def times(self, time: str) -> dict[str, tuple[str, str, str]]:
        """Start, end and state of every talk, by title, in order."""
        return {e.talk.title: (clock(e.starts_at), clock(e.ends_at), str(e.state)) for e in self.look(time).talks}

    def cues(self, time: str) -> tuple[Cue, ...]:
        return owed_cues(self.session, self.run(), at(time), guard=self.guard)


def moment(time: str | datetime) -> datetime:
    return at(time) if isinstance(time, str) else time


def clock(instant: datetime) -> str:
    """The wall time as `at` reads it: `10:34`, with seconds only where there are some."""
    local = instant - timedelta(hours=7)
    return f"{local:%H:%M}" if local.second == 0 else f"{local:%H:%M:%S}"


def span(length: timedelta) -> str:
    seconds = abs(int(length.total_seconds()))
    return f"{'-' if length < timedelta(0) else ''}{seconds // 60}:{seconds % 60:02}"


def signed(drift: timedelta) -> str:
    """Whole minutes as `+4`, `0`, `-35`."""
    assert drift % timedelta(minutes=1) == timedelta(0)
    return f"{drift // timedelta(minutes=1):+}".replace("+0", "0")


def stints(desk: Desk) -> list[tuple[int, str, str | None, bool]]:
    """Talk, start, end and whether it is assumed, of each time on stage."""
    return [
        (s.talk_id, clock(s.starts_at), clock(s.ends_at) if s.ends_at else None, s.assumed) for s in desk.run().stints
    ]


def started(time: str = "10:00", talk: int = A, *, session: PlannedSession | None = None, guard: bool = False) -> Desk:
    desk = Desk(session, guard=guard)
    desk.tap(time, START, talk)
    return desk


def test_start_ends_what_is_on_stage_at_the_same_moment() -> None:
    desk = started()
    desk.tap("10:31", START, B)
    assert stints(desk) == [(A, "10:00", "10:31", False), (B, "10:31", None, False)]


def test_events_fold_by_their_sequence_not_by_the_order_they_are_given_in() -> None:
    desk = started()
    desk.tap("10:31", START, B, ago=2)
    assert fold(desk.session, desk.events[::-1]) == desk.run()


def test_going_back_to_an_earlier_talk_keeps_both_times_on_stage() -> None:
    desk = started()
    desk.tap("10:20", START, B)
    desk.tap("10:25", START, A)
    assert stints(desk) == [(A, "10:00", "10:20", False), (B, "10:20", "10:25", False), (A, "10:25", None, False)]
    assert [stint.number for stint in desk.run().stints] == [1, 1, 2]
    assert desk.figures("10:25") == ("30:00", "10:55", "+25", "12:00")


def test_equal_moments_keep_the_order_of_taps() -> None:
    desk = started()
    desk.tap("10:00", START, B)
    desk.tap("10:00", START, C)
    assert stints(desk) == [(A, "10:00", "10:00", False), (B, "10:00", "10:00", False), (C, "10:00", None, False)]


def test_a_clock_that_was_set_back_makes_no_tap_run_backwards() -> None:
    desk = started("10:30")
    desk.tap("10:29:58", END)
    assert stints(desk) == [(A, "10:30", "10:30", False)]


def test_end_while_paused_ends_the_pause_too() -> None:
    desk = started()
    desk.tap("10:10", PAUSE)
    desk.tap("10:15", END)
    (stint,) = desk.run().stints
    assert (stint.is_paused, stint.paused(at("11:00"))) == (False, timedelta(minutes=5))


def test_skipped_talk_that_is_started_after_all_is_not_skipped() -> None:
    desk = started()
    desk.tap("10:20", SKIP, B)
    assert desk.run().skipped == {B}
    desk.tap("10:30", START, B)
    assert desk.run().skipped == frozenset()
    desk.tap("10:31", UNDO)
    assert desk.run().skipped == {B}


def every_kind() -> Desk:
    desk = Desk()
    desk.tap("09:50", OPEN)
    desk.tap("10:12", START, A)
    desk.tap("10:14", PAUSE)
    desk.tap("10:16", RESUME)
    desk.tap("10:17", EXTEND, amount=12)
    desk.tap("10:18", REBALANCE)
    desk.tap("10:30", SKIP, B)
    desk.next("10:41", leaves=A)
    desk.tap("11:05", END)
    desk.tap("11:06", CLOSE)
    return desk


def test_each_undo_restores_the_run_before_its_step_down_to_the_empty_one() -> None:
    desk = every_kind()
    steps = len(desk.events)
    assert [event.kind for event in desk.events] == [
        *(OPEN, START, PAUSE, RESUME, EXTEND, REBALANCE, SKIP, START, END, CLOSE),
    ]
    for kept in reversed(range(steps)):
        desk.tap("11:07", UNDO)
        assert desk.run() == fold(desk.session, desk.events[:kept], guard=False)
    assert desk.run() == Run()


def test_undo_of_a_step_that_another_undo_took_back_changes_nothing() -> None:
    desk = started()
    desk.tap("10:30", START, B)
    desk.tap("10:31", UNDO)
    raced = replace(desk.events[-1], id=4)
    assert fold(desk.session, [*desk.events, raced]) == desk.run()


def test_steps_after_an_undo_are_undone_first() -> None:
    desk = started()
    desk.tap("10:30", START, B)
    desk.tap("10:31", UNDO)
    desk.tap("10:32", PAUSE)
    desk.tap("10:33", UNDO)
    desk.tap("10:33", UNDO)
    assert desk.run() == Run()


def test_undo_after_next_on_the_last_talk_reopens_the_session() -> None:
    desk = started("11:40", D)
    desk.next("12:00", leaves=D)
    assert desk.look("12:00").is_over
    desk.tap("12:01", UNDO)
    assert desk.figures("12:01") == ("-1:00", "12:01", "+1", "12:01")


def test_session_opened_again_goes_on() -> None:
    desk = started()
    desk.tap("10:20", CLOSE)
    desk.tap("10:25", OPEN)
    desk.tap("10:26", START, B)
    assert stints(desk) == [(A, "10:00", "10:20", False), (B, "10:26", None, False)]
