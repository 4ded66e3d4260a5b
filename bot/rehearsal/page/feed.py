"""Tells browsers what happens: the whole state to whoever joins, then one server-sent event a change."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from bot.rehearsal.loopback import (
    Channel,
    Event,
    GatewayChanged,
    Message,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
)
from bot.rehearsal.page import drawn
from bot.rehearsal.page.course import Course, Watched
from bot.rehearsal.reading import Reader, names_on

Json = dict[str, Any]

KEPT_MESSAGES = 400
"""How many messages of a channel a browser is given; the page keeps as many."""
BEHIND = 500
"""Events that a browser may lag behind before it is sent away to come again for the whole state."""


class Listener:
    """One browser's queue of events; None ends it."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._lost = False

    def put(self, event: bytes | None) -> None:
        """Add an event, or the end; one who lags far behind is lost: what it missed it gets by coming again."""
        if self._lost:
            return
        self._lost = self._queue.qsize() >= BEHIND
        self._queue.put_nowait(None if self._lost else event)

    async def next(self, within: float) -> bytes | None:
        """The next event.

        Raises:
            TimeoutError: there was none within so many real seconds.
        """
        async with asyncio.timeout(within):
            return await self._queue.get()


class Feed:
    """Watches a rehearsal and passes on what changes. `run` it as a task; nobody need listen."""

    def __init__(self, rehearsal: Watched) -> None:
        self._rehearsal = rehearsal
        self._clock = rehearsal.clock
        self._zone = rehearsal.schedule.timezone or "UTC"
        self._course = Course.of(rehearsal.schedule)
        self._names = names_on(rehearsal.loopback.world)
        self._listeners: set[Listener] = set()
        self._seen_at: dict[int, datetime] = {}
        self._places: list[Json] = []
        self._online: bool | None = None  # it has not come yet
        self._summary: str | None = None
        self._events = rehearsal.loopback.subscribe()
        self._clock.on_change(lambda: self._tell(self.clock_event()))

    async def run(self) -> None:
        """Pass on what happens until `close`, or until the loopback ends."""
        async for event in self._events:
            self._pass_on(event)

    def close(self) -> None:
        """Send all browsers away."""
        self._events.close()
        for listener in self._listeners:
            listener.put(None)

    @contextmanager
    def joined(self) -> Iterator[Listener]:
        """A browser's queue, the whole state first; a change on the way may come twice, which does no harm."""
        listener = Listener()
        listener.put(_event("state", self.state()))
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def show_summary(self, text: str) -> None:
        """Tell that the session is over, and how it went."""
        self._summary = text
        self._tell(_event("summary", {"text": text}))

    def state(self) -> Json:
        """All that a page needs to draw itself."""
        channels = self._rehearsal.loopback.world.channels.values()
        self._places = drawn.places(self._rehearsal.loopback)
        return {
            "places": self._places,
            "messages": [self._message(message) for channel in channels for message in _latest(channel)],
            "clock": drawn.clock(self._clock, self._zone),
            "course": drawn.course(self._course),
            "online": self._online,
            "summary": self._summary,
        }

    def clock_event(self) -> bytes:
        """The clock as it stands, as an event."""
        return _event("clock", drawn.clock(self._clock, self._zone))

    def _pass_on(self, event: Event) -> None:
        match event:
            case MessageCreated(message) | MessageEdited(message):
                self._seen_at.setdefault(message.id, self._clock.now())
                if drawn.places(self._rehearsal.loopback) != self._places:
                    self._tell(_event("state", self.state()))
                else:
                    self._tell(_event("message", self._message(message)))
            case MessageDeleted(message):
                self._tell(_event("gone", {"channel": str(message.channel.id), "id": str(message.id)}))
            case GatewayChanged(ready):
                self._online = ready > 0
                self._tell(_event("bot", {"online": self._online}))
            case _:
                pass

    def _message(self, message: Message) -> Json:
        reader = Reader(self._clock.now(), self._zone, self._names)
        return drawn.message(message, reader, self._seen_at.get(message.id) or self._virtual(message.created_at))

    def _virtual(self, real: datetime) -> datetime:
        """When it was, by the virtual clock, if that has run evenly since."""
        return self._clock.now() - (self._clock.real() - real) * self._clock.speed

    def _tell(self, event: bytes) -> None:
        for listener in self._listeners:
            listener.put(event)


def _latest(channel: Channel) -> list[Message]:
    """The last messages of a channel, private ones among them, oldest first."""
    messages = sorted([*channel.posted.values(), *channel.hidden.values()], key=lambda message: -message.id)
    return list(islice(messages, KEPT_MESSAGES))[::-1]


def _event(name: str, data: Json) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()
