"""Several people in one cell of a table: kept apart where that cannot cut a name in two."""

from __future__ import annotations

import re

from bot.schedules.people import LONGEST_NAME

_SURE = re.compile(r"[;|\n\r\u00b7\u22c5•]|\s/\s")
_AND = re.compile(r",?\s+(?:and|und|et|y|e|en|&|\+)\s+", re.IGNORECASE)
_JOINTS = frozenset(("and", "und", "et", "y", "e", "en", "&", "+"))
# A comma inside brackets belongs to where somebody works.
_COMMA = re.compile(r",(?![^()]{0,200}\))")
_NUMBER = re.compile(r"\d{1,9}:\s*")
_ADDRESS = re.compile(r"\s*<[^<>@\s]{1,100}@[^<>@\s]{1,100}>")
_TITLE_BEHIND = re.compile(r"(?:ph\.?\s?d|m\.?d|jr|sr|i{2,3}|m\.?sc|b\.?sc|mba|esq)\.?", re.IGNORECASE)


def listed_people(text: str) -> tuple[str, ...]:
    """The names in a cell, in order, each once; `id:` before a name and an address behind it are left out."""
    text = text[: 100 * LONGEST_NAME]
    if "<" in text:
        text = _ADDRESS.sub("", text)
    names = [_unnumbered(part) for part in map(str.strip, _SURE.split(text)) if part]
    is_one_part = len(names) == 1
    if not _JOINTS.isdisjoint(text.casefold().split()):
        names = [name for part in names for name in _AND.split(part) if name.strip()]
    if is_one_part:
        names = [name for part in names for name in _between_commas(part, among_more=len(names) > 1)]
    return tuple(dict.fromkeys(filter(None, (name.strip(" ,\t") for name in names))))


def _unnumbered(part: str) -> str:
    return _NUMBER.sub("", part, count=1) if ":" in part else part


def _between_commas(text: str, *, among_more: bool) -> list[str]:
    """The names between commas, or the text whole where it may be `Family, Given`."""
    names: list[str] = []
    for part in (part.strip() for part in _COMMA.split(text)):
        if names and _TITLE_BEHIND.fullmatch(part):
            names[-1] += f", {part}"
        elif part:
            names.append(part)
    single = sum(1 for name in names if len(name.split()) == 1)
    two = 2
    if len(names) <= two and not among_more:
        return names if single == 0 else [text]
    is_pairs = len(names) % two == 0 and single >= len(names) / two
    return [text] if is_pairs else names
