"""Looks at the addresses that schedules come from, and takes over or tells the managers what changed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.delivery.channel import Channels
from bot.delivery.shards import Shards
from bot.errors import ChairsideError, FetchError
from bot.fetching.fetch import Fetched, Fetcher
from bot.fetching.links import shown
from bot.messages.organising import VANISHES
from bot.messages.programme_changes import in_numbers
from bot.messages.text import lines, safe
from bot.rules.following import Follows
from bot.rules.programme_diff import Origin
from bot.schedule_worker import read_in_worker
from bot.schedules.schedule import Schedule
from bot.services.following import (
    FollowedSource,
    digest_of,
    failed,
    is_unchanged,
    looked_at,
    owe_found,
    take_due,
    unreadable,
)
from bot.services.importing import ImportOutcome, import_schedule, preview_import
from bot.services.sources import ImportRequest, SourceLink
from db.database import Database

log = logging.getLogger(__name__)

LOOK_SECONDS = 2
"""Real: how often the store is asked whether an address is due."""


class Follower:
    """What APScheduler calls every few seconds; each address has its own, virtual, moment."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        fetcher: Fetcher,
        channels: Channels,
        *,
        shards: Shards,
        wake: Callable[[], None],
    ) -> None:
        self._db = db
        self._clock = clock
        self._fetcher = fetcher
        self._channels = channels
        self._shards = shards
        self._wake = wake

    async def look(self) -> None:
        """Look at every address that is due; trouble with one is not trouble with the others."""
        try:
            due = await take_due(self._db, self._clock.now(), self._shards.owns)
        except SQLAlchemyError:
            log.exception("the store did not answer; schedules are looked at later")
            return
        for source in due:
            try:
                await self._look_at(source)
            except Exception:
                log.exception(
                    "schedule %s of server %s could not be looked at",
                    source.id,
                    source.server_id,
                    extra={"server": str(source.server_id)},
                )

    async def _look_at(self, source: FollowedSource) -> None:
        link = source.link
        try:
            fetched = await self._fetcher.fetch(link.url, etag=link.etag, last_modified=link.last_modified)
        except FetchError as error:
            retry_after = timedelta(seconds=error.retry_after or 0)
            now = self._clock.now()
            log.warning(
                "schedule %s of server %s: %s",
                source.id,
                source.server_id,
                error,
                extra={"server": str(source.server_id)},
            )
            if await failed(self._db, source, str(error), now=now, retry_after=retry_after):
                await self._tell(source, f"failing-{now:%Y%m%d%H%M}", _failing(source, error))
            return
        await self._take(source, fetched)

    async def _take(self, source: FollowedSource, fetched: Fetched) -> None:
        """What became of an address that answered."""
        link = source.link
        if fetched.content is None:
            await looked_at(self._db, source, link)
            return
        seen = digest_of(fetched.content)
        newest = replace(link, etag=fetched.etag, last_modified=fetched.last_modified, seen=seen)
        if seen != link.seen:
            try:
                options = source.options(self._clock.now(), shown(link.url))
                schedule = await read_in_worker(fetched.content, options)
            except ChairsideError as error:
                log.warning(
                    "schedule %s of server %s cannot be read: %s",
                    source.id,
                    source.server_id,
                    error,
                    extra={"server": str(source.server_id)},
                )
                await unreadable(self._db, source, str(error))
                await self._tell(source, seen, _unreadable(source, error))
                return
            if not await is_unchanged(self._db, source):
                return  # somebody imported it, or chose otherwise, while it was fetched
            await self._compare(source, newest, schedule)
        await looked_at(self._db, source, newest)

    async def _compare(self, source: FollowedSource, newest: SourceLink, schedule: Schedule) -> None:
        request = ImportRequest(
            server_id=source.server_id,
            schedule=schedule,
            source_name=source.name,
            link=newest,
            origin=Origin.REFRESH,
        )
        outcome = await preview_import(self._db, self._clock, request)
        if outcome.changes_nothing:
            return
        if source.link.follows is Follows.APPLY and not outcome.vanishes:
            await import_schedule(self._db, self._clock, request)
            log.info(
                "schedule %s of server %s: %s",
                source.id,
                source.server_id,
                in_numbers(outcome.changes),
                extra={"server": str(source.server_id)},
            )
            self._wake()
            return
        await self._tell(source, f"{self._clock.now():%Y%m%d%H%M}-{newest.seen}", _changed(source, outcome))

    async def _tell(self, source: FollowedSource, about: str, what: str) -> None:
        """Owe the managers a message, in the moderators' channel if there is one."""
        place = source.moderators_channel_id or self._channels.place_for_notice(source.server_id, 0)
        place = place or await self._channels.owner_channel(source.server_id)
        if place is None:
            log.error(
                "server %s cannot be told about its schedule %s",
                source.server_id,
                source.id,
                extra={"server": str(source.server_id)},
            )
            return
        await owe_found(self._db, source, place=place, about=about, what=what, now=self._clock.now())
        self._wake()


def _changed(source: FollowedSource, outcome: ImportOutcome) -> str:
    return lines(
        f"The schedule at {_where(source)} changed: {_what(outcome)}. Nothing was taken over yet.",
        VANISHES if outcome.vanishes else None,
    )


def _what(outcome: ImportOutcome) -> str:
    return in_numbers(outcome.changes) or "titles, rooms or moderators of its sessions"


def _unreadable(source: FollowedSource, error: ChairsideError) -> str:
    return lines(
        f"The schedule at {_where(source)} changed, and cannot be read any more: {safe(str(error), 500)}",
        "The programme stays as it is.",
    )


def _failing(source: FollowedSource, error: ChairsideError) -> str:
    return lines(
        f"The schedule at {_where(source)} cannot be fetched: {safe(str(error), 500)}",
        "The programme stays as it is; the address is looked at again, ever more seldom.",
    )


def _where(source: FollowedSource) -> str:
    return safe(shown(source.link.url), 200)
