"""Ctrl+C in a rehearsal: first it ends what people take part in, with its summary; then it ends at once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def handled(interrupted: Callable[[], None]) -> Iterator[None]:
    """Call back at Ctrl+C instead of breaking everything off, where this system's event loop can."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(signal.SIGINT, interrupted)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
