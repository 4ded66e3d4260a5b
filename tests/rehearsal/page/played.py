"""A rehearsal of the bundled session with the real bot, and people at the page's windows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bot.clock import real_now
from bot.rehearsal.cast import Cast, Handout
from bot.rehearsal.loopback import GatewaySettings, Person
from bot.rehearsal.page import Page
from bot.rehearsal.rehearsal import Rehearsal
from bot.rehearsal.rehearse import SAMPLE, SAMPLE_CONFERENCE, SAMPLE_YEAR, SAMPLE_ZONE
from bot.rehearsal.summary import Summary
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions
from tests.journeys.forked_bot import ForkedBot
from tests.journeys.stage import SAMPLE as CONTENT
from tests.rehearsal.page.browser import Browser

Json = dict[str, Any]
PATIENCE = 30.0


@dataclass
class Taking:
    """Somebody who takes part, by what the page shows them."""

    browser: Browser
    person: Person

    async def message(self, *words: str, live: str | None = None, button: str | None = None) -> Json:
        """The newest message they see that holds these words, or is kept up to date under that name, once it is there.

        With `button`, once it has a button whose label begins like that.
        """
        async with asyncio.timeout(PATIENCE), self.browser.watching(self.person) as window:
            _, state = await window.next()
            known: dict[str, Json] = {message["id"]: message for message in state["messages"]}
            while True:
                for message in reversed(known.values()):
                    fits = all(word in message["html"] for word in words) and live in (None, message["live"])
                    if fits and (button is None or control(message, button)):
                        return message
                name, data = await window.next()
                if name == "state":
                    known = {message["id"]: message for message in data["messages"]}
                elif name == "message":
                    known[data["id"]] = data

    async def press(self, message: Json, label: str) -> Json:
        """Press a button by what its label begins with."""
        pressed = control(message, label)
        assert pressed is not None, message
        return await self.browser.send("act/press", self.person, message=message["id"], control=pressed["id"])

    async def console(self, button: str) -> None:
        """Press one of the console's buttons once it is there."""
        await self.press(await self.message(live="console", button=button), button)

    async def slash(self, channel: int, path: str, **options: object) -> Json:
        """Use a command."""
        return await self.browser.send("act/slash", self.person, channel=str(channel), path=path, options=options)


@dataclass
class Play:
    """A rehearsal under way."""

    rehearsal: Rehearsal
    browser: Browser
    playing: asyncio.Task[Summary]

    def somebody(self, person: Person) -> Taking:
        return Taking(self.browser, person)

    async def until(self, **control: object) -> Json:
        """The controls, once they stand like this."""
        async with asyncio.timeout(PATIENCE), self.browser.watching() as window:
            _, state = await window.next()
            stands: Json = state["control"]
            while not all(stands[key] == value for key, value in control.items()):
                name, data = await window.next()
                if name in ("control", "state"):
                    stands = data if name == "control" else data["control"]
            return stands

    async def ended(self) -> Summary:
        """How it went, once it is over."""
        async with asyncio.timeout(2 * PATIENCE):
            return await self.playing


@asynccontextmanager
async def playing(
    folder: Path, http: aiohttp.ClientSession, cast: Cast, speed: float = 60, content: bytes = CONTENT
) -> AsyncIterator[Play]:
    """The bundled session, unless another is given, from when everything is set up on; its clock stands still."""
    options = ReadingOptions(real_now(), timezone=SAMPLE_ZONE, year=SAMPLE_YEAR, name=SAMPLE)
    handout = Handout(SAMPLE, content, SAMPLE_CONFERENCE, SAMPLE_ZONE, SAMPLE_YEAR)
    gateway = GatewaySettings(max_concurrency=16, identify_seconds=0.001)
    async with Rehearsal(read_schedule(content, options), handout, folder, gateway) as rehearsal:
        bot = rehearsal.bot
        rehearsal.bot = ForkedBot(bot.folder, bot.token, bot.api_base, bot.clock, stage_address=bot.stage_address)
        async with Page(rehearsal, port=0) as page:
            rehearsal.control.on_change.append(lambda: _stand_still(rehearsal))
            task = asyncio.create_task(rehearsal.play(cast, speed))
            play = Play(rehearsal, Browser(http, page), task)
            try:
                await play.until(paused=True, bot="online")
                yield play
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


def _stand_still(rehearsal: Rehearsal) -> None:
    """Pause as soon as everything is set up: a test says when time passes."""
    if rehearsal.control.is_open and rehearsal.clock.speed:
        rehearsal.control.on_change.pop(-1)
        rehearsal.control.pace.pause(paused=True)
        rehearsal.control.clock_changed()


def control(message: Json, label: str) -> Json | None:
    """The first button that can be pressed whose label begins like that."""
    controls: list[Json] = [part for row in message["rows"] for part in row if part["kind"] == "button"]
    return next((part for part in controls if part["label"].startswith(label) and not part["disabled"]), None)
