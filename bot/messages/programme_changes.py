"""Changes of a programme in words, one line each."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages.text import dotted, safe
from bot.messages.times import day_name, printed
from bot.rules.programme_diff import ChangeKind, TalkChange, TalkFacts, in_order

CHANGES_SHOWN = 12


def change_lines(changes: Sequence[TalkChange], timezone: str, page: str | None) -> list[str]:
    """The changes that an attendee would notice, the gravest first, and how many more there are."""
    told = [change for change in in_order(changes) if change.kind is not ChangeKind.DETAILS]
    lines = [_line(change, timezone, page) for change in told[:CHANGES_SHOWN]]
    more = len(told) - len(lines)
    return [*lines, f"… and {more} more changes"] if more > 0 else lines


def _line(change: TalkChange, timezone: str, page: str | None) -> str:
    facts, before = change.facts, change.before
    title = f"**{safe(facts.title, 100)}**"
    when = _when(facts, timezone, page)
    if before is not None and change.after is not None:
        if change.kind is ChangeKind.MOVED:
            was = _when(before, timezone, page)
            rooms = f"{safe(before.room or 'no room', 60)} to {safe(facts.room or 'no room', 60)}"
            return "- " + dotted(f"Moved: {title}", f"{was} to {when}", rooms if before.room != facts.room else None)
        if change.kind is ChangeKind.OTHER_ROOM:
            rooms = f"{safe(before.room or 'no room', 60)} to {safe(facts.room or 'no room', 60)}"
            return "- " + dotted(f"Other room: {title}", rooms, when)
        if change.kind is ChangeKind.RETITLED:
            return "- " + dotted(f"Retitled: **{safe(before.title, 100)}** to {title}", when)
    word = change.kind.value
    return "- " + dotted(f"{word[:1].upper()}{word[1:]}: {title}", when, safe(facts.room, 60) if facts.room else None)


def _when(facts: TalkFacts, timezone: str, page: str | None) -> str:
    return f"{day_name(facts.starts_at, timezone)}, {printed(facts.starts_at, timezone, page)}"
