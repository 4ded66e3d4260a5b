from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.run import TimingEvent, TimingKind, fold
from bot.rules.scheduled_events import (
    AHEAD,
    FIRST_TALKS,
    OwedEvent,
    ShownEvent,
    Status,
    Step,
    difference,
    event_facts,
    look_at,
    next_step,
    owed_event,
    times_to_create,
)
from bot.rules.timing import MINUTE, forecast
from tests.builders import DURING_BREAK, FIRST_START, a_planned_session, a_talk, at, expected, fifteen_talks

START, END = FIRST_START, at("14:00")
FACTS = {"title": "Deep Learning"}


def owed(start: str = "12:30", end: str = "14:00", *, active: bool = False, title: str = "Deep Learning") -> OwedEvent:
    return OwedEvent({"title": title}, at(start), at(end), active)


def shown(start: str = "12:30", end: str = "14:00", status: Status = Status.SCHEDULED) -> ShownEvent:
    return ShownEvent(FACTS, at(start), at(end), status)


def of_run(now: datetime, *events: tuple[TimingKind, str, int | None], talks: int = 15) -> OwedEvent | None:
    session = a_planned_session(*fifteen_talks()[:talks])
    stored = [
        TimingEvent(id=n, kind=kind, at=at(time), tapped_at=at(time), talk_id=talk)
        for n, (kind, time, talk) in enumerate(events, 1)
    ]
    return owed_event(forecast(session, fold(session, stored), now), "ICML", now)


def test_session_that_nobody_began_is_owed_its_plan_until_it_is_over() -> None:
    event = owed_event(expected(), "ICML", DURING_BREAK)
    assert event is not None
    assert (event.starts_at, event.ends_at, event.is_active) == (START, END, False)
    assert owed_event(expected(now=event.ends_at), "ICML", event.ends_at) is None


def test_session_that_was_begun_late_is_active_and_ends_later() -> None:
    event = of_run(at("12:38"), (TimingKind.START, "12:37", 1))
    assert event is not None
    assert (event.starts_at, event.ends_at, event.is_active) == (at("12:37"), at("14:07"), True)
    assert look_at(event) == at("14:06")


def test_session_that_is_over_or_called_off_is_owed_none() -> None:
    assert of_run(at("12:50"), (TimingKind.START, "12:30", 1), (TimingKind.CLOSE, "12:45", None)) is None
    assert owed_event(expected(replace(a_talk(), cancelled=True)), "ICML", DURING_BREAK) is None


def test_event_that_goes_on_beyond_its_end_is_kept_open_in_steps_of_five_minutes() -> None:
    begun = (TimingKind.START, "12:30", 1)
    ends = [of_run(at(time), begun, talks=1) for time in ("12:33", "12:34", "12:36", "12:38", "12:39")]
    assert [event and event.ends_at for event in ends] == [at(t) for t in ("12:35", "12:40", "12:40", "12:40", "12:45")]


def test_facts_name_the_first_talks_that_are_no_breaks_and_the_place_or_the_conference() -> None:
    facts = event_facts(expected(*fifteen_talks(), a_talk("Coffee", kind="Break")), "ICML")
    assert (facts["place"], facts["moderator"], facts["talks"]) == ("Hall F", "Robin Walters", 15)
    assert facts["first"] == [f"Talk {n}" for n in range(1, FIRST_TALKS + 1)]
    elsewhere = replace(expected(), session=a_planned_session(room=None))
    assert event_facts(elsewhere, "ICML")["place"] == "ICML"


@pytest.mark.parametrize(
    ("wanted", "stands", "now", "step"),
    [
        (None, None, "12:00", None),
        (owed(), None, "12:00", Step.CREATE),
        (owed(), None, "12:29", Step.CREATE),
        (owed(), None, "12:30", None),  # a start in the past is refused; its moderator's start makes it
        (owed(active=True), None, "12:40", Step.CREATE),
        (owed(active=True), None, "14:00", None),
        (owed(), shown(), "12:00", None),
        (owed("12:40"), shown(), "12:00", Step.EDIT),
        (owed("12:40"), shown(), "12:35", None),  # Discord has begun it
        (owed(title="Learning"), shown(), "12:35", Step.EDIT),
        (owed(end="14:05"), shown(), "12:35", Step.EDIT),
        (owed(active=True), shown(), "12:20", Step.START),
        (owed(active=True), shown(status=Status.ACTIVE), "12:40", None),
        (owed("12:37", active=True), shown(status=Status.ACTIVE), "12:40", None),
        (owed(), shown(status=Status.ACTIVE), "12:40", None),  # the start was taken back: it cannot be
        (None, shown(), "12:20", Step.END),
        (None, shown(status=Status.ACTIVE), "12:40", Step.END),
        (None, shown(status=Status.ACTIVE), "14:00", None),  # Discord has ended it
        (owed(end="14:20", active=True), shown(status=Status.ACTIVE), "14:01", Step.CREATE),
        (owed(active=True), shown(status=Status.OVER), "12:50", Step.CREATE),  # the end was taken back
        (owed(active=True), shown(status=Status.LEFT), "12:50", None),
        (None, shown(status=Status.LEFT), "12:50", None),
        (owed(), shown(status=Status.ASKED), "12:00", Step.FIND),
        (None, shown(status=Status.ASKED), "12:00", Step.FIND),
    ],
)
def test_next_step(wanted: OwedEvent | None, stands: ShownEvent | None, now: str, step: Step | None) -> None:
    assert next_step(wanted, stands, at(now)) is step


def test_less_than_a_minute_is_no_difference() -> None:
    less = replace(owed(), starts_at=START + timedelta(seconds=59), ends_at=END - timedelta(seconds=59))
    assert not difference(less, shown(), at("12:00"))
    assert difference(replace(less, starts_at=START + MINUTE), shown(), at("12:00")).starts


def test_one_that_goes_on_already_is_asked_for_a_little_ahead() -> None:
    assert times_to_create(owed(active=True), at("12:40")) == (at("12:41"), END)
    assert times_to_create(owed(end="12:41", active=True), at("12:40")) == (at("12:41"), at("12:42"))


@dataclass
class Discord:
    """What Discord would do with one event, and would refuse."""

    event: ShownEvent | None = None
    notes: ShownEvent | None = None
    """What is noted of it here."""
    made: int = 0

    def tick(self, now: datetime) -> None:
        event = self.event
        if event and event.status is Status.SCHEDULED and event.starts_at <= now:
            event = replace(event, status=Status.ACTIVE)
        if event and event.status is Status.ACTIVE and event.ends_at <= now:
            event = replace(event, status=Status.OVER)
        self.event = event

    def do(self, step: Step, wanted: OwedEvent | None, now: datetime) -> None:
        """Carry a step out as the keeper does; asserts that Discord would not refuse it."""
        if step is Step.CREATE:
            assert wanted is not None
            assert self.event is None or self.event.status is Status.OVER
            starts_at, ends_at = times_to_create(wanted, now)
            assert now < starts_at < ends_at
            self.event = ShownEvent(wanted.facts, starts_at, ends_at, Status.SCHEDULED)
            self.made += 1
        elif self.event is not None and step is Step.EDIT:
            assert wanted is not None
            self.event = self.edited(self.event, wanted, now)
        elif self.event is not None and step is Step.START:
            assert self.event.status in (Status.SCHEDULED, Status.ACTIVE)
            self.event = replace(self.event, status=Status.ACTIVE)
        elif self.event is not None:
            self.event = replace(self.event, status=Status.OVER)
        self.notes = self.event

    def edited(self, event: ShownEvent, wanted: OwedEvent, now: datetime) -> ShownEvent:
        assert self.notes is not None
        differs = difference(wanted, self.notes, now)
        if differs.starts:
            assert event.status is Status.SCHEDULED
            assert wanted.starts_at > now
            event = replace(event, starts_at=wanted.starts_at)
        if differs.ends:
            assert wanted.ends_at > now
            event = replace(event, ends_at=wanted.ends_at)
        assert event.starts_at < event.ends_at
        # what is known of its status is not touched by this
        self.event = replace(event, facts=wanted.facts)
        return replace(self.event, status=self.notes.status)


minutes = st.integers(0, 200).map(lambda number: at("12:00") + timedelta(minutes=number))
wishes = st.one_of(
    st.none(),
    st.builds(
        lambda start, length, active, title: OwedEvent({"title": title}, start, start + length, active),
        minutes,
        st.integers(1, 90).map(lambda number: timedelta(minutes=number)),
        st.booleans(),
        st.sampled_from(["a", "b"]),
    ),
)


@given(st.lists(st.tuples(st.integers(0, 20), wishes), max_size=12))
def test_whatever_is_owed_and_when_nothing_that_discord_refuses_is_asked_and_it_comes_to_rest(
    course: list[tuple[int, OwedEvent | None]],
) -> None:
    discord, now = Discord(), at("12:00")
    for passed, wanted in course:
        now += timedelta(minutes=passed)
        discord.tick(now)
        for _ in range(6):
            step = next_step(wanted, discord.notes, now)
            if step is None:
                break
            discord.do(step, wanted, now)
        assert next_step(wanted, discord.notes, now) is None
        stands = discord.event is not None and discord.event.status is not Status.OVER
        if wanted is None:
            assert not stands
        elif discord.event is not None and stands:
            assert discord.event.facts == wanted.facts
            assert wanted.ends_at <= max(now, discord.event.starts_at) or (
                abs(discord.event.ends_at - wanted.ends_at) < max(MINUTE, 2 * AHEAD)
            )
            if wanted.is_active:
                assert discord.event.status is Status.ACTIVE
        elif wanted.ends_at > now:
            assert not wanted.is_active
            assert wanted.starts_at < now + AHEAD
