"""Ctrl+C in a rehearsal: first it ends what people take part in, with its summary; then it ends at once.

The bot is a process of its own, which nobody would end where this one is ended without a word.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

_ENDS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""By which this process is asked to end, or told that its terminal was closed."""


def handled(interrupted: Callable[[], object]) -> AbstractContextManager[None]:
    """Call back at Ctrl+C instead of breaking everything off, where this system's event loop can."""
    return _handled((signal.SIGINT,), interrupted)


def ended(end: Callable[[], object]) -> AbstractContextManager[None]:
    """Call back when this process is to end, where this system's event loop can."""
    return _handled(_ENDS, end)


@contextmanager
def _handled(signals: tuple[signal.Signals, ...], called: Callable[[], object]) -> Iterator[None]:
    loop, before = asyncio.get_running_loop(), [(one, signal.getsignal(one)) for one in signals]
    try:
        for one in signals:
            loop.add_signal_handler(one, called)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
        yield
        return
    try:
        yield
    finally:
        for one, handler in before:
            loop.remove_signal_handler(one)
            # what asyncio does at Ctrl+C, which removing does not bring back
            signal.signal(one, handler)
