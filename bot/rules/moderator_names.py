"""The names in a session's moderator line, and which Discord users they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.rules.changes import plain

_BETWEEN = re.compile(r"\s*(?:[·⋅,;/&|]|\band\b)\s*", re.IGNORECASE)


def names_in(line: str | None) -> tuple[str, ...]:
    """`Robin Walters · Ada Lovelace` as two names, each once; a role or place in brackets is left out."""
    bare = re.sub(r"\([^)]*\)", " ", line or "")
    found = {plain(name): " ".join(name.split()) for name in _BETWEEN.split(bare)}
    return tuple(name for key, name in found.items() if key)


def people_named(line: str | None, users: Mapping[str, int]) -> tuple[int, ...]:
    """The Discord users that a moderator line names; `users` is by the plain form of a name."""
    if not users:
        return ()
    return tuple(dict.fromkeys(users[key] for name in names_in(line) if (key := plain(name)) in users))
