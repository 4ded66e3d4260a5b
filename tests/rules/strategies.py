"""Sessions and lead times for properties: short and long talks, breaks, gaps, overlaps, slots, cancellations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from bot.rules.programme import ExpectedSession, PlannedTalk, by_plan
from bot.schedules.schedule import Talk
from tests.builders import FIRST_START, a_planned_session, a_talk, at

NOW = at("12:20")


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    """A talk within two hours, on a grid coarse enough for slots and overlaps to occur."""
    return a_talk(
        draw(st.sampled_from(["A", "B", "C"])),
        starts_at=FIRST_START + timedelta(minutes=draw(st.integers(-6, 24)) * 5),
        minutes=draw(st.sampled_from([1, 5, 20])),
        kind=draw(st.sampled_from(["Spotlight", "Poster", "Break", None])),
        cancelled=draw(st.sampled_from([False, False, False, True])),
    )


@st.composite
def sessions(draw: st.DrawFn) -> ExpectedSession:
    return by_plan(a_planned_session(*draw(st.lists(talks(), min_size=1, max_size=6))), NOW)


def leads() -> st.SearchStrategy[list[timedelta]]:
    return st.lists(st.sampled_from([2, 5, 10, 15, 30]), min_size=1, max_size=3, unique=True).map(
        lambda numbers: [timedelta(minutes=number) for number in numbers]
    )


@st.composite
def changed(draw: st.DrawFn, session: ExpectedSession) -> ExpectedSession:
    """The same session after an edit: talks moved, cancelled, brought back or renamed."""

    def edited(talk: PlannedTalk) -> PlannedTalk:
        by = timedelta(seconds=draw(st.sampled_from([0, 0, 30, 60, -60, 300, 600, -600, 1800])))
        return replace(
            talk,
            starts_at=talk.starts_at + by,
            ends_at=talk.ends_at + by,
            title=draw(st.sampled_from([talk.title, talk.title, "Renamed"])),
            cancelled=draw(st.sampled_from([talk.cancelled, talk.cancelled, not talk.cancelled])),
        )

    return by_plan(replace(session.session, talks=tuple(map(edited, session.session.talks))), NOW)
