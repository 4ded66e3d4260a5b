"""Made logs: a session of a few talks, and what people tapped in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from bot.errors import CommandError
from bot.rules.programme import PlannedSession
from bot.rules.run import Run, TimingEvent, TimingKind, fold
from bot.rules.session_log import Change, LoggedDelivery, LoggedPlan, LoggedQuestion, SessionLog, planned
from bot.rules.taps import Tap, decide, next_tap, talk_on_stage
from bot.rules.timing import forecast
from tests.builders import at

MINUTE = timedelta(minutes=1)
STARTS = ("10:00", "10:10", "10:15", "10:20", "10:40")


def a_plan(moment: datetime | None = None, how: Change = Change.IMPORT) -> LoggedPlan:
    """Five talks, one of them a break."""
    talks = [
        {
            "title": f"Talk {number}",
            "starts_at": at(start).isoformat(),
            "ends_at": (at(start) + 5 * MINUTE).isoformat(),
            "kind": "Break" if number == 3 else None,
        }
        for number, start in enumerate(STARTS, 1)
    ]
    programme = {"conference": "C", "timezone": "UTC", "sessions": [{"title": "S", "room": "R", "talks": talks}]}
    return LoggedPlan(moment, how, (1, 2, 3, 4, 5), programme)


def a_log(events: Sequence[TimingEvent] = (), *, guard: bool = True) -> SessionLog:
    """A log with these events, a question and two deliveries."""
    log = SessionLog(
        starts_at=at("09:40"),
        until=at("23:00"),
        timezone="UTC",
        plans=(a_plan(),),
        events=tuple(events),
        questions=(LoggedQuestion(1, 1, at("10:01"), asker=1, anonymous=True),),
        deliveries=(
            LoggedDelivery("up_next", "room", (1,), at("09:55"), "sent", lead=300),
            LoggedDelivery("cue", "moderators", (1,), at("10:04"), "sent", mark=60.0, stint=1),
        ),
        left_out=("votes",),
    )
    return replace(log, settings=replace(log.settings, guards_clock=guard))


def tapped(
    session: PlannedSession, taps: Iterable[tuple[timedelta, Tap, bool, bool]], *, guard: bool
) -> list[TimingEvent]:
    """The events that come of taps: each after a span, whether it is `next`, and whether it says what is on stage."""
    events: list[TimingEvent] = []
    now = at("09:50")
    for span, tap, is_next, says in taps:
        now += span
        run: Run = fold(session, events, guard=guard)
        expected = forecast(session, run, now, guard=guard)
        stage = talk_on_stage(expected)
        asked = replace(tap, leaves=stage.talk.id) if says and stage is not None else tap
        asked = next_tap(expected, asked) if is_next else asked
        try:
            made = decide(session, run, asked, now, guard=guard)
        except CommandError:
            continue
        events.append(replace(made, id=len(events) + 1))
    return events


def _tap(kind: TimingKind, talk: int | None, ago: float, amount: float, by: int) -> Tap:
    names = kind in (TimingKind.START, TimingKind.SKIP)
    goes_back = kind in (TimingKind.START, TimingKind.END, TimingKind.CLOSE)
    return Tap(
        kind,
        by,
        talk_id=talk if names else None,
        ago=timedelta(seconds=ago) if goes_back else timedelta(0),
        amount=timedelta(seconds=amount) if kind is TimingKind.EXTEND else timedelta(0),
        confirmed=kind in (TimingKind.EXTEND, TimingKind.REBALANCE),
    )


taps = st.lists(
    st.tuples(
        st.timedeltas(timedelta(0), timedelta(minutes=12)),
        st.builds(
            _tap,
            st.sampled_from(TimingKind),
            st.none() | st.integers(1, 5),
            st.integers(0, 240),
            st.integers(-400, 400),
            st.integers(1, 3),
        ),
        st.booleans(),
        st.booleans(),
    ),
    max_size=25,
)
"""What three moderators may come up with."""


@st.composite
def logs(draw: st.DrawFn) -> SessionLog:
    """A log of whatever was tapped."""
    guard = draw(st.booleans())
    return a_log(tapped(planned(a_plan()), draw(taps), guard=guard), guard=guard)
