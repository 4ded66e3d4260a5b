"""What happened in a session, in one paragraph: for those who cannot see its picture as much as for those who can."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.drawing.palette import Look
from bot.messages.message import Message, report_button
from bot.messages.text import dotted, joined, lines, plural, safe, shortened, without_turns
from bot.messages.times import day_name, late_or_early, length, printed, whole_seconds
from bot.rules.programme import ON, TalkState
from bot.rules.run import NOTHING
from bot.rules.session_report import ReportedTalk, SessionReport

ALT_LIMIT = 1024
"""What Discord takes as a picture's description."""
_AND_MORE = len(" And 1,000 more talks.")
TITLE_ROOM = 150
_WITHOUT_TIMES = {
    TalkState.WAITING: "has not begun",
    TalkState.SKIPPED: "was skipped",
    TalkState.CANCELLED: "was cancelled",
}


def report_message(report: SessionReport, timezone: str, look: Look, delivery_id: str | None = None) -> Message:
    """The report's head and paragraph; the button shows it as it is then, in the other look."""
    other = Look.LIGHT if look is Look.DARK else Look.DARK
    session = report.session
    head = dotted(
        f"**Report: {safe(session.title, TITLE_ROOM)}**",
        safe(session.room, 80) if session.room else None,
        day_name(session.starts_at, timezone) if session.talks else None,
    )
    button = report_button(session.id, other.value, f"In {other} colours", delivery_id)
    return Message(lines(head, in_words(report, timezone)), (button,))


def in_words(report: SessionReport, timezone: str, *, plain: bool = False) -> str:
    """The paragraph: `Started 3 min late, ended 14:04 EDT, 4 min late. Longest overrun: …`; `plain` is no Markdown."""
    if not report.is_timed:
        told = ["Nobody timed this session, so its plan is all that is known.", _absent(report)]
    else:
        title_of = _in_a_line if plain else partial(safe, limit=TITLE_ROOM)
        told = [_frame(report, timezone), _longest(report, title_of), _recovered(report), _interrupted(report)]
        told += [_absent(report), _assumed(report)]
    return " ".join(filter(None, [*told, _questions(report)]))


def alt_text(report: SessionReport, timezone: str) -> str:
    """What the picture shows, for those who hear it: the paragraph and, as far as there is room, each talk."""
    session = report.session
    told = f"Planned and actual times of the talks of {_in_a_line(session.title)}. "
    told += in_words(report, timezone, plain=True)
    for told_before, talk in enumerate(report.talks):
        line = f" {talk.number}. {_talk(talk)}"
        left = len(report.talks) - told_before
        if len(told) + len(line) > ALT_LIMIT - (_AND_MORE if left > 1 else 0):
            return f"{told} And {plural(left, 'more talk')}."
        told += line
    return told


def _talk(told: ReportedTalk) -> str:
    title = _in_a_line(told.talk.title, 60)
    if told.starts_at is None:
        return f"{title}: {_WITHOUT_TIMES.get(told.state, 'no times')}."
    drift = f", {late_or_early(told.drift)}" if told.drift is not None else ""
    whole = told.took + told.paused if told.took is not None else (told.ends_at or told.starts_at) - told.starts_at
    return f"{title}: {length(whole)}{drift}."


def _frame(report: SessionReport, timezone: str) -> str | None:
    figures = report.figures
    started = f"tarted {late_or_early(figures.started_late)}" if figures.started_late is not None else None
    if not report.is_over:
        running = next((each for each in report.talks if each.state in ON), None)
        drift = f", now {late_or_early(running.drift)}" if running and running.drift is not None else ""
        return f"So far: s{started}{drift}." if started else None
    ends = [each.ends_at for each in report.talks if each.ends_at is not None]
    ended = f", ended {printed(max(ends), timezone)}" if ends else ""
    late = f", {late_or_early(figures.ended_late)}" if figures.ended_late is not None else " by the plan: nobody tapped"
    return f"S{started}{ended}{late}." if started else "No talk took place."


def _longest(report: SessionReport, title_of: Callable[[str], str]) -> str | None:
    longest = report.figures.longest
    if longest is None or longest.overran is None:
        return "No talk ran over its time." if report.figures.timed else None
    over, planned = length(longest.overran), length(longest.planned)
    return f"Longest overrun: “{title_of(longest.talk.title)}”, {over} over its {planned}."


def _recovered(report: SessionReport) -> str | None:
    recovered = report.figures.recovered or NOTHING
    return f"{length(recovered)} of delay was recovered by the end." if whole_seconds(recovered) else None


def _interrupted(report: SessionReport) -> str | None:
    paused, extended = report.figures.paused, report.figures.extended
    given = f"given {length(extended)} more" if extended > NOTHING else ""
    taken = f"cut by {length(-extended)}" if extended < NOTHING else ""
    parts = [f"paused for {length(paused)}" if whole_seconds(paused) else "", given or taken]
    said = joined([part for part in parts if part])
    return f"In all {said}." if said else None


def _absent(report: SessionReport) -> str | None:
    figures = report.figures
    parts = [
        f"{plural(figures.skipped, 'talk was', 'talks were')} skipped" if figures.skipped else "",
        f"{plural(figures.cancelled, 'talk was', 'talks were')} cancelled" if figures.cancelled else "",
    ]
    said = joined([part for part in parts if part])
    return f"{said}." if said else None


def _assumed(report: SessionReport) -> str | None:
    assumed = report.figures.assumed
    return f"Times of {plural(assumed, 'talk')} are assumed, since nobody tapped them." if assumed else None


def _questions(report: SessionReport) -> str:
    counts = report.figures.questions
    if not counts.entered:
        return "No questions were asked."
    left = f", {counts.left:,} not reached" if counts.left and report.is_over else ""
    left = left or (f", {counts.left:,} waiting" if counts.left else "")
    gone = counts.dismissed + counts.merged
    beside = f"; {gone:,} more {'was' if gone == 1 else 'were'} dismissed or merged" if gone else ""
    return f"{counts.answered:,} of {plural(counts.standing, 'question')} answered{left}{beside}."


def _in_a_line(text: str, limit: int = TITLE_ROOM) -> str:
    return shortened(" ".join(without_turns(text).split()), limit)
