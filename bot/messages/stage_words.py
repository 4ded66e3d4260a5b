"""The words on the stage view's screens, which are read from afar: few, and plain text."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from bot.messages.text import shortened, without_turns
from bot.messages.times import length
from bot.rules.stage_view import Phase, Signal

PHASE_WORDS: dict[Phase, tuple[str, str]] = {
    Phase.BEFORE: ("Starts in", "About to start"),
    Phase.ON_STAGE: ("Time left", "Time"),
    Phase.PAUSED: ("Paused", "Paused"),
    Phase.BREAK: ("Break: back in", "The break is over"),
    Phase.BETWEEN: ("Next talk in", "The next talk is about to start"),
    Phase.OVER: ("The session is over", "The session is over"),
}
"""What stands with the time that is left, and what stands there once none is."""


CANCELLED = "The session was cancelled"


def signal_words(signal: Signal) -> str:
    """What stands there from a mark on."""
    if signal.mark <= timedelta(0):
        return "Time"
    return f"Questions: {length(signal.mark)} left" if signal.is_questions else f"{length(signal.mark)} left"


def late_words(minutes: int) -> str:
    """`3 min late`; nothing where it is in time."""
    if not minutes:
        return ""
    return f"{minutes} min late" if minutes > 0 else f"{-minutes} min early"


def ended_words(expected: str, planned: str) -> str:
    """When the session is expected to end, and when it was to, where that differs."""
    return f"Ends {expected}" if expected == planned else f"Ends {expected}, planned {planned}"


def plain(text: str, limit: int) -> str:
    """Somebody's text as one line of at most `limit` characters that nothing beside it is turned by."""
    clean = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in without_turns(text))
    # a lone half of a pair is no character, and could not even be sent
    return shortened(" ".join(clean.split()), limit).encode("utf-8", "ignore").decode()
