"""The figures that are told of a whole conference: in all, by kind of talk, and by kind of message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.rules.conference_report import ConferenceDelivery, ConferenceReport, ConferenceSession, room_of
from bot.rules.outbox import State
from bot.rules.programme import TalkState
from bot.rules.questions import PUT, QuestionCounts
from bot.rules.reminders import Kind
from bot.rules.session_report import ReportedTalk
from bot.rules.spreads import Spread, spread

NEARLY_AS_PLANNED = timedelta(minutes=5)
"""A session that ends no later than this after its plan counts as punctual."""
WORTH_TELLING = timedelta(seconds=30)
"""A talk that ran over by less is not listed among the worst."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What is told of a whole conference; breaks are no talks.

    Attributes:
        started: sessions whose clock a moderator started; running: those that are not over yet.
        punctual: sessions that ended no later than NEARLY_AS_PLANNED after their plan.
        timed, assumed: talks of which somebody tapped start and end; of which the plan's times were taken.
        ended_late: of all started sessions that are over. overran: of all timed talks.
    """

    rooms: int
    days: tuple[date, ...]
    sessions: int
    started: int
    running: int
    punctual: int
    talks: int
    timed: int
    assumed: int
    cancelled: int
    skipped: int
    ended_late: Spread | None
    overran: Spread | None
    questions: QuestionCounts


def totals(report: ConferenceReport) -> Totals:
    """The main figures."""
    spoken = [(each, talk) for each, talk in report.talks() if not talk.talk.is_break]
    late = [each.report.figures.ended_late for each in report.sessions]
    return Totals(
        rooms=len({room_of(each, talk).casefold() for each, talk in spoken} - {""}),
        days=tuple(sorted({report.day_of(talk.talk.starts_at) for _, talk in spoken})),
        sessions=len(report.sessions),
        started=sum(each.report.is_timed for each in report.sessions),
        running=sum(each.is_running for each in report.sessions),
        punctual=sum(value is not None and value <= NEARLY_AS_PLANNED for value in late),
        talks=len(spoken),
        timed=sum(talk.is_timed for _, talk in spoken),
        assumed=sum(talk.assumed for _, talk in spoken),
        cancelled=sum(talk.state is TalkState.CANCELLED for _, talk in spoken),
        skipped=sum(talk.state is TalkState.SKIPPED for _, talk in spoken),
        ended_late=spread(late),
        overran=spread(talk.overran for _, talk in spoken if talk.is_timed),
        questions=_together([each.report.figures.questions for each in report.sessions]),
    )


def _together(counts: Sequence[QuestionCounts]) -> QuestionCounts:
    def of(figure: Callable[[QuestionCounts], int]) -> int:
        return sum(map(figure, counts))

    return QuestionCounts(
        entered=of(lambda c: c.entered),
        waiting=of(lambda c: c.waiting),
        queued=of(lambda c: c.queued),
        asked=of(lambda c: c.asked),
        answered=of(lambda c: c.answered),
        dismissed=of(lambda c: c.dismissed),
        merged=of(lambda c: c.merged),
        left=of(lambda c: c.left),
    )


def timed_talks(report: ConferenceReport) -> list[tuple[ConferenceSession, ReportedTalk]]:
    """Those of which somebody tapped start and end, breaks left out."""
    return [(each, talk) for each, talk in report.talks() if talk.is_timed and not talk.talk.is_break]


def longest(report: ConferenceReport, at_most: int) -> list[tuple[ConferenceSession, ReportedTalk]]:
    """The timed talks that ran over by most, the worst first; none that kept its time to half a minute."""
    over = [(talk.overran, each, talk) for each, talk in timed_talks(report) if talk.overran]
    over = [one for one in over if one[0] >= WORTH_TELLING]
    over.sort(key=lambda one: (-one[0], one[2].talk.starts_at, one[2].talk.id))
    return [(each, talk) for _, each, talk in over[:at_most]]


def busiest(report: ConferenceReport, at_most: int) -> list[tuple[ConferenceSession, ReportedTalk]]:
    """The talks that most was asked about, the busiest first."""
    asked = [(each, talk) for each, talk in report.talks() if talk.questions.entered]
    asked.sort(key=lambda one: (-one[1].questions.entered, one[1].talk.starts_at, one[1].talk.id))
    return asked[:at_most]


def waited(report: ConferenceReport) -> Spread | None:
    """How long questions waited until they were put to the speaker."""
    put = [question for question in report.questions if question.state in PUT and question.asked_at]
    return spread(question.asked_at - question.entered_at for question in put if question.asked_at)


@dataclass(frozen=True, slots=True)
class KindOverruns:
    """By how much the timed talks of one kind ran over.

    Attributes:
        kind: as its first talk has it; empty where talks have none.
    """

    kind: str
    overran: Spread


def overruns_by_kind(report: ConferenceReport) -> list[KindOverruns]:
    """One for each kind of talk, whatever its case; the kind with most talks first."""
    by_kind: dict[str, list[ReportedTalk]] = defaultdict(list)
    for _, talk in timed_talks(report):
        by_kind[" ".join((talk.talk.kind or "").split()).casefold()].append(talk)
    found = [
        KindOverruns(" ".join((talks[0].talk.kind or "").split()), over)
        for talks in by_kind.values()
        if (over := spread(talk.overran for talk in talks))
    ]
    return sorted(found, key=lambda each: (-each.overran.count, each.kind.casefold()))


@dataclass(frozen=True, slots=True)
class KindDeliveries:
    """What became of the messages of one kind.

    Attributes:
        kind: as it is stored; empty for all together.
        missed: too late to help, and left out.
        failed: refused by Discord, or blocked for want of a permission or channel.
        withdrawn: no longer owed before it was due.
        waiting: not due yet, or on its way.
        lateness: real, of those that were sent; all together leave out reports, which wait for their picture.
    """

    kind: str
    sent: int
    missed: int
    failed: int
    withdrawn: int
    waiting: int
    lateness: Spread | None


_FATES = {
    State.SENT: "sent",
    State.SKIPPED: "missed",
    State.FAILED: "failed",
    State.BLOCKED: "failed",
    State.WITHDRAWN: "withdrawn",
}


def deliveries_by_kind(report: ConferenceReport) -> list[KindDeliveries]:
    """All together first, then one for each kind, the most frequent first; empty where nothing was owed."""
    by_kind: dict[str, list[ConferenceDelivery]] = defaultdict(list)
    for delivery in report.deliveries:
        by_kind[delivery.kind].append(delivery)
    kinds = sorted(by_kind.items(), key=lambda part: (-len(part[1]), part[0]))
    return [_fates(kind, rows) for kind, rows in [("", list(report.deliveries)), *kinds] if rows]


def _fates(kind: str, rows: Sequence[ConferenceDelivery]) -> KindDeliveries:
    counts = dict.fromkeys((*_FATES.values(), "waiting"), 0)
    for row in rows:
        counts[_FATES.get(State(row.state), "waiting")] += 1
    timely = [row for row in rows if row.kind != Kind.REPORT] if not kind else rows
    late = spread(row.lateness for row in timely if row.state == State.SENT)
    return KindDeliveries(kind, lateness=late, **counts)
