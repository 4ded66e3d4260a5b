"""No garbage is collected while a programme is read or stored, and always again after it."""

from __future__ import annotations

import asyncio
import gc

import pytest

from bot.collector import without_collections


def test_garbage_is_collected_again_afterwards() -> None:
    with without_collections():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_garbage_is_collected_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="of the file"), without_collections():
        raise ValueError("of the file")
    assert gc.isenabled()


def test_who_collects_no_garbage_keeps_it_so() -> None:
    gc.disable()
    try:
        with without_collections():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


async def test_first_of_two_imports_that_overlap_leaves_it_off_for_the_other() -> None:
    begun, done = asyncio.Event(), asyncio.Event()
    seen: list[bool] = []

    async def first() -> None:
        with without_collections():
            await begun.wait()
        seen.append(gc.isenabled())
        done.set()

    async def second() -> None:
        with without_collections():
            begun.set()
            await done.wait()
            seen.append(gc.isenabled())

    await asyncio.gather(first(), second())
    assert (seen, gc.isenabled()) == ([False, False], True)


async def test_import_that_is_cancelled_leaves_it_on() -> None:
    async def waits() -> None:
        with without_collections():
            await asyncio.Event().wait()

    task = asyncio.ensure_future(waits())
    await asyncio.wait([task], timeout=0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert gc.isenabled()
