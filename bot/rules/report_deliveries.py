"""What a session that is over owes its moderators: its report, kept right for as long as it is news."""

from __future__ import annotations

from datetime import timedelta

from bot.rules.programme import fingerprint
from bot.rules.reminders import EVENT_STILL_NEWS, Kind, Owed, Place
from bot.rules.session_report import SessionReport

REPORTED_AFTER = timedelta(minutes=1)
"""From the end: a tap that ended the session by mistake is taken back before."""


def owed_report(report: SessionReport, place: Place) -> list[Owed]:
    """The report of a session that somebody timed and that is over; nothing of any other."""
    ends = [each.ends_at for each in report.talks if each.ends_at is not None]
    ended_at = report.closed_at or max(ends, default=None)
    if not report.is_timed or not report.is_over or ended_at is None:
        return []
    due_at = ended_at + REPORTED_AFTER
    frame = [place.timezone, place.page_timezone, report.session.title, report.session.room, report.session.moderator]
    return [
        Owed(
            server_id=place.server_id,
            channel_id=place.channel_id,
            kind=Kind.REPORT,
            subject=f"session-{report.session.id}",
            session_id=report.session.id,
            due_at=due_at,
            expires_at=due_at + EVENT_STILL_NEWS,
            text=fingerprint([*frame, *report.talks]),
        )
    ]
