"""Reads schedules beside the event loop, each in a process that is ended when it takes too long or too much.

A fresh process takes about 0.3 s to start, which is little beside what a person waits for anyway; it keeps nothing of
the file before, and holds no token.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from bot.errors import ScheduleError
from bot.schedule_answers import FAILED, READ, REFUSED, TOO_LARGE
from bot.schedules.schedule import ReadingOptions, Schedule

log = logging.getLogger(__name__)

AT_ONCE = 2
MEMORY_BYTES = 1_500_000_000
COMMAND = (sys.executable, "-P", "-m", "bot.schedule_process", str(MEMORY_BYTES))

_ROOT = str(Path(__file__).parents[1])
# What an interpreter may need to start; never the token.
_PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE")
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


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
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        answered = await _answer(pickle.dumps((content, options)), options.name, seconds, command)
    said, what = await _opened(*answered)
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
    """What the process answers, its exit code (negative: the signal that ended it), and what it wrote beside."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment(), start_new_session=True
    )
    try:
        async with asyncio.timeout(seconds):
            answer, complaint = await process.communicate(request)
    except TimeoutError:
        raise ScheduleError(
            f"reading this takes longer than {seconds:g} s", where=name, do="Import it in parts, or in another format"
        ) from None
    finally:
        await _end(process)
    return answer, process.returncode or 0, complaint.decode(errors="replace")


async def _end(process: Process) -> None:
    """Leave no process behind, whatever happened."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()


def _environment() -> dict[str, str]:
    """Where this very package and its libraries are, from any working folder, and little else."""
    path = [part for part in sys.path if part]
    if _ROOT not in path:
        path.insert(0, _ROOT)
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"PYTHONPATH": os.pathsep.join(path)}
