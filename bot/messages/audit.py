"""What moderators and managers did, a line each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.messages.message import Button, Message
from bot.messages.text import dotted, fitting
from bot.messages.times import readers_date
from bot.messages.typed import literal
from bot.rules.audit import Act

ENTRIES_SHOWN = 15
DETAIL_ROOM, ABOUT_ROOM = 80, 60


_TAG = re.compile(r"<(?:@&?|#)\d{1,20}>")
"""A person, role or channel that was given; Discord shows its name, and an answer or post pings nobody."""


def audit_line(act: Act) -> str:
    """When, who, what, and in which session."""
    who = f"<@{act.by}>" if act.by is not None else "removed person"
    given = ", ".join(f"{literal(name, 40, 60)}: {_value(text)}" for name, text in act.details.items())
    return dotted(
        f"{readers_date(act.at)} {who} {act.action}{f' {given}' if given else ''}",
        literal(act.about, ABOUT_ROOM, 90) if act.about else None,
    )


def _value(text: str) -> str:
    return text if _TAG.fullmatch(text) else literal(text, DETAIL_ROOM, 120)


def audit_log(acts: Sequence[Act], by: int | None, *, is_first: bool) -> Message:
    """A page of the log, newest first, with the button to an older one."""
    if not acts:
        return Message("Nothing is recorded yet." if is_first else "Nothing older is recorded.")
    shown = acts[:ENTRIES_SHOWN]
    lines = [f"- {audit_line(act)}" for act in shown]
    text = fitting("**What moderators and managers did**, newest first", lines, "… and {} more on this page")
    kept = text.count("\n- ")
    has_more = len(acts) > kept
    buttons = (Button("Older", f"audit:{by or 0}:{shown[kept - 1].id}"),) if has_more else ()
    return Message(text.partition("\n… and ")[0], buttons)


def audit_told(act: Act, delivery_id: str) -> Message:
    """One entry, for the channel that a server chose for them."""
    return Message(audit_line(act), (Button("Audit log", f"audit:0:0:{delivery_id}"),))
