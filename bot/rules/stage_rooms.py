"""Which session the screen of a room shows, all day: the one whose clock runs, else the next that is not over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.rules.programme import ExpectedSession
from bot.rules.stage_view import is_over

AROUND = timedelta(hours=6)
"""What was to end longer ago is left alone, also where nobody said that it is over."""


def session_shown(sessions: Sequence[ExpectedSession]) -> ExpectedSession | None:
    """Of a room's sessions the one on its screen; the last one once all are over. None where it has none.

    Where moderators run two at the same time, it is the one that began last: the other was left open.
    """
    left = [session for session in sessions if not is_over(session)]
    running = [session for session in left if session.is_started]
    if running:
        return max(running, key=_begins)
    return min(left, key=_begins) if left else max(sessions, key=_begins, default=None)


def _begins(session: ExpectedSession) -> tuple[datetime, int]:
    return session.starts_at or session.session.starts_at, session.session.id
