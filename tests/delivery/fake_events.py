"""A hand-written stand-in at the keeper's port: Discord's events and stages, which can fail in every way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from bot.delivery.discord_events import Found, NotDone, Why
from bot.messages.scheduled_events import EventTexts
from bot.rules.scheduled_events import Status


@dataclass
class Event:
    """One event in the list."""

    id: int
    texts: EventTexts
    starts_at: datetime
    ends_at: datetime
    status: Status = Status.SCHEDULED


@dataclass
class FakeEvents:
    """bot.delivery.discord_events.Events.

    Attributes:
        lacks: what the role lacks; None while nothing is known of the server.
        failures: what the next requests do, in order; None lets one through.
        lost: the next creation is carried out, and its answer lost.
        requests: what was asked, in order.
        stages: the topics of those that are open, by channel.
    """

    events: dict[int, Event] = field(default_factory=dict)
    lacks: list[str] | None = field(default_factory=list)
    lacks_on_stage: list[str] | None = field(default_factory=list)
    failures: list[Why | None] = field(default_factory=list)
    lost: bool = False
    requests: list[str] = field(default_factory=list)
    stages: dict[int, str] = field(default_factory=dict)

    def _asked(self, what: str) -> None:
        self.requests.append(what)
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise NotDone(failure)

    def _event(self, event_id: int) -> Event:
        if event_id not in self.events:
            raise NotDone(Why.GONE)
        return self.events[event_id]

    @property
    def listed(self) -> list[tuple[str, Status]]:
        return [(event.texts.name, event.status) for event in self.events.values()]

    def missing(self, server_id: int) -> list[str] | None:
        return self.lacks

    def missing_on_stage(self, server_id: int, channel_id: int) -> list[str] | None:
        return self.lacks_on_stage

    async def create(self, server_id: int, texts: EventTexts, starts_at: datetime, ends_at: datetime) -> int:
        self._asked("create")
        key = len(self.events) + 1
        self.events[key] = Event(key, texts, starts_at, ends_at)
        if self.lost:
            self.lost = False
            raise NotDone(Why.AWAY)
        return key

    async def find(self, server_id: int, texts: EventTexts, starts_at: datetime, held: Collection[int]) -> Found | None:
        self._asked("find")
        return next(
            (
                Found(event.id, event.status)
                for event in self.events.values()
                if event.id not in held and (event.texts, event.starts_at) == (texts, starts_at)
            ),
            None,
        )

    async def status(self, server_id: int, event_id: int) -> Status:
        self._asked("status")
        return self._event(event_id).status

    async def edit(
        self,
        server_id: int,
        event_id: int,
        *,
        texts: EventTexts | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
    ) -> None:
        self._asked("edit")
        event = self._event(event_id)
        event.texts = texts or event.texts
        event.starts_at, event.ends_at = starts_at or event.starts_at, ends_at or event.ends_at

    async def move(self, server_id: int, event_id: int, status: Status, *, calls_off: bool = False) -> None:
        self._asked("call off" if calls_off else status.value)
        event = self._event(event_id)
        if (event.status is Status.SCHEDULED) != (status is Status.ACTIVE or calls_off):
            raise NotDone(Why.REFUSED)
        event.status = status

    async def open_stage(self, channel_id: int, topic: str) -> None:
        self._asked("open")
        if channel_id in self.stages:
            raise NotDone(Why.OPEN)
        self.stages[channel_id] = topic
        if self.lost:
            self.lost = False
            raise NotDone(Why.AWAY)

    async def topic(self, channel_id: int) -> str:
        self._asked("look")
        if channel_id not in self.stages:
            raise NotDone(Why.GONE)
        return self.stages[channel_id]

    async def set_topic(self, channel_id: int, topic: str) -> None:
        self._asked("topic")
        if channel_id not in self.stages:
            raise NotDone(Why.GONE)
        self.stages[channel_id] = topic

    async def close_stage(self, channel_id: int) -> None:
        self._asked("close")
        if self.stages.pop(channel_id, None) is None:
            raise NotDone(Why.GONE)
