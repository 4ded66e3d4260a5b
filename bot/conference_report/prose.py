"""The main figures of a conference as a paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.conference_report.words import counted, in_words, percent, precisely
from bot.messages.times import day_name, late_or_early, printed
from bot.rules.conference_figures import NEARLY_AS_PLANNED, KindDeliveries, Totals
from bot.rules.conference_report import ConferenceReport
from bot.rules.stints import NOTHING


def days(report: ConferenceReport) -> str:
    """`Mon 18 July 2022 to Thu 21 July 2022`, or the one day."""
    first, last = (
        day_name(choose(each.report.session.starts_at for each in report.sessions), report.timezone)
        for choose in (min, max)
    )
    return first if first == last else f"{first} to {last}"


def told_at(report: ConferenceReport) -> str:
    """`Thu 21 July 2022, 17:40 EDT`."""
    return moment(report, report.at)


def moment(report: ConferenceReport, at: datetime) -> str:
    """A moment at the venue."""
    return f"{day_name(at, report.timezone)}, {printed(at, report.timezone)}"


def main_figures(figures: Totals, messages: list[KindDeliveries]) -> str:
    """What is told first of all: sentences, in the order of what organisers ask."""
    return " ".join(_sentences(figures, messages))


def _sentences(figures: Totals, messages: list[KindDeliveries]) -> Iterator[str]:
    rooms = f" in {counted(figures.rooms, 'room')}" if figures.rooms else ""
    yield f"{counted(figures.talks, 'talk')} in {counted(figures.sessions, 'session')}{rooms}."
    yield from _times(figures)
    yield from _questions(figures)
    if messages:
        yield _sent(messages[0])


def _times(figures: Totals) -> Iterator[str]:
    if not figures.started:
        yield "No session’s clock was started, so nothing is known of when talks really began and ended."
        return
    of = (
        "Its moderator kept the clock" if figures.sessions == 1 else f"Moderators kept the clock in {figures.started:,}"
    )
    tapped = f"tapped both start and end of {counted(figures.timed, 'talk')} ({percent(figures.timed, figures.talks)})"
    yield f"{of}, and {tapped}."
    if figures.running:
        are = "is" if figures.running == 1 else "are"
        yield f"{counted(figures.running, 'session')} {are} still running: the figures are those so far."
    if late := figures.ended_late:
        limit = int(NEARLY_AS_PLANNED.total_seconds() // 60)
        ended = f"ended {late_or_early(late.most)}"
        punctual = f"{figures.punctual:,} ended no more than {limit} minutes after their plan"
        many = f"Of the {late.count:,} timed sessions that are over, {punctual}; the latest {ended}."
        one = f"It {ended}." if figures.sessions == 1 else f"The one timed session that is over {ended}."
        yield many if late.count > 1 else one
    if over := figures.overran:
        verb = "longer" if over.median > NOTHING else "shorter"
        half = f"{in_words(over.median)} {verb} than planned" if round(over.median.total_seconds()) else "as planned"
        tenth = in_words(max(over.percentile(90), NOTHING))
        yield f"The median talk took {half}; one in ten ran over by {tenth} or more."


def _questions(figures: Totals) -> Iterator[str]:
    counts = figures.questions
    if not counts.entered:
        yield "No questions are stored."
        return
    put = f"{_none_or(counts.asked)} {_were(counts.asked)} put to the speakers"
    answered = "all" if counts.answered == counts.asked else f"{counts.answered:,}"
    marked = f", {answered} of them marked as answered" if counts.asked else ""
    left = f"{_none_or(counts.left)} {_were(counts.left)} not reached"
    gone = counts.dismissed + counts.merged
    others = f"; {gone:,} {_were(gone)} dismissed or merged" if gone else ""
    yield f"Of {counted(counts.entered, 'question')}, {put}{marked}; {left}{others}."


def _sent(everything: KindDeliveries) -> str:
    told = f"{counted(everything.sent, 'message')} went out"
    if late := everything.lateness:
        told += f", half of them within {precisely(late.median)} of their moment and 99 of 100 within "
        told += precisely(late.percentile(99))
    return f"{told}; {_none_or(everything.missed)} came too late to help, {_none_or(everything.failed)} failed."


def _none_or(number: int) -> str:
    return f"{number:,}" if number else "none"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
