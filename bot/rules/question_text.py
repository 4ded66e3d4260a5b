"""What people type as a question or a name, made fit to be stored and shown.

Mentions, links and code fences stay as typed: to make them harmless is up to whatever shows them.
"""

from __future__ import annotations

import re
import unicodedata

from bot.errors import CommandError

QUESTION_LIMIT = 500
"""Characters of a question, after trimming."""
NAME_LIMIT = 60
MARKS_AT_MOST = 4
"""Marks on one character, those that NFC makes part of it apart: Hebrew and Thai need
up to three, a tower of them covers other people's lines."""

_JOINERS = "\u200c\u200d\u200e\u200f\u061c"
"""Invisible, but Persian, Indic scripts, emoji and mixed directions need them; none overrides a direction."""
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs by their category that show as nothing."""
_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(" {2,}")
_AROUND_LINE_END = re.compile(" ?\n ?")
_BLANK_LINES = re.compile("\n{3,}")


def question_text(typed: str) -> str:
    """A question's text: NFC, trimmed, of 1 to 500 characters.

    Raises:
        CommandError: it is empty or too long; says how many characters there were, not which.
    """
    text = _AROUND_LINE_END.sub("\n", _readable(_LINE_ENDS.sub("\n", typed)))
    return _of_length(_BLANK_LINES.sub("\n\n", text).strip(), "question", QUESTION_LIMIT)


def person_name(typed: str) -> str:
    """A name in one line: NFC, trimmed, of 1 to 60 characters.

    Raises:
        CommandError: it is empty or too long; says how many characters there were, not which.
    """
    return _of_length(_readable(_LINE_ENDS.sub(" ", typed)).strip(), "name", NAME_LIMIT)


def _of_length(text: str, noun: str, limit: int) -> str:
    length = len(text)
    if not length:
        raise CommandError(f"the {noun} is empty", do=f"Type 1 to {limit} characters")
    if length > limit:
        raise CommandError(f"the {noun} has {length:,} characters, and {limit} is the most", do="Shorten it")
    return text


def _readable(text: str) -> str:
    """Without what is invisible or overrides the direction, with few marks on a character, in single spaces."""
    kept: list[str] = []
    on_base = MARKS_AT_MOST  # a mark at the start would sit on what stands before; alone it would show as nothing
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if char in "\n\t" or category == "Zs" or char in _BLANKS:
            kept.append("\n" if char == "\n" else " ")
            on_base = MARKS_AT_MOST
        elif category[0] == "M" or char in _JOINERS:
            if on_base < MARKS_AT_MOST:
                kept.append(char)
                on_base += 1
        elif category not in ("Cc", "Cf", "Cs"):
            kept.append(char)
            on_base = 0
    return _SPACES.sub(" ", unicodedata.normalize("NFC", "".join(kept)))
