"""What people type as questions and names, shown: literally, in one line or as a quotation, and in no more than a room.

Stricter than `safe`, since anybody may type it: no live invite, no link that unfolds, no towers of marks.
"""

from __future__ import annotations

import re
import unicodedata

from bot.messages.text import FIRST_STRONG_ISOLATE, MESSAGE_LIMIT, POP_ISOLATE, safe, shortened
from bot.rules.question_text import MARKS_AT_MOST, NAME_LIMIT, QUESTION_LIMIT
from bot.rules.questions import Question

NO_TEXT = "(no text)"
SEEN_BY = "Anonymous to the room; moderators see who asked."
NAME_ROOM = 80
OPTION_LIMIT = 100
QUOTED_LINES = 12
ERROR_LIMIT = 600
_ESCAPED_MOMENT = re.compile(r"\\<(t:\d{1,12}:[tTdDfFR]>)")
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_NO_CHARACTERS = frozenset({"Cc", "Cs"})
_ZERO_WIDTH_SPACE = "\u200b"
_SCHEME = re.compile(r"https?(?=://)", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"(discord|steam)(?=://)", re.IGNORECASE)
_INVITE = re.compile(
    r"(?:https?://(?:www\.)?)?(?P<host>discord)(?P<rest>\.gg|(?:app)?\.com(?=[\\/]+invite))", re.IGNORECASE
)
"""What Discord's client makes a card with a Join button of, with a scheme or without."""
_LINK = re.compile(r"https?://[\w.~:/?#@!$&'+,;=%-]*[\w~/#@$&+=%-]|(?P<cut>https?)(?=://)")
"""A link that its brackets keep from unfolding; one that has more than the usual characters becomes none."""


def literal(text: str, limit: int = QUESTION_LIMIT, room: int = MESSAGE_LIMIT) -> str:
    """One line of at most `limit` characters of the text, and of at most `room` with what makes it harmless."""
    cut = limit
    while True:
        shown = _LINK.sub(_folded, safe(_harmless(text), cut)) or NO_TEXT
        if len(shown) <= room:
            return shown
        if cut <= 1:
            return "…"
        cut = max(1, min(cut - 1, cut * room // len(shown)))


def name(text: str, room: int = NAME_ROOM) -> str:
    """A person's name in one line."""
    return literal(text, min(NAME_LIMIT, room), room)


def asker(question: Question) -> str:
    """Who asked, as the room reads it."""
    return "anonymous" if question.anonymous else name(question.asker_name)


def error_line(text: str) -> str:
    """A refusal, which may quote what people typed; a moment is the one tag that it may hold."""
    return _ESCAPED_MOMENT.sub(r"<\1", literal(text, ERROR_LIMIT, ERROR_LIMIT))


def quotation(text: str, room: int, lines_at_most: int = QUOTED_LINES) -> str:
    """The text in a quotation, its lines kept; those too many are joined, and what does not fit is cut."""
    rows = [row for row in text.splitlines() if row.strip()] or [text]
    kept = [*rows[: lines_at_most - 1], " ".join(rows[lines_at_most - 1 :])]
    shown: list[str] = []
    for row in filter(None, kept):
        left = room - sum(len(line) + 1 for line in shown)
        if left < len("> …"):
            shown[-1] = "> …"
            break
        shown.append(f"> {literal(row, len(row), left - 2)}")
    return "\n".join(shown) or f"> {NO_TEXT}"


def label(text: str, limit: int = OPTION_LIMIT) -> str:
    """Plain text for a button, an option or a thread's name, where Discord reads no markup."""
    line = " ".join(_harmless(text).split()) or NO_TEXT
    if any(unicodedata.bidirectional(character) in {"R", "AL"} for character in line):
        return f"{FIRST_STRONG_ISOLATE}{shortened(line, limit - 2)}{POP_ISOLATE}"
    return shortened(line, limit)


def share(among: int, *fixed: str | None) -> int:
    """What room each of so many lines gets beside what stands in a message anyway."""
    return (MESSAGE_LIMIT - sum(len(part) + 1 for part in fixed if part)) // max(among, 1) - 1


def page_of(page: int, size: int, number: int) -> tuple[int, int]:
    """The page nearest to the one asked for, and how many there are."""
    pages = max(1, -(-number // size))
    return min(max(page, 0), pages - 1), pages


def _harmless(text: str) -> str:
    """Without what turns the direction, towers of marks and invites, before anything is made of it."""
    return _OTHER_SCHEME.sub(rf"\g<0>{_ZERO_WIDTH_SPACE}", _SCHEME.sub(_lower, _INVITE.sub(_dead, _calm(text))))


def _folded(found: re.Match[str]) -> str:
    return f"{found[0]}{_ZERO_WIDTH_SPACE}" if found["cut"] else f"<{found[0]}>"


def _lower(found: re.Match[str]) -> str:
    return found[0].lower()


def _dead(found: re.Match[str]) -> str:
    """The invite's text without its scheme, so that it is no link, and with a gap, so that it is no invite."""
    return f"{found['host']}{_ZERO_WIDTH_SPACE}{found['rest']}"


def _calm(text: str) -> str:
    kept: list[str] = []
    marks = MARKS_AT_MOST
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if unicodedata.bidirectional(character) in _TURNS:
            continue
        marks = marks + 1 if category[0] == "M" else 0
        if marks <= MARKS_AT_MOST:
            kept.append(" " if category in _NO_CHARACTERS else character)
    return "".join(kept)
