"""The ICML session's hall with a server for its screens, and who looks at them over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.rehearsal.loopback.moments import RealMoments, pause
from bot.rules.run import TimingKind
from bot.rules.stage_links import Page
from bot.services.stage_links import PageLink, links_to_show, replace_link, room_link_to_show
from bot.stage.stage import Stage
from db.database import Database
from tests.builders import SERVER
from tests.clocks import SteppedClock
from tests.services.hall import Hall, anybody

PATIENCE = 20.0
"""Real seconds that a wait may last on a busy machine; none is spent when all is well."""
NOBODYS = "x" * 43


class Screens(Hall):
    """A hall whose screens hear of every step."""

    def __init__(self, db: Database, clock: SteppedClock) -> None:
        super().__init__(db, clock)
        self.stage = Stage(("127.0.0.1", 0), db, clock)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.stage.port}"

    async def tap(self, kind: TimingKind, talk: int | None = None, **more: Any) -> None:  # noqa: ANN401 - as Hall's
        await super().tap(kind, talk, **more)
        self.stage.wake()

    async def link(self, page: Page = Page.STAGE, *, session: int = 1) -> PageLink:
        """The link of a page, made where there is none."""
        if page is Page.ROOM:
            return await room_link_to_show(self.db, self.clock, server_id=SERVER, session_id=session, check=anybody)
        links = await links_to_show(
            self.db, self.clock, server_id=SERVER, session_id=session, check=anybody, with_lobby=True
        )
        return next(link for link in links if link.page is page)

    async def url(self, page: Page = Page.STAGE, *, session: int = 1) -> str:
        """Its address."""
        found = (await self.link(page, session=session)).link
        assert found is not None
        return f"{self.base}/{page.value}/{found.secret}"

    async def replace(self, page: Page = Page.STAGE, *, renew: bool, session: int = 1) -> None:
        """Revoke a page's link, or make a new one."""
        shown = await self.link(page, session=session)
        assert shown.link is not None
        await replace_link(
            self.db,
            self.clock,
            server_id=SERVER,
            page=page,
            subject=shown.subject,
            seen=shown.link.id,
            check=anybody,
            renew=renew,
        )
        self.stage.wake()


class Looking:
    """One browser's stream of events."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self, *names: str) -> tuple[str, dict[str, Any]]:
        """The next event of these names, `clock` left out unless it is asked for."""
        async with asyncio.timeout(PATIENCE):
            while True:
                name = (await self.response.content.readline()).decode().removeprefix("event: ").strip()
                if not name:
                    raise EOFError("the server ended it")
                data = (await self.response.content.readline()).decode().removeprefix("data: ")
                await self.response.content.readline()
                if name in (names or ("state", "gone")):
                    return name, json.loads(data)

    async def state(self) -> dict[str, Any]:
        name, data = await self.next()
        assert name == "state", name
        return data

    async def until(self, **wanted: object) -> dict[str, Any]:
        """The first state that says this."""
        while True:
            state = await self.state()
            if all(state[name] == value for name, value in wanted.items()):
                return state

    async def is_sent_away(self) -> bool:
        """Whether the server says that the link works no longer, and ends it."""
        name, _ = await self.next("gone")
        return name == "gone" and await self.response.content.read() == b""


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what the server does by itself."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await pause(RealMoments(), 0.01)


@asynccontextmanager
async def looking(http: aiohttp.ClientSession, url: str) -> AsyncIterator[Looking]:
    """Somebody who has opened a page."""
    async with http.get(f"{url}/events") as response:
        assert response.status == 200, await response.text()
        yield Looking(response)
