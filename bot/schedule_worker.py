"""Reads schedules beside the event loop, each in a process that is ended when it takes too long or too much.

A fresh process takes about 0.3 s to start, which is little beside what a person waits for anyway; it keeps nothing of
the file before, and holds no token.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
from collections.abc import Sequence
from typing import Any

from bot import own_process
from bot.errors import ScheduleError
from bot.own_process import answered
from bot.schedule_answers import FAILED, READ, REFUSED, TOO_LARGE
from bot.schedules.schedule import ReadingOptions, Schedule

log = logging.getLogger(__name__)

AT_ONCE = 2
MEMORY_BYTES = 1_500_000_000
COMMAND = own_process.command("bot.schedule_process", MEMORY_BYTES)

_turns = own_process.Turns(AT_ONCE)


async def read_in_worker(
    content: bytes, options: ReadingOptions, *, seconds: float = 20, command: Sequence[str] = COMMAND
) -> Schedule:
    """`read_schedule` in a process of its own; at most `AT_ONCE` run at a time, the others wait.

    Args:
        content: the file.
        options: what the person importing states about it.
        seconds: after so many, counted from when its turn comes, the process is killed.
        command: the process; it takes a request as bot/schedule_process.py does, and answers like it.

    Raises:
        ScheduleError: as `read_schedule`; or it takes too long or too much memory.
        ScheduleQuestion: as `read_schedule`.
    """
    async with _turns.one():
        told = await _answer(pickle.dumps((content, options)), options.name, seconds, command)
    said, what = await _opened(*told)
    if said == READ and isinstance(what, Schedule):
        return what
    if said == REFUSED:
        kind, parts = what
        raise kind(**parts)
    if said == FAILED:
        log.error("Reading a schedule failed unexpectedly:\n%s", what)
        raise ScheduleError("this could not be read", where=options.name, do="Ask the bot's operator: its log says why")
    raise ScheduleError("this is too large or too tangled", where=options.name, do="Import it in parts")


async def _opened(answer: bytes, code: int, complaint: str) -> tuple[str, Any]:
    """What the answer begins with, and what comes with it."""
    if code or not answer:
        return FAILED if code > 0 else TOO_LARGE, complaint
    # Beside the loop as well: 5,000 talks take it 40 ms.
    said, what = await asyncio.to_thread(pickle.loads, answer)
    return said, what


async def _answer(request: bytes, name: str, seconds: float, command: Sequence[str]) -> tuple[bytes, int, str]:
    """As `answered`; what takes too long is told as an error."""
    try:
        return await answered(request, seconds, command)
    except TimeoutError:
        raise ScheduleError(
            f"reading this takes longer than {seconds:g} s", where=name, do="Import it in parts, or in another format"
        ) from None
