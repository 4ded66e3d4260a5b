"""A rehearsal that plays while a browser looks at it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bot.clock import real_now
from bot.rehearsal.cast import Cast, Handout
from bot.rehearsal.page import Page
from bot.rehearsal.rehearsal import Rehearsal
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions

SAMPLE = "icml-2022-deep-learning.txt"
ICML = Handout(
    SAMPLE, files("bot.rehearsal").joinpath("sample", SAMPLE).read_bytes(), "ICML 2022", "America/New_York", 2022
)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A rehearsal under way, and its page."""

    rehearsal: Rehearsal
    page: Page
    playing: asyncio.Task[None]

    @property
    def url(self) -> str:
        return self.page.url


@asynccontextmanager
async def rehearsed(
    folder: Path, handout: Handout = ICML, *, cast: Cast = Cast.NOBODY, speed: float = 60
) -> AsyncIterator[Rehearsed]:
    """Play a handout, and show the summary on the page once it is over."""
    reading = ReadingOptions(real_now(), timezone=handout.timezone, year=handout.year, name=handout.filename)
    rehearsal = Rehearsal(read_schedule(handout.content, reading), handout, folder)
    async with rehearsal, Page(rehearsal, port=0) as page:

        async def play() -> None:
            summary = await rehearsal.play(cast, speed)
            await page.show_summary(str(summary), is_clean=summary.is_clean)

        playing = asyncio.create_task(play())
        try:
            yield Rehearsed(rehearsal, page, playing)
        finally:
            playing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await playing
