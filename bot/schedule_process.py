"""Reads one schedule in a process of its own: takes it from standard input, answers on standard output, and ends.

bot/schedule_worker.py runs it as `python -m bot.schedule_process`. It imports little, since each file pays for that.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import traceback

from bot.errors import ScheduleError
from bot.schedule_answers import FAILED, READ, REFUSED, TOO_LARGE
from bot.schedules.detect import read_schedule
from bot.schedules.schedule import ReadingOptions

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes: what 10 MB of text becomes is smaller, unless something in it repeats without end."""

# Nothing else ends a process that hangs after the bot itself was killed.
_CPU_SECONDS = 60


def main() -> None:
    """Answer one request; `sys.argv[1]` is the memory it may take, in bytes."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints is no part of the answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    limit_itself(int(sys.argv[1]))
    with answers:
        answers.write(answer(sys.stdin.buffer.read()))


def limit_itself(memory: int) -> None:
    """Bound this process's memory, in bytes, and its CPU time, where the system has such bounds."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, _CPU_SECONDS), (resource.RLIMIT_CORE, 0)):
        # Refused where the bound is lower already, and for memory by macOS.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, resource.getrlimit(what)[1]))


def answer(request: bytes) -> bytes:
    """What comes of reading; never raises."""
    try:
        content, options = pickle.loads(request)  # noqa: S301 - it comes from the bot
        answered = _answer(content, options)
    except MemoryError:
        return pickle.dumps((TOO_LARGE, None))
    except Exception:  # noqa: BLE001 - the bot logs it
        return pickle.dumps((FAILED, traceback.format_exc()))
    return answered if len(answered) <= LARGEST_ANSWER else pickle.dumps((TOO_LARGE, None))


def _answer(content: bytes, options: ReadingOptions) -> bytes:
    try:
        schedule = read_schedule(content, options)
    except ScheduleError as error:
        return pickle.dumps((REFUSED, (type(error), vars(error))))
    return pickle.dumps((READ, schedule), pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    main()
