"""Changes of a programme in words, one line each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

from bot.messages.message import Message, agenda_button, look_button
from bot.messages.text import dotted, fitting, plural, safe
from bot.messages.times import day_name, length, printed
from bot.rules.programme_diff import ChangeKind, TalkChange, TalkFacts, in_order

CHANGES_SHOWN = 12
TOGETHER = 3
"""From so many on, talks that moved by the same span are told in one line."""


def programme_changed(
    changes: Sequence[TalkChange], timezone: str, page: str | None, delivery_id: str, *, more: int = 0
) -> Message:
    """What those who read a channel are told, once, of a changed programme; `more` changes are only counted."""
    items = change_lines(changes, timezone, page, more)
    return Message(fitting("**The programme changed**", items, "… and {} more"), (agenda_button(delivery_id),))


def change_found(what: str, source_id: int, delivery_id: str) -> Message:
    """What managers are told of an address that holds something else, or nothing that can be read."""
    return Message(what, (look_button(source_id, delivery_id),))


def in_numbers(changes: Sequence[TalkChange]) -> str:
    """`1 cancelled, 3 moved, 1 new`."""
    counts = Counter(change.kind for change in changes)
    return ", ".join(f"{counts[kind]} {kind.value}" for kind in ChangeKind if counts[kind])


def change_lines(changes: Sequence[TalkChange], timezone: str, page: str | None, uncounted: int = 0) -> list[str]:
    """The changes that an attendee would notice, the gravest first, and how many more there are."""
    told = [change for change in in_order(changes) if change.kind is not ChangeKind.DETAILS]
    groups = _together(told)
    lines = [_lines(group, timezone, page) for group in groups[:CHANGES_SHOWN]]
    more = uncounted + sum(len(group) for group in groups[CHANGES_SHOWN:])
    return [*lines, f"… and {plural(more, 'more change')}"] if more > 0 else lines


def _together(changes: Sequence[TalkChange]) -> list[list[TalkChange]]:
    """Each change by itself, but talks that moved alike together: a session that begins later is one piece of news."""
    alike: dict[timedelta, list[TalkChange]] = defaultdict(list)
    for change in changes:
        if (shift := _shift(change)) is not None:
            alike[shift].append(change)
    groups: list[list[TalkChange]] = []
    for change in changes:
        shift = _shift(change)
        group = alike[shift] if shift is not None else []
        if len(group) < TOGETHER:
            groups.append([change])
        elif group[0] is change:
            groups.append(group)
    return groups


def _shift(change: TalkChange) -> timedelta | None:
    """By how much a talk moved that is otherwise as it was; None for any other change."""
    before, after = change.before, change.after
    if change.kind is not ChangeKind.MOVED or before is None or after is None or before.room != after.room:
        return None
    shift = after.starts_at - before.starts_at
    return shift if shift and shift == after.ends_at - before.ends_at else None


def _lines(group: Sequence[TalkChange], timezone: str, page: str | None) -> str:
    if len(group) == 1:
        return _line(group[0], timezone, page)
    first, last, shift = group[0], group[-1], _shift(group[0]) or timedelta(0)
    before = first.before or first.facts
    return "- " + dotted(
        f"{plural(len(group), 'talk')} {length(abs(shift))} {'later' if shift > timedelta(0) else 'earlier'}",
        f"**{safe(first.facts.title, 80)}** to **{safe(last.facts.title, 80)}**",
        f"from {_from_to(before, first.facts, timezone, page)} on",
    )


def _line(change: TalkChange, timezone: str, page: str | None) -> str:
    facts, before = change.facts, change.before
    title = f"**{safe(facts.title, 100)}**"
    when = _when(facts, timezone, page)
    if before is not None and change.after is not None:
        if change.kind is ChangeKind.MOVED:
            return "- " + dotted(f"Moved: {title}", _moved(before, facts, timezone, page), _rooms(before, facts))
        if change.kind is ChangeKind.OTHER_ROOM:
            return "- " + dotted(f"Other room: {title}", _rooms(before, facts), when)
        if change.kind is ChangeKind.RETITLED:
            return "- " + dotted(f"Retitled: **{safe(before.title, 100)}** to {title}", when)
    word = change.kind.value
    return "- " + dotted(f"{word[:1].upper()}{word[1:]}: {title}", when, safe(facts.room, 60) if facts.room else None)


def _moved(before: TalkFacts, facts: TalkFacts, timezone: str, page: str | None) -> str:
    """From when to when; a talk that begins as before takes another time."""
    if before.starts_at == facts.starts_at:
        was, now = length(before.ends_at - before.starts_at), length(facts.ends_at - facts.starts_at)
        return f"{_when(facts, timezone, page)}, takes {now}, not {was}"
    return _from_to(before, facts, timezone, page)


def _from_to(before: TalkFacts, facts: TalkFacts, timezone: str, page: str | None) -> str:
    """Both starts; the day once where it is the same."""
    same_day = day_name(before.starts_at, timezone) == day_name(facts.starts_at, timezone)
    after = printed(facts.starts_at, timezone, page) if same_day else _when(facts, timezone, page)
    return f"{_when(before, timezone, page)} to {after}"


def _rooms(before: TalkFacts, facts: TalkFacts) -> str | None:
    if before.room == facts.room:
        return None
    return f"{safe(before.room or 'no room', 60)} to {safe(facts.room or 'no room', 60)}"


def _when(facts: TalkFacts, timezone: str, page: str | None) -> str:
    return f"{day_name(facts.starts_at, timezone)}, {printed(facts.starts_at, timezone, page)}"
