"""Which talks go where when an organiser splits a session in two, or joins two to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.errors import CommandError
from bot.rules.programme import PlannedSession, in_order

Times = tuple[datetime, datetime, bool]
"""A talk's planned start and end, and whether it was cancelled."""


def split_off(session: PlannedSession, first: int) -> tuple[int, ...]:
    """The talks of the second half when a session is split before a talk, in order.

    Raises:
        CommandError: the talk is not in it, or nothing would be left before it.
    """
    order = [talk.id for talk in in_order(session.talks)]
    if first not in order:
        raise CommandError("that talk is not in this session", do="Choose one that the command offers")
    if order.index(first) == 0:
        raise CommandError("that is the session's first talk", do="Split it before a later one")
    return tuple(order[order.index(first) :])


def second_title(title: str) -> str:
    """What the second half of a split session is called where nobody says."""
    return f"{title} (part 2)"


def span(talks: Sequence[Times]) -> dict[str, datetime]:
    """When a session of such talks starts and ends: of those that take place, else of all."""
    theirs = [talk for talk in talks if not talk[2]] or talks
    return {"starts_at": min(talk[0] for talk in theirs), "ends_at": max(talk[1] for talk in theirs)}
