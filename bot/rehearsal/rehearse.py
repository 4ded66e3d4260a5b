"""`chairside rehearse`: shows a rehearsal in the terminal and on a page, and says how it went."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path

from rich.console import Console

from bot.clock import real_now
from bot.errors import ConfigurationError, ScheduleError
from bot.export_cli import write
from bot.rehearsal.cast import Cast, Handout
from bot.rehearsal.interrupts import ended, handled
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
BROKEN_OFF = 130
"""As after Ctrl+C in any program."""
STAYS = "The page stays until its last window is closed, or Ctrl+C."


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    file: Path | None
    speed: float
    cast: str
    page: bool
    timezone: str | None
    year: int | None
    log: Path | None = None


async def rehearse(options: Options) -> int:
    """Play a schedule to its end and print what it showed.

    Returns 0 if nothing was lost or doubled, else 1; 130 if Ctrl+C, or a signal to end, broke it off.

    Raises:
        ChairsideError: the file cannot be read, or the bot does not start.
    """
    cast = _cast(options.cast)
    handout = _handout(options)
    if options.log is not None and options.log.exists():
        raise ConfigurationError("there is such a file already", where=str(options.log), do="Name another one")
    reading = ReadingOptions(real_now(), timezone=handout.timezone, year=handout.year, name=handout.filename)
    schedule = read_schedule(handout.content, reading)
    with tempfile.TemporaryDirectory(prefix="chairside-") as folder:
        try:
            with ended(this_task().cancel):
                async with Rehearsal(schedule, handout, Path(folder)) as rehearsal:
                    summary = await _shown(rehearsal, cast, options)
        except asyncio.CancelledError:
            return BROKEN_OFF
    return 0 if summary.is_clean else NOT_CLEAN


async def _shown(rehearsal: Rehearsal, cast: Cast, options: Options) -> Summary:
    """Play it in the terminal and, if wanted, on the page, which stays as long as a window shows it."""
    console = Console()
    console.print(introduction(rehearsal.schedule, cast, options.speed), markup=False, highlight=False)
    async with AsyncExitStack() as views:
        page = await views.enter_async_context(Page(rehearsal)) if options.page else None
        if page is not None:
            console.print(f"See it in the browser as well, and take part: {page.url}", markup=False)
        async with Narration(rehearsal, console):
            with handled(partial(interrupted, rehearsal, this_task())):
                summary = await rehearsal.play(cast, options.speed)
        if page is not None:
            await page.show_summary(str(summary), is_clean=summary.is_clean)
        console.print(f"\n{summary}", markup=False, highlight=False)
        if options.log is not None:
            write(await rehearsal.recorded(), "The first session's log was", options.log, force=False)
            console.print(f"Play it once more with: chairside replay {options.log}", markup=False, highlight=False)
        if page is not None and page.is_watched:
            console.print(STAYS, markup=False)
            await until_left(page)
    return summary


async def until_left(page: Page) -> None:
    """Wait until nobody looks at the page any more, or Ctrl+C."""
    enough = asyncio.Event()
    with handled(enough.set):
        waiting = [asyncio.create_task(doing) for doing in (page.until_left(), enough.wait())]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()


def interrupted(rehearsal: Rehearsal, playing: asyncio.Task[object]) -> None:
    """Where people take part Ctrl+C ends the rehearsal, with its summary; else, and the second time, it breaks off."""
    control = rehearsal.control
    if control.took_part and control.is_open:
        control.finish()
    else:
        playing.cancel()


def this_task() -> asyncio.Task[object]:
    """The task that runs this."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - this is a coroutine
    return task


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
