"""Chairside's own JSON: what `/schedule export` and `chairside import --json` write, see as_json."""

from __future__ import annotations

import re

from bot.schedules.reader import Reader
from bot.schedules.schedule import ReadingOptions, Schedule

FORMAT = "chairside-json"

_BLANK = "\ufeff \t\r\n"
_LOOKED_AT = 100_000
_KEYS = tuple(re.compile(rf'"{key}"\s{{0,9}}:') for key in ("conference", "sessions", "talks", "speakers", "starts_at"))


def recognises(text: str) -> bool:
    """Whether the text is an object with the keys of ours."""
    start = text[:_LOOKED_AT].lstrip(_BLANK)
    return start.startswith("{") and all(key.search(start) for key in _KEYS)


def read(text: str, options: ReadingOptions) -> Schedule:
    """The schedule that was written.

    Raises:
        ScheduleError: it is broken, or a value is none that can stand there.
        ScheduleQuestion: never; every time has its offset.
    """
    from bot.schedules.own_json import read_own_json  # noqa: PLC0415 - pydantic takes a tenth of a second to import

    return read_own_json(FORMAT, text.strip(_BLANK), options)


READER = Reader(FORMAT, "an export of Chairside", recognises, read)
