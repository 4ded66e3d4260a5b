"""Tells windows what happens: the whole state to whoever joins, then one server-sent event a change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import pause
from bot.rehearsal.loopback import (
    Channel,
    Event,
    GatewayChanged,
    Message,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    Person,
)
from bot.rehearsal.outlook import Upcoming
from bot.rehearsal.page import controls, drawn
from bot.rehearsal.page.course import Course, Directed
from bot.rehearsal.page.people import Company
from bot.rehearsal.page.views import Listener, View
from bot.rehearsal.reading import Reader, names_on
from bot.served_pages import as_json, server_sent

Json = dict[str, Any]

KEPT_MESSAGES = 400
"""How many messages of a channel a window is given; the page keeps as many."""
LOOK_SECONDS = 1.0
"""Real time between two looks at what comes next."""


class Feed:
    """Watches a rehearsal and passes on what changes. `run` it as a task; nobody need listen.

    Attributes:
        left: set while no window is open.
    """

    def __init__(self, rehearsal: Directed) -> None:
        self._rehearsal = rehearsal
        self._clock = rehearsal.clock
        self._zone = rehearsal.schedule.timezone or "UTC"
        self._course = Course.of(rehearsal.schedule)
        self._people = Company(rehearsal.hall).drawn()
        self._names = names_on(rehearsal.loopback.world)
        self._views: dict[int | None, View] = {}
        self._seen_at: dict[int, datetime] = {}
        self._drawn: dict[int, str] = {}
        self._layout: object = None
        self._online: bool | None = None  # it has not come yet
        self._upcoming: Upcoming | None = None
        self._controls: Json = {}
        self._summary: Json | None = None
        self._events = rehearsal.loopback.subscribe()
        self.left = asyncio.Event()
        self.left.set()
        self._clock.on_change(lambda: self._tell(self.clock_event()))
        rehearsal.control.on_change.append(self._tell_controls)

    async def run(self) -> None:
        """Pass on what happens until `close`, or until the loopback ends."""
        looking = asyncio.create_task(self._look_ahead(), name="outlook")
        try:
            async for event in self._events:
                self._pass_on(event)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    def close(self) -> None:
        """Send all windows away."""
        self._events.close()
        for view in self._views.values():
            view.tell(None)

    @contextmanager
    def joined(self, person: Person | None) -> Iterator[Listener]:
        """The queue of a window in which one is somebody, the whole state first; what changes may come twice."""
        key = person.id if person else None
        view = self._views.setdefault(key, View(person))
        before, listener = view.places, Listener()
        state = server_sent("state", self._state(view))
        if view.places != before:
            view.tell(state)
        listener.put(state)
        view.listeners.add(listener)
        self.left.clear()
        try:
            yield listener
        finally:
            view.listeners.discard(listener)
            if not view.listeners and self._views.get(key) is view:
                del self._views[key]
            if not self._views:
                self.left.set()

    def show_summary(self, text: str, *, is_clean: bool) -> None:
        """Tell that the session is over, and how it went."""
        self._summary = {"text": text, "clean": is_clean}
        self._tell(server_sent("summary", as_json(self._summary)))

    def clock_event(self) -> bytes:
        """The clock as it stands, as an event."""
        return server_sent("clock", as_json(drawn.clock(self._clock, self._zone)))

    def _state(self, view: View) -> str:
        """All that a window needs to draw itself; what is drawn of messages is put together as it is."""
        view.places = drawn.places(self._rehearsal.loopback, view.person)
        channels = self._rehearsal.loopback.world.channels.values()
        messages = (message for channel in channels for message in _latest(channel, view))
        rest = {
            "places": view.places,
            "clock": drawn.clock(self._clock, self._zone),
            "course": drawn.course(self._course),
            "online": self._online,
            "summary": self._summary,
            "people": self._people,
            "me": str(view.person.id) if view.person else None,
            "control": controls.drawn(self._rehearsal, self._upcoming),
        }
        return f'{{"messages":[{",".join(map(self._message, messages))}],{as_json(rest)[1:]}'

    def _pass_on(self, event: Event) -> None:
        match event:
            case MessageCreated(message) | MessageEdited(message):
                self._seen_at.setdefault(message.id, self._clock.now())
                self._drawn.pop(message.id, None)
                self._tell_message(message)
            case MessageDeleted(message):
                self._drawn.pop(message.id, None)
                gone = server_sent("gone", as_json({"channel": str(message.channel.id), "id": str(message.id)}))
                for view in self._views.values():
                    if view.sees(message):
                        view.tell(gone)
            case GatewayChanged(ready):
                self._online = ready > 0
                self._tell(server_sent("bot", as_json({"online": self._online})))
            case _:
                pass

    def _tell_message(self, message: Message) -> None:
        """Tell those who may see it, once for all; the whole state to those who see other places now."""
        if message.deleted or not self._views:
            return
        loopback = self._rehearsal.loopback
        before, self._layout = self._layout, drawn.layout(loopback)
        told = None
        for view in self._views.values():
            if self._layout != before and drawn.places(loopback, view.person) != view.places:
                view.tell(server_sent("state", self._state(view)))
            elif view.sees(message):
                told = told or server_sent("message", self._message(message))
                view.tell(told)

    def _message(self, message: Message) -> str:
        """A message as JSON, drawn once until it changes; a window goes on by itself with what counts up or down."""
        known = self._drawn.get(message.id)
        if known is None:
            reader = Reader(self._clock.now(), self._zone, self._names)
            at = self._seen_at.get(message.id) or self._virtual(message.created_at)
            known = self._drawn[message.id] = as_json(drawn.message(message, reader, at))
        return known

    def _virtual(self, real: datetime) -> datetime:
        """When it was, by the virtual clock, if that has run evenly since."""
        return self._clock.now() - (self._clock.real() - real) * self._clock.speed

    async def _look_ahead(self) -> None:
        """Keep what comes next up to date, as long as somebody sees it."""
        while True:
            if self._views and self._rehearsal.control.is_open:
                try:
                    self._upcoming = await self._rehearsal.look_ahead()
                except SQLAlchemyError:  # the store is busy or just being made: the next look will do
                    self._upcoming = None
                self._tell_controls()
            await pause(LOOK_SECONDS)

    def _tell_controls(self) -> None:
        if self._rehearsal.control.finished.is_set():
            self._upcoming = None
        before, self._controls = self._controls, controls.drawn(self._rehearsal, self._upcoming)
        if self._controls != before:
            self._tell(server_sent("control", as_json(self._controls)))

    def _tell(self, event: bytes) -> None:
        for view in self._views.values():
            view.tell(event)


def _latest(channel: Channel, view: View) -> list[Message]:
    """The last messages of a channel that somebody sees, private ones for them among them, oldest first."""
    if view.person is not None and not drawn.may_see(view.person, channel):
        return []
    shown = (message for message in (*channel.posted.values(), *channel.hidden.values()) if view.sees(message))
    return list(islice(sorted(shown, key=lambda message: -message.id), KEPT_MESSAGES))[::-1]
