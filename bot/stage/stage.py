"""The stage view of one process: made only where STAGE_ADDRESS is set."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial

from bot.clock import Clock
from bot.rules.stage_links import Page
from bot.served_pages import as_json, server_sent
from bot.services.stage_links import working
from bot.services.stage_rooms import room_views
from bot.services.stage_views import StageView, lobby_views, stage_views
from bot.stage import drawn
from bot.stage.feed import Feed, Json
from bot.stage.server import StageServer
from db.database import Database

log = logging.getLogger(__name__)


class Stage:
    """Serves the pages, and has them read again when it is told that something changed."""

    def __init__(self, address: tuple[str, int], db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._era = 0
        links = partial(working, db)
        self._feeds = {
            Page.STAGE: Feed(clock, self._stages, links),
            Page.ROOM: Feed(clock, self._rooms, links),
            Page.LOBBY: Feed(clock, self._lobbies, links),
        }
        self._server = StageServer(address, db, self._feeds, self._clock_event)
        self._address = address
        self._tasks: list[asyncio.Task[None]] = []
        clock.on_change(self._clock_changed)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    async def start(self) -> None:
        """Begin to answer.

        Raises:
            ConfigurationError: STAGE_ADDRESS is not free, or not this machine's.
        """
        await self._server.start()
        self._tasks = [asyncio.create_task(feed.run(), name=f"{page} pages") for page, feed in self._feeds.items()]
        log.info("stage view: %s, port %d", self._address[0], self.port)

    async def stop(self) -> None:
        """Send everybody away and answer no more."""
        for feed in self._feeds.values():
            feed.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.stop()

    def wake(self) -> None:
        """The store may have changed."""
        for feed in self._feeds.values():
            feed.wake()

    def _clock_changed(self) -> None:
        self._era += 1
        for feed in self._feeds.values():
            feed.clock_changed()

    def _clock_event(self) -> bytes:
        """The clock at this moment. Of one era is what can be told apart from a clock that was set: pages compare."""
        now = self._clock.now().timestamp() * 1000
        return server_sent("clock", as_json({"now": round(now, 3), "speed": self._clock.speed, "era": self._era}))

    async def _stages(self, session_ids: Collection[int]) -> tuple[Mapping[int, Json], datetime | None]:
        return _drawn(session_ids, await stage_views(self._db, self._clock, session_ids))

    async def _rooms(self, link_ids: Collection[int]) -> tuple[Mapping[int, Json], datetime | None]:
        return _drawn(link_ids, await room_views(self._db, self._clock, link_ids))

    async def _lobbies(self, conference_ids: Collection[int]) -> tuple[Mapping[int, Json], datetime | None]:
        views = await lobby_views(self._db, self._clock, conference_ids)
        states = {key: drawn.lobby(view) for key, view in views.items()}
        return states, min((view.changes_at for view in views.values()), default=None)


def _drawn(keys: Collection[int], views: Mapping[int, StageView]) -> tuple[Mapping[int, Json], datetime | None]:
    states = {key: drawn.stage(views[key]) if key in views else drawn.nothing() for key in keys}
    return states, min((view.changes_at for view in views.values()), default=None)
