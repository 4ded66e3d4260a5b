"""What is on, and next, in every room: the server-wide board, and /now where several rooms are meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.messages.message import Message, agenda_button
from bot.messages.text import MESSAGE_LIMIT, fitting, lines, safe, shortened
from bot.rules.programme import ExpectedSession, ExpectedTalk, TalkState
from bot.rules.rooms_board import RoomNow, rooms_now
from bot.timezones import abbreviation, local

ROOM_ROOM, OVER_ROOM = 30, 200
TITLE_ROOMS = (70, 50, 35, 25, 18, 12)
"""Characters of each title: as many as let every room stand in one message."""
_NOTHING = timedelta(0)


def rooms_board(sessions: Sequence[ExpectedSession], timezone: str, delivery_id: str) -> Message:
    """One line a room; it says nothing that passing time makes untrue, so it is edited only when something changes."""
    return Message(rooms_text(sessions, timezone), (agenda_button(delivery_id),))


def rooms_text(sessions: Sequence[ExpectedSession], timezone: str) -> str:
    """One line a room that has something left today, those with a talk on stage first."""
    rooms = rooms_now(sessions)
    going_on = sorted((room for room in rooms if not room.is_over), key=lambda room: not room.now)
    if not going_on:
        took_place = any(session.running_order for session in sessions)
        over = "That was the last talk today. Thank you for coming."
        return lines("**Now in every room**", over if took_place else "Everything today was cancelled.")
    moments = [e.starts_at for room in going_on for e in (*room.now, *room.following)]
    head = f"**Now in every room**, times in {abbreviation(min(moments), timezone)}"
    over = ", ".join(_name(room) for room in rooms if room.is_over)
    tail = f"Over for today: {shortened(over, OVER_ROOM)}" if over else ""
    limit = MESSAGE_LIMIT - len(tail) - 1
    for room_for_title in TITLE_ROOMS:
        shown = [_line(room, timezone, room_for_title) for room in going_on]
        if len(lines(head, *shown)) <= limit:
            break
    return lines(fitting(head, shown, "… and {} more: /agenda", limit=limit), tail or None)


def _line(room: RoomNow, timezone: str, title: int) -> str:
    following = f"{_time(room.following[0], timezone)} {_several(room.following, title)}" if room.following else ""
    on = f"now {_several(room.now, title)}{_until(room, timezone)}" if room.now else ""
    return f"- **{_name(room)}** " + " · ".join(filter(None, (on, following)))


def _name(room: RoomNow) -> str:
    return safe(room.room, ROOM_ROOM) if room.room else "without a room"


def _several(talks: Sequence[ExpectedTalk], title: int) -> str:
    if not talks:
        return ""
    more = f" and {len(talks) - 1} more" if len(talks) > 1 else ""
    return safe(talks[0].talk.title, title) + more


def _until(room: RoomNow, timezone: str) -> str:
    """Until when, unless the next one's start says it: thirty rooms have no space to spare."""
    expected = room.now[0]
    if expected.state is TalkState.PAUSED:
        return " (paused)"
    time_is_up = f"{local(expected.ends_at + min(expected.time_left or _NOTHING, _NOTHING), timezone):%H:%M}"
    if expected.time_left is not None and expected.time_left < _NOTHING:
        return f" (was to end {time_is_up})"
    is_said = bool(room.following) and _time(room.following[0], timezone) == time_is_up
    return "" if is_said else f" (until {time_is_up})"


def _time(expected: ExpectedTalk, timezone: str) -> str:
    return f"{local(expected.starts_at, timezone):%H:%M}"
