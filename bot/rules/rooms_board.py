"""The board of all rooms: one message a server and day that tells what is on, and next, in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.rules.programme import ExpectedSession, ExpectedTalk, fingerprint, on_stage, up_next
from bot.rules.reminders import BOARD_AHEAD, Kind, Owed, Place

NO_ROOM = ""


@dataclass(frozen=True, slots=True)
class RoomNow:
    """A room at a moment: what is on stage there, and what comes next; neither once it is over."""

    room: str
    now: tuple[ExpectedTalk, ...]
    following: tuple[ExpectedTalk, ...]

    @property
    def is_over(self) -> bool:
        return not self.now and not self.following


def rooms_now(sessions: Sequence[ExpectedSession]) -> list[RoomNow]:
    """Every room of some sessions in order of its name, in whatever case; what has none stands last, under no name."""
    by_room: dict[str, list[ExpectedSession]] = {}
    for session in sessions:
        by_room.setdefault((session.session.room or NO_ROOM).casefold(), []).append(session)
    in_order = sorted(by_room.items(), key=lambda part: (part[0] == NO_ROOM, part[0]))
    return [
        RoomNow(theirs[0].session.room or NO_ROOM, tuple(on_stage(theirs)), tuple(up_next(theirs)))
        for _, theirs in in_order
    ]


def owed_rooms_board(sessions: Sequence[ExpectedSession], place: Place, day: date) -> Owed | None:
    """The board of all rooms on one conference day; where all of it was cancelled, one that stands says so.

    When it is owed goes by the plan alone: a tap in one of thirty rooms asks for its edit and plans nothing anew.
    """
    talks = [e.talk for session in sessions for e in session.running_order]
    cancelled = [e.talk for session in sessions for e in session.talks if not talks]
    if not talks and not cancelled:
        return None
    plan = [(talk.id, talk.title, talk.room, talk.starts_at, talk.ends_at) for talk in talks]
    return Owed(
        server_id=place.server_id,
        channel_id=place.channel_id,
        kind=Kind.ROOMS,
        subject=f"rooms-{day.isoformat()}",
        due_at=min(talk.starts_at for talk in talks or cancelled) - BOARD_AHEAD,
        expires_at=max(talk.ends_at for talk in talks or cancelled),
        text=fingerprint([place.timezone, *plan]),
        only_if_posted=not talks,
        details={"day": day.isoformat()},
    )
