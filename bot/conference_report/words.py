"""How the report's page writes spans of time, shares and kinds of message."""

from __future__ import annotations

from datetime import timedelta

from bot.messages.times import MINUS, length
from bot.rules.drift_map import whole_minutes

NO_BREAK = "\u00a0"
_MILLISECOND, _SECOND = timedelta(milliseconds=1), timedelta(seconds=1)
KINDS = {
    "up_next": "“Up next”",
    "session_start": "A session starts",
    "session_over": "A session is over",
    "moved": "A talk has moved",
    "changes": "The programme changed",
    "board": "Boards",
    "rooms": "Boards of all rooms",
    "console": "Moderators’ consoles",
    "cue": "Time signals",
    "ask": "Is the talk still on?",
    "question": "Questions put to the room",
    "leftovers": "Questions left over",
    "left_part": "Questions left over, a talk’s",
    "claim": "Somebody says they speak",
    "check_in": "Speakers: are you here?",
    "chase": "Speakers: are you here, once more",
    "speaker_cue": "Speakers: time signals",
    "speaker_left": "Speakers: questions left over",
    "personal": "Personal reminders",
    "mention": "Personal reminders by mention",
    "report": "Session reports",
    "": "All together",
}


def kind_of_message(kind: str) -> str:
    """What messages of a stored kind are called."""
    return KINDS.get(kind, kind.replace("_", " ").capitalize())


def in_minutes(span: timedelta) -> str:
    """`+3`, `−1`, `0`: whole minutes."""
    minutes = whole_minutes(span)
    return f"{minutes:+}".replace("-", MINUS) if minutes else "0"


def in_words(span: timedelta) -> str:
    """`3 min 10 s`, whatever its sign."""
    return length(abs(span)).replace(" ", NO_BREAK)


def precisely(span: timedelta) -> str:
    """`2.6 ms`, `340 ms`, `1.2 s`, `4 min 10 s`."""
    milliseconds = span / _MILLISECOND
    if milliseconds < 1000:  # noqa: PLR2004 - a second of them
        return f"{milliseconds:.1f}{NO_BREAK}ms" if milliseconds < 10 else f"{milliseconds:.0f}{NO_BREAK}ms"  # noqa: PLR2004 - one digit
    return f"{span / _SECOND:.1f}{NO_BREAK}s" if span < 60 * _SECOND else in_words(span)


def percent(part: int, whole: int) -> str:
    """`93 %`; neither 0 nor 100 unless it is none, or all."""
    if not whole:
        return "none"
    shown = round(100 * part / whole)
    if 0 < part < whole:
        shown = min(max(shown, 1), 99)
    return f"{shown}{NO_BREAK}%"


def counted(number: int, noun: str, nouns: str | None = None) -> str:
    """`1 talk`, `1,500 talks`."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
