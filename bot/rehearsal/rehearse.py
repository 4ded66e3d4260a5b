"""`chairside rehearse`: shows a rehearsal in the terminal and on a page, and says how it went."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from rich.console import Console

from bot.clock import real_now
from bot.errors import ConfigurationError, ScheduleError
from bot.rehearsal.cast import Cast, Handout
from bot.rehearsal.introduction import introduction
from bot.rehearsal.page import Page
from bot.rehearsal.rehearsal import Rehearsal
from bot.rehearsal.summary import Summary
from bot.rehearsal.terminal import Narration
from bot.schedules.decoding import MAX_BYTES
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions

SAMPLE = "icml-2022-deep-learning.txt"
SAMPLE_CONFERENCE, SAMPLE_ZONE, SAMPLE_YEAR = "ICML 2022", "America/New_York", 2022
"""ICML 2022 printed PDT and took place in Baltimore; its page names no year."""
NOT_CLEAN = 1


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    file: Path | None
    speed: float
    cast: str
    page: bool
    timezone: str | None
    year: int | None


async def rehearse(options: Options) -> int:
    """Play a schedule to its end and print what it showed; returns 0 if nothing was lost or doubled, else 1.

    Raises:
        ChairsideError: the file cannot be read, or the bot does not start.
    """
    cast = _cast(options.cast)
    handout = _handout(options)
    reading = ReadingOptions(real_now(), timezone=handout.timezone, year=handout.year, name=handout.filename)
    schedule = read_schedule(handout.content, reading)
    with tempfile.TemporaryDirectory(prefix="chairside-") as folder:
        async with Rehearsal(schedule, handout, Path(folder)) as rehearsal:
            summary = await _shown(rehearsal, cast, options)
    return 0 if summary.is_clean else NOT_CLEAN


async def _shown(rehearsal: Rehearsal, cast: Cast, options: Options) -> Summary:
    """Play it in the terminal and, if wanted, on the page."""
    console = Console()
    console.print(introduction(rehearsal.schedule, cast, options.speed), markup=False, highlight=False)
    async with AsyncExitStack() as views:
        page = await views.enter_async_context(Page(rehearsal)) if options.page else None
        if page is not None:
            console.print(f"See it in the browser as well: {page.url}", markup=False)
        await views.enter_async_context(Narration(rehearsal, console))
        summary = await rehearsal.play(cast, options.speed)
        if page is not None:
            await page.show_summary(str(summary))
    console.print(f"\n{summary}", markup=False, highlight=False)
    return summary


def _cast(name: str) -> Cast:
    try:
        return Cast(name)
    except ValueError as error:
        raise ConfigurationError(f"there is no cast “{name}”", do=f"Choose one of {', '.join(Cast)}") from error


def _handout(options: Options) -> Handout:
    """The file that will be imported: the bundled session's facts, or one's own.

    Raises:
        ScheduleError: the file cannot be opened.
    """
    if options.file is None:
        content = files("bot.rehearsal").joinpath("sample", SAMPLE).read_bytes()
        return Handout(SAMPLE, content, SAMPLE_CONFERENCE, options.timezone or SAMPLE_ZONE, options.year or SAMPLE_YEAR)
    try:
        with options.file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScheduleError(f"the file cannot be opened ({error.strerror})", where=str(options.file)) from error
    return Handout(options.file.name, content, "The conference", options.timezone, options.year)
