"""Discord's list of scheduled events and its stages, as their keeper sees them, and why a request was not done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

import aiohttp
import discord

from bot.delivery.channel_problems import PERMISSION_NAMES
from bot.messages.scheduled_events import EventTexts
from bot.rules.scheduled_events import Status
from bot.rules.server_check import STAGE_MODERATOR

REQUEST_SECONDS = 60
"""Longer than for a message: discord.py waits in it for its turn, and nobody waits for this."""
GUILD_ONLY, EXTERNAL = 2, 3
NO_MORE_EVENTS, UNKNOWN_EVENT, UNKNOWN_STAGE, STAGE_IS_OPEN = 30038, 10070, 10067, 150006
_STATUSES = {1: Status.SCHEDULED, 2: Status.ACTIVE}
_NUMBERS = {Status.ACTIVE: 2, Status.OVER: 3}
CANCELLED = 4
_Answer = TypeVar("_Answer")


class Why(StrEnum):
    """Why a request did not do what was asked."""

    AWAY = "Discord did not answer"
    FORBIDDEN = "not allowed"
    FULL = "the server has as many events as it may"
    GONE = "it is not there"
    OPEN = "the stage is open already"
    REFUSED = "Discord refused it"


class NotDone(Exception):  # noqa: N818 - it reads as what happened
    """A request that did not do what was asked."""

    def __init__(self, why: Why, detail: str = "") -> None:
        self.why = why
        super().__init__(f"{why}: {detail}" if detail else str(why))


@dataclass(frozen=True, slots=True)
class Found:
    """An event of the bot's own in Discord's list."""

    id: int
    status: Status


class Events(Protocol):
    """Where the keeper's requests go. All raise NotDone."""

    def missing(self, server_id: int) -> list[str] | None:
        """The boxes that the bot's role lacks to keep events; None while nothing is known of the server."""

    def missing_on_stage(self, server_id: int, channel_id: int) -> list[str] | None:
        """The same to run a stage.

        Raises:
            NotDone: the channel is not there.
        """

    async def create(self, server_id: int, texts: EventTexts, starts_at: datetime, ends_at: datetime) -> int:
        """Make an event and return its id."""

    async def find(self, server_id: int, texts: EventTexts, starts_at: datetime, held: Collection[int]) -> Found | None:
        """The bot's own event that says this and is none of `held`."""

    async def status(self, server_id: int, event_id: int) -> Status:
        """How an event stands: scheduled, active or over."""

    async def edit(
        self,
        server_id: int,
        event_id: int,
        *,
        texts: EventTexts | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
    ) -> None:
        """Change what is given."""

    async def move(self, server_id: int, event_id: int, status: Status, *, calls_off: bool = False) -> None:
        """Begin an event or end it; `calls_off` where it has not begun."""

    async def open_stage(self, channel_id: int, topic: str) -> None:
        """Begin a stage; nobody is pinged."""

    async def topic(self, channel_id: int) -> str:
        """What a stage that is open says."""

    async def set_topic(self, channel_id: int, topic: str) -> None:
        """Change a stage's topic."""

    async def close_stage(self, channel_id: int) -> None:
        """End a stage."""


class DiscordEvents:
    """The events and stages of a connected client's servers."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def missing(self, server_id: int) -> list[str] | None:
        guild = self._client.get_guild(server_id)
        if guild is None or guild.unavailable:
            return None
        return [] if guild.me.guild_permissions.create_events else [PERMISSION_NAMES["create_events"]]

    def missing_on_stage(self, server_id: int, channel_id: int) -> list[str] | None:
        guild = self._client.get_guild(server_id)
        if guild is None or guild.unavailable:
            return None
        channel = guild.get_channel(channel_id)
        if channel is None:
            raise NotDone(Why.GONE)
        granted = channel.permissions_for(guild.me)
        return [PERMISSION_NAMES[name] for name in STAGE_MODERATOR if not getattr(granted, name)]

    async def create(self, server_id: int, texts: EventTexts, starts_at: datetime, ends_at: datetime) -> int:
        times = _times(starts_at, ends_at)
        asked: dict[str, Any] = {"privacy_level": GUILD_ONLY, "entity_type": EXTERNAL, **_said(texts), **times}
        made = self._client.http.create_guild_scheduled_event(server_id, **asked)
        return int((await _answered(made))["id"])

    async def find(self, server_id: int, texts: EventTexts, starts_at: datetime, held: Collection[int]) -> Found | None:
        for event in await _answered(self._client.http.get_scheduled_events(server_id, with_user_count=False)):
            key = int(event["id"])
            place: Mapping[str, Any] = event["entity_metadata"] or {}
            is_own = int(event["creator_id"] or 0) == self._client.application_id and key not in held
            same = event["name"] == texts.name and place.get("location") == texts.location
            if is_own and same and datetime.fromisoformat(event["scheduled_start_time"]) == _whole(starts_at):
                return Found(key, _STATUSES.get(event["status"], Status.OVER))
        return None

    async def status(self, server_id: int, event_id: int) -> Status:
        event = self._client.http.get_scheduled_event(server_id, event_id, with_user_count=False)
        return _STATUSES.get((await _answered(event))["status"], Status.OVER)

    async def edit(
        self,
        server_id: int,
        event_id: int,
        *,
        texts: EventTexts | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
    ) -> None:
        changes = {**(_said(texts) if texts else {}), **_times(starts_at, ends_at)}
        await _answered(self._client.http.edit_scheduled_event(server_id, event_id, **changes))

    async def move(self, server_id: int, event_id: int, status: Status, *, calls_off: bool = False) -> None:
        number = CANCELLED if calls_off else _NUMBERS[status]
        await _answered(self._client.http.edit_scheduled_event(server_id, event_id, status=number))

    async def open_stage(self, channel_id: int, topic: str) -> None:
        asked = {"channel_id": channel_id, "topic": topic, "privacy_level": GUILD_ONLY}
        await _answered(self._client.http.create_stage_instance(reason=None, **asked))

    async def topic(self, channel_id: int) -> str:
        return (await _answered(self._client.http.get_stage_instance(channel_id)))["topic"]

    async def set_topic(self, channel_id: int, topic: str) -> None:
        await _answered(self._client.http.edit_stage_instance(channel_id, topic=topic))

    async def close_stage(self, channel_id: int) -> None:
        await _answered(self._client.http.delete_stage_instance(channel_id))


def _said(texts: EventTexts) -> dict[str, Any]:
    where = {"location": texts.location}
    return {"name": texts.name, "description": texts.description, "entity_metadata": where}


def _times(starts_at: datetime | None, ends_at: datetime | None) -> dict[str, str]:
    times = {"scheduled_start_time": starts_at, "scheduled_end_time": ends_at}
    return {name: _whole(moment).isoformat() for name, moment in times.items() if moment is not None}


def _whole(moment: datetime) -> datetime:
    """In whole seconds, as Discord is asked: what it answers can then be compared."""
    return moment.replace(microsecond=0)


async def _answered(request: Awaitable[_Answer]) -> _Answer:
    """The answer to a request.

    Raises:
        NotDone: there is none, or it is a refusal.
    """
    try:
        async with asyncio.timeout(REQUEST_SECONDS):
            return await request
    except discord.HTTPException as error:
        raise NotDone(_why(error), f"{error.status} {error.code} {error.text}") from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise NotDone(Why.AWAY, type(error).__name__) from error


def _why(error: discord.HTTPException) -> Why:
    by_code = {
        NO_MORE_EVENTS: Why.FULL,
        UNKNOWN_EVENT: Why.GONE,
        UNKNOWN_STAGE: Why.GONE,
        STAGE_IS_OPEN: Why.OPEN,
    }
    if error.code in by_code:
        return by_code[error.code]
    if isinstance(error, discord.Forbidden):
        return Why.FORBIDDEN
    is_away = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status == HTTPStatus.TOO_MANY_REQUESTS
    return Why.AWAY if is_away else Why.REFUSED
