"""Things that go on beside each other until the first of them is over."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def until_first_ends(**doings: Coroutine[Any, Any, object]) -> None:
    """Do these, each a task of its name, until one is over, whose failure is raised; the others are broken off."""
    tasks = [asyncio.create_task(doing, name=name.replace("_", " ")) for name, doing in doings.items()]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
