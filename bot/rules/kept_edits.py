"""An edit by hand stands until the file itself says something else than it said when the edit was made.

What the file said is kept beside the edit, so that the next version of the file can be told from the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

Values = Mapping[str, Any]
"""Columns by name."""

_TOGETHER = (("starts_at", "ends_at"),)
"""A start that was edited and an end that the file changed make no talk: such columns are kept or replaced together."""


def merged(file: Values, stored: Values, file_said: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """What to store of a file's new version, and what is left of `file_said`.

    Args:
        file: the columns as the new version has them.
        stored: the columns as they are stored, edits included.
        file_said: what the file said where an edit stands, as `as_json` writes it.
    """
    values = dict(file)
    left: dict[str, Any] = {}
    for names in _units(file_said):
        if all(name in file and as_json(file[name]) == file_said[name] for name in names):
            values |= {name: stored[name] for name in names}
            left |= {name: file_said[name] for name in names}
    return values, left


def noted(before: Values, edited: Values, file_said: Values) -> dict[str, Any]:
    """What `file_said` becomes with an edit; one that goes back to what the file said is none any more.

    Args:
        before: the columns as they are stored.
        edited: the columns that the edit gives.
        file_said: as it is so far.
    """
    said = dict(file_said)
    for names in _units(edited):
        after = {name: as_json(edited.get(name, before[name])) for name in names}
        file = {name: said.get(name, as_json(before[name])) for name in names}
        for name in names:
            said.pop(name, None)
        if after != file:
            said |= file
    return said


def as_json(value: Any) -> Any:  # noqa: ANN401 - any column's value
    """A column's value as JSON holds it; moments in UTC."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _units(names: Values) -> Iterator[tuple[str, ...]]:
    """The names in groups that are decided together."""
    for together in _TOGETHER:
        if any(name in names for name in together):
            yield together
    alone = {name for together in _TOGETHER for name in together}
    yield from ((name,) for name in names if name not in alone)
