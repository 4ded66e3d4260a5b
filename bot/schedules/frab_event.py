"""An event of a frab or pretalx schedule before it is understood: its fields by name, of whatever type they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Fields = Mapping[str, object]

_MOST_OF_A_KIND = 5
# Where a text is an object, as in {"en": "Talk"} or {"id": 3, "name": "Hall F"}.
_TEXT_FIELDS = ("name", "title", "en", "text")
_SURROGATES = re.compile("[\ud800-\udfff]")


class Event(NamedTuple):
    """One event: its own fields and its day's by lower-case name, and the room that it stands in.

    Attributes:
        place: how messages name it, such as `event 332`.
    """

    place: str
    fields: Fields
    day: Fields
    room: str

    def text(self, *names: str) -> str:
        """The first of these fields that says anything; empty if none does."""
        return first_text(self.fields, *names)


@dataclass(slots=True)
class Oddities:
    """Warnings by what is odd, so that a file with one oddity everywhere does not repeat itself."""

    _by_kind: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def note(self, kind: str, warning: str) -> None:
        """Keep a warning; `kind` says in few words what all of its kind are about."""
        self._by_kind[kind].append(warning)

    def warnings(self) -> tuple[str, ...]:
        """The first few of each kind, and how many more there are."""
        told: list[str] = []
        for kind, of_a_kind in self._by_kind.items():
            told += of_a_kind[:_MOST_OF_A_KIND]
            more = len(of_a_kind) - _MOST_OF_A_KIND
            if more > 0:
                told.append(f"and {more:,} more events {kind}")
        return tuple(told)


def first_text(fields: Fields, *names: str) -> str:
    """The first of these fields that says anything; empty if none does."""
    for name in names:
        value = fields.get(name)
        if value is not None and (text := text_of(value)):
            return text
    return ""


def text_of(value: object) -> str:
    """What a field says, whatever its type, stripped; empty for null, true and false, and lists."""
    if isinstance(value, str):
        return (value if value.isascii() else _SURROGATES.sub("\ufffd", value)).strip()
    if isinstance(value, Mapping):
        known = [value[name] for name in _TEXT_FIELDS if isinstance(value.get(name), str)]
        return next((text_of(text) for text in (*known, *value.values()) if isinstance(text, str)), "")
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
