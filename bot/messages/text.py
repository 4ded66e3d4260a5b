"""Text that people typed or files hold, made safe to show: no markup of its own, no mention, no broken line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import discord

MESSAGE_LIMIT = 2000
BUTTON_LABEL_LIMIT = 80
NAMES_SHOWN = 4
BACKSLASH = "\\"
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what follows, also beyond the text they stand in."""
_MARKUP = re.compile(r"(?P<link>https?://[\w.~:/?#@!$&'+,;=%-]+)|[\\*_~|`\[\]<]|^(?:[#>-]|\d+(?=[.)]))")
"""What Discord gives a meaning, and links, which lose theirs by a backslash. discord.utils.escape_markdown leaves the
second of two masked links as it is, and all of a link, the brackets of a masked one among it."""


def safe(text: str, limit: int = 300) -> str:
    """One line of somebody's text, shown literally and cut with an ellipsis beyond `limit` characters."""
    line = shortened(" ".join(without_turns(text).split()), limit)
    escaped = _MARKUP.sub(lambda found: found["link"] or _escaped(found[0]), line)
    return discord.utils.escape_mentions(_isolated(escaped))


def without_turns(text: str) -> str:
    """The text without the characters that turn the direction of what follows."""
    return _TURNING.sub("", text)


def _escaped(markup: str) -> str:
    """A backslash before it; behind it for a number that begins a list, so before the dot that makes it one."""
    return f"{markup}\\" if markup.isdecimal() else f"\\{markup}"


def shortened(text: str, limit: int) -> str:
    """Text cut at a word where possible, with an ellipsis; unchanged if it fits."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    word_end = cut.rfind(" ")
    return (cut[:word_end] if word_end > limit // 2 else cut).rstrip(" ,;:·-") + "…"


def _isolated(text: str) -> str:
    """Right-to-left text kept from reordering what stands beside it."""
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
    return text


def names(people: Sequence[str], shown: int = NAMES_SHOWN) -> str:
    """`Ada, Grace and 28 more`: thirty authors must still read well. Empty for nobody."""
    first, more = at_a_glance([safe(person, 60) for person in people], shown)
    return joined([*first, f"{more} more"] if more else first)


def at_a_glance(people: Sequence[str], shown: int = NAMES_SHOWN) -> tuple[Sequence[str], int]:
    """As many names as are read at a glance, and how many there are beside: never one alone."""
    return (people, 0) if len(people) <= shown + 1 else (people[:shown], len(people) - shown)


def joined(parts: Sequence[str]) -> str:
    """`Ada, Grace and Alan`. Empty for none."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""


def plural(number: int, noun: str, nouns: str | None = None) -> str:
    """`1 talk`, `15 talks`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {nouns or noun + 's'}"


def dotted(*parts: str | None) -> str:
    """The parts that are there, with middle dots between."""
    return " · ".join(part for part in parts if part)


def lines(*parts: str | None) -> str:
    """The parts that are there, one a line."""
    return "\n".join(part for part in parts if part)


def within(limit: int, *parts: str | None) -> str:
    """The parts that are there, one a line, the longest of them cut until all of it fits."""
    rows = [part for part in parts if part]
    while (over := len("\n".join(rows)) - limit) > 0:
        longest = max(range(len(rows)), key=lambda number: len(rows[number]))
        others = max((len(row) for number, row in enumerate(rows) if number != longest), default=0)
        length = len(rows[longest])
        if length == 1:
            return "\n".join(rows)[:limit]
        kept = max(min(others, length - 1), length - over, 1)
        rows[longest] = f"{rows[longest][: kept - 1].rstrip(BACKSLASH)}…"
    return "\n".join(rows)


def fitting(
    head: str, items: Sequence[str], more: str, *, limit: int = MESSAGE_LIMIT, at_most: int | None = None
) -> str:
    """As many whole items under a head as a message holds; `more` is formatted with how many were left out."""
    text = head
    for index, item in enumerate(items):
        rest = len(items) - index - 1
        reserve = len(more.format(rest)) + 1 if rest else 0
        if index == at_most or len(text) + 1 + len(item) + reserve > limit:
            return f"{text}\n{more.format(rest + 1)}"
        text = f"{text}\n{item}"
    return text
