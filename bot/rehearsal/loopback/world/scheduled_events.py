"""A server's scheduled events elsewhere than in a voice channel: begun and ended by hand, else by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.servers import Server
    from bot.rehearsal.loopback.world.users import User

EVENTS_AT_MOST = 100


class EventStatus(IntEnum):
    """Discord's numbers."""

    SCHEDULED = 1
    ACTIVE = 2
    COMPLETED = 3
    CANCELED = 4


NEXT: Mapping[EventStatus, frozenset[EventStatus]] = {
    EventStatus.SCHEDULED: frozenset({EventStatus.ACTIVE, EventStatus.CANCELED}),
    EventStatus.ACTIVE: frozenset({EventStatus.COMPLETED}),
    EventStatus.COMPLETED: frozenset(),
    EventStatus.CANCELED: frozenset(),
}


@dataclass(eq=False)
class ScheduledEvent:
    """One event; `history` holds every status that it had."""

    id: int
    server: Server = field(repr=False)
    creator: User = field(repr=False)
    name: str
    location: str
    starts_at: datetime
    ends_at: datetime
    description: str | None = None
    history: list[EventStatus] = field(default_factory=lambda: [EventStatus.SCHEDULED])

    @property
    def status(self) -> EventStatus:
        return self.history[-1]

    @property
    def stands(self) -> bool:
        """Whether it is in the server's list."""
        return self.status in (EventStatus.SCHEDULED, EventStatus.ACTIVE)

    def put(self, status: EventStatus) -> None:
        """Begin, end or cancel it, as a manager or the bot does."""
        self.history.append(status)

    def let_time_pass(self, now: datetime) -> None:
        """Begin it at its start and end it at its end, as Discord does."""
        if self.status is EventStatus.SCHEDULED and self.starts_at <= now:
            self.put(EventStatus.ACTIVE)
        if self.status is EventStatus.ACTIVE and self.ends_at <= now:
            self.put(EventStatus.COMPLETED)
