"""What the lobby's screen shows: a conference's rooms on one day, with what is on and next in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.rules.programme import ExpectedSession, ExpectedTalk, TalkState
from bot.rules.rooms_board import rooms_now
from bot.rules.timing import MINUTE

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Item:
    """A talk in a room.

    Attributes:
        at: of what is on, when its time is up; of what follows, its expected start.
        beside: how many more are on, or begin, at the same time.
        late: whole minutes off the plan; below zero is early.
    """

    expected: ExpectedTalk
    at: datetime
    beside: int
    late: int = 0

    @property
    def is_paused(self) -> bool:
        return self.expected.state is TalkState.PAUSED

    @property
    def is_over_time(self) -> bool:
        left = self.expected.time_left
        return left is not None and left < _NOTHING


@dataclass(frozen=True, slots=True)
class Room:
    """A room; neither on nor following once it is over."""

    name: str
    on: Item | None
    following: Item | None


@dataclass(frozen=True, slots=True)
class LobbyState:
    """One conference day: the rooms that have something left, those with something on first, and those over."""

    day: date | None = None
    rooms: tuple[Room, ...] = ()
    over: tuple[str, ...] = ()


def lobby_state(sessions: Sequence[ExpectedSession], day: date | None) -> LobbyState:
    """What is shown of the sessions of one conference day; one that was cancelled is not over, but not there."""
    rooms = rooms_now([session for session in sessions if not session.session.is_cancelled])
    left = [Room(room.room, _on(room.now), _following(room.following)) for room in rooms if not room.is_over]
    over = tuple(room.room for room in rooms if room.is_over)
    return LobbyState(day, tuple(sorted(left, key=lambda room: room.on is None)), over)


def _on(talks: Sequence[ExpectedTalk]) -> Item | None:
    if not talks:
        return None
    first = talks[0]
    time_is_up = first.ends_at + min(first.time_left or _NOTHING, _NOTHING)
    return Item(first, time_is_up, len(talks) - 1, int((first.drift or _NOTHING) / MINUTE))


def _following(talks: Sequence[ExpectedTalk]) -> Item | None:
    if not talks:
        return None
    first = talks[0]
    return Item(first, first.starts_at, len(talks) - 1, int((first.starts_at - first.talk.starts_at) / MINUTE))
