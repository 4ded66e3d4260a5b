"""Boards whose channel no longer serves what they show: they say so, once, and then stand as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.rules.outbox import State, Stored
from bot.rules.reminders import Kind, Owed

BOARDS = frozenset({Kind.BOARD, Kind.ROOMS})


def left_boards(owed: Iterable[Owed], stored: Sequence[Stored], now: datetime) -> list[Stored]:
    """The posted boards, of a day that is not over, which nothing owes any more and which do not say so yet.

    Args:
        owed: everything that a server's sessions owe.
        stored: all of its rows.
        now: virtual.
    """
    kept = {item.key for item in owed if item.kind in BOARDS}
    return [
        row
        for row in stored
        if row.kind in BOARDS
        and row.state is State.SENT
        and row.key not in kept
        and (row.expires_at is None or row.expires_at > now)
        and not row.details.get("left")
    ]
