"""What a format is to the importer: a name, a way to know it by its content, and a way to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.schedules.schedule import ReadingOptions, Schedule


@dataclass(frozen=True, slots=True)
class Reader:
    """One format.

    Attributes:
        format: its name in `Schedule.format`.
        understands: what a person would call such a file, for the list of what can be imported.
        recognises: whether a text is of this format; quick, and never raises.
        read: the text as a Schedule; raises ScheduleError, and nothing else, for what it cannot read.
    """

    format: str
    understands: str
    recognises: Callable[[str], bool]
    read: Callable[[str, ReadingOptions], Schedule]
