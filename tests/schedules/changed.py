"""A small valid file, changed anywhere: it is read or refused, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.errors import ScheduleError
from bot.schedules.schedule import Schedule


def check_changed(text: str, changes: Sequence[tuple[int, int, str]], read: Callable[[str], Schedule]) -> None:
    """Put each piece in the place of so many characters at a position, and read what comes of it."""
    for position, length, piece in changes:
        text = text[:position] + piece + text[position + length :]
    try:
        schedule = read(text)
    except ScheduleError:
        return
    assert all(talk.ends_at > talk.starts_at for talk in schedule.talks)
