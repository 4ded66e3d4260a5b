"""Schedules of all shapes for properties: hard names, the night the clocks change, several sources, cancelled talks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.schedules.readable import squeezed, visible
from bot.schedules.schedule import ReadingOptions, Schedule, Session, Talk

TODAY = datetime(2026, 1, 5, tzinfo=UTC)
OPTIONS = ReadingOptions(TODAY)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Japan", "UTC", "CET", None)
NIGHTS = tuple(
    datetime.fromisoformat(f"{night}+00:00")
    for night in ("2022-10-29T22:00", "2022-03-27T00:00", "2022-11-06T04:00", "2022-04-02T13:00", "2030-12-31T20:00")
)
"""When the clocks change in one of the zones, and the turn of a year."""
PIECES = (
    *("Ada", "Lovelace", "é", "e\u0301", "日本", "אבג", "مرحبا", "x" * 40, " ", " ", " and ", " & ", "12:30", "PDT"),
    *('"', "'", ";", ",", "|", "·", "/", "\\", "\\N", "\\n", "{", "}", "[", "#", "%", "- ", "=1+1", "@x", "+", "-"),
    *("$x_1$", "**stars**", "`code`", "<b>", "</p>", "&amp;", "&lt;p&gt;", "&#8209;", "CANCELLED - ", "(cancelled)"),
    *("BEGIN:VEVENT", "END:VEVENT", "sep=;", "sheet “a”", '"talks":', "Log in", "password", "Chairside session"),
)
pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join)
lines = (pieces | st.text(max_size=20)).map(squeezed).filter(lambda line: 0 < len(line) <= 100)
abstracts = st.lists(pieces | st.sampled_from(["\n", "\n\n", "\n- ", "\n="]), max_size=12).map("".join).map(visible)


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    starts_at = draw(st.sampled_from(NIGHTS)) + timedelta(minutes=draw(st.integers(0, 60)) * 10)
    return Talk(
        title=draw(st.sampled_from(["Break", "Trees"]) | lines),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=draw(st.integers(1, 300)), seconds=draw(st.sampled_from([0, 0, 30]))),
        kind=draw(st.none() | lines),
        speakers=tuple(draw(st.lists(lines, max_size=3, unique=True))),
        room=draw(st.none() | lines),
        abstract=draw(st.none() | abstracts.map(str.strip)) or None,
        url=draw(st.sampled_from([None, "https://example.org/a,b;c?d=\\e&f=1#%20", "http://example.org/" + "x" * 90])),
        file_id=draw(
            st.none() | lines | st.sampled_from(["1", "7@example.org", "4b4c1a2e-0000-4000-8000-123456789abc"])
        ),
        cancelled=draw(st.booleans()),
    )


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """A schedule as readers and stores make them: in order of start, an id told once by a source."""
    sessions = draw(st.lists(_sessions(), min_size=1, max_size=4))
    met: set[tuple[str | None, str | None]] = set()
    for number, session in enumerate(sessions):
        told = []
        for talk in session.talks:
            is_new = (session.source, talk.file_id) not in met
            met.add((session.source, talk.file_id))
            told.append(talk if is_new else replace(talk, file_id=None))
        sessions[number] = replace(session, talks=tuple(told))
    timezone = draw(st.sampled_from(ZONES))
    return Schedule(
        format="chairside",
        conference=draw(st.none() | lines),
        timezone=timezone,
        page_timezone=draw(st.sampled_from([timezone, None, "America/Los_Angeles", "Etc/GMT-2"])),
        sessions=tuple(sorted(sessions, key=lambda session: session.starts_at)),
    )


@st.composite
def _sessions(draw: st.DrawFn) -> Session:
    held = draw(st.lists(talks(), min_size=1, max_size=5))
    return Session(
        title=draw(st.sampled_from(["Deep Learning", "Hall F · Thu 21 July"]) | lines),
        talks=tuple(sorted(held, key=lambda talk: (talk.starts_at, talk.ends_at))),
        room=draw(st.none() | lines),
        moderator=draw(st.none() | lines),
        source=draw(st.sampled_from([None, "ICML 2022", "Hall F; 2022", "=Hall, “G”"])),
    )


def facts(schedule: Schedule) -> tuple[object, ...]:
    """All that a round trip is to keep."""
    return schedule.conference, schedule.timezone, schedule.page_timezone, schedule.sessions
