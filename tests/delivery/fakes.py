"""Hand-written stand-ins at the sender's ports: an alarm that a test rings, channels that can fail in every way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.delivery.channel import DeliveryFailed, Outcome
from bot.delivery.channel_problems import Problem
from bot.messages.message import Attached, Message
from tests.clocks import SteppedClock

SYSTEM_CHANNEL, OWNER_CHANNEL = 900, 901


class FakeAlarm:
    """bot.delivery.alarm.Alarm: remembers the one instant that is armed."""

    def __init__(self) -> None:
        self.armed: datetime | None = None
        self.tasks: dict[str, tuple[float, Callable[[], Awaitable[None]]]] = {}
        self.stopped = False
        self.made_anew = 0
        self.was_armed = asyncio.Event()
        self._ring: Callable[[], None] = lambda: None

    def start(self, ring: Callable[[], None]) -> None:
        self._ring = ring

    def ring(self) -> None:
        self._ring()

    def arm(self, instant: datetime | None) -> None:
        self.armed = instant
        self.was_armed.set()

    def every(self, seconds: float, name: str, task: Callable[[], Awaitable[None]]) -> None:
        self.tasks[name] = seconds, task

    def anew(self) -> None:
        self.made_anew += 1

    def stop(self) -> None:
        self.stopped = True


@dataclass
class Posted:
    """A message as it stands in a channel."""

    id: int
    channel_id: int
    delivery_id: str
    content: str
    posted_at: datetime
    mentions: tuple[int, ...] = ()
    files: tuple[Attached, ...] = ()
    edits: list[str] = field(default_factory=list)


@dataclass
class FakeChannels:
    """bot.delivery.channel.Channels: keeps what was posted, and fails as it is told.

    Attributes:
        problems: what `problem` says of a channel.
        failures: what the next posts to a channel do, in order; `lost` answers come after posting.
        edit_failures, find_failures: the same for edits and searches.
        blind: searches find nothing, as Discord answers without Read Message History.
        requests: the real moment of every post, edit and search.
        threads: the names of the threads that were opened, by the message that each hangs on.
        without_threads: the channels that hold none.
    """

    clock: SteppedClock
    messages: list[Posted] = field(default_factory=list)
    problems: dict[int, Problem] = field(default_factory=dict)
    failures: dict[int, list[Outcome]] = field(default_factory=dict)
    lost_answers: int = 0
    edit_failures: list[Outcome] = field(default_factory=list)
    find_failures: list[Outcome] = field(default_factory=list)
    blind: bool = False
    notice_channel: int | None = SYSTEM_CHANNEL
    owner: int | None = OWNER_CHANNEL
    gates: dict[int, asyncio.Event] = field(default_factory=dict)
    crash: str | None = None
    requests: list[tuple[str, datetime]] = field(default_factory=list)
    threads: dict[int, str] = field(default_factory=dict)
    without_threads: set[int] = field(default_factory=set)
    searched_since: list[datetime] = field(default_factory=list)
    has_posted: asyncio.Event = field(default_factory=asyncio.Event)
    editing: Callable[[], Awaitable[None]] | None = None

    def problem(self, server_id: int, channel_id: int, *, opens_thread: bool = False) -> Problem | None:
        return self.problems.get(channel_id)

    def place_for_notice(self, server_id: int, avoid: int) -> int | None:
        return self.notice_channel if self.notice_channel != avoid else None

    async def owner_channel(self, server_id: int) -> int | None:
        return self.owner

    async def post(self, channel_id: int, message: Message, delivery_id: str) -> int:
        self.requests.append(("post", self.clock.real()))
        if self.crash == "before post":
            await asyncio.Event().wait()
        if channel_id in self.gates:
            await self.gates[channel_id].wait()
        if self.failures.get(channel_id):
            raise DeliveryFailed(self.failures[channel_id].pop(0))
        assert delivery_id in " ".join(button.custom_id for button in message.buttons)
        number = len(self.messages) + 1
        self.messages.append(
            Posted(
                number,
                channel_id,
                delivery_id,
                message.content,
                self.clock.now(),
                mentions=message.mentions,
                files=message.files or (),
            )
        )
        self.has_posted.set()
        if self.crash == "after post":
            await asyncio.Event().wait()
        if self.lost_answers:
            self.lost_answers -= 1
            raise DeliveryFailed(Outcome.UNKNOWN, "TimeoutError")
        return number

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> int:
        if channel_id in self.without_threads:
            return channel_id
        self.threads[message_id] = name
        return message_id

    async def edit(self, channel_id: int, message_id: int, message: Message) -> None:
        self.requests.append(("edit", self.clock.real()))
        if self.editing:
            await self.editing()
        if self.edit_failures:
            raise DeliveryFailed(self.edit_failures.pop(0))
        posted = next((m for m in self.messages if m.id == message_id and m.channel_id == channel_id), None)
        if posted is None:
            raise DeliveryFailed(Outcome.MESSAGE_GONE)
        posted.edits.append(message.content)
        posted.files = posted.files if message.files is None else message.files

    async def find(self, channel_id: int, delivery_id: str, since: datetime) -> int | None:
        self.requests.append(("find", self.clock.real()))
        self.searched_since.append(since)
        if self.find_failures:
            raise DeliveryFailed(self.find_failures.pop(0))
        if self.blind:
            return None
        return next((m.id for m in self.messages if m.channel_id == channel_id and m.delivery_id == delivery_id), None)

    async def remove(self, channel_id: int, message_id: int) -> None:
        self.messages[message_id - 1].channel_id = 0

    def delete(self, posted: Posted) -> None:
        """Somebody deletes a message by hand."""
        self.messages[posted.id - 1].channel_id = 0

    def starting(self, words: str) -> list[Posted]:
        """The messages that began with these words when they were posted."""
        return [message for message in self.messages if message.content.startswith(words)]
