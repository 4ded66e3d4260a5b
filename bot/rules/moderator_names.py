"""The names in a session's moderator line, and which Discord users they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_BETWEEN = re.compile(r"\s*[·⋅•,;/&|、，；،؛\n]\s*|\s+and\s+(?=\S)", re.IGNORECASE)
_ACCENTS = re.compile("[\u0300-\u036f]")


def name_key(name: str) -> str:
    """A name without case, accents, punctuation and spacing; the vowel signs of other scripts are no accents."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", name)).casefold()
    return "".join(letter for letter in bare if letter.isalnum() or unicodedata.category(letter).startswith("M"))


def link_key(name: str) -> str:
    """What somebody's link is kept under: that of `Smith, John` is John Smith's."""
    return name_key(_turned(name) or name)


def names_in(line: str | None) -> tuple[str, ...]:
    """`Robin Walters · Ada Lovelace` as two names, each once; a role or place in brackets is left out."""
    found = {name_key(name): " ".join(name.split()) for name in _BETWEEN.split(_bare(line))}
    return tuple(name for key, name in found.items() if key)


def readings(line: str | None) -> tuple[str, ...]:
    """The names in a line, and the whole of one such as `Smith, John`: that may be two people, or one."""
    whole = " ".join(_bare(line).split())
    return (*names_in(line), *([whole] if _turned(whole) else []))


def people_named(line: str | None, users: Mapping[str, int]) -> tuple[int, ...]:
    """The Discord users that a moderator line names, by either reading; `users` is by the key of a link."""
    if not users:
        return ()
    return tuple(dict.fromkeys(users[key] for name in readings(line) if (key := link_key(name)) in users))


def _bare(line: str | None) -> str:
    return re.sub(r"\([^)]*\)", " ", line or "")


def _turned(line: str) -> str | None:
    """`Smith, John` as `John Smith`: a comma and nothing else between, and a single word before or after it."""
    parts = _BETWEEN.split(_bare(line))
    if len(parts) != len(("surname", "given")) or line.count(",") != 1 or not all(map(name_key, parts)):
        return None
    surname, given = parts
    return f"{given} {surname}" if 1 in (len(surname.split()), len(given.split())) else None
