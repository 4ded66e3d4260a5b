"""Holds the garbage collector off while a file or a programme becomes hundreds of thousands of values."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Holders:
    """How many hold the collector off, and whether it was on before the first of them."""

    number: int = 0
    was_on: bool = True


_HOLDERS = _Holders()


@contextmanager
def without_collections() -> Iterator[None]:
    """Collect no garbage inside: hardly any is in cycles, and looking through all there is takes a quarter of the time.

    Tasks of one event loop may overlap in it: the collector is as it was once the last of them is done.
    """
    if not _HOLDERS.number:
        _HOLDERS.was_on = gc.isenabled()
        gc.disable()
    _HOLDERS.number += 1
    try:
        yield
    finally:
        _HOLDERS.number -= 1
        if not _HOLDERS.number and _HOLDERS.was_on:
            gc.enable()
