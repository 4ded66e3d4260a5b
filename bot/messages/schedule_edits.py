"""What a manager reads before and after the stored programme is edited, and before its last change is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages.message import Button, Message
from bot.messages.programme_changes import change_lines
from bot.messages.text import dotted, fitting, lines, plural, safe
from bot.messages.times import day_name, printed, readers_date
from bot.rules.programme_diff import Origin, ProgrammeChange, TalkChange

_DID = {Origin.IMPORT: "Import of", Origin.REFRESH: "Refresh of", Origin.EDIT: "Edit of", Origin.ON_THE_DAY: "Edit of"}
ALL_AS_BEFORE = "No talk changes its time, room or title."


@dataclass(frozen=True, slots=True)
class SessionShown:
    """A session as it will be: times aware, None where nothing of it takes place."""

    title: str
    room: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    talks: int


def edit_preview(
    changes: Sequence[TalkChange], sessions: Sequence[SessionShown], timezone: str, pending_id: str
) -> Message:
    """What an edit would change, with the question whether to."""
    items = [*_told(changes, timezone), *(_session_line(session, timezone) for session in sessions)]
    buttons = (
        Button("Apply", f"edit:apply:{pending_id}", primary=True),
        Button("Leave as it is", f"edit:leave:{pending_id}"),
    )
    return Message(fitting("**This would change**", items, "… and {} more"), buttons)


def edit_applied(changes: Sequence[TalkChange], timezone: str) -> Message:
    """What an edit changed."""
    items = [*_told(changes, timezone), "Take it back with /schedule undo."]
    return Message(fitting("**Changed**", items, "… and {} more"))


def last_change_shown(change: ProgrammeChange | None) -> Message:
    """What the last change of the programme did."""
    if change is None:
        return Message("Nothing of the programme was changed yet, or all of it was undone.")
    items = [*_told(change.changes, change.timezone), "/schedule undo takes it back."]
    return Message(fitting(_head(change), items, "… and {} more"))


def undo_preview(change: ProgrammeChange) -> Message:
    """What undoing the last change would do, with the question whether to."""
    head = lines(_head(change), "Undoing it would change:")
    earlier = f"{plural(change.earlier, 'earlier change')} can be undone after it." if change.earlier else None
    cut = f"“{safe(change.stays_cut, 80)}” has begun: its talks stay in it." if change.stays_cut else None
    items = [*_told(change.changes, change.timezone), *filter(None, (cut, earlier))]
    buttons = (
        Button("Undo it", f"undochange:apply:{change.version_id}", primary=True),
        Button("Leave as it is", f"undochange:leave:{change.version_id}"),
    )
    return Message(fitting(head, items, "… and {} more"), buttons)


def undone(change: ProgrammeChange) -> Message:
    """What was undone."""
    head = lines(f"Undone: {_named(change)}.", "What it had replaced is back:")
    return Message(fitting(head, _told(change.changes, change.timezone), "… and {} more"))


def _head(change: ProgrammeChange) -> str:
    who = f"by <@{change.by}>" if change.by else "by itself" if change.origin is Origin.REFRESH else None
    return "Last change: " + dotted(f"**{_named(change)}**", readers_date(change.at), who)


def _named(change: ProgrammeChange) -> str:
    return f"{_DID[change.origin]} “{safe(change.name, 100)}”"


def _told(changes: Sequence[TalkChange], timezone: str) -> list[str]:
    return change_lines(changes, timezone, None) or [f"- {ALL_AS_BEFORE}"]


def _session_line(session: SessionShown, timezone: str) -> str:
    span = "nothing takes place"
    if session.starts_at and session.ends_at:
        start, end = printed(session.starts_at, timezone), printed(session.ends_at, timezone)
        span = f"{day_name(session.starts_at, timezone)}, {start} to {end}"
    room = safe(session.room, 60) if session.room else None
    return "- Session " + dotted(f"**{safe(session.title, 100)}**", room, span, plural(session.talks, "talk"))
