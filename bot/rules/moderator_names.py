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


def names_in(line: str | None) -> tuple[str, ...]:
    """`Robin Walters · Ada Lovelace` as two names, each once; a role or place in brackets is left out."""
    bare = re.sub(r"\([^)]*\)", " ", line or "")
    found = {name_key(name): " ".join(name.split()) for name in _BETWEEN.split(bare)}
    return tuple(name for key, name in found.items() if key)


def people_named(line: str | None, users: Mapping[str, int]) -> tuple[int, ...]:
    """The Discord users that a moderator line names; `users` is by the key of a name."""
    if not users:
        return ()
    return tuple(dict.fromkeys(users[key] for name in names_in(line) if (key := name_key(name)) in users))
