"""Work in a process of its own, beside the event loop: started with little around it, and ended whatever happens.

What the process does at its end stands in bot/serving_process.py, which imports less.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

_ROOT = str(Path(__file__).parents[1])
# What an interpreter may need to start; never the token.
_PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE")


def command(module: str, memory: int) -> Sequence[str]:
    """What runs a module that serves as bot/serving_process.py does, bounded to so many bytes."""
    return (sys.executable, "-P", "-m", module, str(memory))


class Turns:
    """At most so many at a time in each event loop; the others wait."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    def one(self) -> asyncio.Semaphore:
        """To be entered by each."""
        return self._by_loop.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._at_once))


async def answered(
    request: bytes, seconds: float, command: Sequence[str], more: Mapping[str, str] | None = None
) -> tuple[bytes, int, str]:
    """What a process answers, its exit code (negative: the signal that ended it), and what it wrote beside.

    Args:
        request: its standard input.
        seconds: after so many it is killed; it is as well where the caller is cancelled.
        command: the process.
        more: added to its environment.

    Raises:
        TimeoutError: it took longer.
    """
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment() | dict(more or {}), start_new_session=True
    )
    try:
        async with asyncio.timeout(seconds):
            answer, complaint = await process.communicate(request)
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
