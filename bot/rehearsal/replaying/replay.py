"""`chairside replay`: shows a recorded session in the terminal and on a page, and says whether the same came of it."""

from __future__ import annotations

import asyncio
import json
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from bot.clock import real_now
from bot.errors import LogError
from bot.messages.text import plural, shortened
from bot.rehearsal.cast import Handout
from bot.rehearsal.interrupts import ended, handled
from bot.rehearsal.page import Page
from bot.rehearsal.reading import clean
from bot.rehearsal.rehearse import BROKEN_OFF, NOT_CLEAN, STAYS, interrupted, this_task, until_left
from bot.rehearsal.replaying.replayed import Replay
from bot.rehearsal.terminal import Narration
from bot.rules.session_log import SessionLog
from bot.rules.session_log_json import MAX_BYTES, read_log
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions, Schedule

TITLE_LIMIT = 80
TOOK_PART = "People took part, so this is another session than the recorded one: nothing was compared."


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    log: Path
    speed: float
    page: bool


async def replay(options: Options) -> int:
    """Play a recorded session to its end and say what differs.

    Returns 0 if the same run and deliveries came of it, or people took part, else 1; 130 if it was broken off.

    Raises:
        ChairsideError: the log cannot be read, or the bot does not start.
    """
    content = _content(options.log)
    try:
        log = read_log(content)
    except LogError as error:
        raise LogError(error.what, where=error.where or str(options.log), do=error.do) from error
    plans = plans_of_log(log)
    handout = Handout("recorded-session.json", plans[0], "A recorded session", None, None)
    with tempfile.TemporaryDirectory(prefix="chairside-") as folder:
        try:
            with ended(this_task().cancel):
                async with Replay(
                    schedule_of_plan(plans[0]), handout, Path(folder), log=log, plan=plans.__getitem__
                ) as replayed:
                    return await _shown(replayed, options)
        except asyncio.CancelledError:
            return BROKEN_OFF


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise LogError(f"the file cannot be opened ({error.strerror})", where=str(file)) from error


def plans_of_log(log: SessionLog) -> list[bytes]:
    """Each plan as the file that the manager imports; refused here where the bot would refuse it.

    Raises:
        ChairsideError: one cannot be imported.
    """
    return [_plan(log, number) for number in range(len(log.plans))]


def _plan(log: SessionLog, number: int) -> bytes:
    content = json.dumps(log.plans[number].programme, ensure_ascii=False).encode()
    schedule = schedule_of_plan(content)
    if len(schedule.talks) != len(log.plans[number].talks):
        raise LogError("the plan holds talks that cannot be imported", where=f"plans {number + 1}")
    return content


def schedule_of_plan(content: bytes) -> Schedule:
    """What such a file holds."""
    return read_schedule(content, ReadingOptions(real_now(), name="recorded-session.json"))


async def _shown(replayed: Replay, options: Options) -> int:
    """Play it in the terminal and, if wanted, on the page, which stays as long as a window shows it."""
    console, log = Console(), replayed.log
    held = f"{plural(log.talks, 'talk')}, {plural(len(log.events), 'event')}, {plural(len(log.questions), 'question')}"
    told = [f"Replaying “{shortened(log.title, TITLE_LIMIT)}” at {options.speed:g}x: {held}."]
    told += [f"Not in the log: {each}." for each in log.left_out]
    console.print("\n".join(map(_line, told)), markup=False, highlight=False)
    async with AsyncExitStack() as views:
        page = await views.enter_async_context(Page(replayed)) if options.page else None
        if page is not None:
            console.print(f"See it in the browser as well, and take part: {page.url}", markup=False)
        async with Narration(replayed, console):
            with handled(partial(interrupted, replayed, this_task())):
                compared = await replayed.replay(options.speed)
        said, is_same = (str(compared), compared.is_same) if compared else (TOOK_PART, True)
        said = "\n".join(map(_line, said.splitlines()))
        if page is not None:
            await page.show_summary(said, is_clean=is_same)
        console.print(f"\n{said}", markup=False, highlight=False)
        if page is not None and page.is_watched:
            console.print(STAYS, markup=False)
            await until_left(page)
    return 0 if is_same else NOT_CLEAN


def _line(told: str) -> str:
    """As one line, whatever a stranger wrote into a log."""
    return " ".join(clean(told).split())
