"""Rows of the page's longer sections: sessions day by day, and what was asked in each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.rules.conference_report import ConferenceReport, ConferenceSession
from bot.rules.drift_map import level
from bot.rules.questions import QuestionCounts


@dataclass(frozen=True, slots=True)
class SessionDay:
    """The sessions of one conference day.

    Attributes:
        begins: the planned start of the first.
    """

    day: date
    begins: datetime
    sessions: tuple[ConferenceSession, ...]

    def step(self, session: ConferenceSession) -> int | None:
        """Where the session's end lies on the scale of drift; None while it goes on or nothing is known."""
        late = session.report.figures.ended_late
        return None if late is None else level(late)


def session_days(report: ConferenceReport) -> list[SessionDay]:
    """All sessions, a day after the other."""
    by_day: dict[date, list[ConferenceSession]] = {}
    for each in report.sessions:
        by_day.setdefault(report.day_of(each.report.session.starts_at), []).append(each)
    return [SessionDay(day, each[0].report.session.starts_at, tuple(each)) for day, each in sorted(by_day.items())]


@dataclass(frozen=True, slots=True)
class AskedThere:
    """What became of a session's questions; the shares are percents of the busiest session's number."""

    session: ConferenceSession
    counts: QuestionCounts
    most: int

    @property
    def shares(self) -> tuple[tuple[str, int, float], ...]:
        """Answered, asked without being marked as answered, not reached, and the others."""
        counts = self.counts
        parts = (
            ("answered", counts.answered),
            ("asked", counts.asked - counts.answered),
            ("left", counts.left),
            ("other", counts.dismissed + counts.merged),
        )
        return tuple((name, number, round(100 * number / self.most, 2)) for name, number in parts if number)


def questions_by_session(report: ConferenceReport) -> list[AskedThere]:
    """The sessions in which something was asked, in order of start."""
    asked = [(each, each.report.figures.questions) for each in report.sessions]
    most = max((counts.entered for _, counts in asked), default=0)
    return [AskedThere(each, counts, most) for each, counts in asked if counts.entered]
