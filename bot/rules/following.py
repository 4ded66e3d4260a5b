"""When a schedule's address is looked at again, and what is done when what it holds has changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

EVERY = timedelta(minutes=10)
SLOWEST = timedelta(hours=6)
TOLD_AFTER = 3
"""An address that does not answer once or twice is no news; managers hear of it from so many times in a row on."""
_MOST_DOUBLINGS = 6


class Follows(StrEnum):
    """What a server chose for an address; the values are what a source stores."""

    NEVER = "never"
    ASK = "ask"
    APPLY = "apply"


def next_look(now: datetime, failures: int = 0, retry_after: timedelta = timedelta(0)) -> datetime:
    """When to look again: after each failure in a row twice as late as before, and not before the server allows.

    Args:
        now: virtual.
        failures: how many fetches in a row were in vain.
        retry_after: how long the server asks to be left alone.
    """
    backed_off = EVERY * (1 << min(failures, _MOST_DOUBLINGS))
    return now + max(min(backed_off, SLOWEST), min(retry_after, SLOWEST))


def is_told(failures: int) -> bool:
    """Whether managers hear of a failure: once, however long it lasts."""
    return failures == TOLD_AFTER
