"""How long to wait before something is tried again; the moment itself is stored, so that it outlasts a restart."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import col
from tenacity import RetryCallState, Retrying, wait_exponential, wait_random_exponential

FIRST_SECONDS, LONGEST_SECONDS = 0.5, 30.0
BLOCKED_RETRY = timedelta(seconds=30)
"""What somebody has to allow first is looked at this often."""
NEVER_SO_LONG = timedelta(seconds=2 * LONGEST_SECONDS)
"""Longer than anything waits: a moment further ahead was written before the machine's clock was set back."""
# half of a doubling wait, and by chance up to as much again: many that failed together do not return together
_RULE = wait_exponential(multiplier=FIRST_SECONDS / 2, max=LONGEST_SECONDS / 2) + wait_random_exponential(
    multiplier=FIRST_SECONDS / 2, max=LONGEST_SECONDS / 2
)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failures before this one."""
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = attempts + 1
    return timedelta(seconds=_RULE(state))


def is_up(moment: datetime | None, real: datetime) -> ColumnElement[bool]:
    """Whether a wait that is stored as the real moment of its end is over; there may be none."""
    column = col(moment)
    return or_(column.is_(None), column <= real, column > real + NEVER_SO_LONG)
