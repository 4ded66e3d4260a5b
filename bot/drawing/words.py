"""What the picture says in words and figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.drawing.bars import over
from bot.messages.times import clock, day_name, signed, whole_seconds
from bot.rules.programme import OFF, ON, TalkState
from bot.rules.questions import QuestionCounts
from bot.rules.session_report import ReportedTalk, SessionReport
from bot.rules.stints import NOTHING
from bot.timezones import abbreviation, local

NOBODY_TIMED = "Nobody started the clock: this is the plan alone."
NO_TALKS = "This session has no talks."
LATER = "+ later, − earlier than planned"


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the session's main figures; `lateness` above zero is late, below it early."""

    label: str
    value: str
    more: str
    lateness: timedelta = NOTHING


def lateness(span: timedelta) -> str:
    """`3:20 late`, `1:00 early`, `on time`."""
    seconds = whole_seconds(span)
    return f"{clock(span)} {'late' if seconds > 0 else 'early'}" if seconds else "on time"


def place_and_moderator(report: SessionReport) -> str:
    """`Hall F · Moderator: Robin Walters`."""
    rooms = dict.fromkeys(each.talk.room for each in report.talks if each.talk.room)
    room = report.session.room or ", ".join(rooms)
    moderator = f"Moderator: {report.session.moderator}" if report.session.moderator else ""
    return " · ".join(part for part in (room, moderator) if part)


def day_and_times(report: SessionReport, timezone: str, page_timezone: str | None) -> str:
    """`Thu 21 July 2022 · 15:30–17:05 EDT · 12:30–14:05 PDT`: as planned."""
    if not report.talks:
        return ""
    starts_at = min(each.talk.starts_at for each in report.talks)
    ends_at = max(each.talk.ends_at for each in report.talks)
    venue = _span(starts_at, ends_at, timezone)
    page = _span(starts_at, ends_at, page_timezone) if page_timezone else venue
    return " · ".join([day_name(starts_at, timezone), venue, *([page] if page != venue else [])])


def _span(starts_at: datetime, ends_at: datetime, timezone: str) -> str:
    first, last = local(starts_at, timezone), local(ends_at, timezone)
    name, last_name = abbreviation(starts_at, timezone), abbreviation(ends_at, timezone)
    begins = f"{first:%H:%M}" if name == last_name else f"{first:%H:%M} {name}"
    ends = f"{last:%H:%M} {last_name}"
    if first.date() == last.date():
        return f"{begins}–{ends}" if name == last_name else f"{begins} – {ends}"
    return f"{begins} – {last:%a} {last.day} {last:%B} {ends}"


def standing(report: SessionReport, timezone: str) -> str:
    """What a reader must know first: that nobody timed it, or that it is not over yet; else empty."""
    if not report.talks:
        return NO_TALKS
    if not report.is_timed:
        return NOBODY_TIMED
    if report.is_over:
        return ""
    at = f"{local(report.at, timezone):%H:%M} {abbreviation(report.at, timezone)}"
    return f"Still going on: this is how it stood at {at}."


def figures(report: SessionReport, timezone: str) -> list[Figure]:
    """The row of main figures; without times where nobody took them."""
    counts = report.figures.questions
    asked = Figure("Questions", f"{counts.asked} asked", f"{counts.answered} answered · {counts.left} left")
    if not report.is_timed:
        return [asked] if counts.entered else []
    return [
        _moment("Started", report, report.figures.started_late, timezone, last=False),
        _moment("Ended", report, report.figures.ended_late, timezone, last=True),
        _recovered(report),
        asked if counts.entered else Figure("Questions", "none", "nobody asked any"),
    ]


def _moment(label: str, report: SessionReport, late: timedelta | None, timezone: str, *, last: bool) -> Figure:
    times = [(each.starts_at, each.ends_at) for each in report.talks if each.starts_at and each.ends_at]
    if not times or (late is None and not report.is_over):
        return Figure(label, "–", "no talk was held" if report.is_over else "not yet")
    at = max(ends_at for _, ends_at in times) if last else min(starts_at for starts_at, _ in times)
    if late is None:
        return Figure(label, "by plan", f"{local(at, timezone):%H:%M}, assumed")
    return Figure(
        label, lateness(late), f"{local(at, timezone):%H:%M}, planned {local(at - late, timezone):%H:%M}", late
    )


def _recovered(report: SessionReport) -> Figure:
    recovered = report.figures.recovered
    if recovered is None and report.is_over:
        return Figure("Recovered", "–", "not known")
    if recovered is None:
        return Figure("Recovered", "–", "known at the end")
    return Figure("Recovered", clock(recovered), "made up by the end")


def beside(reported: ReportedTalk, *, is_timed: bool) -> str:
    """At the end of a talk's row: its drift, or why it has none."""
    if reported.drift is not None:
        return signed(reported.drift)
    if reported.state in OFF:
        return str(reported.state)
    if not is_timed:
        return ""
    return "assumed" if reported.starts_at is not None else "not begun"


def questions(reported: ReportedTalk) -> str:
    """`asked 3 · answered 2 · left 1`, or that there were none; nothing of a break that nobody asked."""
    counts = reported.questions
    if counts == QuestionCounts():
        held = reported.state not in OFF and not reported.talk.is_break
        return "no questions" if held else ""
    return f"asked {counts.asked} · answered {counts.answered} · left {counts.left}"


def notes(reported: ReportedTalk) -> list[str]:
    """What else its bars show, in words."""
    more = over(reported)
    every = [
        str(reported.state) if reported.state in ON else "",
        f"on stage {len(reported.stints)} times" if len(reported.stints) > 1 else "",
        f"{clock(reported.paused)} paused" if whole_seconds(reported.paused) else "",
        f"{clock(reported.extended)} {'given' if reported.extended > NOTHING else 'taken away'}"
        if reported.extended
        else "",
        f"{clock(more)} over" if whole_seconds(more) > 0 else "",
        "time assumed" if reported.assumed and reported.drift is not None else "",
    ]
    return [each for each in every if each]


def is_quiet(reported: ReportedTalk) -> bool:
    """Whether its row steps back: breaks, and what was not held."""
    return reported.talk.is_break or reported.state in (TalkState.SKIPPED, TalkState.CANCELLED)
