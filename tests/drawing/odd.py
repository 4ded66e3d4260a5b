"""Sessions as nobody would plan or time them, for properties of the picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from bot.errors import CommandError
from bot.rules.programme import PlannedSession
from bot.rules.run import TimingKind
from bot.rules.session_report import SessionReport
from tests.builders import a_planned_session, a_talk, at
from tests.drawing.sessions import MINUTE, ODD_TITLES, questions, reported
from tests.rules.test_run import Desk

texts = st.one_of(st.sampled_from(ODD_TITLES), st.text(max_size=40), st.text("ab $\\", max_size=600))
minutes = st.one_of(st.integers(0, 45), st.integers(0, 900))
taps = st.tuples(minutes, st.sampled_from([k for k in TimingKind if k is not TimingKind.UNDO]), st.integers(-3, 20))
begins = st.sampled_from([at("09:00"), at("20:50"), at("21:30", "2022-11-05"), at("23:00", "2022-03-12")])


@st.composite
def sessions(draw: st.DrawFn) -> PlannedSession:
    starts_at, talks = draw(begins), []
    for _ in range(draw(st.integers(1, 5))):
        starts_at += draw(st.sampled_from([0, 0, 5, 60])) * MINUTE
        kind = draw(st.sampled_from(["Oral", "Break"]))
        talk = a_talk(draw(texts), starts_at=starts_at, minutes=draw(minutes), kind=kind)
        talks.append(replace(talk, cancelled=draw(st.booleans()) and draw(st.booleans())))
        starts_at = talk.ends_at if draw(st.booleans()) else starts_at
    session = a_planned_session(*talks, title=draw(texts), room=draw(texts))
    return replace(session, moderator=draw(st.none() | texts))


@st.composite
def reports(draw: st.DrawFn) -> SessionReport:
    """What any taps make of it; those that are refused change nothing."""
    desk = Desk(draw(sessions()), guard=draw(st.booleans()))
    now = desk.session.starts_at
    for wait, kind, amount in [(0, TimingKind.START, 0), *draw(st.lists(taps, max_size=12))]:
        now += wait * MINUTE + timedelta(seconds=amount)
        talk = desk.session.talks[amount % len(desk.session.talks)].id
        try:
            desk.tap(now, kind, talk, amount=amount, confirmed=True)
        except CommandError:
            continue
    asked = questions(desk.session, draw(st.lists(st.integers(0, 200), min_size=1, max_size=3)))
    return reported(desk, now + draw(minutes) * MINUTE, asked)
