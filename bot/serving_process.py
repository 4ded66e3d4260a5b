"""One request in a process of its own: from standard input, answered on standard output, within bounds.

The process's end of bot/own_process.py. It imports little, since each request pays for that.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable

# Nothing else ends a process that hangs after the bot itself was killed.
_CPU_SECONDS = 60


def serve(answer: Callable[[bytes], bytes]) -> None:
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
